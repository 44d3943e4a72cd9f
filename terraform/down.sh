#!/usr/bin/env bash
# Removes the platform from its AWS account, in the order that works: otherwise load balancers outlive the controller that could delete them
# and block the network, and finalizers wait for an Argo CD that is gone. After a failure the next call continues with the step that failed.
#
#   terraform/down.sh [--dry-run] [--yes] [--restart]
#
#   --dry-run   prints every step and command, and needs no account
#   --yes       does not ask, neither here nor in Terraform
#   --restart   begins with the first step; every step may run again
set -euo pipefail

folder=$(cd "$(dirname "$0")" && pwd)
# shellcheck disable=SC1091 # it is beside this script, and checked as well
. "$folder/use-cluster.sh"
# shellcheck disable=SC1091 # it is beside this script, and checked as well
. "$folder/steps.sh"

dry_run=false answers_yes=false restart=false
while [ $# -gt 0 ]; do
  case "$1" in
    --dry-run) dry_run=true ;;
    --yes) answers_yes=true ;;
    --restart) restart=true ;;
    -h | --help)
      sed -n '2,9s/^# \{0,1\}//p' "$0"
      exit 0
      ;;
    *)
      echo "unknown argument: $1 (see --help)" >&2
      exit 2
      ;;
  esac
  shift
done

backend="$folder/backend.hcl"
progress="$folder/.down"
outputs="$folder/.down.json"
name=NAME vpc=VPC loki=LOKI_BUCKET tempo=TEMPO_BUCKET bucket=STATE_BUCKET region=REGION
environments="dev staging prod"
$dry_run || [ -f "$backend" ] || { echo "terraform/backend.hcl does not exist: this is not the checkout of terraform/up.sh" >&2; exit 1; }
needs_tools aws jq kubectl terraform
trap forget_cluster EXIT

# Gone only once AWS no longer lists them. LOAD_BALANCER_CHECKS of ten seconds each.
no_load_balancers() {
  local left checks=${LOAD_BALANCER_CHECKS:-30}
  while :; do
    left=$(aws elbv2 describe-load-balancers --query "LoadBalancers[?VpcId=='$vpc'].LoadBalancerName" --output text)
    [ -n "$left" ] || return 0
    checks=$((checks - 1))
    [ "$checks" -gt 0 ] || { echo "load balancers are left in $vpc: $left. They would block the network; docs/teardown.md" >&2; exit 1; }
    sleep 10
  done
}

quiet() {
  run kubectl -n argocd delete application root --ignore-not-found
  run kubectl -n argocd scale statefulset/argocd-application-controller deployment/argocd-applicationset-controller --replicas=0
  run kubectl -n promoter delete deployment/promoter --ignore-not-found
}

outside() {
  local namespaces="observability promoter" environment
  for environment in $environments; do namespaces="$namespaces todo-$environment"; done
  run kubectl delete ingress --all --all-namespaces
  # shellcheck disable=SC2086 # a list of names
  run kubectl delete namespace --ignore-not-found $namespaces
  if $dry_run; then say "waits until AWS lists no load balancer in the network"; else no_load_balancers; fi
}

finalizers() {
  local application
  if $dry_run; then
    say "removes the finalizers of all Applications: no controller is left to serve them"
    return
  fi
  kubectl -n argocd get applications -o name | while read -r application; do
    kubectl -n argocd patch "$application" --type=merge --patch '{"metadata":{"finalizers":null}}' < /dev/null
  done
}

platform() {
  run terraform -chdir="$folder/platform" init -backend-config="$backend"
  run terraform -chdir="$folder/platform" destroy ${approve[@]+"${approve[@]}"} -var region="$region" -var state_bucket="$bucket"
}

protection() {
  run terraform -chdir="$folder/infrastructure" apply ${approve[@]+"${approve[@]}"} -var production=false
}

buckets() {
  run aws s3 rm --recursive --only-show-errors "s3://$loki"
  run aws s3 rm --recursive --only-show-errors "s3://$tempo"
}

infrastructure() {
  run terraform -chdir="$folder/infrastructure" destroy ${approve[@]+"${approve[@]}"} -var production=false
}

if $answers_yes; then approve=(-auto-approve); else approve=(); fi
if $restart; then rm -f "$progress"; fi
if ! $dry_run; then
  if [ -f "$progress" ] && grep -qx platform "$progress"; then
    echo "Argo CD is removed already: nothing more is done in the cluster"
  else
    use_cluster
  fi
  if [ -f "$outputs" ]; then
    facts=$(cat "$outputs")
  else
    facts=$(terraform -chdir="$folder/infrastructure" output -json facts)
    cluster=$(terraform -chdir="$folder/infrastructure" output -json cluster)
    facts=$(jq --argjson cluster "$cluster" '. + {name: $cluster.name}' <<< "$facts")
  fi
  name=$(jq -r .name <<< "$facts") region=$(jq -r .region <<< "$facts") vpc=$(jq -r '."vpc-id"' <<< "$facts")
  loki=$(jq -r '."loki-bucket"' <<< "$facts") tempo=$(jq -r '."tempo-bucket"' <<< "$facts")
  bucket=$(value_of bucket "$backend")
  AWS_REGION=$region
  export AWS_REGION
  if ! $answers_yes; then
    printf 'This removes %s in %s with its databases, logs and traces. Type its name: ' "$name" "$region"
    read -r typed
    [ "$typed" = "$name" ] || { echo "nothing was changed" >&2; exit 1; }
  fi
  # Kept for the next call: a destroy that fails has removed the outputs before anything else.
  printf '%s\n' "$facts" > "$outputs.new"
  mv "$outputs.new" "$outputs"
  rm -f "$folder/.up" # what that script did is undone from here on
fi
step quiet "stops what would create resources again"
step outside "load balancers and volumes, while the cluster can still delete them"
step finalizers "Applications, without the controller that would serve them"
step platform "Argo CD"
step protection "switches the protection against deletion off"
step buckets "logs and traces"
step infrastructure "the cluster, the database and the network"
$dry_run || rm -f "$outputs"
finish "What remains and costs money: docs/teardown.md. Bootstrap stays: its bucket has the states"
