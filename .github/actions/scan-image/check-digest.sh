#!/usr/bin/env bash
# What is scanned, signed and promoted is this digest. With an empty one it would be whatever the tag points to.
set -euo pipefail

[[ "${DIGEST:-}" =~ ^sha256:[0-9a-f]{64}$ ]] || { echo "the build returned \"${DIGEST:-}\" instead of a digest" >&2; exit 1; }
echo "$DIGEST"
