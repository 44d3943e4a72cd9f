# Copy to terraform.tfvars.
name               = "delivery"
region             = "eu-central-1"
kubernetes_version = "1.35"
production         = false

# Your office or VPN, until the API server is reached from inside the network only.
api_allowed_cidrs = ["203.0.113.0/24"]

admins = {
  platform-team = "arn:aws:iam::123456789012:role/platform-team"
  github-apply  = "arn:aws:iam::123456789012:role/delivery-github-apply"
}

viewers = {
  github-plan = "arn:aws:iam::123456789012:role/delivery-github-plan"
}
