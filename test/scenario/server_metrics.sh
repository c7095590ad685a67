#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What the server says of itself in numbers is OpenMetrics text and true, for whoever may look; and
# it is ready while it has its database and its broker, and alive without them too.
[ -n "${E4_TEST_POSTGRES:-}" ] ||
    exec "$(dirname "$0")/../unit/with_postgres.sh" sh "$0"
. "$(dirname "$0")/lib.sh"
# shellcheck source=test/scenario/server.sh
. "$source_dir/test/scenario/server.sh"
need_python
need curl
for python in "$python" /usr/bin/python3; do
    "$python" -c 'import prometheus_client' 2> /dev/null && break
done
"$python" -c 'import prometheus_client' 2> /dev/null || skip "python3-prometheus-client is not installed"

control() {
    (cd / && $E4_TEST_POSTGRES_CONTROL "$@" > /dev/null) || fail "pg_ctl $*"
}

# metrics [SAMPLE COMPARISON NUMBER]...: they come to say so. A request is counted when its connection
# is done with it, which whoever asked cannot see.
metrics() {
    turns=$((patience * 10))
    while :; do
        wants 200 GET /metrics
        "$python" "$source_dir/test/scenario/metrics.py" last.out "$@" 2> metrics.err && break
        turns=$((turns - 1))
        [ $turns -gt 0 ] || fail "metrics: $(cat metrics.err)"
        sleep 0.1
    done
}

# Wait until an anonymous GET has this status.
becomes() {
    turns=$((patience * 10))
    until [ "$(curl -s -o last.out -w '%{http_code}' --cacert "$server_folder/server.crt" \
        "https://127.0.0.1:$http$2")" = "$1" ]; do
        turns=$((turns - 1))
        [ $turns -gt 0 ] || fail "$2 does not answer with $1"
        sleep 0.1
    done
}

export E4D_DATABASE="$E4_TEST_POSTGRES"
broker_start
server_start state
becomes 200 /health/ready
answers '{"ready":true,"database":true,"broker":true,"auditFile":true,"disk":"fine"}'
becomes 200 /health/live
answers '{"live":true}'

# Who may look: a viewer, and no stranger.
becomes 401 /metrics
ctl token create watcher --role viewer
sed -n 's/^token *//p; /^e4t_/p' last.out | tail -n 1 > watcher.token
expect 0 curl -sf -D headers -o last.out --cacert state/server.crt -H "Authorization: Bearer $(cat watcher.token)" \
    "https://127.0.0.1:$http/metrics"
grep -qi '^content-type: application/openmetrics-text; version=1.0.0' headers || fail "$(cat headers)"
wants 404 POST /metrics
metrics 'e4d_refusals_total{reason="unauthenticated"}' = 1 \
    'e4d_requests_total{method="Metrics",code="401",protocol="http"}' = 1 \
    'e4d_requests_total{method="Ready",code="200"}' '>=' 1 \
    'e4d_requests_total{method="none",code="404"}' = 1 \
    'e4d_server_info' = 1 'e4d_ready' = 1 'e4d_database_up' = 1 'e4d_broker_up' = 1 'e4d_audit_file_up' = 1 \
    'e4d_disk_size_bytes' '>' 0 'e4d_disk_free_bytes' '>' 0 'e4d_database_answer_seconds' '>' 0
status=$(curl -s -o last.out -w '%{http_code}' --cacert state/server.crt \
    -H "Authorization: Bearer $(cat watcher.token)" -X POST "https://127.0.0.1:$http/e4/topic/room")
[ "$status" = 403 ] || fail "a viewer changes something: $status"

# Nor does one that is for some names only count them all.
ctl token create some --role viewer --scope floor1/
sed -n 's/^token *//p; /^e4t_/p' last.out | tail -n 1 > some.token
status=$(curl -s -o last.out -w '%{http_code}' --cacert state/server.crt \
    -H "Authorization: Bearer $(cat some.token)" "https://127.0.0.1:$http/metrics")
[ "$status" = 403 ] || fail "a token with a scope sees all: $status"

# What is counted moves, and the histogram counts what the requests count.
for topic in a b c; do
    ctl topic create "$topic"
done
expect 4 "$e4ctl" topic remove none
metrics 'e4d_requests_total{method="NewTopic",code="200"}' = 3 \
    'e4d_requests_total{method="RemoveTopic",code="404"}' = 1 \
    'e4d_requests_total{method="NewTopic",code="403"}' = 1 'e4d_refusals_total{reason="denied"}' = 2 \
    'e4d_request_seconds_count{method="NewTopic"}' = 4 \
    'e4d_request_seconds_bucket{method="NewTopic",le="+Inf"}' = 4 \
    'e4d_request_seconds_sum{method="NewTopic"}' '>' 0 'e4d_changes_total' = 6 \
    'e4d_topics' = 3 'e4d_clients' = 0 'e4d_outbox_commands' = 0 'e4d_outbox_oldest_seconds' = 0

# gRPC is counted too.
if "$e4d" --help > /dev/null && [ -n "$grpc" ]; then
    cat > call.py << 'END'
import sys, grpc
with open(sys.argv[2], "rb") as file:
    trust = grpc.ssl_channel_credentials(file.read())
call = grpc.secure_channel("localhost:" + sys.argv[1], trust).unary_unary("/pb.C2/CountClients")
try:
    call(b"", metadata=[("authorization", "Bearer " + open(sys.argv[3]).read().strip())])
except grpc.RpcError as error:
    sys.exit(error.code().value[0])
END
    expect 0 "$python" call.py "$grpc" state/server.crt state/admin.token
    echo none > no.token
    expect 16 "$python" call.py "$grpc" state/server.crt no.token
    metrics 'e4d_requests_total{protocol="grpc",method="CountClients",code="0"}' = 1 \
        'e4d_requests_total{protocol="grpc",method="CountClients",code="16"}' = 1 \
        'e4d_refusals_total{reason="unauthenticated"}' = 2
fi

# Commands that arrive and are confirmed, and a device that says hello.
device alice
ctl client create alice --key alice.key
listen alice a --receipts
alice=$pid
ctl attach alice a
wait_for alice.err 'topic .* has a key'
metrics 'e4d_commands_sent_total' '>=' 1 'e4d_commands_acknowledged_total' '>=' 1 \
    'e4d_confirmations_total' '>=' 1 'e4d_hellos_total' '>=' 1 'e4d_failures_total' = 0 'e4d_outbox_commands' = 0

# Without a broker commands wait, ever longer, and the server is not ready; but alive.
broker_stop
becomes 503 /health/ready
has last.out '"ready":false,"database":true,"broker":false'
becomes 200 /health/live
ctl topic create a
metrics 'e4d_ready' = 0 'e4d_broker_up' = 0 'e4d_outbox_commands' = 1 'e4d_outbox_oldest_seconds' '>=' 3
broker_start
becomes 200 /health/ready
metrics 'e4d_ready' = 1 'e4d_outbox_commands' = 0 'e4d_outbox_oldest_seconds' = 0
stop "$alice"

# Without a database likewise; what only it knows is not said, but all else is.
control -m immediate stop
becomes 503 /health/ready
has last.out '"ready":false,"database":false,"broker":true'
becomes 200 /health/live
wait_for state.e4d.err 'database: it does not answer'
control start
becomes 200 /health/ready
wait_for state.e4d.err 'database: it answers again'
metrics 'e4d_topics' = 3
stop "$server_pid"
