#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# e4 command to a broker: kept for a device that comes later, and errors where there is no broker.
. "$(dirname "$0")/lib.sh"
need mosquitto_sub

broker_start
device alice
"$e4" keygen -t symmetric -o room1.key > /dev/null
topic=e4/a7dcef9aef26202fce82a7c7d6672afb

expect 0 "$e4" command alice set-topic-key room1 room1.key --device-key alice.key -p "$port"
has last.err "^e4: SetTopicKey of 20.*Z is at localhost:$port, on $topic$"
[ ! -s last.out ] || fail "a published command is printed"
has broker.log "Received PUBLISH from .* (d0, q2, r1, .*'$topic'"

# It waits for the device.
hear alice 1
expect 0 "$e4" key --state alice --topics
has last.out '^topics           1$'
has last.out "key $("$e4" key room1.key | sed -n 's/^fingerprint  //p')"

# Printed as well, with another QoS, not kept, quietly.
expect 0 "$e4" command alice remove-topic room1 --device-key alice.key -h 127.0.0.1 -p "$port" \
    -o hex -q 1 --no-retain --quiet
grep -qx '[0-9a-f]\{82\}' last.out || fail "not the frame: $(cat last.out)"
[ ! -s last.err ] || fail "--quiet is not"
has broker.log "Received PUBLISH from .* (d0, q1, r0, .*'$topic'"
expect 0 "$e4" command alice reset-topics --device-key alice.key -L "mqtt://localhost:$port"
expect 0 "$e4" command alice reset-topics --device-key alice.key -p "$port" --receiving-topic up/here
has broker.log "'up/here'"

# While a device is in use it can be asked, but not replaced or received with twice.
listen alice room1
expect 0 "$e4" key --state alice
expect 0 "$e4" key --state alice -o json
expect 4 "$e4" init --state alice --name other --export-key other.key --force
has last.err 'alice.*in use'
expect 4 "$e4" sub --state alice -p "$port"
has last.err 'alice.*in use'
expect 0 "$e4" key --state alice
has last.out '^name             alice$'
stop "$pid"

# No broker, one that refuses, and one that says nothing.
broker_stop
expect 5 "$e4" command alice reset-topics --device-key alice.key -p "$port"
has last.err "^e4: .*localhost:$port.*Connection refused"
expect 5 "$e4" command alice reset-topics --device-key alice.key -h no.such.host.invalid
printf 'listener %s 127.0.0.1\nallow_anonymous false\n' PORT > broker.listener
broker_start
expect 5 "$e4" command alice reset-topics --device-key alice.key -p "$port"
has last.err '^e4: '
broker_stop
