# A Kubernetes version, and how long AWS supports it at the standard price of $0.10 an hour; afterwards it costs $0.60.
# https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html (dates read on 2026-11-23, by endoflife.date)

terraform {
  required_version = ">= 1.11.0, < 2.0.0"
}

variable "kubernetes_version" {
  description = "Kubernetes version of the cluster, such as 1.35."
  type        = string

  validation {
    condition     = can(regex("^1\\.[0-9]{2}$", var.kubernetes_version))
    error_message = "Must be 1.NN, such as 1.35."
  }

  validation {
    condition     = contains(keys(jsondecode(file("${path.module}/standard-support.json"))), var.kubernetes_version)
    error_message = "modules/eks-version/standard-support.json has no date for it: look it up in AWS' documentation, and add it."
  }
}

variable "now" {
  description = "The current time (RFC 3339); by default the time of the plan."
  type        = string
  default     = null

  validation {
    condition     = var.now == null || can(timecmp(var.now, var.now))
    error_message = "Must be a time such as 2026-11-23T00:00:00Z."
  }
}

variable "notice_days" {
  description = "Number of days before the end of standard support from which plans with this version fail."
  type        = number
  default     = 60

  validation {
    condition     = var.notice_days >= 0 && var.notice_days <= 365
    error_message = "Must be 0 to 365 days."
  }
}

locals {
  ends = jsondecode(file("${path.module}/standard-support.json"))[var.kubernetes_version]
  now  = coalesce(var.now, plantimestamp())
}

output "kubernetes_version" {
  description = "The version, if it is far enough from the end of its standard support."
  value       = var.kubernetes_version

  precondition {
    condition     = timecmp(timeadd(local.now, "${var.notice_days * 24}h"), "${local.ends}T00:00:00Z") < 0
    error_message = "EKS ${var.kubernetes_version} leaves standard support on ${local.ends}: upgrade the cluster, one minor version at a time (docs/operations.md)."
  }
}

output "standard_support_ends" {
  description = "The date, YYYY-MM-DD."
  value       = local.ends
}
