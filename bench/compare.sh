#!/usr/bin/env bash
# Compares a few benchmarks of this tree with those of a commit, in turn, so that what slows one slows the other. It
# tells and judges nothing: only a tree that does not build fails. From its first measurement on it takes a minute at most.
set -euo pipefail
cd "$(dirname "$0")/.."
go=${GO:-go}
base=${1:-HEAD~1}
rounds=${ROUNDS:-6}
seconds=${SECONDS_AT_MOST:-60}
out=build/bench-compare

# package, then the benchmarks of it
benchmarks=(
  ./parsers '^BenchmarkStream$/^(ccm|ccm-legacy)$'
  ./internal/match '^BenchmarkMatch$/^rules=(100|10000)$'
  ./internal/pipeline '^BenchmarkBytesToVerdicts$/^one_in_50_tagged$/^(WUAHandler|CcmMessaging)$'
  ./otelprocessor '^BenchmarkConsumeLogs$/^(untagged|step)$'
)

if ! commit=$(git rev-parse --verify --quiet "$base^{commit}"); then
  echo "there is no commit $base here: nothing to compare with"
  exit 0
fi
rm -rf "$out"
mkdir -p "$out"
git worktree prune
git worktree add --quiet --detach --force "$out/tree" "$commit"
trap 'git worktree remove --force "$out/tree"' EXIT

# build SIDE FOLDER compiles the packages of a tree.
build() {
  for ((i = 0; i < ${#benchmarks[@]}; i += 2)); do
    (cd "$2" && "$go" test -c -o "$OLDPWD/$out/$1-$i.test" "${benchmarks[i]}") || return 1
  done
}

# measure SIDE FOLDER runs each package's benchmarks once.
measure() {
  for ((i = 0; i < ${#benchmarks[@]}; i += 2)); do
    (cd "$2/${benchmarks[i]}" && "$root/$out/$1-$i.test" -test.run '^$' -test.cpu 1 -test.benchmem -test.benchtime 60ms \
      -test.bench "${benchmarks[i + 1]}") >>"$out/$1.txt" || echo "the benchmarks of ${benchmarks[i]} failed in $1"
  done
}

root=$PWD
build now .
if ! build base "$out/tree"; then
  echo "$base does not build: nothing to compare with"
  exit 0
fi
end=$((SECONDS + seconds))
for ((round = 1; round <= rounds && SECONDS < end; round++)); do
  measure base "$out/tree"
  measure now .
done
"$go" tool -modfile=internal/tools/go.mod benchstat "base=$out/base.txt" "now=$out/now.txt"
