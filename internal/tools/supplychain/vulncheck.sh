#!/usr/bin/env bash
# Looks for known vulnerabilities in what the product calls. The argument is the command that runs govulncheck, from the
# root of the repository. VULNDB names another database than https://vuln.go.dev, such as file:///srv/vulndb.
#
# Without a database nothing can be said, and that is what is printed: the check has not failed, and it has not been made
# either. VULNDB_REQUIRED=1 makes that a failure, for a release.
set -uo pipefail
args=()
if [ -n "${VULNDB:-}" ]; then args=(-db "$VULNDB"); fi
out=$("$@" ${args[@]+"${args[@]}"} ./cmd/cmtrail ./plugin ./otelprocessor 2>&1)
status=$?
printf '%s\n' "$out"
if [ $status -ne 0 ] && grep -q '^govulncheck: fetching vulnerabilities: ' <<<"$out"; then
  echo "NOT CHECKED: the vulnerability database cannot be reached. Run 'make vulncheck' where it can, or set VULNDB to a copy of it."
  [ -z "${VULNDB_REQUIRED:-}" ]
  exit
fi
exit $status
