output "buckets" {
  description = "Contents -> name of the bucket."
  value       = { for name, bucket in aws_s3_bucket.telemetry : name => bucket.bucket }
}

output "policies" {
  description = "Contents -> policy (JSON) that allows reading and writing the bucket."
  value       = { for name, policy in data.aws_iam_policy_document.use : name => policy.json }
}
