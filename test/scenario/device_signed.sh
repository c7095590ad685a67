#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The example firmware in public-key mode, provisioned over a serial port: what it signs is believed,
# it believes only whom it was told to, and a fresh start makes another device of it.
. "$(dirname "$0")/lib.sh"
. "$source_dir/test/scenario/board.sh"

board_start pty
broker_start
"$e4" keygen -t curve25519 -o server.key > /dev/null
expect 0 "$e4" provision "$line" --mode public-key --server-key server.key.pub --name lamp \
    --export-key lamp.pub
has last.out "^provisioned over /dev/pts/"
print=$(openssl dgst -sha3-256 -r lamp.pub | cut -c 1-32)
has last.out "^fingerprint      $print of the public key$"
id=$(sed -n 's/^id *//p' last.out)
has factory.log "^e4 holds 1 public-key $id $print"

modem_start
signing_device bob
learn bob
for topic in lamp/set lamp/state; do
    give lamp $topic
    give bob $topic
done
order bob set-pub-key lamp lamp.pub
hear bob 3
wait_for factory.log 'command carried out' 2
listen bob lamp/state -F '%v %s %p'
bob=$pid

# Not yet told who bob is, then told.
say_as bob lamp/set 10
wait_for factory.log 'refused: signer public key not found'
order lamp set-pub-key bob bob.pub
wait_for factory.log 'command carried out' 3
say_as bob lamp/set 20
wait_for bob.out "^signed $id 20$"

# The same after a loss of power, over the same flash.
board_kill
wait_end "$modem"
board_start pty
expect 4 "$e4" provision "$line" --name other --export-key other.key
has last.err "the device is provisioned already: id $id, fingerprint $print"
carried_out=$(grep -c 'command carried out' factory.log)
modem_start
order lamp set-pub-key bob bob.pub
wait_for factory.log 'command carried out' "$((carried_out + 1))"
say_as bob lamp/set 30
wait_for bob.out "^signed $id 30$"
stop "$bob"

# A fresh start: another device, which knows nothing of the one before, nor after a restart.
expect 0 "$e4" provision "$line" --name other --export-key other.key --fresh-start "$id"
other=$(sed -n 's/^id *//p' last.out)
wait_for modem.out "^the device is $other"
board_kill
wait_end "$modem"
board_start pty
modem_start
has modem.out "^the device is $other"
say_as bob lamp/set 40
wait_for factory.log 'refused: topic key not found'
give other lamp/set
wait_for factory.log 'no report: topic key not found' 2
