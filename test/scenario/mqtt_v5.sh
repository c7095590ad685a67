#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# MQTT 5: the same exchange, a session that is kept, messages that expire, and a broker that says in
# words what it does not allow.
. "$(dirname "$0")/lib.sh"

cat > acl <<'END'
topic readwrite room
topic readwrite e4/#
topic write shown
topic read hidden
END
printf 'acl_file %s/acl\n' "$work" > broker.more
broker_start
device_with alice room
give alice hidden
hear alice 1

listen alice room -V mqttv5
alice=$pid
say_as alice room 'in version 5' -V mqttv5 -q 2
wait_for alice.out 'in version 5'
stop "$alice"
has broker.log 'New client connected from .* as e4-.* (p5,'

# The session is kept, as in version 3.1.1; expired messages are not.
say_as alice room 'kept for long' -V mqttv5
say_as alice room 'kept for a second' -V mqttv5 --expiry 1
say_as alice room 'kept for long as well' -V mqttv5 --expiry 1000
sleep 2 # until it has expired
listen alice room -V mqttv5
alice=$pid
wait_for alice.out 'as well'
is alice.out 'kept for long' 'kept for long as well'
stop "$alice"
expect 2 "$e4" pub --state alice -p "$port" -t room -m x --expiry 1
has last.err 'needs MQTT 5'

# What the broker does not allow.
for qos in 1 2; do
    expect 5 "$e4" pub --state alice -p "$port" -t hidden -m x -V mqttv5 -q "$qos" -W "$patience"
    has last.err '^e4: message on hidden not published: not authorised$'
done
