output "name" {
  description = "Name of the cluster."
  value       = module.eks.cluster_name
}

output "endpoint" {
  description = "URL of the API server."
  value       = module.eks.cluster_endpoint
}

output "certificate_authority" {
  description = "Certificate authority of the API server, base64."
  value       = module.eks.cluster_certificate_authority_data
}

output "security_group_id" {
  description = "Security group of nodes and pods, for outgoing connections."
  value       = module.eks.cluster_primary_security_group_id
}
