#!/usr/bin/env bash
# Applies this folder's dashboards, data sources, rules and configurations to the current kubectl context, and waits until they are
# in use. Argo CD does the same from main; use this for a cluster without Argo CD, or to try an edit before it is merged.
# It is idempotent.
#
#   observability/deploy.sh [--dry-run] [--context NAME] [--namespace NAME]
set -euo pipefail

usage() {
  sed -n '2,6s/^# \{0,1\}//p' "$0"
}

dry_run=false
context=()
namespace=observability
while [ $# -gt 0 ]; do
  case "$1" in
    --dry-run) dry_run=true ;;
    --context)
      [ $# -ge 2 ] || { echo "--context needs a name" >&2; exit 2; }
      context=(--context "$2")
      shift
      ;;
    --namespace)
      [ $# -ge 2 ] || { echo "--namespace needs a name" >&2; exit 2; }
      namespace=$2
      shift
      ;;
    -h | --help)
      usage
      exit 0
      ;;
    *)
      echo "unknown argument: $1 (see --help)" >&2
      exit 2
      ;;
  esac
  shift
done

folder=$(cd "$(dirname "$0")" && pwd)
tools=(alloy prometheus alertmanager grafana)

renderer=(kubectl kustomize)
if ! command -v kubectl > /dev/null; then
  $dry_run || { echo "kubectl is not installed" >&2; exit 1; }
  renderer=(kustomize build)
fi

render() {
  "${renderer[@]}" "$folder/$1" | sed "s/^  namespace: observability$/  namespace: $namespace/"
}

if $dry_run; then
  # Needs no cluster: prints what would be applied.
  for tool in "${tools[@]}"; do
    render "$tool" | grep -E '^  name: ' | sed "s|^  name: |would apply configmap $namespace/|"
  done
  exit 0
fi

kubectl ${context[@]+"${context[@]}"} get namespace "$namespace" > /dev/null 2>&1 || kubectl ${context[@]+"${context[@]}"} create namespace "$namespace"
apply=(--server-side --force-conflicts --field-manager=deploy.sh -f -)
changed=false
for tool in "${tools[@]}"; do
  differs=0
  render "$tool" | kubectl ${context[@]+"${context[@]}"} diff "${apply[@]}" > /dev/null || differs=$?
  # kubectl diff exits with 1 if something differs, and with more than 1 if it failed.
  case "$differs" in
    0) echo "$tool: unchanged" ;;
    1)
      render "$tool" | kubectl ${context[@]+"${context[@]}"} apply "${apply[@]}"
      changed=true
      ;;
    *) exit "$differs" ;;
  esac
done
$changed || exit 0

# A ConfigMap reaches a running pod within a minute; the restart is for workloads without a reloader.
for workload in daemonset/alloy deployment/prometheus statefulset/alertmanager deployment/grafana; do
  kubectl ${context[@]+"${context[@]}"} --namespace "$namespace" get "$workload" > /dev/null 2>&1 || {
    echo "$workload is not installed: skipped"
    continue
  }
  kubectl ${context[@]+"${context[@]}"} --namespace "$namespace" rollout restart "$workload"
  kubectl ${context[@]+"${context[@]}"} --namespace "$namespace" rollout status "$workload" --timeout=180s
done
