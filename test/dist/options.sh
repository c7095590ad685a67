#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# An option that no firmware can work with stops the compiler with a sentence that names it; those
# at the limits compile. In C and in C++, from the two files and from the tree.
# Usage: options.sh ROOT
set -eu
root=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$root/scripts/amalgamate" "$work"
echo '#include "e4.h"' > "$work/files.c"
echo '#include "e4/device.h"' > "$work/tree.c"
failed=0

# compile OPTION...
compile() {
    for source in files tree; do
        gcc -std=c99 -Wall -Wextra -Wpedantic -Werror "-I$work" "-I$root/include" "$@" \
            -fsyntax-only "$work/$source.c" 2>> "$work/said" || return 1
        g++ -std=c++11 -x c++ -Wall -Wextra -Wpedantic -Werror "-I$work" "-I$root/include" "$@" \
            -fsyntax-only "$work/$source.c" 2>> "$work/said" || return 1
    done
}
# refused NAME OPTION...: with an #error that has the option's name.
refused() {
    name=$1
    shift
    : > "$work/said"
    if compile "$@"; then
        echo "$* compiles"
        failed=1
    elif ! grep -q "#error.*\b$name\b" "$work/said"; then
        echo "$*: nothing says so:"
        cat "$work/said"
        failed=1
    fi
}

for bits in 1 8 24 33 64 -1; do
    refused E4_AES_BITS "-DE4_AES_BITS=$bits"
done
for count in 0 -1 65534; do
    refused E4_TOPICS "-DE4_TOPICS=$count"
    refused E4_TOPICS "-DE4_PEERS=$count"
done
for count in 0 1 8 -1; do
    refused E4_SEEN "-DE4_SEEN=$count"
done
for count in 0 -1 65536; do
    refused E4_SENT "-DE4_SENT=$count"
done
: > "$work/said"
for bits in 0 16 32; do
    compile "-DE4_AES_BITS=$bits" || failed=1
done
compile -DE4_TOPICS=1 -DE4_PEERS=1 -DE4_SEEN=9 -DE4_SENT=1 || failed=1
compile -DE4_TOPICS=60000 -DE4_PEERS=5534 -DE4_SEEN=70000 -DE4_SENT=65535 || failed=1
cat "$work/said"
exit "$failed"
