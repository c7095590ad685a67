#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# HTTP that is written by hand, to be read in two ways: it is refused.
. "$(dirname "$0")/lib.sh"
# shellcheck source=test/scenario/server.sh
. "$source_dir/test/scenario/server.sh"
need_python

server_start state
expect 0 "$python" -B "$source_dir/test/scenario/api_raw.py" "$http" state
[ ! -s last.out ] || fail "it was taken otherwise: $(cat last.out)"
wants 200 GET '/e4/topics?count=9'
answers '{"topics":["a"]}'
stop "$server_pid"
