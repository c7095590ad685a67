#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# However a device ends in good order, what it has not yet dealt with stays with the broker, commands above all.
. "$(dirname "$0")/lib.sh"

broker_start
device_with alice room
device_with bob room
expect 0 "$e4" sub --state bob -p "$port" -t room -E -W "$patience" # the broker keeps messages from now on

# send_keys NAME TOPIC...: send a device these topics' keys, a command each.
send_keys() {
    keys_for=$1
    shift
    for topic in "$@"; do
        give "$keys_for" "$topic"
    done
}
# holds NAME COUNT: sooner or later the device holds keys of so many topics.
holds() {
    start "holds_$1" "$e4" sub --state "$1" -p "$port"
    wait_for "holds_$1.err" 'subscribed to e4/'
    turns=$((patience * 20))
    while :; do
        "$e4" key --state "$1" > held.out
        ! grep -q "^topics  *$2\$" held.out || break
        turns=$((turns - 1))
        [ $turns -gt 0 ] || fail "$1 should hold $2 topic keys: $(grep '^topics' held.out)"
        sleep 0.05
    done
    stop "$pid"
}

# -E, which ends as soon as the broker has answered.
send_keys bob e/1 e/2 e/3
expect 0 "$e4" sub --state bob -p "$port" -E -W "$patience"
holds bob 4

# -C, with commands and more messages behind what it counts.
send_keys bob c/1 c/2
for i in 1 2 3; do
    say_as alice room "text $i"
done
send_keys bob c/3 c/4
for i in 1 2 3; do
    expect 0 "$e4" sub --state bob -p "$port" -t room -C 1 -W "$patience"
    is last.out "text $i"
done
holds bob 8

# The same while receipts are on their way, so that more than one packet is read at a time.
for i in 1 2 3 4; do
    send_keys bob "r/$i/1" "r/$i/2"
    say_as alice room "received $i"
done
send_keys bob r/5/1 r/5/2
for i in 1 2 3 4; do
    expect 0 "$e4" sub --state bob -p "$port" -t room -C 1 -W "$patience" --receipts
    is last.out "received $i"
done
holds bob 18

# The same with QoS 2, a line at a time.
seq 10 | "$e4" pub --state alice -p "$port" -t room -q 2 -l
for i in $(seq 10); do
    expect 0 "$e4" sub --state bob -p "$port" -t room -q 2 -C 1 -W "$patience"
    is last.out "$i"
done

# SIGTERM right after it is connected.
for round in 1 2 3; do
    send_keys bob "t/$round/1" "t/$round/2" "t/$round/3"
    start bob "$e4" sub --state bob -p "$port"
    bob=$pid
    wait_for bob.err 'connected to'
    stop "$bob"
done
holds bob 27

# The shell: quit at once, or no input at all.
send_keys bob q/1 q/2 q/3
echo quit | "$e4" shell --state bob -p "$port" > last.out 2> last.err
holds bob 30
send_keys bob i/1 i/2 i/3
expect 0 "$e4" shell --state bob -p "$port"
holds bob 33

# -W, in the middle of a lot.
for i in $(seq 20); do
    give bob "w/$i"
done
expect 27 "$e4" sub --state bob -p "$port" -t room -W 1
holds bob 53

# No space for the first of several commands: it is not acknowledged, nor are those behind it. (No file may
# grow. What the program says goes through a pipe, which is no file.)
cp bob/state before
send_keys bob f/1 f/2 f/3
mkfifo said
cat said > bob.err &
started="$started $!"
(
    trap '' XFSZ
    ulimit -f 0
    exec "$e4" sub --state bob -p "$port" > /dev/null 2> said
) &
bob=$!
started="$started $bob"
wait_end "$bob"
[ "$ended" -eq 4 ] || fail "exit code $ended with a full disk"
wait_for bob.err '^e4: command SetTopicKey refused: cannot write bob/state.new: File too large$'
cmp before bob/state || fail "the state changed"
holds bob 56
[ "$(grep -c 'SetTopicKey carried out' holds_bob.err)" -eq 3 ] || fail "a command was carried out before"

# What is printed to nobody stays as well, as far as the guard lets it: a pipe that was closed.
for i in 1 2 3; do
    say_as alice room "piped $i"
done
mkfifo pipe
exec 3<> pipe
sh -c 'exec 3<&-; "$@" > pipe 2> pipe.err; echo $? > pipe.code' - \
    "$e4" sub --state bob -p "$port" -t room -C 1 -W "$patience"
read -r line <&3
[ "$line" = 'piped 1' ] || fail "$line instead of the first message"
exec 3<&-
is pipe.code 0
for i in 2 3; do
    expect 0 "$e4" sub --state bob -p "$port" -t room -C 1 -W "$patience"
    is last.out "piped $i"
done

# Messages that came before their key wait in the device, where the broker cannot keep them: told when -C leaves them.
device carol
learn carol
send_keys alice hall
hear alice 1
expect 0 "$e4" sub --state carol -p "$port" -t hall -E -W "$patience"
for i in 1 2 3; do
    say_as alice hall "early $i"
done
give carol hall
expect 0 "$e4" sub --state carol -p "$port" -t hall -C 1 -W "$patience"
is last.out 'early 1'
has last.err '^e4: 2 messages that came before their keys are lost: '
