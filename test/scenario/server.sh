# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# What scenarios with the key server share, after lib.sh.

e4d=$bin_dir/e4d
e4ctl=$bin_dir/e4ctl
unset E4_SERVER E4_TOKEN E4_TOKEN_FILE E4_CA E4D_STATE || :
[ -x "$e4d" ] || skip "the key server is not built"

# server_start FOLDER [OPTION...]: a key server, with its state in FOLDER, on free ports; it
# sends to the broker of broker_start, if there is one. $http, $grpc, $server_pid.
server_start() {
    server_folder=$1
    shift
    start "$server_folder.e4d" env E4D_HTTP_PORT=0 E4D_GRPC_PORT=0 E4D_BROKER_PORT="${port:-1}" \
        "$e4d" --state "$server_folder" "$@"
    server_pid=$pid
    server_wait
}

server_wait() {
    turns=$((patience * 20))
    until grep -q 'e4d: version' "$server_folder.e4d.err"; do
        kill -0 "$server_pid" 2> /dev/null || fail "e4d does not start"
        turns=$((turns - 1))
        [ $turns -gt 0 ] || fail "e4d does not start"
        sleep 0.05
    done
    http=$(sed -n 's/.*http: listening on https:.*:\([0-9]*\)$/\1/p' "$server_folder.e4d.err")
    # shellcheck disable=SC2034 # for the scenarios
    grpc=$(sed -n 's/.*grpc: listening on .*:\([0-9]*\)$/\1/p' "$server_folder.e4d.err")
    export E4_SERVER="https://127.0.0.1:$http" E4D_STATE="$server_folder"
}

# ctl WORDS...: it succeeds.
ctl() {
    expect 0 "$e4ctl" "$@"
}

# A client alice that the server knows and that has the key of the topic room, listening: $alice.
alice_in_room() {
    device alice
    ctl client create alice --key alice.key
    listen alice room --receipts
    # shellcheck disable=SC2034 # for the scenarios
    alice=$pid
    ctl topic create room
    ctl attach alice room
    wait_for alice.err 'topic .* has a key'
}

# A python that has what api_client.py needs. $python.
need_python() {
    need protoc openssl
    for python in python3 /usr/bin/python3; do
        "$python" -c 'import grpc, google.protobuf' 2> /dev/null && return
    done
    skip "python3-grpcio or python3-protobuf is not installed"
}

# api VERB PATH [CURL OPTION...]: one request, as an administrator. The body: last.out; the
# status: $status.
api() {
    verb=$1
    path=$2
    shift 2
    status=$(curl -s --path-as-is --cacert "$server_folder/server.crt" -o last.out -w '%{http_code}' \
        -H "Authorization: Bearer $(cat "$server_folder/admin.token")" -X "$verb" "$@" \
        "https://127.0.0.1:$http$path") || fail "curl ended with $?: $verb $path"
}

# wants STATUS VERB PATH [CURL OPTION...]
wants() {
    wanted=$1
    shift
    api "$@"
    [ "$status" = "$wanted" ] || fail "status $status instead of $wanted: $*"
}

# The body of the last request is this.
answers() {
    [ "$(cat last.out)" = "$1" ] || fail "the answer is $(cat last.out), not $1"
}
