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

# Registers the cluster in Argo CD, with the facts that ApplicationSets read through the `clusters` generator, and installs the root. It is a
# separate chart, installed once the first one has installed the Application CRD. The Secret of the cluster is part of the chart: as a
# resource of its own Terraform would read it back, and the role that plans may not read Secrets.
resource "helm_release" "root" {
  name      = "root-application"
  namespace = helm_release.argocd.namespace
  chart     = "${path.module}/root-application"

  values = [yamlencode({
    repository = var.config_repository
    facts      = data.terraform_remote_state.infrastructure.outputs.facts
  })]
}
