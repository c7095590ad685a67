#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every method of the API, row by row, over both transports and in both modes; on PostgreSQL, if
# there is one (api_rows_postgres.sh), otherwise on SQLite.
. "$(dirname "$0")/lib.sh"
# shellcheck source=test/scenario/server.sh
. "$source_dir/test/scenario/server.sh"
need_python

# fresh NAME: with PostgreSQL, a database of its own.
fresh() {
    [ -n "${E4_TEST_POSTGRES:-}" ] || return 0
    psql -q "$E4_TEST_POSTGRES" -c "CREATE DATABASE $1" || fail "no database"
    export E4D_DATABASE="${E4_TEST_POSTGRES% dbname=*} dbname=$1"
}

for mode in symmetric-key public-key; do
    for kind in http grpc; do
        fresh "$(printf "%s_%s" "${mode%%-key}" "$kind" | tr - _)"
        E4D_MODE=$mode server_start "$mode-$kind"
        if [ $kind = http ]; then use=$http; else use=$grpc; fi
        if [ -z "$use" ]; then # built without gRPC
            stop "$server_pid"
            continue
        fi
        "$python" -B "$source_dir/test/scenario/api_rows.py" $kind "$use" "$mode-$kind" "$mode" \
            > "$mode-$kind.out" 2> "$mode-$kind.err" || fail "$mode, $kind"
        cat "$mode-$kind.out"
        [ -z "${E4D_DATABASE:-}" ] || [ ! -e "$mode-$kind/e4d.db" ] || fail "that was SQLite"
        stop "$server_pid"
        has_not "$mode-$kind.e4d.err" ' error '
    done
done
