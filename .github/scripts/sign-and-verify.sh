#!/usr/bin/env bash
# Signs REFERENCE (image@digest) as IDENTITY, this very workflow, and asks right away what admission will ask.
set -euo pipefail

cosign sign --yes "$REFERENCE"
cosign verify "$REFERENCE" \
  --certificate-identity "$IDENTITY" \
  --certificate-oidc-issuer https://token.actions.githubusercontent.com > /dev/null
gh attestation verify "oci://$REFERENCE" --repo "$GITHUB_REPOSITORY" \
  --signer-workflow "$GITHUB_REPOSITORY/.github/workflows/build-image.yaml"
