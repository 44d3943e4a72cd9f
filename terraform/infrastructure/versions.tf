terraform {
  required_version = ">= 1.11.0, < 2.0.0"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.28.0, < 7.0.0"
    }
  }

  # terraform init -backend-config=../backend.hcl: bucket, region and key are those of bootstrap/.
  backend "s3" {
    key          = "infrastructure.tfstate"
    encrypt      = true
    use_lockfile = true
  }
}

provider "aws" {
  region = var.region

  default_tags {
    tags = {
      project    = var.name
      managed-by = "terraform/infrastructure"
    }
  }
}
