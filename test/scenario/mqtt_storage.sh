#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A device that runs out of space: it says so and ends, what it had stays, and what it refused can come again.
. "$(dirname "$0")/lib.sh"

broker_start
device_with alice room
cp alice/state before

# No file may grow: a command cannot be stored, so it is not carried out. (What the program says goes
# through a pipe, which is no file.)
mkfifo said
cat said > alice.err &
started="$started $!"
(
    trap '' XFSZ
    ulimit -f 0
    exec "$e4" sub --state alice -p "$port" -t room > /dev/null 2> said
) &
alice=$!
started="$started $alice"
wait_for alice.err 'subscribed to room'
give alice hall
wait_end "$alice"
[ "$ended" -eq 4 ] || fail "exit code $ended with a full disk"
wait_for alice.err '^e4: command SetTopicKey refused: cannot write alice/state.new: File too large$'
cmp before alice/state || fail "the state changed"

# With space again it goes on where it was. The broker has kept the command, the newest.
listen alice room
alice=$pid
say_as alice room 'the old key is still there'
wait_for alice.out 'the old key is still there'
wait_for alice.err 'SetTopicKey carried out'
stop "$alice"
expect 0 "$e4" key --state alice
has last.out '^topics           2$'
