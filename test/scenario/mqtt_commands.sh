#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A device carries out commands, once, in order, and says so; what comes again is no alarm.
. "$(dirname "$0")/lib.sh"
need mosquitto_pub mosquitto_sub

broker_start
device alice
mosquitto_sub -p "$port" -t e4/a7dcef9aef26202fce82a7c7d6672afb -F %x > frames.out &
started="$started $!"
mosquitto_sub -p "$port" -t e4/+/up -F %x > up.out &
started="$started $!"
wait_for broker.log 'Received SUBSCRIBE from auto-.*' 2

start alice "$e4" sub --state alice -p "$port" --receipts
alice=$pid
wait_for alice.err 'subscribed to e4/a7dcef9aef26202fce82a7c7d6672afb (QoS 1)'
give alice room
wait_for alice.err 'SetTopicKey carried out: topic da2543d927f18823df93e9aa1aa11016 has a key'
wait_for up.out . 2
sed -n 1p up.out | "$e4" inspect --key alice.key > report
has report 'a hello of a device in symmetric-key mode'
sed -n 2p up.out | "$e4" inspect --key alice.key > report
has report 'a receipt for the command with tag .*: ok'
rm room.topic
give alice room
wait_for alice.err 'SetTopicKey carried out: topic da2543d927f18823df93e9aa1aa11016 has another key'
give alice hall
give alice attic
wait_for alice.err 'SetTopicKey carried out' 4
order alice remove-topic hall
wait_for alice.err 'RemoveTopic carried out: the key of topic .* is gone'
order alice reset-topics
wait_for alice.err 'ResetTopics carried out: the keys of 2 topics are gone'
give alice room
wait_for alice.err 'SetTopicKey carried out' 5
"$e4" keygen -t symmetric -o new.key > /dev/null
order alice set-id-key new.key
wait_for alice.err 'SetIDKey carried out: this device has a new key'

# With the old key nothing can be ordered any more, and the new one goes on.
order alice reset-topics
wait_for alice.err 'command refused: not authentic'
mv new.key alice.key
order alice remove-topic room
wait_for alice.err 'RemoveTopic carried out' 2

# What was ordered before does not happen again.
wait_for frames.out . 10
tail -n 1 frames.out | xxd -r -p > frame
mosquitto_pub -p "$port" -t e4/a7dcef9aef26202fce82a7c7d6672afb -f frame -q 2
give alice room
wait_for alice.err 'SetTopicKey carried out' 6
# Nonsense, and the end of a retained command.
mosquitto_pub -p "$port" -t e4/a7dcef9aef26202fce82a7c7d6672afb -m 'remove everything'
wait_for alice.err 'command refused: frame too short'
mosquitto_pub -p "$port" -t e4/a7dcef9aef26202fce82a7c7d6672afb -n -r
stop "$alice"
has_not alice.err refused.*replay
[ "$(grep -c 'carried out' alice.err)" -eq 10 ] || fail "a command was carried out twice"

# No secret is in what was said: topic keys and the device's own, in hex.
for key in room.topic attic.topic alice.key; do
    hex=$(xxd -p -c 64 "$key")
    has_not alice.err "$hex"
done

# The same retained command comes with every subscription, and is a detail then.
give alice room
hear alice 1
start alice "$e4" sub --state alice -p "$port" -d
alice=$pid
wait_for alice.err 'command SetTopicKey came again: it was carried out before'
stop "$alice"
has_not alice.err 'carried out:'
start alice "$e4" sub --state alice -p "$port" -t room
alice=$pid
wait_for alice.err 'subscribed to room'
say_as alice room 'a message after it'
wait_for alice.out 'after it'
stop "$alice"
has_not alice.err 'came again'

# One that is new, but was sent before the newest one that was carried out, is refused aloud: two
# servers, or a clock set back.
start alice "$e4" sub --state alice -p "$port" -t room
alice=$pid
wait_for alice.err 'subscribed to room'
"$e4" command --device-key alice.key -p "$port" --at "$(($(date +%s) - 100))" --no-retain --quiet \
    alice reset-topics
wait_for alice.err 'command ResetTopics refused: older than a command already carried out'
stop "$alice"

# One that waited until it is too old is refused with both times, and says what to do.
"$e4" command --device-key alice.key -p "$port" --at 1700000000 --quiet alice reset-topics
start alice "$e4" sub --state alice -p "$port" -d
alice=$pid
wait_for alice.err 'came again: newer ones were carried out since'
stop "$alice"
