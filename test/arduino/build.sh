#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Compile a sketch for a board with Debian's Arduino core, by the commands that platform.txt and
# boards.txt have, as the IDE does. What is the IDE's is left out: preprocessing, and uploading.
# Usage: build.sh BOARD SKETCH-FOLDER LIBRARY-FOLDER OUT-FOLDER     (BOARD: uno, mega or mighty_opt)
# Makes OUT-FOLDER/SKETCH.elf. Warnings of our own files are errors.
# shellcheck disable=SC2046,SC2086 # flags are to be split into words
set -eu
board=$1
sketch=$2
library=$3
out=$4
hardware=/usr/share/arduino/hardware
core=$hardware/arduino/avr
boards=$core/boards.txt
[ "$board" != mighty_opt ] || boards=$hardware/mighty-1284p/boards.txt
mkdir -p "$out"

# of BOARD KEY: a line of boards.txt, or of the board's first processor.
of() {
    sed -n "s/^$board\.\(menu\.cpu\.atmega2560\.\)\{0,1\}build\.$1=//p" "$boards" | tail -n 1
}
# A line of platform.txt.
platform() {
    sed -n "s/^$1=//p" "$core/platform.txt" | sed 's/{compiler.warning_flags}//'
}

variant=$(dirname "$boards")/variants/$(of variant)
machine="-mmcu=$(of mcu) -DF_CPU=$(of f_cpu) -DARDUINO=10819 -DARDUINO_ARCH_AVR"
include="-I$core/cores/arduino -I$variant -I$core/libraries/EEPROM/src -I$library/src"
strict="-Wall -Wextra -Werror -Wno-missing-field-initializers -Wno-type-limits"
objects=

# compile KIND SOURCE FLAG...: of a kind (c, cpp or S) that platform.txt has.
compile() {
    kind=$1
    source=$2
    shift 2
    compiler=avr-gcc
    [ "$kind" != cpp ] || compiler=avr-g++
    object=$out/$(echo "$source" | tr / _).o
    $compiler $(platform "compiler.$kind.flags") $machine "$@" $include \
        "$source" -o "$object"
    objects="$objects $object"
}

if [ ! -d "$core/cores/arduino" ] || [ -z "$(of mcu)" ]; then
    echo "build: no Arduino core for $board in $hardware" >&2
    exit 1
fi
for source in "$core"/cores/arduino/*.c; do
    compile c "$source" -w
done
# Debian's core is newer than its compiler, whose float.h knows this in C only.
for source in "$core"/cores/arduino/*.cpp; do
    compile cpp "$source" -w -DDECIMAL_DIG=__DECIMAL_DIG__
done
compile S "$core/cores/arduino/wiring_pulse.S"
core_objects=$objects
objects=
for source in "$library"/src/*.c; do
    compile c "$source" $strict
done
for source in "$library"/src/*.cpp; do
    compile cpp "$source" $strict
done
name=$(basename "$sketch")
{
    echo '#include <Arduino.h>'
    echo "#line 1 \"$name.ino\""
    cat "$sketch/$name.ino"
} > "$out/$name.ino.cpp"
compile cpp "$out/$name.ino.cpp" $strict "-I$sketch"
rm -f "$out/core.a"
avr-gcc-ar $(platform compiler.ar.flags) "$out/core.a" $core_objects
avr-gcc $(platform compiler.c.elf.flags) "-mmcu=$(of mcu)" \
    -o "$out/$name.elf" $objects "$out/core.a" "-L$out" -lm
avr-size -A "$out/$name.elf" | awk -v board="$board" '
    $1 ~ /^\.(text|data)$/ { flash += $2 }
    $1 ~ /^\.(data|bss|noinit)$/ { ram += $2 }
    END { print board ": " flash " bytes of flash, " ram " of RAM before the stack" }'
