output "cluster" {
  description = "What platform/ needs to reach the cluster."
  value = {
    name                  = module.cluster.name
    endpoint              = module.cluster.endpoint
    certificate_authority = module.cluster.certificate_authority
  }
}

output "facts" {
  description = "What Argo CD's ApplicationSets read from the cluster's Secret, so that nobody copies it by hand."
  value = {
    region       = var.region
    vpc-id       = module.network.vpc_id
    loki-bucket  = module.telemetry_storage.buckets["loki"]
    tempo-bucket = module.telemetry_storage.buckets["tempo"]
  }
}

output "database" {
  description = "For terraform/create-databases.sh; null with cloudnative-pg."
  value = var.database == "rds" ? {
    address           = module.database[0].address
    master_secret_arn = module.database[0].master_secret_arn
  } : null
}

output "kubernetes_standard_support_ends" {
  description = "When this version begins to cost six times as much."
  value       = module.eks_version.standard_support_ends
}
