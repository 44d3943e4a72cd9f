# Runs against mocks, without an account or costs. `terraform init -backend=false && terraform test` needs only the providers' schemas.

mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012", arn = "arn:aws:iam::123456789012:user/test" }
  }

  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }

  mock_data "aws_region" {
    defaults = { region = "eu-central-1" }
  }
}

override_module {
  target  = module.network
  outputs = { vpc_id = "vpc-1", cidr = "10.20.0.0/16", private_subnets = ["a", "b", "c"], intra_subnets = ["d", "e", "f"] }
}

override_module {
  target  = module.cluster
  outputs = { name = "delivery", endpoint = "https://eks.test", certificate_authority = "dGVzdA==", security_group_id = "sg-1" }
}

override_module {
  target  = module.database
  outputs = { address = "db.test", master_secret_arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:master" }
}

override_module {
  target  = module.eks_version
  outputs = { kubernetes_version = "1.35", standard_support_ends = "2027-03-27" }
}

variables {
  admins = { team = "arn:aws:iam::123456789012:role/team" }
}

run "facts_for_argocd" {
  command = apply

  assert {
    condition     = output.facts["loki-bucket"] == "delivery-loki-123456789012"
    error_message = "the bucket's name must contain the account"
  }

  assert {
    condition     = output.facts.region == "eu-central-1" && output.database.address == "db.test"
    error_message = "platform/ and create-databases.sh read these outputs"
  }
}

run "roles_stay_within_the_limits_of_bootstrap" {
  command = apply

  assert {
    condition     = local.boundary == "arn:aws:iam::123456789012:policy/delivery-github-boundary"
    error_message = "roles are created within bootstrap's boundary, or the apply role may not create them"
  }

  assert {
    condition     = output.generated_secrets["platform/grafana-admin"].field == "password" && output.generated_secrets["platform/grafana-admin"].with.user == "admin"
    error_message = "create-secrets.sh reads what it generates from this output"
  }
}

run "no_server_with_cloudnative_pg" {
  command = apply

  variables {
    database = "cloudnative-pg"
  }

  assert {
    condition     = output.database == null
    error_message = "PostgreSQL in the cluster needs no RDS server"
  }
}

run "refuses_the_whole_world" {
  command = plan

  variables {
    api_allowed_cidrs = ["0.0.0.0/0"]
  }

  expect_failures = [var.api_allowed_cidrs]
}

run "refuses_a_user_as_admin" {
  command = plan

  variables {
    admins = { me = "arn:aws:iam::123456789012:user/me" }
  }

  expect_failures = [var.admins]
}
