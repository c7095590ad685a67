#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# `make demo` tells the whole story, leaves nothing behind, and can be stopped by Ctrl-C.
. "$(dirname "$0")/lib.sh"

need mosquitto
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

# Stopped in the middle: a shell of its own, because a background program ignores SIGINT.
E4_BIN_DIR=$bin_dir start stopped setsid sh -c "trap - INT; exec '$source_dir/scripts/demo'"
wait_for stopped.out '^4. Now they talk.$'
kill -TERM "$pid"
wait_end "$pid"
[ "$ended" -eq 143 ] || fail "the demo ended with $ended after SIGTERM"
[ -z "$(ls "$TMPDIR")" ] || fail "the demo left something behind: $(ls "$TMPDIR")"
