variable "prefix" {
  description = "Prefix of every secret's name; empty in an account with a single platform."
  type        = string
  default     = ""

  validation {
    condition     = var.prefix == "" || endswith(var.prefix, "/")
    error_message = "Must be empty, or end with a slash."
  }
}

variable "given" {
  description = "Name -> description. Created empty: a person sets the value (docs/secrets.md)."
  type        = map(string)

  validation {
    condition     = alltrue([for name in keys(var.given) : can(regex("^[a-z0-9][a-z0-9/-]*$", name))])
    error_message = "Must have names of lower-case letters, digits, dashes and slashes."
  }
}

variable "generated" {
  description = "Name -> description, and the field of its JSON that terraform/create-secrets.sh fills with a random value, beside those of `with`."
  type        = map(object({ description = string, field = string, with = optional(map(string), {}) }))
  default     = {}

  validation {
    condition     = alltrue([for name in keys(var.generated) : can(regex("^[a-z0-9][a-z0-9/-]*$", name))])
    error_message = "Must have names of lower-case letters, digits, dashes and slashes."
  }
}
