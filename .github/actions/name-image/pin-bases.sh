#!/usr/bin/env bash
# Pins the base images of DOCKERFILE at what their tags are now: output bases, a build argument NAME=IMAGE@DIGEST for each `ARG NAME_BASE=IMAGE`.
# The provenance of the image then names exactly what it was built from.
set -euo pipefail

{
  echo "bases<<END"
  sed -n 's/^ARG \([A-Z_]*BASE\)=\([^@ ]*\) *$/\1 \2/p' "$DOCKERFILE" | while read -r name image; do
    digest=$(docker buildx imagetools inspect "$image" --format '{{json .Manifest}}' < /dev/null | jq -r .digest)
    [[ "$digest" =~ ^sha256:[0-9a-f]{64}$ ]] || { echo "$image has no digest" >&2; exit 1; }
    echo "$name=$image@$digest"
  done
  echo "END"
} >> "$GITHUB_OUTPUT"
