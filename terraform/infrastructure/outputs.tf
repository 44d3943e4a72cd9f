output "cluster" {
  description = "The connection to the cluster, for platform/."
  value = {
    name                  = module.cluster.name
    endpoint              = module.cluster.endpoint
    certificate_authority = module.cluster.certificate_authority
  }
}

output "facts" {
  description = "Facts that Argo CD's ApplicationSets read from the cluster's Secret, so that nobody copies them by hand."
  value = {
    region       = var.region
    vpc-id       = module.network.vpc_id
    loki-bucket  = module.telemetry_storage.buckets["loki"]
    tempo-bucket = module.telemetry_storage.buckets["tempo"]
  }
}

output "database" {
  description = "The database server, for terraform/create-databases.sh; null with cloudnative-pg."
  value = var.database == "rds" ? {
    address           = module.database[0].address
    master_secret_arn = module.database[0].master_secret_arn
  } : null
}

output "kubernetes_standard_support_ends" {
  description = "When this version's standard support ends: from then on it costs six times as much."
  value       = module.eks_version.standard_support_ends
}

output "generated_secrets" {
  description = "Secrets whose values terraform/create-secrets.sh generates."
  value       = module.secrets.generated
}
