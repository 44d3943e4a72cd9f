mock_provider "helm" {}
mock_provider "kubernetes" {}

override_data {
  target = data.terraform_remote_state.infrastructure

  values = {
    outputs = {
      cluster = { name = "delivery", endpoint = "https://eks.test", certificate_authority = "dGVzdA==" }
      facts   = { region = "eu-central-1", vpc-id = "vpc-1", loki-bucket = "logs", tempo-bucket = "traces" }
    }
  }
}

variables {
  state_bucket = "delivery-terraform-state-123456789012"
}

run "argocd_knows_the_facts" {
  command = plan

  assert {
    condition     = kubernetes_secret_v1.cluster.metadata[0].annotations["platform.acme.dev/tempo-bucket"] == "traces"
    error_message = "ApplicationSets read the bucket from the cluster's Secret"
  }

  assert {
    condition     = kubernetes_secret_v1.cluster.metadata[0].labels["argocd.argoproj.io/secret-type"] == "cluster"
    error_message = "Argo CD finds clusters by this label"
  }

  assert {
    condition     = helm_release.argocd.version == "10.1.1"
    error_message = "the chart is pinned"
  }
}

run "refuses_ssh_for_the_repository" {
  command = plan

  variables {
    config_repository = "git@github.com:acme/gitops-config.git"
  }

  expect_failures = [var.config_repository]
}
