# What Terraform itself needs: a bucket for its states, and two roles that GitHub workflows can assume without a stored key.

data "aws_caller_identity" "current" {}

locals {
  account_id          = data.aws_caller_identity.current.account_id
  boundary            = "arn:aws:iam::${local.account_id}:policy/${var.name}-github-boundary"
  state_bucket        = "${var.name}-terraform-state-${local.account_id}"
  github_name         = split("/", var.github_repository)[1]
  github_owner        = split("/", var.github_repository)[0]
  immutable_subject   = "repo:${local.github_owner}@${var.github_owner_id}/${local.github_name}@${var.github_repository_id}"
  repository_subjects = ["repo:${var.github_repository}", local.immutable_subject]

  # The subject of repositories created since 15 July 2026 contains their ids; that of older ones does not. Never use a wildcard.
  plan_subjects  = [for subject in local.repository_subjects : "${subject}:pull_request"]
  apply_subjects = [for subject in local.repository_subjects : "${subject}:environment:${var.github_environment}"]
  drift_subjects = [for subject in local.repository_subjects : "${subject}:ref:refs/heads/main"]
}

resource "aws_kms_key" "state" {
  description             = "Terraform states of ${var.name}"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy                  = data.aws_iam_policy_document.state_key.json
}

data "aws_iam_policy_document" "state_key" {
  # checkov:skip=CKV_AWS_109:a key policy's only resource is its key
  # checkov:skip=CKV_AWS_111:a key policy's only resource is its key
  # checkov:skip=CKV_AWS_356:a key policy's only resource is its key
  statement {
    sid       = "DelegateToIam"
    actions   = ["kms:*"]
    resources = ["*"] # a key policy's only resource is its key

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${local.account_id}:root"]
    }
  }
}

resource "aws_kms_alias" "state" {
  name          = "alias/${var.name}-terraform-state"
  target_key_id = aws_kms_key.state.key_id
}

resource "aws_s3_bucket" "state" {
  # checkov:skip=CKV_AWS_18:CloudTrail records who reads a state
  # checkov:skip=CKV_AWS_144:a state can be imported again; versions are kept
  # checkov:skip=CKV2_AWS_62:nothing consumes its events
  bucket = local.state_bucket

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_s3_bucket_versioning" "state" {
  bucket = aws_s3_bucket.state.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "state" {
  bucket = aws_s3_bucket.state.id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.state.arn
    }
  }
}

resource "aws_s3_bucket_public_access_block" "state" {
  bucket                  = aws_s3_bucket.state.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_lifecycle_configuration" "state" {
  bucket = aws_s3_bucket.state.id

  rule {
    id     = "old-versions"
    status = "Enabled"

    filter {}

    noncurrent_version_expiration {
      noncurrent_days           = 90
      newer_noncurrent_versions = 20
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }
}

data "aws_iam_policy_document" "state_bucket" {
  statement {
    sid       = "DenyUnencryptedTransport"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.state.arn, "${aws_s3_bucket.state.arn}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_s3_bucket_policy" "state" {
  bucket = aws_s3_bucket.state.id
  policy = data.aws_iam_policy_document.state_bucket.json
}

resource "aws_iam_openid_connect_provider" "github" {
  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]
}

data "aws_iam_policy_document" "trust" {
  for_each = {
    plan  = concat(local.plan_subjects, local.drift_subjects)
    apply = local.apply_subjects
  }

  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = [aws_iam_openid_connect_provider.github.arn]
    }

    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:aud"
      values   = ["sts.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:sub"
      values   = each.value
    }
  }
}

# Read-only: pull requests of everyone who may push a branch run with this role.
resource "aws_iam_role" "plan" {
  name                 = "${var.name}-github-plan"
  assume_role_policy   = data.aws_iam_policy_document.trust["plan"].json
  max_session_duration = 3600
}

resource "aws_iam_role_policy_attachment" "plan" {
  role       = aws_iam_role.plan.name
  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
}

data "aws_iam_policy_document" "plan_state" {
  statement {
    sid       = "ReadState"
    actions   = ["s3:GetObject", "s3:ListBucket"]
    resources = [aws_s3_bucket.state.arn, "${aws_s3_bucket.state.arn}/*"]
  }

  statement {
    sid       = "Lock"
    actions   = ["s3:PutObject", "s3:DeleteObject"]
    resources = ["${aws_s3_bucket.state.arn}/*.tflock"]
  }

  statement {
    sid       = "Key"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [aws_kms_key.state.arn]
  }

  # ReadOnlyAccess includes parameters and secrets.
  statement {
    sid       = "DenySecrets"
    effect    = "Deny"
    actions   = ["secretsmanager:GetSecretValue", "ssm:GetParameter*"]
    resources = ["*"]
  }
}

resource "aws_iam_role_policy" "plan_state" {
  name   = "state"
  role   = aws_iam_role.plan.id
  policy = data.aws_iam_policy_document.plan_state.json
}

# Creates clusters, networks and roles, which takes all permissions. Only runs that the environment's reviewers approved can assume it.
resource "aws_iam_role" "apply" {
  name                 = "${var.name}-github-apply"
  assume_role_policy   = data.aws_iam_policy_document.trust["apply"].json
  max_session_duration = 3600
  permissions_boundary = aws_iam_policy.boundary.arn
}

resource "aws_iam_role_policy_attachment" "apply" {
  # checkov:skip=CKV_AWS_274:it creates networks, clusters and roles; its boundary and the environment's reviewers limit it
  role       = aws_iam_role.apply.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

data "aws_iam_policy_document" "boundary" {
  # checkov:skip=CKV_AWS_1:a boundary grants nothing: it allows everything except what is denied below
  # checkov:skip=CKV_AWS_49:a boundary grants nothing: it allows everything except what is denied below
  # checkov:skip=CKV_AWS_107:a boundary grants nothing: it allows everything except what is denied below
  # checkov:skip=CKV_AWS_108:a boundary grants nothing: it allows everything except what is denied below
  # checkov:skip=CKV_AWS_109:a boundary grants nothing: it allows everything except what is denied below
  # checkov:skip=CKV_AWS_110:a boundary grants nothing: it allows everything except what is denied below
  # checkov:skip=CKV_AWS_111:a boundary grants nothing: it allows everything except what is denied below
  # checkov:skip=CKV_AWS_356:a boundary grants nothing: it allows everything except what is denied below
  statement {
    sid       = "AllowEverything"
    actions   = ["*"]
    resources = ["*"]
  }

  # Bootstrap's own roles and this policy are an administrator's: no workflow changes them.
  statement {
    sid    = "DenyChangesToItsLimits"
    effect = "Deny"

    actions = [
      "iam:AttachRolePolicy",
      "iam:CreatePolicyVersion",
      "iam:DeletePolicy",
      "iam:DeletePolicyVersion",
      "iam:DeleteRole",
      "iam:DeleteRolePermissionsBoundary",
      "iam:DeleteRolePolicy",
      "iam:DetachRolePolicy",
      "iam:PutRolePermissionsBoundary",
      "iam:PutRolePolicy",
      "iam:SetDefaultPolicyVersion",
      "iam:UpdateAssumeRolePolicy",
      "iam:UpdateRole",
    ]

    resources = [
      local.boundary,
      "arn:aws:iam::${local.account_id}:role/${var.name}-github-*",
    ]
  }

  # Otherwise it would create a role without limits and assume that one.
  statement {
    sid       = "DenyRolesWithoutItsLimits"
    effect    = "Deny"
    actions   = ["iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:AttachRolePolicy", "iam:PutRolePolicy"]
    resources = ["*"]

    condition {
      test     = "StringNotEquals"
      variable = "iam:PermissionsBoundary"
      values   = [local.boundary]
    }
  }

  statement {
    sid       = "DenyRemovalOfLimits"
    effect    = "Deny"
    actions   = ["iam:DeleteRolePermissionsBoundary"]
    resources = ["*"]
  }

  # Nor would it let GitHub assume a role that people use.
  statement {
    sid           = "DenyTrustOfOtherRoles"
    effect        = "Deny"
    actions       = ["iam:UpdateAssumeRolePolicy"]
    not_resources = ["arn:aws:iam::${local.account_id}:role/${var.name}-*"]
  }

  statement {
    sid       = "DenyDeletionOfStates"
    effect    = "Deny"
    actions   = ["s3:DeleteBucket", "s3:DeleteObjectVersion", "s3:PutBucketPolicy", "s3:PutBucketVersioning"]
    resources = ["arn:aws:s3:::${local.state_bucket}", "arn:aws:s3:::${local.state_bucket}/*"]
  }

  statement {
    sid       = "DenyUsersAndAccounts"
    effect    = "Deny"
    actions   = ["iam:CreateUser", "iam:CreateAccessKey", "organizations:*", "account:*"]
    resources = ["*"]
  }
}

resource "aws_iam_policy" "boundary" {
  name   = "${var.name}-github-boundary"
  policy = data.aws_iam_policy_document.boundary.json
}
