#!/usr/bin/env bash
# Checks the licence of every module in the command, the plugin and the processor, as they are built for Linux and Windows.
# The argument is the path of go-licenses, made for this machine. docs/dependencies.md says why these licences and no others.
set -euo pipefail
allowed=Apache-2.0,MIT,BSD-2-Clause,BSD-3-Clause,ISC,MPL-2.0
check() { # its warnings are about assembly, which it cannot follow
  local system=$1 cgo=$2
  shift 2
  if ! GOOS=$system CGO_ENABLED=$cgo "$tool" check --allowed_licenses="$allowed" "$@" 2>"$errors"; then
    grep -v '^W\|^/' "$errors" || true
    echo "a licence is none of $allowed, or none was found"
    exit 1
  fi
}
tool=$1
errors=$(mktemp)
trap 'rm -f "$errors"' EXIT
check linux 1 ./cmd/cmtrail ./plugin ./otelprocessor
check windows 0 ./cmd/cmtrail ./otelprocessor
echo "licences: all of $allowed"
