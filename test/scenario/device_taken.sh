#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The example firmware loses power when a message is in its modem and has not been taken: the broker
# was not told that it was, and sends it again. One that was taken does not come again; a command
# that could not be stored does.
. "$(dirname "$0")/lib.sh"
. "$source_dir/test/scenario/board.sh"

need prlimit
trap '' XFSZ # a file that may not grow is an error to the emulator, not its end
board_start socket
expect 0 "$e4" provision "$line" --name lamp --export-key lamp.key
id=$("$e4" provision "$line" --name lamp --key lamp.key | sed -n 's/^id *//p')
broker_start
modem_start
mosquitto_pub -p "$port" -q 1 -t lamp/set -m 'taken, whatever it is'
wait_for factory.log '^lamp: refused: ' 1
wait_for broker.log "Received PUBACK from $id " 1

# The board stands still while it is given another message.
acknowledged=$(grep -c "Received PUBACK from $id " broker.log)
kill -STOP "$(cat board.pid)"
mosquitto_pub -p "$port" -q 1 -t lamp/set -m 'not taken, it stood still'
wait_for modem.out '^message on lamp/set' 2
board_kill
wait_end "$modem"
now=$(grep -c "Received PUBACK from $id " broker.log) || :
[ "$now" = "$acknowledged" ] || fail "a message was acknowledged that the board had not taken"

board_start socket
modem_start
wait_for broker.log "Sending PUBLISH to $id (d1, q1, " 1
wait_for factory.log '^lamp: refused: ' 2
wait_for broker.log "Received PUBACK from $id " $((acknowledged + 1))

# The board's flash takes nothing for a while. (Nor does its log.)
acknowledged=$(grep -c "Received PUBACK from $id " broker.log)
commands=$(grep -c '^message on e4/' modem.out) || :
"$e4" keygen -t symmetric -o lamp_set.topic > /dev/null
prlimit --pid "$(cat board.pid)" --fsize=0:0
give lamp lamp/set
wait_for modem.out '^message on e4/' $((commands + 1))
# It is asked something else, so that it has dealt with the command when it answers.
expect 0 "$e4" provision "$line" --name lamp --key lamp.key
expect 0 "$e4" provision "$line" --name lamp --key lamp.key
[ "$(grep -c "Received PUBACK from $id " broker.log)" = "$acknowledged" ] ||
    fail "a command was acknowledged that the board could not store"
board_kill
wait_end "$modem"
board_start socket
modem_start
board_holds lamp_set.topic
