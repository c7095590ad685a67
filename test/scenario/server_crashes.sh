#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The key server is killed at a random moment of a random change, again and again. What it has
# answered holds, no device is locked out, and in the end all of them talk. The seed is printed;
# E4_SEED plays the same changes again, though not the same moments.
. "$(dirname "$0")/lib.sh"
# shellcheck source=test/scenario/server.sh
. "$source_dir/test/scenario/server.sh"
need curl xxd

rounds=${E4_ROUNDS:-12}
seed=${E4_SEED:-$(od -An -N3 -tu4 /dev/urandom | tr -d ' ')}
echo "seed $seed"

# The next of the numbers that follow from the seed, below $1: $number.
next_number() {
    seed=$(((seed * 1103515245 + 12345) % 2147483648))
    number=$((seed / 65536 % $1))
}

# The change of this number.
change() {
    case $1 in
    0) "$e4ctl" topic create room ;;
    1) "$e4ctl" topic revoke room ;;
    2) "$e4ctl" client new-key alice ;;
    3) "$e4ctl" client new-key bob ;;
    4) "$e4ctl" detach bob room ;;
    *) "$e4ctl" attach bob room ;;
    esac
}

# Does the server know bob on the topic? It is what it answered last, if it answered.
bob_is_on_it() {
    ctl count topic-clients room
    case $expected in
    on) has last.out 2 ;;
    off) has last.out 1 ;;
    esac
}

broker_start
server_start state
for name in alice bob; do
    device $name
    ctl client create $name --key $name.key
done
listen alice room --receipts
alice=$pid
listen bob room # which gives none
bob=$pid
ctl topic create room
ctl attach alice room
ctl attach bob room
expected=on

while [ "$rounds" -gt 0 ]; do
    rounds=$((rounds - 1))
    next_number 6
    which=$number
    next_number 200
    before=$expected
    case $which in
    4) expected=off ;;
    5) expected=on ;;
    esac
    change "$which" > change.out 2>&1 &
    changing=$!
    sleep "0.$(printf %03d "$number")"
    kill -KILL "$server_pid"
    wait "$server_pid" 2> /dev/null || :
    answered=yes
    wait "$changing" || answered=no
    server_start state
    # Without an answer it may be either, and to leave what one is not on is an error.
    [ $answered = yes ] || [ "$expected" = "$before" ] || expected=either
    bob_is_on_it
done

# Whatever happened: after a last change all of them have its key, and open each other's messages.
ctl attach bob room
ctl topic create room
ctl client list-topics bob
has last.out room
turns=$((patience * 2))
until
    say_as alice room "from alice $turns" 2> /dev/null && say_as bob room "from bob $turns" 2> /dev/null &&
        sleep 0.5 && grep -q 'from alice' bob.out && grep -q 'from bob' alice.out
do
    turns=$((turns - 1))
    [ $turns -gt 0 ] || fail "alice and bob do not understand each other"
    sleep 0.5
done
ctl audit verify
stop "$alice"
stop "$bob"
stop "$server_pid"
