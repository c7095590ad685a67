#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What a device does not believe, and what it says of it.
. "$(dirname "$0")/lib.sh"
need mosquitto_pub mosquitto_sub

broker_start
device_with alice room
device_with bob room
mosquitto_sub -p "$port" -t room -F %x > frames.out &
started="$started $!"
wait_for broker.log 'Received SUBSCRIBE from auto-.*' 1

listen bob room -v
bob=$pid

# A frame is accepted once.
say_as alice room once
wait_for bob.out 'room once'
wait_for frames.out .
xxd -r -p < frames.out > frame
mosquitto_pub -p "$port" -t room -f frame
wait_for bob.err 'message on room refused: it was accepted before'

# Changed by one bit, and cut off.
{ head -c 40 frames.out; tail -c +41 frames.out | tr 0123456789abcdef 123456789abcdef0; } |
    xxd -r -p > changed
mosquitto_pub -p "$port" -t room -f changed
wait_for bob.err 'message on room refused: not authentic'

# Not protected at all: a text, nothing, something short.
mosquitto_pub -p "$port" -t room -m 'a text that nobody protected, long enough for a frame'
wait_for bob.err 'message on room refused: it is not protected, although a key is held' 1
mosquitto_pub -p "$port" -t room -m short
mosquitto_pub -p "$port" -t room -n
wait_for bob.err 'message on room refused: it is not protected, although a key is held' 3

# From a clock that is ahead by years: both times are told.
{ printf '\000\000\000\040\001\000\000\000'; head -c 40 /dev/zero; } > future
mosquitto_pub -p "$port" -t room -f future
wait_for bob.err 'sent at 2123-.* UTC by its sender.s clock, and here it is only 20'
stop "$bob"
is bob.out 'room once'

# After a restart nothing of this has changed.
listen bob room -v
bob=$pid
mosquitto_pub -p "$port" -t room -f frame
wait_for bob.err 'message on room refused: it was accepted before'
stop "$bob"

# Repeats can be reported instead, and what is in clear let through; both are marked.
listen bob room --report-repeats --allow-clear -F '%v %j'
bob=$pid
mosquitto_pub -p "$port" -t room -f frame
wait_for bob.out '^protected .*"repeated":true.*"payload":"once"'
mosquitto_pub -p "$port" -t room -m 'plain text'
wait_for bob.out '^clear .*"protection":"clear".*"payload":"plain text"'
mosquitto_pub -p "$port" -t room -f changed
wait_for bob.err 'message on room refused: not authentic'
stop "$bob"
listen bob '#' --allow-clear -v
bob=$pid
mosquitto_pub -p "$port" -t elsewhere -m 'plain again'
wait_for bob.out plain
mosquitto_pub -p "$port" -t elsewhere -f frame
wait_for bob.err 'message on elsewhere refused: topic key not found'
printf 'two lines\nroom an order\n' | mosquitto_pub -p "$port" -t elsewhere -s
wait_for bob.out 'an order'
stop "$bob"
is bob.out '[clear] elsewhere plain again' '[clear] elsewhere two lines' \
    '[clear] elsewhere room an order' '[clear] elsewhere '

# Older than allowed; times are set back by two seconds when sent.
for limit in 1 0; do
    listen bob room --max-age $limit
    bob=$pid
    say_as alice room 'late'
    wait_for bob.err "it was sent at 20.* UTC, and here it is 20.* UTC: . s are more than $limit"
    stop "$bob"
done

# Sent before the start.
listen bob room --refuse-before-start
bob=$pid
say_as alice room 'set back by two seconds, so before the start'
wait_for bob.err 'messages of that time are not accepted any more'
stop "$bob"
[ ! -s bob.out ] || fail "what was sent before the start was shown"
