#!/usr/bin/env bash
# Sourced by up.sh and down.sh: steps that are announced, recorded once they are done, and left out by the next call after a failure.
# shellcheck disable=SC2154 # `progress` and `dry_run` are of the script that sources this one

say() { printf '   %s\n' "$*"; }

# Runs a command, or prints it.
run() {
  if $dry_run; then
    printf '   $'
    printf ' %q' "$@"
    printf '\n'
  else
    "$@"
  fi
}

# The function of this name is the step.
step() {
  if ! $dry_run && [ -f "$progress" ] && grep -qx "$1" "$progress"; then
    echo "-- $1: done by an earlier call"
    return
  fi
  echo "== $1: $2"
  "$1"
  $dry_run || echo "$1" >> "$progress"
}

finish() {
  if $dry_run; then
    echo "nothing was changed (--dry-run)"
    return
  fi
  rm -f "$progress"
  echo "done. $1"
}

needs_tools() {
  local tool missing=""
  $dry_run && return
  for tool in "$@"; do command -v "$tool" > /dev/null || missing="$missing $tool"; done
  [ -z "$missing" ] || { echo "not installed:$missing" >&2; exit 1; }
}

# The text of a variable in a file of Terraform's: value_of bucket backend.hcl
value_of() {
  local value
  value=$(sed -n "s/^$1 *= *\"\([^\"]*\)\".*/\1/p" "$2")
  [ -n "$value" ] || { echo "$2 has no $1 = \"...\"" >&2; exit 1; }
  echo "$value"
}
