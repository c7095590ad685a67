#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A firmware of the two files that does not name public-key mode has not a byte of its code: none
# of the functions and constants of the files that make it. One that names it has them.
# Usage: symmetric.sh ROOT COMPILER [FLAG...]     (COMPILER: ...gcc, whose nm is beside it)
set -eu
root=$(cd "$1" && pwd)
prefix=${2%gcc}
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$root/scripts/amalgamate" "$work"

compile() {
    "${prefix}gcc" "$@"
}

for file in crypto/ed25519 crypto/x25519 crypto/field25519 crypto/group25519 crypto/scalar25519 \
    crypto/sha512 wire/signed wire/curve client/public_key; do
    compile "$@" -std=c99 -Os "-I$root/include" "-I$root/lib" -c "$root/lib/$file.c" \
        -o "$work/part.o"
    "${prefix}nm" --defined-only "$work/part.o" | awk '$2 != "a" { print $3 }' # a: registers
done | sed 's/\..*//; /^$/d' | LC_ALL=C sort -u > "$work/public"
[ "$(wc -l < "$work/public")" -gt 50 ]

# Which of those names are in a firmware of this device.
named() {
    compile "$@" -std=c99 -Os -ffunction-sections -fdata-sections "-I$root/include" \
        "-I$work" "$root/test/size/$device.c" "$work/e4.c" -nostdlib -Wl,--gc-sections \
        -Wl,-e,device -Wl,-u,device -Wl,--unresolved-symbols=ignore-all -o "$work/$device.elf"
    "${prefix}nm" --defined-only "$work/$device.elf" | awk '{ print $3 }' | sed 's/\..*//' |
        LC_ALL=C sort -u | LC_ALL=C comm -12 - "$work/public"
}

device=symmetric
named "$@" > "$work/found"
if [ -s "$work/found" ]; then
    echo "the symmetric firmware has:"
    cat "$work/found"
    exit 1
fi
device=public_key
count=$(named "$@" | wc -l)
echo "symmetric: 0 of $(wc -l < "$work/public") names of public-key code; public_key: $count"
[ "$count" -gt 30 ]
