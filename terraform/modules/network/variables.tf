variable "name" {
  description = "Name of the network."
  type        = string

  validation {
    condition     = length(var.name) > 0
    error_message = "Must not be empty."
  }
}

variable "cidr" {
  description = "Address range of the network, a /16, which is divided into subnets."
  type        = string

  validation {
    condition     = can(cidrnetmask(var.cidr)) && endswith(var.cidr, "/16")
    error_message = "Must be a private /16, such as 10.20.0.0/16."
  }
}

variable "zones" {
  description = "Three availability zones."
  type        = list(string)

  validation {
    condition     = length(var.zones) == 3 && length(distinct(var.zones)) == 3
    error_message = "Must be three different zones."
  }
}

variable "single_nat_gateway" {
  description = "One NAT gateway for all zones: a third of the price, but an outage of its zone affects all zones."
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
