variable "name" {
  description = "Name of the database server."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]*$", var.name))
    error_message = "Must be lower-case letters, digits and dashes."
  }
}

variable "vpc_id" {
  description = "VPC of the server."
  type        = string

  validation {
    condition     = startswith(var.vpc_id, "vpc-")
    error_message = "Must start with vpc-."
  }
}

variable "subnets" {
  description = "Subnets without internet access, one per zone."
  type        = list(string)

  validation {
    condition     = length(var.subnets) >= 2
    error_message = "Must be at least two, in different zones."
  }
}

variable "client_security_group_id" {
  description = "Security group that may connect: the cluster's."
  type        = string

  validation {
    condition     = startswith(var.client_security_group_id, "sg-")
    error_message = "Must start with sg-."
  }
}

variable "instance_class" {
  description = "Instance class of the server; db.t4g.micro is the cheapest."
  type        = string
  default     = "db.t4g.small"

  validation {
    condition     = can(regex("^db\\.[a-z0-9]+\\.[a-z0-9]+$", var.instance_class))
    error_message = "Must be an instance class, such as db.t4g.small."
  }
}

variable "multi_az" {
  description = "A standby in another zone: twice the price, and about a minute of downtime if a zone fails."
  type        = bool
  default     = true
  nullable    = false
}

variable "deletion_protection" {
  description = "Whether deletion is refused."
  type        = bool
  default     = true
  nullable    = false
}

variable "backup_days" {
  description = "Days that a point-in-time restore can go back."
  type        = number
  default     = 14

  validation {
    condition     = var.backup_days >= 7 && var.backup_days <= 35
    error_message = "Must be 7 to 35 days."
  }
}

variable "permissions_boundary" {
  description = "ARN of the policy that limits the roles that this module creates: bootstrap's."
  type        = string

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:policy/", var.permissions_boundary))
    error_message = "Must be the ARN of a policy, arn:aws:iam::123456789012:policy/NAME."
  }
}
