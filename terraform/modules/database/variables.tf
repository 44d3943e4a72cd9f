variable "name" {
  description = "Of the database server."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]*$", var.name))
    error_message = "Lower-case letters, digits and dashes."
  }
}

variable "vpc_id" {
  description = "Where the server is."
  type        = string

  validation {
    condition     = startswith(var.vpc_id, "vpc-")
    error_message = "Begins with vpc-."
  }
}

variable "subnets" {
  description = "Without a way out, one per zone."
  type        = list(string)

  validation {
    condition     = length(var.subnets) >= 2
    error_message = "At least two, in different zones."
  }
}

variable "client_security_group_id" {
  description = "Who may connect: the cluster."
  type        = string

  validation {
    condition     = startswith(var.client_security_group_id, "sg-")
    error_message = "Begins with sg-."
  }
}

variable "instance_class" {
  description = "How large it is. db.t4g.micro is the cheapest."
  type        = string
  default     = "db.t4g.small"

  validation {
    condition     = can(regex("^db\\.[a-z0-9]+\\.[a-z0-9]+$", var.instance_class))
    error_message = "Such as db.t4g.small."
  }
}

variable "multi_az" {
  description = "A standby in another zone: twice the price, and an outage of a zone is a minute."
  type        = bool
  default     = true
  nullable    = false
}

variable "deletion_protection" {
  description = "Whether a destroy is refused."
  type        = bool
  default     = true
  nullable    = false
}

variable "backup_days" {
  description = "How far back a point-in-time restore reaches."
  type        = number
  default     = 14

  validation {
    condition     = var.backup_days >= 7 && var.backup_days <= 35
    error_message = "7 to 35 days."
  }
}
