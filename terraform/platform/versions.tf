terraform {
  required_version = ">= 1.11.0, < 2.0.0"

  required_providers {
    helm = {
      source  = "hashicorp/helm"
      version = ">= 3.0.0, < 4.0.0"
    }

    kubernetes = {
      source  = "hashicorp/kubernetes"
      version = ">= 2.38.0, < 3.0.0"
    }
  }

  # terraform init -backend-config=../backend.hcl: bucket, region and key are those of bootstrap/.
  backend "s3" {
    key          = "platform.tfstate"
    encrypt      = true
    use_lockfile = true
  }
}

locals {
  cluster = data.terraform_remote_state.infrastructure.outputs.cluster
  token = {
    api_version = "client.authentication.k8s.io/v1"
    command     = "aws"
    args        = ["eks", "get-token", "--cluster-name", local.cluster.name, "--region", var.region]
  }
}

provider "kubernetes" {
  host                   = local.cluster.endpoint
  cluster_ca_certificate = base64decode(local.cluster.certificate_authority)

  exec {
    api_version = local.token.api_version
    command     = local.token.command
    args        = local.token.args
  }
}

provider "helm" {
  kubernetes = {
    host                   = local.cluster.endpoint
    cluster_ca_certificate = base64decode(local.cluster.certificate_authority)
    exec                   = local.token
  }
}
