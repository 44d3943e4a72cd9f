variable "name" {
  description = "Prefix of the buckets' names, which are globally unique."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,40}$", var.name))
    error_message = "Must be at most 41 lower-case letters, digits and dashes."
  }
}

variable "buckets" {
  description = "Contents -> days until expiration. Longer than the retention of Loki and Tempo, which delete by themselves: this removes what they miss."
  type        = map(number)
  default     = { loki = 35, tempo = 95 }

  validation {
    condition     = alltrue([for days in values(var.buckets) : days >= 1 && days <= 3650])
    error_message = "Must be 1 to 3650 days each."
  }
}
