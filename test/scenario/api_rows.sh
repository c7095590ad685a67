#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every method of the API, row by row, over both transports and in both modes.
. "$(dirname "$0")/lib.sh"
# shellcheck source=test/scenario/server.sh
. "$source_dir/test/scenario/server.sh"
need_python

for mode in symmetric-key public-key; do
    for kind in http grpc; do
        E4D_MODE=$mode server_start "$mode-$kind"
        if [ $kind = http ]; then use=$http; else use=$grpc; fi
        if [ -z "$use" ]; then # built without gRPC
            stop "$server_pid"
            continue
        fi
        "$python" -B "$source_dir/test/scenario/api_rows.py" $kind "$use" "$mode-$kind" "$mode" \
            > "$mode-$kind.out" 2> "$mode-$kind.err" || fail "$mode, $kind"
        cat "$mode-$kind.out"
        stop "$server_pid"
        has_not "$mode-$kind.e4d.err" ' error '
    done
done
