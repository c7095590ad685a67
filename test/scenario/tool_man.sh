#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The manual pages of e4 are well formed, and describe every command and every option there is.
. "$(dirname "$0")/lib.sh"
need mandoc

pages=$source_dir/man
# Two complaints are about this machine, not the page: other manuals that are not installed.
for page in "$pages"/e4.1 "$pages"/e4-*.1; do
    mandoc -T lint -W style "$page" 2>&1 |
        grep -v -e 'referenced manual not found' -e 'outdated mandoc.db' > lint.out || :
    [ ! -s lint.out ] || fail "$page is not well formed"
done
for command in keygen init provision key pub sub shell command inspect; do
    page=$pages/e4-$command.1
    mandoc -T ascii "$page" | sed 's/.\x08//g' > page.out
    grep -q "e4-$command(1)" "$pages/e4.1" || grep -q "^.Xr e4-$command 1" "$pages/e4.1" ||
        fail "e4(1) does not mention e4-$command(1)"
    "$e4" "$command" --help | sed -n 's/^ \{2,6\}\(-[^ ].*\)/\1/p' |
        grep -o -e '^-[a-zA-Z]' -e '--[a-z][a-z-]*' | sort -u > options
    [ -s options ] || fail "e4 $command --help lists no options"
    while read -r option; do
        grep -q -e "[ (]$option\([ =,.)]\|\$\)" page.out || fail "e4-$command(1) does not say what $option is"
    done < options
done
