#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The key server on PostgreSQL, which crashes and goes away and comes back; a device misses nothing.
[ -n "${E4_TEST_POSTGRES:-}" ] ||
    exec "$(dirname "$0")/../unit/with_postgres.sh" sh "$0"
. "$(dirname "$0")/lib.sh"
# shellcheck source=test/scenario/server.sh
. "$source_dir/test/scenario/server.sh"
need curl

control() {
    (cd / && $E4_TEST_POSTGRES_CONTROL "$@" > /dev/null) || fail "pg_ctl $*"
}

export E4D_DATABASE="$E4_TEST_POSTGRES"
broker_start
server_start state
alice_in_room

# It crashes: what was answered is still there, and a request that comes after it is answered.
control -m immediate stop
wants 503 POST /e4/topic/room
has last.out '"code":14'
wants 503 GET /e4/health-check
control start
wants 200 GET /e4/topic/room/clients/count
has last.out '"count":"1"'
ctl topic create room
wait_for alice.err 'topic .* has another key' 1
say_as alice room hello
wait_for alice.out '^hello$'

# The server is killed, and another takes its place; the state's folder has no database.
ctl client new-key alice
kill -KILL "$server_pid"
wait "$server_pid" 2> /dev/null || :
server_start state
ctl topic create room
wait_for alice.err 'SetIDKey carried out'
wait_for alice.err 'topic .* has another key' 2
[ ! -e state/e4d.db ] || fail "there is a database in the state's folder"

ctl audit verify
stop "$alice"
stop "$server_pid"
