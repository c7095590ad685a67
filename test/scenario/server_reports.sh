#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What strangers publish where devices report: it is refused by its length before the database is
# asked, and the broker sends nothing that is larger.
. "$(dirname "$0")/lib.sh"
# shellcheck source=test/scenario/server.sh
. "$source_dir/test/scenario/server.sh"
need mosquitto_pub

broker_start
export E4D_LOG_LEVEL=debug E4D_BROKER_PROTOCOL=5
server_start state
wait_for state.e4d.err 'broker: connected to'
up=e4/a7dcef9aef26202fce82a7c7d6672afb/up

# publish COUNT: a report of so many bytes that are random
publish() {
    head -c "$1" /dev/urandom > noise
    mosquitto_pub -p "$port" -q 1 -t "$up" -f noise
}
wait_for broker.log 'e4/+/up'
for len in 1 41 43 58 60 700; do
    publish $len
    wait_for state.e4d.err "$up: $len bytes are no report"
done
publish 2000
publish 42 # which may be one
publish 2
wait_for state.e4d.err "$up: 2 bytes are no report"
has_not state.e4d.err "$up: 2000 bytes"
has_not state.e4d.err "$up: 42 bytes"
stop "$server_pid"
