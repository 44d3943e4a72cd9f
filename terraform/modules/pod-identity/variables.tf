variable "name" {
  description = "Name of the role."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9+=,.@_-]{1,64}$", var.name))
    error_message = "Must be 1 to 64 characters that IAM allows."
  }
}

variable "cluster_name" {
  description = "Name of the cluster."
  type        = string

  validation {
    condition     = length(var.cluster_name) > 0
    error_message = "Must not be empty."
  }
}

variable "namespace" {
  description = "Namespace of the service account."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]*[a-z0-9])?$", var.namespace))
    error_message = "Must be a valid Kubernetes name."
  }
}

variable "service_account" {
  description = "Service account whose pods get the role."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]*[a-z0-9])?$", var.service_account))
    error_message = "Must be a valid Kubernetes name."
  }
}

variable "policy" {
  description = "Policy of the role, in JSON."
  type        = string

  validation {
    condition     = can(jsondecode(var.policy))
    error_message = "Must be a policy document in JSON."
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
