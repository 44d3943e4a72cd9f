#!/usr/bin/env bash
# Announces IMAGE:TAG, which is DIGEST, to PROMOTER_URL with an OIDC token for AUDIENCE (of the promoter's URL where that is empty). Fails
# where the promoter refuses it.
set -euo pipefail

: "${ACTIONS_ID_TOKEN_REQUEST_URL:?is missing: give the job the permission id-token: write}"
promoter=${PROMOTER_URL%/}
encoded=$(jq -rn --arg audience "${AUDIENCE:-$promoter}" '$audience | @uri')
# Headers come from standard input, so that no token is among the arguments of a process.
token=$(curl --fail --silent --show-error --max-time 10 --retry 3 --header @- "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=$encoded" \
  <<<"Authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" | jq -er .value)
echo "::add-mask::$token"
body=$(jq -n --arg image "$IMAGE" --arg tag "$TAG" --arg digest "$DIGEST" '{$image, $tag, $digest}')
# 503 means: not yet. curl tries it again, as it does when nobody answers.
answer=$(curl --fail-with-body --silent --show-error --max-time 10 --retry 5 --retry-connrefused --header @- \
  --json "$body" "$promoter/releases" <<<"Authorization: Bearer $token") || {
  echo "the promoter did not take $IMAGE:$TAG: $answer" >&2
  exit 1
}
echo "$IMAGE:$TAG announced: $answer" | tee -a "$GITHUB_STEP_SUMMARY"
