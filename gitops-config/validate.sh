#!/usr/bin/env bash
# Every folder that Argo CD deploys must render, and releases must be deployed by tag and digest.
set -euo pipefail
cd "$(dirname "$0")"

tool=(kustomize build)
command -v kustomize > /dev/null || tool=(kubectl kustomize)

failed=0
for folder in apps/*/overlays/*/ platform/*/ platform/*/*/ policies/; do
  [ -f "$folder/kustomization.yaml" ] || continue
  if ! rendered=$("${tool[@]}" "$folder" 2>&1); then
    echo "FAILS  $folder"
    echo "$rendered"
    failed=1
  elif images=$(grep -E '^ *-? *image: ' <<< "$rendered" | grep -vE '@sha256:[0-9a-f]{64}$|:unreleased$|unused'); then
    echo "FAILS  $folder: deploy by tag and digest"
    echo "$images"
    failed=1
  else
    echo "ok     $folder"
  fi
done
exit "$failed"
