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

variable "network_cidr" {
  description = "The private /16 of the network."
  type        = string
  default     = "10.20.0.0/16"

  validation {
    condition     = can(cidrnetmask(var.network_cidr)) && endswith(var.network_cidr, "/16")
    error_message = "Must be a private /16, such as 10.20.0.0/16."
  }
}

variable "zones" {
  description = "Three availability zones; empty for a, b and c of the region. Some regions, such as us-west-1, have other ones."
  type        = list(string)
  default     = []

  validation {
    condition     = length(var.zones) == 0 || (length(var.zones) == 3 && length(distinct(var.zones)) == 3)
    error_message = "Must be empty, or three different zones."
  }
}

variable "kubernetes_version" {
  description = "Kubernetes version of the cluster, at least 60 days before the end of its standard support."
  type        = string
  default     = "1.35"

  validation {
    condition     = can(regex("^1\\.[0-9]{2}$", var.kubernetes_version))
    error_message = "Must be 1.NN, such as 1.35."
  }
}

variable "api_allowed_cidrs" {
  description = "Networks that may reach the API server from outside: an office, a VPN. Empty: only from inside the network."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for cidr in var.api_allowed_cidrs : can(cidrnetmask(cidr)) && tonumber(split("/", cidr)[1]) >= 16])
    error_message = "Must be IPv4 networks of at most 65,536 addresses (/16 and narrower); 0.0.0.0/0 is the whole internet."
  }
}

variable "admins" {
  description = "Name -> ARN of an IAM role that administers the cluster: those of people, and bootstrap's apply_role_arn."
  type        = map(string)

  validation {
    condition     = length(var.admins) > 0 && alltrue([for arn in values(var.admins) : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/", arn))])
    error_message = "Must have at least one ARN of a role, arn:aws:iam::123456789012:role/NAME."
  }
}

variable "viewers" {
  description = "Name -> ARN of an IAM role that can view the cluster, except Secrets; bootstrap's plan_role_arn is one."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for arn in values(var.viewers) : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/", arn))])
    error_message = "Must be ARNs of roles, arn:aws:iam::123456789012:role/NAME."
  }
}

variable "database" {
  description = "rds: a managed server. cloudnative-pg: PostgreSQL in the cluster, cheaper, and yours to operate (apps/todo/components/cloudnative-pg)."
  type        = string
  default     = "rds"

  validation {
    condition     = contains(["rds", "cloudnative-pg"], var.database)
    error_message = "Must be rds or cloudnative-pg."
  }
}

variable "production" {
  description = "true: a NAT gateway per zone, a standby of the database, and protection against accidental deletion."
  type        = bool
  default     = true
  nullable    = false
}

variable "environments" {
  description = "Environments of the services: each has its own database and secret."
  type        = set(string)
  default     = ["dev", "staging", "prod"]

  validation {
    condition     = alltrue([for name in var.environments : can(regex("^[a-z][a-z0-9-]*$", name))])
    error_message = "Must be lower-case letters, digits and dashes."
  }
}
