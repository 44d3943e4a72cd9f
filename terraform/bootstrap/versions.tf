terraform {
  required_version = ">= 1.11.0, < 2.0.0"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.28.0, < 7.0.0"
    }
  }

  # Applied once with local state; then `terraform init -migrate-state` moves the state into the bucket that this
  # configuration creates (README).
}

provider "aws" {
  region = var.region

  default_tags {
    tags = {
      project    = var.name
      managed-by = "terraform/bootstrap"
    }
  }
}
