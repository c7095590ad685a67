#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Nothing is lost while a device is away, and a broker that goes away is waited for.
. "$(dirname "$0")/lib.sh"

printf 'persistence true\npersistence_location %s/\n' "$work" > broker.more
broker_start
device_with alice room
device_with bob room
listen bob room
stop "$pid"
[ ! -s bob.out ] || fail "there was nothing to print"

# While bob is away: messages, a new key, and messages under it.
for i in 1 2 3; do
    say_as alice room "before $i" -q "$((i % 2 + 1))"
done
rm room.topic
"$e4" keygen -t symmetric -o room.topic > /dev/null
order bob set-topic-key room room.topic
order alice set-topic-key room room.topic
hear alice 1
has hear_alice.err 'has another key'
say_as alice room after
listen bob room -F '%p %o'
bob=$pid
wait_for bob.out 'after'
wait_for bob.err 'SetTopicKey carried out'
stop "$bob"
sort bob.out > sorted.out
has bob.out 'after 0'
[ "$(grep -c before bob.out)" -eq 3 ] || fail "messages were lost"

# A key that comes after the first message under it: both wait for bob, the message first.
give alice hall
hear alice 1
listen bob hall
stop "$pid"
say_as alice hall 'before its key'
give bob hall
start bob "$e4" sub --state bob -p "$port" -F '%t %p'
bob=$pid
wait_for bob.out 'hall before its key'
stop "$bob"
has_not bob.err refused
expect 0 "$e4" sub --state bob -p "$port" -U hall -E

# -C takes what it counts and leaves the rest for the next time.
for i in 1 2 3 4; do
    say_as alice room "number $i"
done
for i in 1 2 3; do
    expect 0 "$e4" sub --state bob -p "$port" -t room -C 1 -W "$patience"
    is last.out "number $i"
done
expect 0 "$e4" sub --state bob -p "$port" -t room -C 1 -W "$patience"
is last.out 'number 4'

# The broker goes away and comes back: sub waits for it, and so does what pub has not yet sent.
listen bob room
bob=$pid
mkfifo lines
"$e4" pub --state alice -p "$port" -t room -l -d < lines > alice.out 2> alice.err &
alice=$!
started="$started $alice"
exec 3> lines
echo 'first line' >&3
wait_for bob.out 'first line'
broker_stop
wait_for bob.err 'closed the connection; next attempt in 0.5 s'
wait_for alice.err 'next attempt'
echo 'while nobody listens' >&3
broker_start
wait_for bob.out 'while nobody listens'
echo 'last line' >&3
exec 3>&-
wait_end "$alice"
[ "$ended" -eq 0 ] || fail "pub ended with $ended"
wait_for bob.out 'last line'
wait_for bob.err 'connected to' 2

# A pub that runs for long takes note of new keys.
exec 4<> lines
"$e4" pub --state alice -p "$port" -t room -l < lines > alice.out 2> alice.err &
alice=$!
started="$started $alice"
echo 'old key' >&4
wait_for bob.out 'old key'
"$e4" keygen -t symmetric -o room.topic --force > /dev/null
order alice set-topic-key room room.topic
order bob set-topic-key room room.topic
hear alice 1
wait_for bob.err 'SetTopicKey carried out'
stop "$bob"
listen bob room -F '%p %o'
bob=$pid
echo 'new key' >&4
wait_for bob.out 'new key 0'
kill "$alice"
exec 4>&-

# A broker without memory has to be told the subscriptions again.
broker_stop
rm -f mosquitto.db
broker_start
wait_for bob.err 'subscribed to room' 2
say_as alice room 'still there'
wait_for bob.out 'still there 0'
stop "$bob"
