mock_provider "helm" {}

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
    condition     = yamldecode(helm_release.root.values[0]).facts["tempo-bucket"] == "traces"
    error_message = "ApplicationSets read the bucket from the cluster's Secret"
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
