output "vpc_id" {
  description = "Of the network."
  value       = module.vpc.vpc_id
}

output "cidr" {
  description = "Of the network."
  value       = var.cidr
}

output "private_subnets" {
  description = "Ids: nodes and pods."
  value       = module.vpc.private_subnets
}

output "intra_subnets" {
  description = "Ids: control plane and database."
  value       = module.vpc.intra_subnets
}
