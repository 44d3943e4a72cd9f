#!/usr/bin/env bash
# Makes a release of REFERENCE (image@digest): from now on it is TAGGED, GHCR tells of it, and the promoter promotes it.
set -euo pipefail

docker buildx imagetools create --prefer-index=false --tag "$TAGGED" "$REFERENCE"
digest=$(docker buildx imagetools inspect "$TAGGED" --format '{{json .Manifest}}' | jq -r .digest)
[ "$digest" = "${REFERENCE#*@}" ] || { echo "$TAGGED is $digest, not ${REFERENCE#*@}" >&2; exit 1; }
echo "$TAGGED@$digest" | tee -a "$GITHUB_STEP_SUMMARY"
