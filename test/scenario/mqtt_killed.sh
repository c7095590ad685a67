#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A device that is killed at any moment loses no command: each is acknowledged when it is stored, and not before.
. "$(dirname "$0")/lib.sh"
need cc

broker_start
device_with bob room

# holds COUNT: the device gets to hold so many keys, now that nobody kills it.
holds() {
    start bob "$e4" sub --state bob -p "$port"
    wait_for bob.err 'subscribed to e4/'
    turns=$((patience * 20))
    while :; do
        "$e4" key --state bob > held.out
        ! grep -q "^topics  *$1\$" held.out || break
        turns=$((turns - 1))
        [ $turns -gt 0 ] || fail "bob should hold $1 topic keys: $(grep '^topics' held.out)"
        sleep 0.05
    done
    stop "$pid"
}

held=0

# In the middle of storing the first of three commands. (A program with sanitizers takes no other library before
# theirs.)
if ! grep -q -e __asan_init -e __tsan_init "$e4"; then
    cc -shared -fPIC -o dying_call.so "$source_dir/test/scenario/dying_call.c"
    for topic in a b c; do
        give bob "$topic"
    done
    answers='Received PUB\(ACK\|REC\|COMP\) from e4-'
    answered=$(grep -c "$answers" broker.log)
    ends='Client e4-.* \(disconnected\|closed its connection\)'
    ends_before=$(grep -c "$ends" broker.log)
    expect 137 env LD_PRELOAD="$work/dying_call.so" "$e4" sub --state bob -p "$port"
    wait_for broker.log "$ends" $((ends_before + 1))
    [ "$(grep -c "$answers" broker.log)" -eq "$answered" ] || fail "acknowledged, but not stored"
    holds 4
    held=3
fi

# At random moments, while a hundred commands come.
for i in $(seq 100); do
    give bob "random/$i"
done &
giver=$!
started="$started $giver"
lives=0
while kill -0 "$giver" 2> /dev/null || [ "$lives" -lt 100 ]; do
    lives=$((lives + 1))
    "$e4" sub --state bob -p "$port" > bob.out 2> bob.err &
    pid=$!
    sleep "0.0$(($(od -An -N1 -tu1 /dev/urandom) % 60 + 10))"
    kill -KILL "$pid"
    wait "$pid" 2> said.killed || :
done
wait "$giver"
echo "killed $lives times"
holds $((held + 101))
