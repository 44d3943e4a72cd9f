#!/usr/bin/env bash
# The Terraform steps of the workflow; each can be run by hand.
#
#   terraform/ci.sh check              format, validation and tests of every module, against mocks: needs no account
#   terraform/ci.sh plan ROOT          plans infrastructure or platform, into ROOT/plan.txt
#   terraform/ci.sh comment ROOT       posts plan.txt to the pull request PULL_REQUEST, one comment per root, edited in place
#   terraform/ci.sh apply ROOT         plans and applies
#   terraform/ci.sh drift ROOT         opens an issue if the account differs from main
#   terraform/ci.sh skipped ROOT       says why a root is not planned
#
# BACKEND and VARIABLES may hold the contents of backend.hcl and terraform.tfvars, where the files do not exist.
set -euo pipefail

folder=$(cd "$(dirname "$0")" && pwd)
export TF_IN_AUTOMATION=true TF_INPUT=false CHECKPOINT_DISABLE=1

usage() {
  sed -n '4,9s/^# \{0,1\}//p' "$0" >&2
  exit 2
}

root_of() {
  case "${1:-}" in
    infrastructure | platform) echo "$folder/$1" ;;
    *) usage ;;
  esac
}

init() {
  if [ -n "${BACKEND:-}" ]; then printf '%s\n' "$BACKEND" > "$folder/backend.hcl"; fi
  if [ -n "${VARIABLES:-}" ]; then printf '%s\n' "$VARIABLES" > "$folder/terraform.tfvars"; fi
  [ -f "$folder/backend.hcl" ] || { echo "terraform/backend.hcl does not exist: see terraform/README.md" >&2; exit 1; }
  local lock=()
  # If the lock file is committed, only the versions in it are installed.
  if [ -f "$1/.terraform.lock.hcl" ]; then lock=(-lockfile=readonly); fi
  terraform -chdir="$1" init -backend-config="$folder/backend.hcl" ${lock[@]+"${lock[@]}"}
}

# One file serves both roots: a value for a variable that a root does not declare is only a warning.
plan() {
  local variables=()
  if [ -f "$folder/terraform.tfvars" ]; then variables=(-var-file="$folder/terraform.tfvars"); fi
  terraform -chdir="$1" plan -lock-timeout=5m ${variables[@]+"${variables[@]}"} "${@:2}"
}

check() {
  terraform fmt -check -recursive -diff "$folder"
  local module
  for module in "$folder"/bootstrap "$folder"/infrastructure "$folder"/platform "$folder"/modules/*; do
    echo "== ${module#"$folder"/}"
    terraform -chdir="$module" init -backend=false > /dev/null
    terraform -chdir="$module" validate
    if [ -d "$module/tests" ]; then terraform -chdir="$module" test; fi
  done
}

comment() {
  local root=$1 name=$2 marker="<!-- plan of $2 -->" body existing
  # GitHub accepts 65,536 characters.
  # shellcheck disable=SC2016 # the backticks are Markdown's
  body=$(printf '%s\n### Plan of %s\n\n```\n%s\n```\n' "$marker" "$name" "$(head -c 60000 "$root/plan.txt")")
  existing=$(gh api "repos/$GITHUB_REPOSITORY/issues/$PULL_REQUEST/comments" --paginate --jq ".[] | select(.body | startswith(\"$marker\")) | .id" | head -n 1)
  if [ -n "$existing" ]; then
    gh api --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$existing" --field body="$body" > /dev/null
  else
    gh api --method POST "repos/$GITHUB_REPOSITORY/issues/$PULL_REQUEST/comments" --field body="$body" > /dev/null
  fi
}

drift() {
  local root=$1 name=$2 code=0 title="Drift: $2 differs from main" existing
  plan "$root" -no-color -detailed-exitcode > "$root/plan.txt" || code=$?
  existing=$(gh issue list --state open --search "\"$title\" in:title" --json number --jq '.[0].number // empty')
  case "$code" in
    0)
      if [ -n "$existing" ]; then gh issue close "$existing" --comment "The account equals main again."; fi
      ;;
    2)
      # shellcheck disable=SC2016 # the backticks are Markdown's
      body=$(printf 'Something was changed by hand, or a change on main was not applied.\n\n```\n%s\n```\n' "$(head -c 60000 "$root/plan.txt")")
      if [ -n "$existing" ]; then gh issue edit "$existing" --body "$body"; else gh issue create --title "$title" --body "$body"; fi
      exit 2
      ;;
    *)
      cat "$root/plan.txt" >&2
      exit "$code"
      ;;
  esac
}

case "${1:-}" in
  check) check ;;
  plan)
    root=$(root_of "${2:-}")
    init "$root"
    plan "$root" -no-color | tee "$root/plan.txt"
    ;;
  comment) comment "$(root_of "${2:-}")" "$2" ;;
  apply)
    root=$(root_of "${2:-}")
    init "$root"
    plan "$root" -out=apply.tfplan
    terraform -chdir="$root" apply -lock-timeout=5m apply.tfplan
    ;;
  drift)
    root=$(root_of "${2:-}")
    init "$root"
    drift "$root" "$2"
    ;;
  skipped)
    root_of "${2:-}" > /dev/null
    echo "::notice title=$2 is not planned::PLATFORM_RUNNER is not set, and GitHub's own runners cannot reach the API server (terraform/README.md)" \
      | tee -a "${GITHUB_STEP_SUMMARY:-/dev/null}"
    ;;
  *) usage ;;
esac
