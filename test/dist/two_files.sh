#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The library as two files compiles without a warning as C99, C++11, C++17 and C++20, by gcc and by
# clang, with each of its engines, and (where there is avr-gcc) for an int of 16 bits; needs the four functions of string.h and nothing else; has no
# data that can be written; and a whole exchange works with it.
# Usage: two_files.sh ROOT
# shellcheck disable=SC2086 # flags are to be split into words
set -eu
root=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$root/scripts/amalgamate" "$work"
failed=0
tried=0

fail() {
    echo "$*"
    failed=1
}

# Whatever the object of e4.c needs, and is not in it. An engine of the firmware's is wanted.
check_needs() {
    for name in $(nm -u "$1" | awk '{ print $2 }'); do
        case $name in
        memcpy | memmove | memset | memcmp | e4_aes_choose) ;;
        *) fail "$2: needs $name" ;;
        esac
    done
    objdump -h "$1" | awk '$2 ~ /^\.(data|bss|tdata|tbss)/ && $3 !~ /^0+$/ { print $2, $3 }' > "$work/data"
    [ ! -s "$work/data" ] || fail "$2: has $(cat "$work/data")"
}

# Of memcmp() == 0 clang makes bcmp(), where the system has it, as devices have not.
# try BITS COMPILER FLAG...: compile, look at the object, and run the exchange.
try() {
    bits=$1
    shift
    what="E4_AES_BITS=$bits $*"
    tried=$((tried + 1))
    set -- "$@" -O1 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wcast-qual -Wvla -Wundef \
        -Wwrite-strings -Wunused-result -Werror -fno-pic -fno-builtin-bcmp "-DE4_AES_BITS=$bits" "-I$work"
    "$@" -c "$work/e4.c" -o "$work/e4.o" || {
        fail "$what: does not compile"
        return
    }
    check_needs "$work/e4.o" "$what"
    [ "$bits" != 0 ] || return 0
    if ! "$@" -c "$root/test/dist/exchange.c" -o "$work/exchange.o" ||
        ! "$1" -no-pie "$work/exchange.o" "$work/e4.o" -o "$work/exchange" ||
        ! "$work/exchange"; then
        fail "$what: no exchange"
    fi
}

c99="-std=c99 -Wstrict-prototypes -Wmissing-prototypes"
for compiler in gcc clang-14; do
    try 32 "$compiler" $c99
done
for compiler in g++ clang++-14; do
    try 32 "$compiler" -std=c++11 -x c++
    try 32 "$compiler" -std=c++17 -x c++
    try 32 "$compiler" -std=c++20 -x c++
done
for bits in 0 16; do
    try "$bits" clang-14 $c99
    try "$bits" g++ -std=c++11 -x c++
done
# Lengths that cannot be too large where a size has 16 bits are looked at all the same.
if command -v avr-gcc > /dev/null; then
    avr-gcc -mmcu=atmega1284 $c99 -Os -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wcast-qual -Wvla -Wundef \
        -Wwrite-strings -Wunused-result -Wno-type-limits -Werror "-I$work" -c "$work/e4.c" -o "$work/e4.o" ||
        fail "not without a warning for an AVR"
fi
echo "$tried ways to compile"
[ "$tried" -eq 12 ] && [ "$failed" -eq 0 ]
