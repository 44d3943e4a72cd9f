#!/usr/bin/env bash
# Which images a push changes, as a JSON list in the output `images`: those whose folder, or whose dependencies, it touched.
# BEFORE is the commit that main was at.
set -euo pipefail

services=(todo promoter)
shared='^(observability/telemetry/|observability/service-graph/|package-lock\.json$|\.dockerignore$|\.github/workflows/(release|build-image)\.yaml$)'

# A first push, or one after a force push, has nothing to be compared with: then everything is new.
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
