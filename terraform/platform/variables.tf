variable "region" {
  description = "Where the cluster is."
  type        = string
  default     = "eu-central-1"

  validation {
    condition     = can(regex("^[a-z]{2}(-gov)?-[a-z]+-[0-9]$", var.region))
    error_message = "An AWS region, such as eu-central-1."
  }
}

variable "state_bucket" {
  description = "Where infrastructure's state is: bootstrap's backend.bucket."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.state_bucket))
    error_message = "A bucket's name."
  }
}

variable "config_repository" {
  description = "HTTPS address of the GitOps config repository."
  type        = string
  default     = "https://github.com/acme/gitops-config.git"

  validation {
    condition     = can(regex("^https://[^/]+/[^/]+/[^/]+\\.git$", var.config_repository))
    error_message = "https://HOST/OWNER/NAME.git."
  }
}

variable "argocd_host" {
  description = "Where people reach Argo CD: links to it begin with https:// and this."
  type        = string
  default     = "argocd.internal.example.com"

  validation {
    condition     = can(regex("^[a-z0-9.-]+$", var.argocd_host))
    error_message = "A host name."
  }
}
