#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Input that makes no sense, and output that does not go anywhere: a clear sentence, an exit code that stays
# the same, and nothing published.
. "$(dirname "$0")/lib.sh"

broker_start
device_with alice room
pub() {
    "$e4" pub --state alice -p "$port" "$@"
}
sub() {
    "$e4" sub --state alice -p "$port" "$@"
}
# refuses CODE PATTERN COMMAND...
refuses() {
    code=$1
    pattern=$2
    shift 2
    expect "$code" "$@"
    has last.err "$pattern"
    [ ! -s last.out ] || fail "something was printed: $*"
}

# Topics.
long=$(head -c 65536 /dev/zero | tr '\000' t)
refuses 3 'topic: it is empty' pub -t '' -m x
refuses 3 'topic a/+/b: + and # stand for other topics' pub -t 'a/+/b' -m x
refuses 3 'topic room#: + and # stand for other topics' pub -t 'room#' -m x
refuses 3 'topic: it is not UTF-8' pub -t "$(printf 'a\377b')" -m x
refuses 3 'topic .SYS/x: topics of .SYS' pub -t "\$SYS/x" -m x
refuses 3 'topic: 65536 bytes are more than the 65535' pub -t "$long" -m x
refuses 3 'topic: it is empty' sub -t ''
refuses 3 'topic a/b+: + must be a whole level' sub -t 'a/b+'
refuses 3 'topic #/a: # must be the whole last level' sub -t '#/a'
refuses 3 'topic: it is not UTF-8' sub -t "$(printf '\300')"
refuses 3 'topic: 65536 bytes are more than the 65535' sub -t "$long"
refuses 6 "${long%t}: failed to protect message: topic key not found\|topic key not found" \
    pub -t "${long%t}" -m x
refuses 3 'it is for commands to this device; e4 command sends them' \
    pub -t e4/a7dcef9aef26202fce82a7c7d6672afb -m x

# Options.
refuses 2 'to which topic' pub -m x
refuses 2 'what to publish' pub -t room
refuses 2 'one of them at a time' pub -t room -m x -l
refuses 2 '-q 3: QoS is 0, 1 or 2' pub -t room -m x -q 3
refuses 2 'ports begin with 1' pub -t room -m x -p 0
refuses 2 '70000: a number from 0 to 65535 is wanted' pub -t room -m x -p 70000
refuses 2 '18 83: a number' pub -t room -m x -p '18 83'
refuses 2 'mqttv311 and mqttv5 are spoken here' pub -t room -m x -V mqttv31
refuses 2 'keep-alive of 4 s' pub -t room -m x -k 4
refuses 2 'it begins with mqtt:// or mqtts://' pub -L http://localhost/room -m x
refuses 2 'it names no host' pub -L mqtt:///room -m x
refuses 2 'no closing bracket' pub -L 'mqtt://[::1/room' -m x
refuses 2 'comes a colon or nothing' pub -L 'mqtt://[::1]x/room' -m x
refuses 2 'QoS is 0, 1 or 2' pub -t room -m x -q 10
refuses 2 'QoS is 0, 1 or 2' pub -t room -m x -q x
refuses 2 'x: a number' pub -t room -m x -p x
# shellcheck disable=SC2046 # words
refuses 2 'more than [0-9]* topics' sub $(yes -- '-t x' | head -n 1001)
refuses 2 '-C 0: at least one message' sub -t room -C 0

# Messages.
refuses 3 'the message is empty; -n sends one of no bytes' pub -t room -m ''
refuses 3 'the message is empty' pub -t room -s
refuses 3 'missing: No such file' pub -t room -f missing
refuses 3 '.: Is a directory' pub -t room -f .
refuses 3 'the message is longer than MQTT allows' pub -t room -f /dev/zero
refuses 6 'hall: failed to protect message: topic key not found; it comes with a command' \
    pub -t hall -m x
refuses 4 'no device is stored here' "$e4" pub --state nobody -p "$port" -t room -m x
refuses 4 'no device is stored here' "$e4" sub --state nobody -p "$port" -t room
pub -t room -l < /dev/null

# Two of the same device: sending is fine, receiving is not.
listen alice room
alice=$pid
refuses 4 'in use' sub -t room
pub -t room -m 'meanwhile'
wait_for alice.out 'meanwhile'
stop "$alice"

# Output that goes nowhere.
if [ -w /dev/full ]; then
    pub -t room -m kept -r
    got=0
    sub -t room --clean > /dev/full 2> last.err || got=$?
    [ "$got" -eq 1 ] || fail "a full disk: $got"
    has last.err '^e4: cannot write standard output: No space left on device$'
    [ "$(grep -c 'standard output' last.err)" -eq 1 ] || fail "it says so twice: $(cat last.err)"
    got=0
    echo status | "$e4" shell --state alice -p "$port" > /dev/full 2> last.err || got=$?
    [ "$got" -eq 1 ] || fail "a full disk under the shell: $got"
    is last.err 'e4: cannot write standard output: No space left on device'
    pub --clear --quiet -t room -n -r
fi
mkfifo pipe
{
    got=0
    sub -t room --clean > pipe 2> pipe.err || got=$?
    echo "$got" > code
} &
started="$started $!"
head -c 5 < pipe > /dev/null &
started="$started $!"
wait_for pipe.err 'subscribed to room'
i=0
until [ -s code ]; do
    i=$((i + 1))
    pub -t room -m "nobody reads all of this, number $i"
done
has code '^1$'
has_not pipe.err 'standard output' # as of every command: who has read enough is no error to tell

# Nothing of what was refused had reached the broker.
has_not broker.log "Received PUBLISH.*'hall'"
