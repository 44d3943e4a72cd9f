variable "name" {
  description = "Name of the cluster."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]*$", var.name))
    error_message = "Must be lower-case letters, digits and dashes."
  }
}

variable "kubernetes_version" {
  description = "Kubernetes version 1.NN, in standard support (modules/eks-version)."
  type        = string

  validation {
    condition     = can(regex("^1\\.[0-9]{2}$", var.kubernetes_version))
    error_message = "Must be 1.NN, such as 1.35."
  }
}

variable "vpc_id" {
  description = "VPC of the cluster."
  type        = string

  validation {
    condition     = startswith(var.vpc_id, "vpc-")
    error_message = "Must start with vpc-."
  }
}

variable "private_subnets" {
  description = "Subnets of the nodes, one per zone."
  type        = list(string)

  validation {
    condition     = length(var.private_subnets) >= 2
    error_message = "Must be at least two."
  }
}

variable "control_plane_subnets" {
  description = "Subnets of the API server's network interfaces, one per zone."
  type        = list(string)

  validation {
    condition     = length(var.control_plane_subnets) >= 2
    error_message = "Must be at least two."
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
  description = "Name -> ARN of an IAM role that administers the cluster. The cluster's creator is not one automatically."
  type        = map(string)

  validation {
    condition     = length(var.admins) > 0 && alltrue([for arn in values(var.admins) : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/", arn))])
    error_message = "Must have at least one ARN of a role, arn:aws:iam::123456789012:role/NAME."
  }
}

variable "viewers" {
  description = "Name -> ARN of an IAM role that can view the cluster, except Secrets."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for arn in values(var.viewers) : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/", arn))])
    error_message = "Must be ARNs of roles, arn:aws:iam::123456789012:role/NAME."
  }
}

variable "deletion_protection" {
  description = "Whether deletion is refused."
  type        = bool
  default     = true
  nullable    = false
}

variable "permissions_boundary" {
  description = "ARN of the policy that limits the roles that this module creates: bootstrap's."
  type        = string

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:policy/", var.permissions_boundary))
    error_message = "Must be the ARN of a policy, arn:aws:iam::123456789012:policy/NAME."
  }
}
