#!/usr/bin/env bash
# Builds the command and the plugin twice, in two folders, the second time with an empty build cache, and compares them byte
# by byte. The argument is the version that both carry.
set -euo pipefail
version=$1
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
build() { # FOLDER: builds a copy of the work tree there
  mkdir -p "$1"
  git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' f; do [ -e "$f" ] && printf '%s\0' "$f"; done |
    tar --null --files-from=- -cf - | tar -xf - -C "$1"
  make -s -C "$1" release-host VERSION="$version" COMMIT=none DATE=none
}
build "$room/a"
GOCACHE="$room/cache" build "$room/another folder/b"
same=yes
for f in "$room"/a/dist/*; do
  name=$(basename "$f")
  if cmp "$f" "$room/another folder/b/dist/$name"; then
    echo "$name: $(sha256sum <"$f" | cut -c1-64), twice"
  else
    same=no
  fi
done
[ $same = yes ]
