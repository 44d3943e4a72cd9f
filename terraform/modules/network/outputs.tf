output "vpc_id" {
  description = "Id of the VPC."
  value       = module.vpc.vpc_id
}

output "cidr" {
  description = "Address range of the VPC."
  value       = var.cidr
}

output "private_subnets" {
  description = "Ids of the subnets for nodes and pods."
  value       = module.vpc.private_subnets
}

output "intra_subnets" {
  description = "Ids of the subnets for control plane and database."
  value       = module.vpc.intra_subnets
}
