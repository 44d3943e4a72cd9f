variable "name" {
  description = "Of the platform: the beginning of every name in the account."
  type        = string
  default     = "delivery"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,18}[a-z0-9]$", var.name))
    error_message = "3 to 20 lower-case letters, digits and dashes, a letter first."
  }
}

variable "region" {
  description = "Where everything is."
  type        = string
  default     = "eu-central-1"

  validation {
    condition     = can(regex("^[a-z]{2}(-gov)?-[a-z]+-[0-9]$", var.region))
    error_message = "An AWS region, such as eu-central-1."
  }
}

variable "github_repository" {
  description = "owner/name of the repository whose workflows plan and apply."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$", var.github_repository))
    error_message = "owner/name, such as acme/platform."
  }
}

variable "github_owner_id" {
  description = "Immutable id of the owner: gh api users/OWNER --jq .id. A name can be given away and taken by somebody else."
  type        = number

  validation {
    condition     = var.github_owner_id > 0 && floor(var.github_owner_id) == var.github_owner_id
    error_message = "A whole number, from gh api users/OWNER --jq .id."
  }
}

variable "github_repository_id" {
  description = "Immutable id of the repository: gh api repos/OWNER/NAME --jq .id."
  type        = number

  validation {
    condition     = var.github_repository_id > 0 && floor(var.github_repository_id) == var.github_repository_id
    error_message = "A whole number, from gh api repos/OWNER/NAME --jq .id."
  }
}

variable "github_environment" {
  description = "The GitHub environment whose reviewers let a workflow apply."
  type        = string
  default     = "production"

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]+$", var.github_environment))
    error_message = "Letters, digits, dashes and underscores: it becomes part of a token's subject."
  }
}
