#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Control-C on a terminal, and SIGTERM: an orderly end, also while the broker is away.
. "$(dirname "$0")/lib.sh"
need expect

broker_start
device_with alice room
cat > interrupt.exp <<END
set timeout $patience
spawn -noecho $e4 sub --state alice -p $port -t room
expect {
    "subscribed to room" {}
    timeout { exit 98 }
}
send "\003"
expect eof
lassign [wait] pid spawn_id system status
exit \$status
END
expect 0 env expect interrupt.exp
has broker.log 'Received DISCONNECT from e4-a7dcef9aef26202fce82a7c7d6672afb'

# While the broker is away.
listen alice room
alice=$pid
broker_stop
wait_for alice.err 'next attempt in'
stop "$alice"
broker_start

# What was accepted is known after the end.
listen alice room -F %p
alice=$pid
say_as alice room 'before the signal'
wait_for alice.out 'before the signal'
stop "$alice"
listen alice room
stop "$pid"
