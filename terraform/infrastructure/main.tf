# The cluster and everything below it. What runs in the cluster starts in platform/, which has its own state: a provider must not be
# configured from a cluster that the same plan creates, nor outlive it (terraform-aws-eks#2923, #3005).

data "aws_caller_identity" "current" {}

locals {
  # Bootstrap's policy: the apply role can create a role only within the limits that it has itself.
  boundary = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:policy/${var.name}-github-boundary"

  # Named, not looked up: a zone that AWS adds must not move existing subnets.
  zones = coalescelist(var.zones, [for letter in ["a", "b", "c"] : "${var.region}${letter}"])
}

module "eks_version" {
  source = "../modules/eks-version"

  kubernetes_version = var.kubernetes_version
}

module "network" {
  source = "../modules/network"

  name                 = var.name
  cidr                 = var.network_cidr
  zones                = local.zones
  single_nat_gateway   = !var.production
  permissions_boundary = local.boundary
}

module "cluster" {
  source = "../modules/cluster"

  name                  = var.name
  kubernetes_version    = module.eks_version.kubernetes_version
  vpc_id                = module.network.vpc_id
  private_subnets       = module.network.private_subnets
  control_plane_subnets = module.network.intra_subnets
  api_allowed_cidrs     = var.api_allowed_cidrs
  admins                = var.admins
  viewers               = var.viewers
  deletion_protection   = var.production
  permissions_boundary  = local.boundary
}

module "database" {
  source = "../modules/database"
  count  = var.database == "rds" ? 1 : 0

  name                     = var.name
  vpc_id                   = module.network.vpc_id
  subnets                  = module.network.intra_subnets
  client_security_group_id = module.cluster.security_group_id
  instance_class           = var.production ? "db.t4g.small" : "db.t4g.micro"
  multi_az                 = var.production
  deletion_protection      = var.production
  permissions_boundary     = local.boundary
}

module "telemetry_storage" {
  source = "../modules/telemetry-storage"

  name = var.name
}

module "secrets" {
  source = "../modules/secrets"

  given = merge(
    {
      "promoter/github-app" = "private-key: the GitHub App's key, PEM"
      "promoter/webhook"    = "secret: of the App's webhook; previous: the one before, during a rotation"
      "platform/ghcr"       = "username and token (read:packages) of a machine user; only for private images"
      "platform/slack"      = "token: of the bot that posts notifications; webhook: of the channel for alerts"
    },
    var.database == "rds" ? { for name in var.environments : "todo-${name}/database" => "url: postgres://... of todo in ${name}" } : {},
  )

  generated = {
    "promoter/release-report" = { description = "token: authenticates services that report their first request", field = "token" }
    "platform/grafana-admin"  = { description = "user and password of Grafana's administrator", field = "password", with = { user = "admin" } }
  }
}

module "identity_external_secrets" {
  source = "../modules/pod-identity"

  name            = "${var.name}-external-secrets"
  cluster_name    = module.cluster.name
  namespace       = "external-secrets"
  service_account = "external-secrets"
  policy          = module.secrets.read_policy

  permissions_boundary = local.boundary
}

module "identity_telemetry" {
  source   = "../modules/pod-identity"
  for_each = toset(["loki", "tempo"])

  name            = "${var.name}-${each.key}"
  cluster_name    = module.cluster.name
  namespace       = "observability"
  service_account = each.key
  policy          = module.telemetry_storage.policies[each.key]

  permissions_boundary = local.boundary
}
