#!/usr/bin/env bash
# Prints the findings of a SARIF file, and adds them to the summary: for repositories without code scanning.
set -euo pipefail

[ -s "$1" ] || { echo "there are no findings: the scan did not end" >&2; exit 0; }
jq -r '.runs[].results[] | "- \(.ruleId): \(.message.text | split("\n") | join(", "))"' "$1" | tee -a "$GITHUB_STEP_SUMMARY"
