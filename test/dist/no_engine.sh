#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A firmware that defines e4_aes_choose() has no engine of the library's, by libe4.a or by e4.c.
# One that does not has one.
# Usage: no_engine.sh ROOT LIBRARY COMPILER [FLAG...]     (LIBRARY: libe4.a)
set -eu
root=$(cd "$1" && pwd)
library=$2
compiler=$3
shift 3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$root/scripts/amalgamate" "$work"

# Names of the library's engines in a firmware of these sources, objects and flags.
engines() {
    "$compiler" -std=c99 -Os -ffunction-sections -fdata-sections "-I$root/include" \
        "-I$root/lib" "-I$root" "-I$work" "$root/test/size/symmetric.c" "$@" -nostdlib -Wl,--gc-sections \
        -Wl,-e,device -Wl,-u,device -Wl,--unresolved-symbols=ignore-all -o "$work/firmware.elf"
    "${compiler%gcc}nm" "$work/firmware.elf" | grep -c 'e4_aes_sliced\|sub_bytes' || true
}

own="$root/test/dist/own_aes.c $root/test/unit/book.c"
# shellcheck disable=SC2086 # two files
counts="$(engines "$@" $own "$library") $(engines "$@" $own -DE4_AES_BITS=0 "$work/e4.c")"
counts="$counts $(engines "$@" "$library") $(engines "$@" "$work/e4.c")"
echo "names of engines, with an own one by libe4.a and e4.c, and without: $counts"
case $counts in
"0 0 "[1-9]*" "[1-9]*) ;;
*) exit 1 ;;
esac
