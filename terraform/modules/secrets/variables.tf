variable "prefix" {
  description = "Beginning of every secret's name; empty in an account that has one platform."
  type        = string
  default     = ""

  validation {
    condition     = var.prefix == "" || endswith(var.prefix, "/")
    error_message = "Empty, or ends with a slash."
  }
}

variable "given" {
  description = "Name -> what it is. Made empty: a person puts the value in (docs/secrets.md)."
  type        = map(string)

  validation {
    condition     = alltrue([for name in keys(var.given) : can(regex("^[a-z0-9][a-z0-9/-]*$", name))])
    error_message = "Names of lower-case letters, digits, dashes and slashes."
  }
}

variable "generated" {
  description = "Name -> what it is and the field of its JSON that gets a random value, which nobody has to know."
  type        = map(object({ description = string, field = string, with = optional(map(string), {}) }))
  default     = {}

  validation {
    condition     = alltrue([for name in keys(var.generated) : can(regex("^[a-z0-9][a-z0-9/-]*$", name))])
    error_message = "Names of lower-case letters, digits, dashes and slashes."
  }
}

variable "generation" {
  description = "Raise it to generate every random value anew."
  type        = number
  default     = 1

  validation {
    condition     = var.generation >= 1 && floor(var.generation) == var.generation
    error_message = "A whole number, 1 at first."
  }
}
