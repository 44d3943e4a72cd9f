#!/usr/bin/env bash
# Names the image of SERVICE, built from DOCKERFILE, for this commit: outputs image, tag, committed (Unix seconds), labels and annotations.
# The tag is what gitops-config/promotion.yaml matches: main-NUMBER-COMMIT.
set -euo pipefail

[[ "$SERVICE" =~ ^[a-z][a-z0-9-]*$ ]] || { echo "SERVICE \"$SERVICE\" is not the name of a service" >&2; exit 1; }
[ -f "$DOCKERFILE" ] || { echo "$DOCKERFILE does not exist" >&2; exit 1; }

owner=$(tr '[:upper:]' '[:lower:]' <<< "$GITHUB_REPOSITORY_OWNER") # GHCR accepts lower case only
source="$GITHUB_SERVER_URL/$GITHUB_REPOSITORY"
labels=(
  "org.opencontainers.image.title=$SERVICE"
  "org.opencontainers.image.source=$source"
  "org.opencontainers.image.revision=$GITHUB_SHA"
)
{
  echo "image=ghcr.io/$owner/$SERVICE"
  echo "tag=main-$GITHUB_RUN_NUMBER-${GITHUB_SHA:0:7}"
  echo "committed=$(git show --no-patch --format=%ct HEAD)"
  echo "labels<<END"
  printf '%s\n' "${labels[@]}"
  echo "END"
  # On the index too, so that the commit is known without the image.
  echo "annotations<<END"
  printf 'index:%s\n' "${labels[@]}"
  echo "END"
} >> "$GITHUB_OUTPUT"
