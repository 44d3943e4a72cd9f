variable "name" {
  description = "Of the role."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9+=,.@_-]{1,64}$", var.name))
    error_message = "1 to 64 characters that IAM allows."
  }
}

variable "cluster_name" {
  description = "Whose pods these are."
  type        = string

  validation {
    condition     = length(var.cluster_name) > 0
    error_message = "Not empty."
  }
}

variable "namespace" {
  description = "Of the service account."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]*[a-z0-9])?$", var.namespace))
    error_message = "A name as Kubernetes allows it."
  }
}

variable "service_account" {
  description = "Whose pods get the role."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]*[a-z0-9])?$", var.service_account))
    error_message = "A name as Kubernetes allows it."
  }
}

variable "policy" {
  description = "What it may do, JSON."
  type        = string

  validation {
    condition     = can(jsondecode(var.policy))
    error_message = "A policy document in JSON."
  }
}
