#!/usr/bin/env bash
# Signs REFERENCE (image@digest) as IDENTITY, the calling workflow, and verifies at once what admission will verify.
set -euo pipefail

cosign sign --yes "$REFERENCE"
cosign verify "$REFERENCE" \
  --certificate-identity "$IDENTITY" \
  --certificate-oidc-issuer https://token.actions.githubusercontent.com > /dev/null
gh attestation verify "oci://$REFERENCE" --repo "$GITHUB_REPOSITORY" \
  --signer-workflow "$GITHUB_REPOSITORY/.github/workflows/build-image.yaml"
