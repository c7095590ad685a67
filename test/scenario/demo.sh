#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# `make demo` tells the whole story, leaves nothing behind, and can be stopped by Ctrl-C.
. "$(dirname "$0")/lib.sh"

need mosquitto python3
export TMPDIR="$work/tmp"
mkdir "$TMPDIR"
E4_BIN_DIR=$bin_dir "$source_dir/scripts/demo" > demo.out 2> demo.err || fail "the demo failed"
has demo.out '^  alice  | > failed to protect message: topic key not found$'
has demo.out '^  server | Topic key have been set for alice!$'
has demo.out '^  bob  | < unprotected message: Hello, I am alice and this is a secret message for bob!$'
has demo.out '^  eve  | failed to unprotect message: topic key not found$'
has demo.out '^  bob  | < unprotected message: Hello bob, signed alice.$'
has demo.out '^  eve  | failed to unprotect message: signer public key not found$'
has demo.out '^  bob  | failed to unprotect message: signer public key not found$'
has demo.out '^Done.'
[ -z "$(ls "$TMPDIR")" ] || fail "the demo left something behind: $(ls "$TMPDIR")"

# Stopped in the middle, by Ctrl-C in its terminal and by whoever ends its group. A shell starts
# programs in the background with SIGINT ignored, which only a program that is no shell undoes.
run_demo="import os, signal, sys
os.setsid()
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execv(sys.argv[1], sys.argv[1:])"

# in_session ID: the programs of a session, as /proc has them.
in_session() {
    for stat in /proc/[0-9]*/stat; do
        sed 's/.*) //' "$stat" 2> /dev/null | awk -v id="$1" -v of="$stat" '$4 == id { print of }'
    done
}

for number in 2 15; do # SIGINT, SIGTERM
    E4_BIN_DIR=$bin_dir start stopped python3 -c "$run_demo" "$source_dir/scripts/demo"
    wait_for stopped.out '^4. Now they talk.$'
    kill -$number "-$pid"
    wait_end "$pid"
    [ "$ended" -eq $((128 + number)) ] || fail "the demo ended with $ended after signal $number"
    [ -z "$(ls "$TMPDIR")" ] || fail "the demo left something behind: $(ls "$TMPDIR")"
    # What the signal reached in the middle of a pipeline may end a moment after the shell.
    turns=$((patience * 20))
    while [ -n "$(in_session "$pid")" ]; do
        turns=$((turns - 1))
        [ $turns -gt 0 ] || fail "programs of the demo still run: $(in_session "$pid")"
        sleep 0.05
    done
done
