output "address" {
  description = "Host name of the server."
  value       = module.postgresql.db_instance_address
}

output "master_secret_arn" {
  description = "ARN of the secret with the master password; only for terraform/create-databases.sh."
  value       = module.postgresql.db_instance_master_user_secret_arn
}
