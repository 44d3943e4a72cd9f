variable "name" {
  description = "Of the network."
  type        = string

  validation {
    condition     = length(var.name) > 0
    error_message = "Not empty."
  }
}

variable "cidr" {
  description = "Of the network, a /16: subnets are cut from it."
  type        = string

  validation {
    condition     = can(cidrnetmask(var.cidr)) && endswith(var.cidr, "/16")
    error_message = "A private /16, such as 10.20.0.0/16."
  }
}

variable "zones" {
  description = "Three availability zones."
  type        = list(string)

  validation {
    condition     = length(var.zones) == 3 && length(distinct(var.zones)) == 3
    error_message = "Three different zones."
  }
}

variable "single_nat_gateway" {
  description = "One gateway for all zones: a third of the price, and one zone's outage is everybody's."
  type        = bool
  default     = true
  nullable    = false
}
