# PostgreSQL for todo. AWS manages the master password in Secrets Manager and rotates it every week; services have their own roles.

resource "aws_security_group" "database" {
  # checkov:skip=CKV2_AWS_5:module.postgresql attaches it
  name_prefix = "${var.name}-database-"
  description = "PostgreSQL, from the cluster alone"
  vpc_id      = var.vpc_id

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_ingress_rule" "cluster" {
  security_group_id            = aws_security_group.database.id
  description                  = "PostgreSQL from nodes and pods"
  referenced_security_group_id = var.client_security_group_id
  from_port                    = 5432
  to_port                      = 5432
  ip_protocol                  = "tcp"
}

module "postgresql" {
  source  = "terraform-aws-modules/rds/aws"
  version = "7.2.0"

  identifier           = var.name
  engine               = "postgres"
  engine_version       = "17"
  family               = "postgres17"
  major_engine_version = "17"
  instance_class       = var.instance_class

  allocated_storage     = 20
  max_allocated_storage = 200
  storage_type          = "gp3"
  storage_encrypted     = true

  db_name  = "postgres"
  username = "platform"
  port     = 5432

  manage_master_user_password                            = true
  manage_master_user_password_rotation                   = true
  master_user_password_rotate_immediately                = false
  master_user_password_rotation_automatically_after_days = 7
  iam_database_authentication_enabled                    = true

  multi_az               = var.multi_az
  create_db_subnet_group = true
  subnet_ids             = var.subnets
  vpc_security_group_ids = [aws_security_group.database.id]
  publicly_accessible    = false

  parameters = [
    { name = "rds.force_ssl", value = "1" },
    { name = "log_min_duration_statement", value = "500" },
    { name = "shared_preload_libraries", value = "pg_stat_statements", apply_method = "pending-reboot" },
  ]

  backup_retention_period          = var.backup_days
  backup_window                    = "02:00-03:00"
  maintenance_window               = "Sun:03:30-Sun:04:30"
  copy_tags_to_snapshot            = true
  skip_final_snapshot              = false
  final_snapshot_identifier_prefix = "${var.name}-final"
  deletion_protection              = var.deletion_protection
  auto_minor_version_upgrade       = true

  performance_insights_enabled          = true
  performance_insights_retention_period = 7
  create_monitoring_role                = true
  monitoring_role_name                  = "${var.name}-monitoring"
  monitoring_role_permissions_boundary  = var.permissions_boundary
  monitoring_interval                   = 60
  enabled_cloudwatch_logs_exports       = ["postgresql", "upgrade"]
}
