#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Adapters and examples of the packages compile for the processors that they are for, without a
# warning, as C11 and, the adapters, with their headers read as C++.
# Usage: boards.sh ROOT
# shellcheck disable=SC2044,SC2086 # flags and plain names are to be split into words
set -eu
root=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for compiler in arm-none-eabi-gcc riscv64-unknown-elf-gcc; do
    command -v $compiler > /dev/null || {
        echo "SKIP: $compiler is not installed"
        exit 77
    }
done
warnings="-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wcast-qual -Wvla -Wundef -Wwrite-strings -Wunused-result -Werror"
arm="arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb --specs=picolibc.specs"
rv32="riscv64-unknown-elf-gcc -march=rv32imac -mabi=ilp32 --specs=picolibc.specs"
failed=0
count=0

# compile COMPILER FRAMEWORK FILE FLAG...
compile() {
    compiler=$1
    framework=$2
    file=$3
    shift 3
    count=$((count + 1))
    $compiler -std=gnu11 $warnings -Wstrict-prototypes -Wmissing-prototypes -c "$@" \
        "-I$work/$framework" "-I$root/test/frameworks/$framework" "$file" -o "$work/object.o" || failed=1
}

for framework in esp-idf zephyr freertos; do
    "$root/scripts/package" "$framework" "$work/$framework"
    set --
    [ "$framework" != zephyr ] || set -- -include "$root/test/frameworks/zephyr/autoconf.h"
    for file in $(find "$work/$framework" -name '*.c' ! -name e4_psa_aes.c); do
        [ "$framework" = esp-idf ] || compile "$arm" "$framework" "$file" "$@"
        [ "$framework" = freertos ] || compile "$rv32" "$framework" "$file" "$@"
    done
    for header in "$work/$framework"/*.h; do
        count=$((count + 1))
        printf '#include "%s"\n' "${header##*/}" | g++ -x c++ -std=c++11 $warnings -fsyntax-only "$@" \
            "-I$work/$framework" "-I$root/test/frameworks/$framework" - || failed=1
    done
done
echo "$count compiled"
[ "$failed" -eq 0 ] && [ "$count" -gt 30 ]
