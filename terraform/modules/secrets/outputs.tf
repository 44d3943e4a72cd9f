output "read_policy" {
  description = "Policy that allows reading these secrets and no others, in JSON."
  value       = data.aws_iam_policy_document.read.json
}
