variable "region" {
  description = "AWS region of the cluster."
  type        = string
  default     = "eu-central-1"

  validation {
    condition     = can(regex("^[a-z]{2}(-gov)?-[a-z]+-[0-9]$", var.region))
    error_message = "Must be an AWS region, such as eu-central-1."
  }
}

variable "state_bucket" {
  description = "Bucket of infrastructure's state: bootstrap's backend.bucket."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.state_bucket))
    error_message = "Must be the name of a bucket."
  }
}

variable "config_repository" {
  description = "HTTPS URL of the GitOps config repository."
  type        = string
  default     = "https://github.com/acme/gitops-config.git"

  validation {
    condition     = can(regex("^https://[^/]+/[^/]+/[^/]+\\.git$", var.config_repository))
    error_message = "Must be https://HOST/OWNER/NAME.git."
  }
}

variable "argocd_host" {
  description = "Host name of Argo CD: links to it start with https:// and this."
  type        = string
  default     = "argocd.internal.example.com"

  validation {
    condition     = can(regex("^[a-z0-9.-]+$", var.argocd_host))
    error_message = "Must be a host name."
  }
}
