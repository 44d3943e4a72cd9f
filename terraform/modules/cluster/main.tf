# EKS in Auto Mode: nodes, storage, load balancers, DNS and Pod Identity are AWS' to run. About 12 % on top of the price of EC2.

locals {
  policy = "arn:aws:eks::aws:cluster-access-policy"

  # The keys are known before anything is made: a role that is made in the same plan makes no cycle (terraform-aws-eks#3294).
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
  # An upgrade that is forgotten happens by itself: better than six times the price.
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

  # A key of our own around the Secrets in etcd.
  create_kms_key                  = true
  enable_kms_key_rotation         = true
  kms_key_deletion_window_in_days = 30
  encryption_config               = {}

  authentication_mode                      = "API"
  enable_cluster_creator_admin_permissions = false
  access_entries                           = merge(local.admins, local.viewers)

  compute_config = {
    enabled    = true
    node_pools = ["general-purpose", "system"]
  }

  zonal_shift_config = { enabled = true }
}
