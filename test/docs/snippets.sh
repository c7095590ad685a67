#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every C example in the documents compiles. It is either a piece of a source file, taken as it is,
# or some statements, which are put into a function. What it takes for granted is declared in
# prologue/DOCUMENT.h, or else board.h, and in the file with _variables added if it needs those.
# Usage: snippets.sh ROOT DOCUMENT...
set -eu
root=$1
shift
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
read=0
total=0
failed=0

compile() {
    "${CC:-cc}" -x c -std=c99 -D_POSIX_C_SOURCE=200809L -Wall -Wextra -Werror "$@" \
        -fsyntax-only -I"$root/include" -I"$root" "$work/try.c" > "$work/said" 2>&1
}

# try WAY PROLOGUE... -- DOCUMENT LINE EXAMPLE: compile an example after these.
try() {
    way=$1
    shift
    : > "$work/try.c"
    while [ "$1" != -- ]; do
        cat "$1" >> "$work/try.c"
        shift
    done
    [ "$way" = file ] || printf 'void example(void);\nvoid example(void)\n{\n' >> "$work/try.c"
    printf '#line %s "%s"\n' "$3" "$2" >> "$work/try.c"
    cat "$4" >> "$work/try.c"
    if [ "$way" = file ]; then
        compile
    else # a part may leave unused what a later one uses
        printf '}\n' >> "$work/try.c"
        compile -Wno-unused
    fi
    status=$?
    mv "$work/said" "$work/said_$way"
    return "$status"
}

# check DOCUMENT EXAMPLE
check() {
    line=$(basename "$2" .c)
    line=${line#*.}
    prologue=$here/prologue/$(basename "$1" .md)
    [ -f "$prologue.h" ] || prologue=$here/prologue/board
    try file "$prologue.h" -- "$1" "$line" "$2" && return 0
    try file "$prologue.h" "${prologue}_variables.h" -- "$1" "$line" "$2" && return 0
    try statements "$prologue.h" "${prologue}_variables.h" -- "$1" "$line" "$2" && return 0
    echo "$1:$line: an example that does not compile; as a piece of a file:"
    cat "$work/said_file"
    echo "as statements:"
    cat "$work/said_statements"
    return 1
}

for document in "$@"; do
    [ ! -L "$document" ] || continue # another name of a page of the manual
    read=$((read + 1))
    rm -rf "$work/found"
    mkdir "$work/found"
    awk -v into="$work/found" -f "$here/extract.awk" "$document"
    for example in "$work"/found/*.c; do
        [ -e "$example" ] || continue
        total=$((total + 1))
        check "$document" "$example" || failed=$((failed + 1))
    done
done
echo "$total examples in $read documents, $failed do not compile"
[ "$total" -gt 0 ] && [ "$failed" -eq 0 ]
