# Buckets for Loki and Tempo.

data "aws_caller_identity" "current" {}

resource "aws_kms_key" "telemetry" {
  description             = "Logs and traces of ${var.name}"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy                  = data.aws_iam_policy_document.key.json
}

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

resource "aws_s3_bucket" "telemetry" {
  # checkov:skip=CKV_AWS_18:access logs of log storage would only double the cost
  # checkov:skip=CKV_AWS_21:Loki and Tempo delete on purpose
  # checkov:skip=CKV_AWS_144:a second region for telemetry is not worth its price
  # checkov:skip=CKV2_AWS_62:nothing consumes its events
  for_each = var.buckets
  bucket   = "${var.name}-${each.key}-${data.aws_caller_identity.current.account_id}"
}

resource "aws_s3_bucket_public_access_block" "telemetry" {
  for_each                = var.buckets
  bucket                  = aws_s3_bucket.telemetry[each.key].id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_versioning" "telemetry" {
  for_each = var.buckets
  bucket   = aws_s3_bucket.telemetry[each.key].id

  # Loki and Tempo delete on purpose: old versions would only cost money.
  versioning_configuration {
    status = "Suspended"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "telemetry" {
  for_each = var.buckets
  bucket   = aws_s3_bucket.telemetry[each.key].id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.telemetry.arn
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "telemetry" {
  for_each = var.buckets
  bucket   = aws_s3_bucket.telemetry[each.key].id

  rule {
    id     = "expired"
    status = "Enabled"

    filter {}

    expiration {
      days = each.value
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 3
    }
  }
}

data "aws_iam_policy_document" "encrypted_transport" {
  for_each = var.buckets

  statement {
    sid       = "DenyUnencryptedTransport"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.telemetry[each.key].arn, "${aws_s3_bucket.telemetry[each.key].arn}/*"]

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

resource "aws_s3_bucket_policy" "telemetry" {
  for_each = var.buckets
  bucket   = aws_s3_bucket.telemetry[each.key].id
  policy   = data.aws_iam_policy_document.encrypted_transport[each.key].json
}

data "aws_iam_policy_document" "use" {
  for_each = var.buckets

  statement {
    sid       = "List"
    actions   = ["s3:ListBucket", "s3:GetBucketLocation"]
    resources = [aws_s3_bucket.telemetry[each.key].arn]
  }

  statement {
    sid       = "Objects"
    actions   = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:GetObjectTagging", "s3:PutObjectTagging"]
    resources = ["${aws_s3_bucket.telemetry[each.key].arn}/*"]
  }

  statement {
    sid       = "Key"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [aws_kms_key.telemetry.arn]
  }
}
