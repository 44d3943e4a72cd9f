terraform {
  required_version = ">= 1.11.0, < 2.0.0"

  required_providers {
    helm = {
      source  = "hashicorp/helm"
      version = ">= 3.0.0, < 4.0.0"
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

# Releases are kept in ConfigMaps, which a viewer may read. The default, Secrets, would give everybody who can plan all of Argo CD's.
provider "helm" {
  helm_driver = "configmap"

  kubernetes = {
    host                   = local.cluster.endpoint
    cluster_ca_certificate = base64decode(local.cluster.certificate_authority)
    exec                   = local.token
  }
}
