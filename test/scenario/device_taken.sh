#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The example firmware loses power when a message is in its modem and has not been taken: the broker
# was not told that it was, and sends it again. One that was taken does not come again.
. "$(dirname "$0")/lib.sh"
. "$source_dir/test/scenario/board.sh"

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
