output "role_arn" {
  description = "Of the role."
  value       = aws_iam_role.pod.arn
}
