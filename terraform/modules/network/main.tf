# Three zones: private subnets for pods, intra subnets (without internet access) for the control plane and the database, and public ones
# for load balancers.

module "vpc" {
  source  = "terraform-aws-modules/vpc/aws"
  version = "6.6.0"

  name = var.name
  cidr = var.cidr
  azs  = var.zones

  private_subnets = [for index in range(3) : cidrsubnet(var.cidr, 4, index)]
  public_subnets  = [for index in range(3) : cidrsubnet(var.cidr, 8, 48 + index)]
  intra_subnets   = [for index in range(3) : cidrsubnet(var.cidr, 8, 52 + index)]

  enable_nat_gateway      = true
  single_nat_gateway      = var.single_nat_gateway
  one_nat_gateway_per_az  = !var.single_nat_gateway
  map_public_ip_on_launch = false

  # The default group allows no traffic.
  manage_default_security_group  = true
  default_security_group_ingress = []
  default_security_group_egress  = []

  enable_flow_log                                 = true
  create_flow_log_cloudwatch_log_group            = true
  create_flow_log_cloudwatch_iam_role             = true
  flow_log_cloudwatch_log_group_retention_in_days = 30
  flow_log_max_aggregation_interval               = 60
  vpc_flow_log_iam_role_name                      = "${var.name}-flow-log"
  vpc_flow_log_permissions_boundary               = var.permissions_boundary

  # EKS Auto Mode finds the subnets of its load balancers by these tags.
  public_subnet_tags  = { "kubernetes.io/role/elb" = "1" }
  private_subnet_tags = { "kubernetes.io/role/internal-elb" = "1" }
}

data "aws_region" "current" {}

# Free of charge; logs and traces bypass the NAT gateway on their way to S3.
resource "aws_vpc_endpoint" "s3" {
  vpc_id            = module.vpc.vpc_id
  service_name      = "com.amazonaws.${data.aws_region.current.region}.s3"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = module.vpc.private_route_table_ids
  tags              = { Name = "${var.name}-s3" }
}
