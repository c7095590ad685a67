#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The example firmware, on an emulated Cortex-M4: e4 provision tells it who it is, it gets its keys
# by command through a real broker, receives, sends, and is itself again after a loss of power.
. "$(dirname "$0")/lib.sh"
. "$source_dir/test/scenario/board.sh"

board_start socket
has factory.log 'storage: nothing stored yet'
expect 0 "$e4" provision "$line" --name lamp --export-key lamp.key --label lamp.svg
lamp=$("$e4" key lamp.key | sed -n 's/^fingerprint *//p')
has last.out '^provisioned over factory.sock$'
has last.out "^fingerprint      $lamp$"
id=$(sed -n 's/^id *//p' last.out)
has factory.log "^e4 holds 1 symmetric $id $lamp"

broker_start
modem_start
has modem.out "^the device is $id$"
device bob
learn bob
give bob lamp/set
give bob lamp/state
hear bob 2

# Without a key nothing is opened; then the key comes by command, and the time with it.
say_as bob lamp/set 10
wait_for factory.log 'refused: topic key not found'
mosquitto_sub -p "$port" -t "e4/$id/up" -C 1 -N > receipt &
receipt=$!
started="$started $receipt"
wait_for broker.log "	e4/$id/up (QoS 0)"
give lamp lamp/set
board_holds lamp_set.topic
wait_end "$receipt"
expect 0 "$e4" inspect --key lamp.key receipt
has last.out 'receipt'
give lamp lamp/state
listen bob lamp/state -F '%p %v'
bob=$pid
say_as bob lamp/set 20
wait_for bob.out '^20 '

# What is not for it, or forged, is refused and changes nothing.
say_as bob lamp/set 'a hundred and one'
say_as bob lamp/set 101
"$e4" keygen -t symmetric -o other.key > /dev/null
"$e4" command lamp reset-topics --device-key other.key -o raw > frame
mosquitto_pub -p "$port" -t lamp/set -f frame
mosquitto_pub -p "$port" -t "e4/$id" -f frame
wait_for factory.log 'refused: not authentic' 2
mosquitto_pub -p "$port" -t lamp/set -m 'not a frame'
wait_for factory.log 'refused: frame too short'
say_as bob lamp/set 30
wait_for bob.out '^30 '
has_not bob.out '^101'

# Power is lost. It knows its keys, but not the time until a command comes, which may be one that
# it has carried out before: the broker keeps the newest.
board_kill
wait_end "$modem"
board_start socket
has factory.log 'storage: ok'
carried_out=$(grep -c 'command carried out' factory.log)
modem_start
give lamp lamp/state
wait_for factory.log 'command carried out' "$((carried_out + 1))"
say_as bob lamp/set 40
wait_for bob.out '^40 '

# Another key for the topic: messages under the old one still arrive.
"$e4" keygen -t symmetric -o lamp_set.topic --force > /dev/null
give lamp lamp/set
board_holds lamp_set.topic
say_as bob lamp/set 50
wait_for bob.out '^50 '

# A command from further ahead than its clock can be right about sets the clock, if it is authentic.
later=$(($(date +%s) + 5000))
# at_later KEY
at_later() {
    "$e4" command lamp set-topic-key lamp/set lamp_set.topic --device-key "$1" --at "$later" -o raw > frame
    mosquitto_pub -p "$port" -t "e4/$id" -f frame
}
refused=$(grep -c 'refused: not authentic' factory.log)
at_later other.key
wait_for factory.log 'refused: not authentic' "$((refused + 1))"
say_as bob lamp/set 60
wait_for bob.out '^60 '
carried_out=$(grep -c 'command carried out' factory.log)
at_later lamp.key
wait_for factory.log 'command carried out' "$((carried_out + 1))"
say_as bob lamp/set 70
wait_for factory.log 'refused: too old'
stop "$bob"

# What it says to the factory gives no key away, nor do its labels.
for secret in lamp.key lamp_set.topic lamp_state.topic; do
    hex=$(xxd -p -c 64 "$secret")
    has_not factory.log "$hex"
    has_not lamp.svg "$hex"
done
