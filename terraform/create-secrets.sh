#!/usr/bin/env bash
# Writes the generated secrets of infrastructure/ (its output generated_secrets) to Secrets Manager: random values that nobody has to know.
# Existing values are kept; --rotate replaces those that are named.
#
#   terraform/create-secrets.sh [--rotate NAME...]
set -euo pipefail

folder=$(cd "$(dirname "$0")" && pwd)
# shellcheck disable=SC1091 # it is beside this script, and checked as well
. "$folder/use-cluster.sh"

rotate=" "
case "${1:-}" in
  '') ;;
  --rotate)
    shift
    [ $# -gt 0 ] || { echo "--rotate needs the names of secrets" >&2; exit 2; }
    rotate=" $* "
    ;;
  -h | --help)
    sed -n '2,5s/^# \{0,1\}//p' "$0"
    exit 0
    ;;
  *)
    echo "unknown argument: $1 (see --help)" >&2
    exit 2
    ;;
esac

for tool in aws jq openssl terraform; do
  command -v "$tool" > /dev/null || { echo "$tool is not installed" >&2; exit 1; }
done

AWS_REGION=$(terraform -chdir="$folder/infrastructure" output -json facts | jq -r .region)
export AWS_REGION
generated=$(terraform -chdir="$folder/infrastructure" output -json generated_secrets)
for name in $rotate; do
  jq --exit-status --arg name "$name" 'has($name)' <<< "$generated" > /dev/null || { echo "$name is not a generated secret" >&2; exit 2; }
done

for name in $(jq -r 'keys[]' <<< "$generated"); do
  case "$rotate" in
    *" $name "*) ;;
    *)
      if has_value "$name"; then
        echo "$name has a value: kept"
        continue
      fi
      ;;
  esac
  # The value is read from a file: a pipe of this shell, not an argument.
  jq --arg name "$name" --rawfile value <(openssl rand -hex 24 | tr -d '\n') '.[$name] | .with + {(.field): $value}' <<< "$generated" \
    | put_value "$name"
done
