output "backend" {
  description = "The settings in backend.hcl, for infrastructure/ and platform/."
  value = {
    bucket     = aws_s3_bucket.state.bucket
    region     = var.region
    kms_key_id = aws_kms_key.state.arn
  }
}

output "plan_role_arn" {
  description = "The value of the repository's variable AWS_PLAN_ROLE."
  value       = aws_iam_role.plan.arn
}

output "apply_role_arn" {
  description = "The value of the environment's variable AWS_APPLY_ROLE."
  value       = aws_iam_role.apply.arn
}
