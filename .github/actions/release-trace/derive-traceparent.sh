#!/usr/bin/env bash
# Derives the ids of a release's trace as observability/telemetry/src/release/release-ids.ts does, and exports TRACEPARENT to later steps.
set -euo pipefail

if ! [[ "$COMMIT" =~ ^[0-9a-f]{40}$ ]]; then
  echo "::error::release-trace: commit must be 40 hex digits, not '$COMMIT'" >&2
  exit 1
fi

hash() { printf '%b' "$1" | sha256sum | cut -c "1-$2"; }

# https, lower case, without .git: the canonical spelling of a repository.
host="${GITHUB_SERVER_URL#*://}"
repository="https://$host/$GITHUB_REPOSITORY"
repository="${repository,,}"

trace_id="$(hash "delivery-trace/v1\n$repository\n$COMMIT" 32)"
# The span of the run, under which its jobs belong.
span_id="$(hash "$trace_id\nrun\n$GITHUB_RUN_ID\n$GITHUB_RUN_ATTEMPT" 16)"
traceparent="00-$trace_id-$span_id-01"

echo "TRACEPARENT=$traceparent" >> "$GITHUB_ENV"
{
  echo "trace-id=$trace_id"
  echo "traceparent=$traceparent"
} >> "$GITHUB_OUTPUT"
