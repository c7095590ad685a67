#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Over gRPC: bytes that are no message, sizes, strangers, streams that are left, many at a time.
. "$(dirname "$0")/lib.sh"
# shellcheck source=test/scenario/server.sh
. "$source_dir/test/scenario/server.sh"
need_python

server_start state
[ -n "$grpc" ] || skip "built without gRPC"
"$python" -B "$source_dir/test/scenario/api_grpc.py" "$grpc" state
stop "$server_pid"
has_not state.e4d.err ' error '
