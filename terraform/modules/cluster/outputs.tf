output "name" {
  description = "Of the cluster."
  value       = module.eks.cluster_name
}

output "endpoint" {
  description = "Of the API server."
  value       = module.eks.cluster_endpoint
}

output "certificate_authority" {
  description = "Of the API server, base64."
  value       = module.eks.cluster_certificate_authority_data
}

output "security_group_id" {
  description = "Of everything in the cluster that reaches out: nodes and pods."
  value       = module.eks.cluster_primary_security_group_id
}
