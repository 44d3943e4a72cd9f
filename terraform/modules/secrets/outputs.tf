output "read_policy" {
  description = "Policy that allows reading these secrets and no others, in JSON."
  value       = data.aws_iam_policy_document.read.json
}

output "generated" {
  description = "Name -> what terraform/create-secrets.sh writes: the field with a random value, and the fields beside it."
  value       = { for name, secret in var.generated : "${var.prefix}${name}" => { field = secret.field, with = secret.with } }
}
