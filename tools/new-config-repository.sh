#!/usr/bin/env bash
# Makes your own config repository from gitops-config/: a folder with your names in it and one commit, ready to push. The folder in this
# repository stays as it is, because the sandbox uses it.
#
#   tools/new-config-repository.sh ORGANIZATION DOMAIN FOLDER     such as: acme-corp example.org ../gitops-config
set -euo pipefail

if [ $# -ne 3 ]; then
  sed -n '5s/^# *//p' "$0" >&2
  exit 2
fi
organization=$1 domain=$2 folder=$3
[[ "$organization" =~ ^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$ ]] || { echo "\"$organization\" is not the name of a GitHub organization" >&2; exit 1; }
[[ "$domain" =~ ^[a-z0-9-]+(\.[a-z0-9-]+)+$ ]] || { echo "\"$domain\" is not a domain" >&2; exit 1; }
[ ! -e "$folder" ] || { echo "$folder already exists" >&2; exit 1; }

cp -r "$(dirname "$0")/../gitops-config" "$folder"
cd "$folder"
# GHCR accepts lower case only. Third-party charts keep their addresses, and platform.acme.dev is only a prefix of labels.
grep -rlE 'acme|example\.com' . | xargs sed -i \
  -e "s|ghcr\.io/acme/|ghcr.io/${organization,,}/|g" \
  -e "s|github\.com/acme/|github.com/$organization/|g" \
  -e "s|source: acme/todo|source: $organization/platform|" \
  -e "s|acme/gitops-config|$organization/gitops-config|g" \
  -e "s|example\.com|$domain|g"
./validate.sh
git init --quiet --initial-branch=main
git add --all
git commit --quiet --message "feat: what runs where"
echo "$folder is ready: gh repo create $organization/gitops-config --private --source $folder --push"
