#!/usr/bin/env bash
# Sourced by the scripts beside it; `folder` is this folder. Points kubectl at the cluster of infrastructure/'s state, with a kubeconfig
# of its own: the context of the person who runs a script is neither used nor changed.

# Sets `region` and exports KUBECONFIG, AWS_REGION. Ends the script where kubectl would reach another cluster, such as one of the same
# name in another account.
use_cluster() {
  local cluster name endpoint server
  # shellcheck disable=SC2154 # of the script that sources this one
  cluster=$(terraform -chdir="$folder/infrastructure" output -json cluster)
  name=$(jq -r .name <<< "$cluster")
  endpoint=$(jq -r .endpoint <<< "$cluster")
  region=$(terraform -chdir="$folder/infrastructure" output -json facts | jq -r .region)
  kubeconfig_folder=$(mktemp -d)
  export KUBECONFIG="$kubeconfig_folder/config" AWS_REGION="$region"
  aws eks update-kubeconfig --name "$name" --region "$region" --kubeconfig "$KUBECONFIG" > /dev/null
  server=$(kubectl config view --minify --output 'jsonpath={.clusters[0].cluster.server}')
  [ "$server" = "$endpoint" ] || {
    echo "kubectl would reach $server, but the cluster of Terraform's state is $endpoint: another account? Nothing was changed" >&2
    exit 1
  }
}

# For the script's trap.
forget_cluster() {
  if [ -n "${kubeconfig_folder:-}" ]; then rm -rf "$kubeconfig_folder"; fi
}

# Whether a secret has a value. Another error, such as a missing permission, ends the script: it must not pass for an empty secret.
has_value() {
  local versions
  versions=$(aws secretsmanager describe-secret --secret-id "$1" --output json | jq '.VersionIdsToStages // {} | length') || exit 1
  [ "$versions" -gt 0 ]
}

# Writes the JSON object on standard input as the value of the secret. It is never among the arguments of a process, which everybody on
# this machine can see.
put_value() {
  jq --arg id "$1" '{SecretId: $id, SecretString: tojson}' | aws secretsmanager put-secret-value --cli-input-json file:///dev/stdin > /dev/null
  echo "$1 was written"
}
