#!/usr/bin/env bash
# Makes your own config repository from gitops-config/: a folder with your names in it and one commit, ready to push. The folder in this
# repository stays as it is, because the sandbox uses it.
#
#   tools/new-config-repository.sh ORGANIZATION DOMAIN FOLDER [REGION]     such as: acme-corp example.org ../gitops-config eu-central-1
set -euo pipefail

if [ $# -lt 3 ] || [ $# -gt 4 ]; then
  sed -n '5s/^# *//p' "$0" >&2
  exit 2
fi
organization=$1 domain=$2 folder=$3 region=${4:-eu-central-1}
# In variables: bash 3.2, which macOS has, does not parse parentheses in a pattern.
a_name='^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$' a_domain='^[a-z0-9-]+(\.[a-z0-9-]+)+$' a_region='^[a-z]{2}(-gov)?-[a-z]+-[0-9]$'
[[ "$organization" =~ $a_name ]] || { echo "\"$organization\" is not the name of a GitHub organization" >&2; exit 1; }
[[ "$domain" =~ $a_domain ]] || { echo "\"$domain\" is not a domain" >&2; exit 1; }
[[ "$region" =~ $a_region ]] || { echo "\"$region\" is not a region of AWS" >&2; exit 1; }
[ ! -e "$folder" ] || { echo "$folder already exists" >&2; exit 1; }

cp -r "$(dirname "$0")/../gitops-config" "$folder"
cd "$folder"
# GHCR accepts lower case only. Third-party charts keep their addresses, and platform.acme.dev is only a prefix of labels.
# perl, because sed -i is one thing on Linux and another on macOS.
owner=$(tr '[:upper:]' '[:lower:]' <<< "$organization")
export organization domain region owner
# shellcheck disable=SC2016 # perl reads $ENV itself
grep -rlE 'acme|example\.com|eu-central-1' . | xargs perl -pi \
  -e 's|ghcr\.io/acme/|ghcr.io/$ENV{owner}/|g;' \
  -e 's|github\.com/acme/|github.com/$ENV{organization}/|g;' \
  -e 's|source: acme/todo|source: $ENV{organization}/platform|;' \
  -e 's|acme/gitops-config|$ENV{organization}/gitops-config|g;' \
  -e 's|\@acme/|\@$ENV{organization}/|g;' \
  -e 's|region: eu-central-1|region: $ENV{region}|;' \
  -e 's|example\.com|$ENV{domain}|g;'
# The rule for main asks for a review by code owners.
if [ ! -e .github/CODEOWNERS ]; then
  printf '%-30s @%s/%s\n' '*' "$organization" platform /promotion.yaml "$organization" release-managers \
    '/apps/*/overlays/prod/' "$organization" release-managers /policies/ "$organization" platform > .github/CODEOWNERS
fi
./validate.sh
git init --quiet --initial-branch=main
git add --all
git commit --quiet --message "feat: what runs where"
echo "$folder is ready: gh repo create $organization/gitops-config --private --source $folder --push"
