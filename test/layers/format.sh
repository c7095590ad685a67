#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# All C is laid out as .clang-format says.
# Usage: format.sh ROOT
set -eu
cd "$1"
set --
for folder in include lib port base server proxy tools examples packaging test; do
    [ -d "$folder" ] && set -- "$@" "$folder"
done
find "$@" \( -name '*.[ch]' -o -name '*.cpp' -o -name '*.ino' \) -exec clang-format-14 --style=file --dry-run -Werror {} +
