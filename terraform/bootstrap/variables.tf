variable "name" {
  description = "Name of the platform: the prefix of every name in the account."
  type        = string
  default     = "delivery"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,18}[a-z0-9]$", var.name))
    error_message = "Must be 3 to 20 lower-case letters, digits and dashes, starting with a letter."
  }
}

variable "region" {
  description = "The AWS region of everything."
  type        = string
  default     = "eu-central-1"

  validation {
    condition     = can(regex("^[a-z]{2}(-gov)?-[a-z]+-[0-9]$", var.region))
    error_message = "Must be an AWS region, such as eu-central-1."
  }
}

variable "github_repository" {
  description = "The repository whose workflows plan and apply: owner/name."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$", var.github_repository))
    error_message = "Must be owner/name, such as acme/platform."
  }
}

variable "github_owner_id" {
  description = "Immutable id of the owner: gh api users/OWNER --jq .id. A name can be released and claimed by somebody else."
  type        = number

  validation {
    condition     = var.github_owner_id > 0 && floor(var.github_owner_id) == var.github_owner_id
    error_message = "Must be a whole number, from gh api users/OWNER --jq .id."
  }
}

variable "github_repository_id" {
  description = "Immutable id of the repository: gh api repos/OWNER/NAME --jq .id."
  type        = number

  validation {
    condition     = var.github_repository_id > 0 && floor(var.github_repository_id) == var.github_repository_id
    error_message = "Must be a whole number, from gh api repos/OWNER/NAME --jq .id."
  }
}

variable "github_environment" {
  description = "The GitHub environment whose reviewers approve an apply."
  type        = string
  default     = "production"

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]+$", var.github_environment))
    error_message = "Must be letters, digits, dashes and underscores: it is part of a token's subject."
  }
}
