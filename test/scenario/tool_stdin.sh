#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Standard input and files that are empty, or never end: an error in words, and nothing made.
. "$(dirname "$0")/lib.sh"

device alice

# endless WORDS COMMAND...: the same from standard input, or a file, without an end.
endless() {
    words=$1
    shift
    expect 3 "$@" < /dev/zero
    has last.err "^e4: $words"
    [ ! -s last.out ] || fail "something was printed: $*"
}
endless 'standard input: longer than 67108864 bytes$' "$e4" inspect
endless 'standard input: longer than 4096 bytes$' "$e4" key -
endless 'standard input: longer than 4096 bytes$' "$e4" key --from-password --out made
endless 'standard input: longer than 4096 bytes$' "$e4" key --password-file - --out made
endless 'standard input: longer than 16777216 bytes$' "$e4" init --state made --import -
endless '/dev/zero: longer than 16777216 bytes$' "$e4" init --state made --import /dev/zero
endless '/dev/zero: longer than 4096 bytes$' "$e4" init --state made --name a --key /dev/zero
endless '/dev/zero: longer than 4096 bytes$' "$e4" command alice reset-topics --device-key /dev/zero

# Standard input is empty in all that follows.
expect 3 "$e4" inspect
has last.out '^verdict   no frame: there is nothing'
expect 3 "$e4" key -
has last.err '^e4: -: 0 bytes, but key files have 32 or 64$'
expect 3 "$e4" key --from-password --out made
has last.err '^e4: the password is too short: 0 bytes, at least 16 are needed$'
expect 3 "$e4" init --state made --import -
has last.err '^e4: '
[ ! -e made ] || fail "something was made of nothing"

# The shell: nothing to do, a line without an end, and very many.
broker_start
expect 0 "$e4" shell --state alice -p "$port"
expect 3 sh -c '"$@" < /dev/zero' - "$e4" shell --state alice -p "$port"
has last.err 'standard input: line 1 is longer than 1048576 bytes$'
yes status | head -n 5000 > many
expect 0 sh -c '"$@" < many' - "$e4" shell --state alice -p "$port"
[ "$(grep -c '^broker  ' last.out)" -eq 5000 ] || fail "lines were left out"
