#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The two files are the same however often, wherever and in whatever language they are made.
# Usage: same_bytes.sh ROOT
set -eu
root=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$root/scripts/amalgamate" "$work/one"
(cd / && LC_ALL=C PYTHONHASHSEED=1 "$root/scripts/amalgamate" "$work/two")
(cd "$work" && LC_ALL=C.UTF-8 PYTHONHASHSEED=2 "$root/scripts/amalgamate" three/below)
for file in e4.c e4.h; do
    [ -s "$work/one/$file" ]
    cmp "$work/one/$file" "$work/two/$file"
    cmp "$work/one/$file" "$work/three/below/$file"
done
if grep -n "$root\|$work" "$work"/one/*; then
    echo "names a folder of this machine"
    exit 1
fi
