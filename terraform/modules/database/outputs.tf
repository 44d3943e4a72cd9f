output "address" {
  description = "Host of the server."
  value       = module.postgresql.db_instance_address
}

output "master_secret_arn" {
  description = "Of the secret with the master's password; for terraform/create-databases.sh alone."
  value       = module.postgresql.db_instance_master_user_secret_arn
}
