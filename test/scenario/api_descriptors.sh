#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# More connections to the gRPC port than the server has descriptors for: HTTP goes on, and so does
# gRPC when they are gone.
. "$(dirname "$0")/lib.sh"
# shellcheck source=test/scenario/server.sh
. "$source_dir/test/scenario/server.sh"
need_python

{
    printf '#!/bin/sh\nulimit -n 600\nexec "%s" "$@"\n' "$e4d"
} > few
chmod +x few
e4d=$work/few
server_start state
[ -n "$grpc" ] || skip "e4d is without gRPC"
start crowd "$python" -B "$source_dir/test/scenario/api_descriptors.py" "$grpc" 1000
crowd=$pid
wait_for state.e4d.err 'grpc: 120 connections: others wait until one of them ends'
wait_for crowd.out 'there are 1000'
wants 200 GET /e4/clients/count
wants 200 POST /e4/topic/a
used=$(find "/proc/$server_pid/fd" | wc -l)
[ "$used" -lt 400 ] || fail "$used descriptors are in use"
kill "$crowd"
wait_for state.e4d.err 'there is room for connections again'
cat > ask.py << 'END'
import sys
sys.path.insert(0, sys.argv[2])
import api_client
print(api_client.connect("grpc", sys.argv[1], "state").call("CountTopics", {}))
END
expect 0 "$python" -B ask.py "$grpc" "$source_dir/test/scenario"
is last.out "{'count': '1'}"
stop "$server_pid"
