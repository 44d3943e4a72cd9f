#!/usr/bin/env bash
# Brings this folder's dashboards, data sources, rules and configurations into the cluster that kubectl points at, and waits until
# they are used. Argo CD does the same from main; this is for a cluster without it, and to try an edit before it is merged.
# Run it as often as you like: what is already so stays so.
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
  # Without a cluster: what would be applied, and nothing is.
  for tool in "${tools[@]}"; do
    render "$tool" | grep -E '^  name: ' | sed "s|^  name: |would apply configmap $namespace/|"
  done
  exit 0
fi

kubectl "${context[@]}" get namespace "$namespace" > /dev/null 2>&1 || kubectl "${context[@]}" create namespace "$namespace"
apply=(--server-side --force-conflicts --field-manager=deploy.sh -f -)
changed=false
for tool in "${tools[@]}"; do
  differs=0
  render "$tool" | kubectl "${context[@]}" diff "${apply[@]}" > /dev/null || differs=$?
  # kubectl diff ends with 1 where something is different, and with more where it failed.
  case "$differs" in
    0) echo "$tool: nothing changes" ;;
    1)
      render "$tool" | kubectl "${context[@]}" apply "${apply[@]}"
      changed=true
      ;;
    *) exit "$differs" ;;
  esac
done
$changed || exit 0

# A ConfigMap reaches a running pod within a minute; whoever has no reloader is started anew.
for workload in daemonset/alloy deployment/prometheus statefulset/alertmanager deployment/grafana; do
  kubectl "${context[@]}" --namespace "$namespace" get "$workload" > /dev/null 2>&1 || {
    echo "$workload is not installed: skipped"
    continue
  }
  kubectl "${context[@]}" --namespace "$namespace" rollout restart "$workload"
  kubectl "${context[@]}" --namespace "$namespace" rollout status "$workload" --timeout=180s
done
