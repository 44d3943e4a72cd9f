#!/usr/bin/env bash
# From an AWS account to a cluster with Argo CD, in the order that works. Before each step it says what it does; Terraform shows its plan and
# asks. After a failure the next call continues with the step that failed.
#
#   terraform/up.sh --repository OWNER/NAME --config-repository OWNER/NAME [--dry-run] [--yes] [--restart]
#
#   --repository          whose workflows plan and apply: your copy of this repository
#   --config-repository   what Argo CD deploys
#   --dry-run             prints every step and command, and needs no account
#   --yes                 answers Terraform's questions
#   --restart             begins with the first step; every step may run again
set -euo pipefail

folder=$(cd "$(dirname "$0")" && pwd)
# shellcheck disable=SC1091 # it is beside this script, and checked as well
. "$folder/use-cluster.sh"
# shellcheck disable=SC1091 # it is beside this script, and checked as well
. "$folder/steps.sh"

repository="" config_repository="" dry_run=false answers_yes=false restart=false
while [ $# -gt 0 ]; do
  case "$1" in
    --repository | --config-repository)
      [ $# -ge 2 ] || { echo "$1 needs OWNER/NAME" >&2; exit 2; }
      case "$2" in
        *[!A-Za-z0-9._/-]* | */*/* | /* | */) echo "$1 must be OWNER/NAME, not \"$2\"" >&2; exit 2 ;;
        */*) ;;
        *) echo "$1 must be OWNER/NAME, not \"$2\"" >&2; exit 2 ;;
      esac
      if [ "$1" = --repository ]; then repository=$2; else config_repository=$2; fi
      shift
      ;;
    --dry-run) dry_run=true ;;
    --yes) answers_yes=true ;;
    --restart) restart=true ;;
    -h | --help)
      sed -n '2,11s/^# \{0,1\}//p' "$0"
      exit 0
      ;;
    *)
      echo "unknown argument: $1 (see --help)" >&2
      exit 2
      ;;
  esac
  shift
done
if [ -z "$repository" ] || [ -z "$config_repository" ]; then
  echo "--repository and --config-repository are needed (see --help)" >&2
  exit 2
fi

variables="$folder/infrastructure/terraform.tfvars"
backend="$folder/backend.hcl"
progress="$folder/.up"
needs_tools aws gh jq kubectl openssl terraform
if $dry_run && [ ! -f "$variables" ]; then variables="$folder/infrastructure/example.tfvars"; fi
[ -f "$variables" ] || { echo "terraform/infrastructure/terraform.tfvars does not exist: copy example.tfvars to it, and edit it" >&2; exit 1; }
name=$(value_of name "$variables")
region=$(value_of region "$variables")
AWS_REGION=$region
export AWS_REGION
trap forget_cluster EXIT

# The account and the role: a cluster that its creator cannot reach is of no use, and a wrong account is expensive.
check_account() {
  local caller account role others
  caller=$(aws sts get-caller-identity --output json)
  account=$(jq -r .Account <<< "$caller")
  role=$(jq -r '.Arn | select(test(":assumed-role/")) | split("/")[1]' <<< "$caller")
  others=$(sed -n 's/.*arn:aws[a-z-]*:iam::\([0-9]*\):.*/\1/p' "$variables" | grep -vx "$account" || true)
  if [ -n "$others" ]; then
    echo "you are in account $account, and $variables names roles of another one: nothing was changed" >&2
    exit 1
  fi
  [ -n "$role" ] || { echo "you are $(jq -r .Arn <<< "$caller"): assume a role, because only roles administer the cluster" >&2; exit 1; }
  grep -Eq "role/([^\"]*/)?$role\"" "$variables" || {
    echo "your role $role is not in $variables: add it to admins, or you could not reach the cluster that you create" >&2
    exit 1
  }
  echo "account $account, role $role, region $region"
}

bootstrap() {
  local owner=OWNER_ID id=REPOSITORY_ID
  if ! $dry_run; then
    owner=$(gh api "users/${repository%/*}" --jq .id)
    id=$(gh api "repos/$repository" --jq .id)
  fi
  if [ -f "$folder/bootstrap/backend.tf" ]; then
    run terraform -chdir="$folder/bootstrap" init -backend-config="$backend"
  else
    run terraform -chdir="$folder/bootstrap" init
  fi
  run terraform -chdir="$folder/bootstrap" apply ${approve[@]+"${approve[@]}"} -var name="$name" -var region="$region" \
    -var github_repository="$repository" -var github_owner_id="$owner" -var github_repository_id="$id"
  if $dry_run; then
    say "writes terraform/backend.hcl from the output backend"
  else
    terraform -chdir="$folder/bootstrap" output -json backend | jq -r 'to_entries[] | "\(.key) = \"\(.value)\""' > "$backend"
  fi
}

state() {
  run cp "$folder/bootstrap/backend.tf.example" "$folder/bootstrap/backend.tf"
  run terraform -chdir="$folder/bootstrap" init -migrate-state ${copies[@]+"${copies[@]}"} -backend-config="$backend"
}

infrastructure() {
  run terraform -chdir="$folder/infrastructure" init -backend-config="$backend"
  run terraform -chdir="$folder/infrastructure" apply ${approve[@]+"${approve[@]}"}
}

secrets() { run "$folder/create-secrets.sh"; }

databases() { run "$folder/create-databases.sh"; }

platform() {
  local bucket=STATE_BUCKET
  if ! $dry_run; then
    use_cluster
    bucket=$(value_of bucket "$backend")
  fi
  run terraform -chdir="$folder/platform" init -backend-config="$backend"
  run terraform -chdir="$folder/platform" apply ${approve[@]+"${approve[@]}"} -var region="$region" -var state_bucket="$bucket" \
    -var config_repository="https://github.com/$config_repository.git"
}

if $answers_yes; then
  approve=(-auto-approve)
  copies=(-force-copy)
else
  approve=()
  copies=()
fi
if $restart; then rm -f "$progress"; fi
if ! $dry_run; then
  check_account
  rm -f "$folder/.down" "$folder/.down.json" # what that script did is undone from here on
fi
step bootstrap "the bucket and key of the states, GitHub's identity provider, the roles of the workflows"
step state "bootstrap's own state moves to that bucket"
step infrastructure "network, cluster, database, buckets and empty secrets: 15 to 20 minutes"
step secrets "random values for the secrets that nobody has to know"
step databases "a database and a role per environment"
step platform "Argo CD, and the Application from which it deploys everything else"
finish "kubectl reaches the cluster after: aws eks update-kubeconfig --name $name --region $region"
