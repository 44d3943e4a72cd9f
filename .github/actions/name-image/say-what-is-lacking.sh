#!/usr/bin/env bash
# A release works without what a private repository below Enterprise lacks. The summary of the run says what that is.
set -euo pipefail

lack() { echo "::notice title=$1::$2" | tee -a "$GITHUB_STEP_SUMMARY"; }

[ "$HAS_CODE_SCANNING" = true ] \
  || lack "findings are not uploaded" "this repository has no code scanning; they are in this summary. Set CODE_SCANNING=true where it has"
[ "$HAS_ATTESTATIONS" = true ] \
  || lack "not attested by GitHub" "this plan has no attestations for private repositories; provenance is signed with cosign. Set ATTESTATIONS=true where it has"
[ -n "$PROMOTER_URL" ] \
  || lack "not announced" "PROMOTER_URL is not set; the promoter depends on GHCR's webhook, or finds the release in the registry"
