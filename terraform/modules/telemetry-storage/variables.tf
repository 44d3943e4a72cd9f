variable "name" {
  description = "Beginning of the buckets' names; they are unique in the world."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,40}$", var.name))
    error_message = "Lower-case letters, digits and dashes, at most 41."
  }
}

variable "buckets" {
  description = "What is kept -> after how many days it goes. Longer than the retention of who writes there: Loki and Tempo delete, this is for what they forgot."
  type        = map(number)
  default     = { loki = 35, tempo = 95 }

  validation {
    condition     = alltrue([for days in values(var.buckets) : days >= 1 && days <= 3650])
    error_message = "1 to 3650 days each."
  }
}
