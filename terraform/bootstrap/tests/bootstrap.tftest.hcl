# The real provider renders the policies, without an account: nothing is applied, and AWS is asked nothing.

provider "aws" {
  region                      = "eu-central-1"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

override_data {
  target = data.aws_caller_identity.current
  values = { account_id = "123456789012" }
}

variables {
  github_repository    = "acme/platform"
  github_owner_id      = 1
  github_repository_id = 2
}

run "the_boundary_cannot_be_taken_off" {
  command = plan

  assert {
    condition = alltrue([
      for action in ["iam:PutRolePermissionsBoundary", "iam:DeleteRolePermissionsBoundary", "iam:UpdateAssumeRolePolicy", "iam:AttachRolePolicy", "iam:CreatePolicyVersion"] :
      anytrue([
        for statement in jsondecode(data.aws_iam_policy_document.boundary.json).Statement :
        statement.Effect == "Deny" && contains(flatten([statement.Action]), action)
        && contains(flatten([try(statement.Resource, [])]), "arn:aws:iam::123456789012:role/delivery-github-*")
      ])
    ])
    error_message = "the apply role could change its own limits, or those of the plan role"
  }

  assert {
    condition = anytrue([
      for statement in jsondecode(data.aws_iam_policy_document.boundary.json).Statement :
      statement.Effect == "Deny" && contains(flatten([statement.Action]), "iam:CreateRole")
      && try(statement.Condition.StringNotEquals["iam:PermissionsBoundary"], "") == "arn:aws:iam::123456789012:policy/delivery-github-boundary"
    ])
    error_message = "the apply role could create a role without limits, and assume it"
  }
}
