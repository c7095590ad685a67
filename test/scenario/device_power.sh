#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The example firmware loses power again and again, while commands are on their way to it or are
# being carried out: it always comes up, with the old key or the new one, and carries out the rest.
. "$(dirname "$0")/lib.sh"
. "$source_dir/test/scenario/board.sh"

board_start socket
expect 0 "$e4" provision "$line" --name lamp --export-key lamp.key
broker_start
modem_start
for turn in 1 2 3 4 5 6 7 8 9 10 11 12; do
    "$e4" keygen -t symmetric -o lamp_state.topic --force > /dev/null
    before=$(grep -c '^message on e4/' modem.out) || :
    give lamp lamp/state
    # At once, when the command is in the modem, or when it was carried out.
    case $((turn % 3)) in
    1) wait_for modem.out '^message on e4/' "$((before + 1))" ;;
    2) board_holds lamp_state.topic ;;
    esac
    board_kill
    wait_end "$modem"
    board_start socket
    modem_start
    wait_for factory.log '^lamp: storage: ok' "$turn"
done
board_holds lamp_state.topic

# It is itself still, and works.
"$e4" provision "$line" --name lamp --key lamp.key > /dev/null || fail "it is another device"
device bob
learn bob
give bob lamp/set
give bob lamp/state
hear bob 2
give lamp lamp/set
board_holds lamp_set.topic
listen bob lamp/state
bob=$pid
say_as bob lamp/set 77
wait_for bob.out '^77$'
stop "$bob"
