# Argo CD, and the root Application from which it deploys everything else. Terraform ends here.

data "terraform_remote_state" "infrastructure" {
  backend = "s3"

  config = {
    bucket = var.state_bucket
    key    = "infrastructure.tfstate"
    region = var.region
  }
}

resource "helm_release" "argocd" {
  name             = "argocd"
  namespace        = "argocd"
  create_namespace = true
  repository       = "https://argoproj.github.io/argo-helm"
  chart            = "argo-cd"
  version          = "10.1.1" # Argo CD 3.4.4
  atomic           = true
  timeout          = 900

  values = [
    file("${path.module}/argocd-values.yaml"),
    yamlencode({ global = { domain = var.argocd_host } }),
  ]
}

# Registers the cluster in Argo CD, with the facts that ApplicationSets read through the `clusters` generator.
resource "kubernetes_secret_v1" "cluster" {
  metadata {
    name      = "in-cluster"
    namespace = helm_release.argocd.namespace

    labels = {
      "argocd.argoproj.io/secret-type"  = "cluster"
      "platform.acme.dev/observability" = "true"
    }

    annotations = {
      for name, value in data.terraform_remote_state.infrastructure.outputs.facts : "platform.acme.dev/${name}" => value
    }
  }

  data = {
    name   = "in-cluster"
    server = "https://kubernetes.default.svc"
    config = jsonencode({ tlsClientConfig = { insecure = false } })
  }
}

# A separate chart, installed once the first one has installed the Application CRD.
resource "helm_release" "root" {
  name      = "root-application"
  namespace = helm_release.argocd.namespace
  chart     = "${path.module}/root-application"

  values = [yamlencode({ repository = var.config_repository })]

  depends_on = [kubernetes_secret_v1.cluster]
}
