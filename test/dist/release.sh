#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A release is the same bytes when it is made again, its checksums are right, and its archive has
# neither the two files nor anything else that is made.
# Usage: release.sh ROOT
set -eu
cd "$1"
if ! git rev-parse --verify -q HEAD > /dev/null 2>&1; then
    echo "SKIP: not a git repository, of which a release is made"
    exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

scripts/dist 1.2.3 "$work/one" > /dev/null 2>&1
(cd / && "$OLDPWD/scripts/dist" 1.2.3 "$work/two" > /dev/null 2>&1)
cd "$work/one"
sha256sum -c --strict --quiet SHA256SUMS
find . -type f ! -name SHA256SUMS | sed 's|^\./||' > "$work/files"
[ "$(wc -l < "$work/files")" -eq "$(wc -l < "$work/one/SHA256SUMS")" ]
while read -r file; do
    cmp "$work/one/$file" "$work/two/$file"
done < "$work/files"
grep -qx e4.c "$work/files" && grep -qx e4-arduino-1.2.3.zip "$work/files" && grep -qx e4-1.2.3.tar.xz "$work/files"
# Each package is whole: the library, what it is, and its version.
for package in arduino platformio esp-idf zephyr freertos; do
    python3 -m zipfile -e "e4-$package-1.2.3.zip" "$work/$package"
    found=$(find "$work/$package/e4" -size +0 \( -name e4.c -o -name e4.h -o -name LICENSE \
        -o -path "$work/$package/e4/README.md" \) | wc -l)
    if [ "$found" -ne 4 ]; then
        echo "the package $package lacks something"
        exit 1
    fi
    if grep -rn '@VERSION@' "$work/$package"; then
        echo "a version is not filled in"
        exit 1
    fi
done
tar -tf "$work/one/e4-1.2.3.tar.xz" > "$work/archive"
grep -qx e4-1.2.3/include/e4/e4.h "$work/archive"
if grep -E '/e4\.[ch]$' "$work/archive" | grep -v '/include/e4/'; then
    echo "what is made is in the archive"
    exit 1
fi
cat "$work/files"
