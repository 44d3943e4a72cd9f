#!/usr/bin/env bash
# The certificate of a signature names the called workflow, whoever calls it. So the workflow itself refuses the callers that admission must
# not take for a release: another branch, another owner, and a call of anything but main, whose identity the policy does not know.
set -euo pipefail

refuse() {
  echo "::error title=nothing is released::$1" >&2
  exit 1
}

# OWNER/NAME/.github/workflows/FILE@REF
: "${IDENTITY:?is empty: the workflow must pass its job.workflow_ref}"
[ "$GITHUB_REF" = refs/heads/main ] || refuse "releases are built from refs/heads/main, not from $GITHUB_REF"
[ "${IDENTITY#*@}" = refs/heads/main ] || refuse "call the workflow with @main: admission does not know an image that is signed by $IDENTITY"
owner=$(tr '[:upper:]' '[:lower:]' <<< "${IDENTITY%%/*}")
caller=$(tr '[:upper:]' '[:lower:]' <<< "$GITHUB_REPOSITORY_OWNER")
[ "$owner" = "$caller" ] || refuse "$GITHUB_REPOSITORY is not a repository of ${IDENTITY%%/*}: call a copy of the workflow in your own organization"
