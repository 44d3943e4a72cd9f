# EKS in Auto Mode: AWS operates nodes, storage, load balancers, DNS and Pod Identity, for about 12 % on top of the price of EC2.

locals {
  policy = "arn:aws:eks::aws:cluster-access-policy"

  # The map keys are known before the apply, so a role that the same plan creates causes no cycle (terraform-aws-eks#3294).
  admins = {
    for name, arn in var.admins : "admin-${name}" => {
      principal_arn = arn
      policy_associations = {
        cluster = {
          policy_arn   = "${local.policy}/AmazonEKSClusterAdminPolicy"
          access_scope = { type = "cluster" }
        }
      }
    }
  }

  viewers = {
    for name, arn in var.viewers : "viewer-${name}" => {
      principal_arn = arn
      policy_associations = {
        cluster = {
          policy_arn   = "${local.policy}/AmazonEKSViewPolicy"
          access_scope = { type = "cluster" }
        }
      }
    }
  }
}

module "eks" {
  source  = "terraform-aws-modules/eks/aws"
  version = "21.19.0"

  name               = var.name
  kubernetes_version = var.kubernetes_version
  # AWS then upgrades a forgotten cluster automatically: better than six times the price.
  upgrade_policy      = { support_type = "STANDARD" }
  deletion_protection = var.deletion_protection

  vpc_id                   = var.vpc_id
  subnet_ids               = var.private_subnets
  control_plane_subnet_ids = var.control_plane_subnets

  endpoint_private_access      = true
  endpoint_public_access       = length(var.api_allowed_cidrs) > 0
  endpoint_public_access_cidrs = var.api_allowed_cidrs

  enabled_log_types                      = ["api", "audit", "authenticator", "controllerManager", "scheduler"]
  cloudwatch_log_group_retention_in_days = 30

  # Encrypts Secrets in etcd with a key of this account.
  create_kms_key                  = true
  enable_kms_key_rotation         = true
  kms_key_deletion_window_in_days = 30
  # The module's default is whoever plans: each caller would see a change.
  kms_key_administrators = sort(values(var.admins))
  encryption_config      = {}

  authentication_mode                      = "API"
  enable_cluster_creator_admin_permissions = false
  access_entries                           = merge(local.admins, local.viewers)

  iam_role_permissions_boundary      = var.permissions_boundary
  node_iam_role_permissions_boundary = var.permissions_boundary

  compute_config = {
    enabled    = true
    node_pools = ["general-purpose", "system"]
  }

  zonal_shift_config = { enabled = true }
}
