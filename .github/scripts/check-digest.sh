#!/usr/bin/env bash
# What is scanned, signed and promoted is a digest: an empty one would be whatever the tag says.
set -euo pipefail

[[ "${DIGEST:-}" =~ ^sha256:[0-9a-f]{64}$ ]] || { echo "the build gave no digest but \"${DIGEST:-}\"" >&2; exit 1; }
echo "$DIGEST"
