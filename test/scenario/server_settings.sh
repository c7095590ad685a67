#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Each setting of the key server is in the example, with a value that it may have, and in the manual.
. "$(dirname "$0")/lib.sh"
# shellcheck source=test/scenario/server.sh
. "$source_dir/test/scenario/server.sh"

example=$source_dir/packaging/e4d.conf
sed -n 's/^ *{"\([a-z-]*\)", CONF_.*/\1/p' "$source_dir/server/settings.c" > settings
[ "$(wc -l < settings)" -gt 20 ] || fail "these are no settings: $(cat settings)"
sed -n 's/^#\([a-z-]*\) = .*/\1/p' "$example" | diff settings - >&2 || fail "the example has others, or in another order"
while read -r setting; do
    grep -q "^\.It Ic\(.* \| \)$setting\( ,\|$\)" "$source_dir/man/e4d.conf.5" || fail "$setting is not in e4d.conf(5)"
done < settings

# As it is, it changes nothing; what it shows is understood, if not always there.
cp "$example" as-it-is.conf
expect 0 "$e4d" --check --config as-it-is.conf
grep '^#[a-z-]* = ' "$example" | while read -r line; do
    printf '%s\n' "${line#\#}" > one.conf
    "$e4d" --check --config one.conf > last.out 2> last.err || :
    has_not last.err 'one.conf:1'
    [ -s last.out ] || grep -q 'cannot\|one without the other\|needs\|not made with' last.err ||
        fail "$line: $(cat last.err)"
done
