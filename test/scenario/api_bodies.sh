#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Bodies of requests take bounded memory: strangers' none, everybody's together a budget's.
. "$(dirname "$0")/lib.sh"
# shellcheck source=test/scenario/server.sh
. "$source_dir/test/scenario/server.sh"
need_python

server_start state
"$python" -B "$source_dir/test/scenario/api_bodies.py" "$http" state "$server_pid"

# A method that takes none refuses one, before it looks at it.
truncate -s 1M large
printf '{}' > small
for body in large small; do
    for how in 'A: b' 'Transfer-Encoding: chunked'; do
        wants 400 GET /e4/topic/a/clients -H "$how" --data-binary "@$body"
        has last.out 'GET has no body'
    done
done
wants 400 GET /e4/health-check --data-binary @large
wants 200 GET /e4/health-check -H 'Content-Length: 0'
stop "$server_pid"
