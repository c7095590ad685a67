#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Install into an empty folder, twice (by prefix, and below DESTDIR), and use what is there as
# somebody else would: by pkg-config and by find_package(), in C and in C++.
# Usage: run.sh BUILD_FOLDER
set -eu
build=$1
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
expected="installe $(sed -n 's/^#define E4_VERSION "\(.*\)"/\1/p' "$here/../../include/e4/e4.h")"

# Does a program print what it should?
prints() {
    said=$("$@")
    if [ "$said" != "$expected" ]; then
        echo "$*: said \"$said\", not \"$expected\""
        exit 1
    fi
}

DESTDIR=$work/root cmake --install "$build" --prefix /opt/e4 > "$work/log"
cmake --install "$build" --prefix "$work/prefix" > "$work/log"
(cd "$work/root/opt/e4" && find . | sort) > "$work/by_destdir"
(cd "$work/prefix" && find . | sort) > "$work/by_prefix"
diff "$work/by_destdir" "$work/by_prefix"

library=$(find "$work/prefix" -name 'libe4.so' -printf '%h')
for name in libe4.a libe4.so libe4.so.0 pkgconfig/e4.pc cmake/e4/e4Config.cmake; do
    [ -e "$library/$name" ] || {
        echo "not installed: $name"
        exit 1
    }
done
for header in "$here"/../../include/e4/*.h; do
    cmp "$header" "$work/prefix/include/e4/${header##*/}"
done
for page in "$here"/../../man/*.[13578]; do
    [ ! -e "$page" ] || [ -n "$(find "$work/prefix/share/man" -name "${page##*/}")" ] || {
        echo "not installed: ${page##*/}"
        exit 1
    }
done
soname=$(objdump -p "$library/libe4.so" | awk '$1 == "SONAME" { print $2 }')
[ "$soname" = libe4.so.0 ] || {
    echo "the soname is $soname"
    exit 1
}
LC_ALL=C grep -q "$here" "$library/pkgconfig/e4.pc" "$library"/cmake/e4/*.cmake && {
    echo "a path of the build is in what was installed"
    exit 1
}

PKG_CONFIG_PATH=$library/pkgconfig
LD_LIBRARY_PATH=$library
export PKG_CONFIG_PATH LD_LIBRARY_PATH
# shellcheck disable=SC2046 # words, as pkg-config means them
gcc -std=c99 -pedantic -Wall -Wextra -Werror "$here/consumer.c" -o "$work/by_pkg_config" \
    $(pkg-config --cflags --libs e4)
prints "$work/by_pkg_config"
# shellcheck disable=SC2046
g++ -std=c++11 -pedantic -Wall -Wextra -Werror -x c++ "$here/consumer.c" -x none \
    -o "$work/in_cplusplus" $(pkg-config --cflags --libs e4)
prints "$work/in_cplusplus"
# The archive with what it needs, and nothing of the shared library.
# shellcheck disable=SC2046
gcc -std=c99 "$here/consumer.c" -o "$work/by_archive" $(pkg-config --cflags e4) \
    "$library/libe4.a" $(pkg-config --static --libs e4 | sed 's/-le4//')
prints "$work/by_archive"

cmake -S "$here/project" -B "$work/project" -G Ninja -DCMAKE_PREFIX_PATH="$work/prefix" \
    -DE4_WANTED="${expected#* }" > "$work/log" || {
    cat "$work/log"
    exit 1
}
cmake --build "$work/project" > "$work/log" || {
    cat "$work/log"
    exit 1
}
prints "$work/project/with_shared"
prints "$work/project/with_static"
prints "$work/project/in_cplusplus"
echo "installed and used in six ways"
