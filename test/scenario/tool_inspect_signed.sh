#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# e4 inspect on what devices really send: messages, signed messages, receipts and hellos.
. "$(dirname "$0")/lib.sh"
need xxd mosquitto_sub

# catch TOPIC COUNT: what passes on a topic, in hexadecimal, a line each, in caught.out.
catch() {
    start caught mosquitto_sub -p "$port" -t "$1" -C "$2" -F %x
    caught=$pid
    wait_for broker.log "Received SUBSCRIBE from auto-" "$((catches += 1))"
}
catches=0

broker_start
signing_device alice
signing_device bob
"$e4" keygen -t symmetric -o room1.topic > /dev/null
"$e4" keygen -t symmetric -o other.key > /dev/null
learn alice
learn bob
order alice set-topic-key room1 room1.topic
order bob set-topic-key room1 room1.topic
order bob set-pub-key alice alice.pub
hear alice 1
hear bob 2

text=$(printf 'hello \303\251\033[2J')
catch room1 1
say_as alice room1 "$text"
wait_end "$caught"
mv caught.out signed
expect 0 "$e4" inspect signed
has last.out '^as a signed message$'
has last.out '^  signer  a7dcef9aef26202fce82a7c7d6672afb$'
expect 0 "$e4" inspect signed --key room1.topic
has last.out '^verdict   a signed message; the key opens it. Whether the signature is right is not known'
expect 0 "$e4" inspect signed --key room1.topic --public-key alice.pub
has last.out '^verdict   a signed message; the key opens it and the signature is right$'
has last.out '^text      hello .*\\x1b\[2J$'
expect 6 "$e4" inspect signed --key room1.topic --public-key bob.pub
has last.out '^verdict   not signed with that public key, or changed on the way$'
has_not last.out '^text      hello'
expect 6 "$e4" inspect signed --public-key bob.pub
expect 6 "$e4" inspect signed --key other.key --public-key alice.pub
has last.out 'the signature is right, so it is as that signer sent it.*which the key given is not$'
expect 6 "$e4" inspect signed --key other.key
expect 0 "$e4" inspect signed -o json --key room1.topic --public-key alice.pub
has last.out '"signer": "a7dcef9aef26202fce82a7c7d6672afb"'
has last.out '"text": "hello .*\\u001b\[2J"'
has last.out "\"text_hex\": \"$(printf '%s' "$text" | xxd -p)\""

# What stored devices make of it.
expect 0 "$e4" inspect signed --state bob -t room1
has last.out '^device    a message that this device accepts; the signature is right$'
has last.out '^text      hello'
expect 6 "$e4" inspect signed --state alice -t room1
has last.out '^device    refused: this device does not hold the signer.s public key'
sed 's/..$/00/' signed > changed
cmp -s signed changed && sed 's/..$/01/' signed > changed
expect 6 "$e4" inspect changed --state bob -t room1
has last.out '^device    refused: not signed with the public key that this device holds of the signer'
order bob set-pub-key alice bob.pub
hear bob 1
expect 6 "$e4" inspect signed --state bob -t room1
has last.out '^device    refused: not signed with the public key'

# After a change of the topic's key the one before still opens it, and is named.
order bob set-pub-key alice alice.pub
order bob set-topic-key room1 other.key
hear bob 2
expect 0 "$e4" inspect signed --state bob -t room1
has last.out "it was protected with the topic.s key before the last$"

# What a device says of itself: a hello at connect, and a receipt for each command, here for the
# one that the broker had kept and for a new one.
catch e4/b5d577dc9ce59725e29886632e69ecdf/up 3
start reporting "$e4" sub --state bob -p "$port" --receipts
wait_for reporting.err 'subscribed to e4/b5d577dc9ce59725e29886632e69ecdf'
order bob remove-topic room1
wait_end "$caught"
head -n 1 caught.out > hello
tail -n 1 caught.out > receipt
expect 0 "$e4" inspect hello --server-secret server.key --device-public bob.pub
has last.out '^verdict   a hello of a device in public-key mode$'
expect 0 "$e4" inspect -o json receipt --server-secret server.key --device-public bob.pub
has last.out '"name": "receipt"'
has last.out '"outcome": "ok"'
