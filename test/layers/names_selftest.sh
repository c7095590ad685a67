#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The law of unique names, broken on purpose: it must notice, and be content with what is lawful.
# Usage: names_selftest.sh ROOT
set -eu
root=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/scripts" "$work/cmake"
cp -R "$root/lib" "$root/include" "$root/port" "$work"
cp "$root/scripts/amalgamate" "$work/scripts"
cp "$root/cmake/sources.cmake" "$work/cmake"
law="$root/test/layers/names.py"
failed=0

# with FILE TEXT WANT: what the law says when a file has this as well.
with() {
    cp "$work/$1" "$work/kept"
    printf '%s\n' "$2" >> "$work/$1"
    got=0
    "$law" "$work" > "$work/said" || got=$?
    if [ "$got" -ne "$3" ]; then
        echo "exit code $got, not $3, with $2 in $1"
        failed=1
    fi
    mv "$work/kept" "$work/$1"
}

with lib/crypto/siv.c '' 0
with lib/crypto/siv.c 'static void not_yet_there(void) {}' 0
with lib/crypto/siv.c 'static void own_take(void) {}' 0
with lib/client/record.c 'static int twice(int x) { return x + x; }' 1
with lib/client/record.c 'enum { SECTOR_VERSION = 3 };' 1
with port/memory.c '#define PLANES 7' 1
with lib/wire/frame.c 'struct chain { int a; };' 1
with lib/crypto/aes_sliced16.c 'static void engines_own(void) {}' 0
cp "$work/lib/crypto/aes_sliced16.c" "$work/kept16"
printf 'static void engines_own(void) {}\n' >> "$work/lib/crypto/aes_sliced16.c"
with lib/crypto/aes_sliced32.c 'static void engines_own(void) {}' 0 # a build has one of them
with lib/crypto/ct.c 'static void engines_own(void) {}' 1
mv "$work/kept16" "$work/lib/crypto/aes_sliced16.c"
[ "$failed" -eq 0 ]
