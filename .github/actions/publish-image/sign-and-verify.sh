#!/usr/bin/env bash
# Signs REFERENCE (image@digest) and its provenance as IDENTITY, the workflow that runs, and verifies at once what admission will verify
# (gitops-config/policies/images-are-ours.yaml). Sigstore's public instance serves private repositories too: its log then shows the names of
# repository, workflow and image, which docs/getting-started-aws.md says.
set -euo pipefail

folder=$(cd "$(dirname "$0")" && pwd)
predicate=$(mktemp)
trap 'rm -f "$predicate"' EXIT
"$folder/write-provenance.sh" > "$predicate"
signer=(
  --certificate-identity "$GITHUB_SERVER_URL/$IDENTITY"
  --certificate-oidc-issuer https://token.actions.githubusercontent.com
)

cosign sign --yes "$REFERENCE"
cosign attest --yes --type slsaprovenance1 --predicate "$predicate" "$REFERENCE"
cosign verify "${signer[@]}" "$REFERENCE" > /dev/null
cosign verify-attestation --type slsaprovenance1 "${signer[@]}" "$REFERENCE" > /dev/null
