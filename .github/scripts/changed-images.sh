#!/usr/bin/env bash
# Writes the images that a push changes as a JSON list to the output `images`: those whose folder or whose dependencies it touched.
# BEFORE is the commit of main before the push.
set -euo pipefail

services=(todo promoter)
shared='^(observability/telemetry/|observability/service-graph/|package-lock\.json$|\.dockerignore$|\.github/workflows/(release|build-image)\.yaml$|\.github/actions/[a-z]+-image/)'

# After a first push or a force push there is nothing to compare with: everything counts as changed.
if git cat-file -e "${BEFORE:-}^{commit}" 2> /dev/null; then
  changed=$(git diff --name-only "$BEFORE" HEAD)
else
  changed=package-lock.json
fi

images=()
for service in "${services[@]}"; do
  if grep -qE "^$service/|$shared" <<< "$changed"; then images+=("\"$service\""); fi
done
list="[$(IFS=,; echo "${images[*]-}")]"
echo "images=$list" >> "$GITHUB_OUTPUT"
echo "$list"
