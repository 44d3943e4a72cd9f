output "buckets" {
  description = "What is kept -> the bucket's name."
  value       = { for name, bucket in aws_s3_bucket.telemetry : name => bucket.bucket }
}

output "policies" {
  description = "What is kept -> the policy (JSON) of whoever reads and writes it."
  value       = { for name, policy in data.aws_iam_policy_document.use : name => policy.json }
}
