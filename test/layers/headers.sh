#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every header compiles by itself: public ones as C99 and as C++, those of lib/ as C99.
# Usage: headers.sh ROOT
set -eu
root=$1
failed=0

# Compile nothing but one include of a header, with the rest of the command line as given.
alone() {
    header=$1
    shift
    if ! printf '#include "%s"\ntypedef int nothing_else;\n' "$header" |
        "$@" -Wall -Wextra -Wpedantic -Wundef -Werror -fsyntax-only -I"$root/include" -I"$root/lib" -; then
        echo "$header does not compile by itself: $*"
        failed=1
    fi
}

count=0
for path in "$root"/include/e4/*.h; do
    alone "e4/${path##*/}" gcc -std=c99 -x c
    alone "e4/${path##*/}" g++ -std=c++11 -x c++
    count=$((count + 1))
done
for path in "$root"/lib/*/*.h; do
    # These are the common code of several engines, not interfaces.
    case $path in
    */aes_native.h | */aes_x86.h | */aes_four.h | */aes_sliced.h) continue ;;
    esac
    alone "${path#"$root"/lib/}" gcc -std=c99 -x c
    count=$((count + 1))
done
echo "$count headers"
[ "$count" -gt 0 ] && [ "$failed" -eq 0 ]
