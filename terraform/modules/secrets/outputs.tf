output "read_policy" {
  description = "Of whoever reads these secrets and no others, JSON."
  value       = data.aws_iam_policy_document.read.json
}
