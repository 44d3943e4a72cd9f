# Secrets that External Secrets syncs into the cluster. Terraform never handles a value: refreshing one would need the permission to read it,
# which the role that plans pull requests does not have. terraform/create-secrets.sh generates values, a person sets all others.

resource "aws_kms_key" "secrets" {
  description             = "Secrets of the platform"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy                  = data.aws_iam_policy_document.key.json
}

data "aws_caller_identity" "current" {}

data "aws_iam_policy_document" "key" {
  # checkov:skip=CKV_AWS_109:a key policy's only resource is its key
  # checkov:skip=CKV_AWS_111:a key policy's only resource is its key
  # checkov:skip=CKV_AWS_356:a key policy's only resource is its key
  statement {
    sid       = "DelegateToIam"
    actions   = ["kms:*"]
    resources = ["*"] # a key policy's only resource is its key

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.current.account_id}:root"]
    }
  }
}

resource "aws_secretsmanager_secret" "given" {
  # checkov:skip=CKV2_AWS_57:an AWS function cannot rotate keys of GitHub and Slack; docs/secrets.md says how to
  for_each                = var.given
  name                    = "${var.prefix}${each.key}"
  description             = each.value
  kms_key_id              = aws_kms_key.secrets.arn
  recovery_window_in_days = 7
}

resource "aws_secretsmanager_secret" "generated" {
  # checkov:skip=CKV2_AWS_57:create-secrets.sh --rotate replaces them; docs/secrets.md
  for_each                = var.generated
  name                    = "${var.prefix}${each.key}"
  description             = each.value.description
  kms_key_id              = aws_kms_key.secrets.arn
  recovery_window_in_days = 7
}

# Values that an earlier version of this module wrote stay what they are.
removed {
  from = aws_secretsmanager_secret_version.generated

  lifecycle {
    destroy = false
  }
}

data "aws_iam_policy_document" "read" {
  statement {
    sid       = "Read"
    actions   = ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"]
    resources = concat(values(aws_secretsmanager_secret.given)[*].arn, values(aws_secretsmanager_secret.generated)[*].arn)
  }

  statement {
    sid       = "Key"
    actions   = ["kms:Decrypt"]
    resources = [aws_kms_key.secrets.arn]
  }
}
