#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# 10,000 connections that do nothing, and slow ones, keep nobody else from an answer.
. "$(dirname "$0")/lib.sh"
# shellcheck source=test/scenario/server.sh
. "$source_dir/test/scenario/server.sh"
need_python
case $(ldd "$e4d") in *libtsan*) skip "the thread sanitizer takes too much memory for each connection" ;; esac

count=$("$python" -c 'import resource; print(min(10000, resource.getrlimit(resource.RLIMIT_NOFILE)[1] // 2 - 300))')
server_start state
"$python" -B "$source_dir/test/scenario/api_crowd.py" "$http" state "$server_pid" "$count"
stop "$server_pid"
