#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# libe4.so exports what the public headers declare, nothing less and nothing else. The headers
# are read by ctags here, so that a mistake of packaging/symbol-map is found as well.
# Usage: exports.sh LIBRARY HEADER...
set -eu
library=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

ctags -x --kinds-C=px --language-force=C "$@" | awk '{ print $1 }' | LC_ALL=C sort -u > "$work/declared"
nm -D --defined-only "$library" | awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' |
    LC_ALL=C sort -u > "$work/exported"
[ -s "$work/declared" ] || {
    echo "no declarations found"
    exit 1
}
diff -u "$work/declared" "$work/exported"
