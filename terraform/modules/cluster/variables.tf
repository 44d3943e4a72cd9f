variable "name" {
  description = "Of the cluster."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]*$", var.name))
    error_message = "Lower-case letters, digits and dashes."
  }
}

variable "kubernetes_version" {
  description = "1.NN, in standard support (modules/eks-version)."
  type        = string

  validation {
    condition     = can(regex("^1\\.[0-9]{2}$", var.kubernetes_version))
    error_message = "1.NN, such as 1.35."
  }
}

variable "vpc_id" {
  description = "Where the cluster is."
  type        = string

  validation {
    condition     = startswith(var.vpc_id, "vpc-")
    error_message = "Begins with vpc-."
  }
}

variable "private_subnets" {
  description = "Of the nodes, one per zone."
  type        = list(string)

  validation {
    condition     = length(var.private_subnets) >= 2
    error_message = "At least two."
  }
}

variable "control_plane_subnets" {
  description = "Of the API server's interfaces, one per zone."
  type        = list(string)

  validation {
    condition     = length(var.control_plane_subnets) >= 2
    error_message = "At least two."
  }
}

variable "api_allowed_cidrs" {
  description = "Who may reach the API server from outside: an office, a VPN. Empty: nobody, it is reached from within the network."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for cidr in var.api_allowed_cidrs : can(cidrnetmask(cidr)) && tonumber(split("/", cidr)[1]) >= 16])
    error_message = "IPv4 networks of at most 65,536 addresses (/16 and narrower); 0.0.0.0/0 is the whole world."
  }
}

variable "admins" {
  description = "Name -> ARN of an IAM role whose holders administrate the cluster. Named one by one: who created it is nobody special."
  type        = map(string)

  validation {
    condition     = length(var.admins) > 0 && alltrue([for arn in values(var.admins) : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/", arn))])
    error_message = "At least one ARN of a role, arn:aws:iam::123456789012:role/NAME."
  }
}

variable "viewers" {
  description = "Name -> ARN of an IAM role whose holders see what runs, but no Secrets."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for arn in values(var.viewers) : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/", arn))])
    error_message = "ARNs of roles, arn:aws:iam::123456789012:role/NAME."
  }
}

variable "deletion_protection" {
  description = "Whether a destroy is refused."
  type        = bool
  default     = true
  nullable    = false
}
