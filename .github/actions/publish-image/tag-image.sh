#!/usr/bin/env bash
# Releases REFERENCE (image@digest) by giving it the tag TAGGED: GHCR sends its webhook, and the promoter promotes it.
set -euo pipefail

docker buildx imagetools create --prefer-index=false --tag "$TAGGED" "$REFERENCE"
digest=$(docker buildx imagetools inspect "$TAGGED" --format '{{json .Manifest}}' | jq -r .digest)
[ "$digest" = "${REFERENCE#*@}" ] || { echo "$TAGGED is $digest, not ${REFERENCE#*@}" >&2; exit 1; }
echo "$TAGGED@$digest" | tee -a "$GITHUB_STEP_SUMMARY"
