#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The unit for systemd is one, and lets the server do little; and the server tells a service
# manager when it is ready and when it stops.
. "$(dirname "$0")/lib.sh"
# shellcheck source=test/scenario/server.sh
. "$source_dir/test/scenario/server.sh"
need systemd-analyze python3

# Where it will be installed there may be nothing yet.
unit=${E4_BINARY_DIR:-$source_dir/build}/e4d.service
[ -f "$unit" ] || skip "there is no $unit"
sed "s|^ExecStart=[^ ]*|ExecStart=$e4d|" "$unit" > e4d.service
expect 0 systemd-analyze verify --man=no ./e4d.service
expect 0 systemd-analyze security --offline=yes --threshold=20 ./e4d.service

python3 - notify > manager.out 2>&1 << 'END' &
import socket, sys
manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
manager.bind(sys.argv[1])
print("here", flush=True)
for _ in range(2):
    print(manager.recv(100).decode(), flush=True)
END
started="$started $!"
wait_for manager.out here
export NOTIFY_SOCKET="$work/notify"
server_start state
wait_for manager.out READY=1
has_not manager.out STOPPING
stop "$server_pid"
wait_for manager.out STOPPING=1
