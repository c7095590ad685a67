#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The database does not answer, or is killed, and comes back: every request is answered meanwhile,
# nothing that was answered well is lost, and commands leave when it is back.
[ -n "${E4_TEST_POSTGRES:-}" ] ||
    exec "$(dirname "$0")/../unit/with_postgres.sh" sh "$0"
. "$(dirname "$0")/lib.sh"
# shellcheck source=test/scenario/server.sh
. "$source_dir/test/scenario/server.sh"
need curl pgrep

# database SIGNAL: to all its processes.
database() {
    postmaster=$(head -n 1 "$E4_TEST_POSTGRES_DATA/postmaster.pid")
    # shellcheck disable=SC2046 # a word each
    kill -"$1" "$postmaster" $(pgrep -P "$postmaster")
}

database_start() {
    turns=$((patience * 2))
    until (cd / && $E4_TEST_POSTGRES_CONTROL start > /dev/null 2>&1); do # what it left may be in use still
        turns=$((turns - 1))
        [ $turns -gt 0 ] || fail "the database does not start"
        sleep 0.5
    done
}

# ask NAME VERB PATH: a request in the background; NAME.status has what came of it.
ask() {
    curl -s -m "$patience" --cacert "$server_folder/server.crt" -o /dev/null -w '%{http_code}\n' \
        -H "Authorization: Bearer $(cat "$server_folder/admin.token")" -X "$2" \
        "https://127.0.0.1:$http$3" > "$1.status" &
    asking="$asking $!"
}

# Many at once, that read and that write: all are answered, and are told the truth.
all_unavailable() {
    asking=
    for n in 1 2 3 4 5 6 7 8; do
        ask "write$n" POST /e4/topic/never
        ask "read$n" GET /e4/topic/room/clients/count
        ask "health$n" GET /e4/health-check
    done
    for each in $asking; do
        wait "$each" || fail "a request was not answered in $patience s"
    done
    [ "$(cat ./*.status | sort -u)" = 503 ] || fail "answers are $(cat ./*.status)"
}

# Until a request is answered well, within patience.
back() {
    turns=$((patience * 5))
    until
        api GET /e4/health-check
        [ "$status" = 200 ]
    do
        turns=$((turns - 1))
        [ $turns -gt 0 ] || fail "the server does not find its database again"
        sleep 0.2
    done
    ctl count topic-clients room
    has last.out 1
}

export E4D_DATABASE="$E4_TEST_POSTGRES" E4D_DATABASE_TIMEOUT_S=2
broker_start
server_start state
alice_in_room

# It does not answer, and then does.
database STOP
all_unavailable
database CONT
back
ctl topic create room
wait_for alice.err 'topic .* has another key' 1

# It dies, and another takes its place.
database KILL
all_unavailable
database_start
back
ctl topic create room
wait_for alice.err 'topic .* has another key' 2

# It dies while it does not answer.
database STOP
all_unavailable
database KILL
all_unavailable
database_start
back
ctl topic create room
wait_for alice.err 'topic .* has another key' 3
say_as alice room hello
wait_for alice.out '^hello$'

ctl audit verify
stop "$alice"
stop "$server_pid"
