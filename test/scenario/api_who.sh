#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Who may: tokens of each role, what is no token, tokens that end; every refusal is in the log.
. "$(dirname "$0")/lib.sh"
# shellcheck source=test/scenario/server.sh
. "$source_dir/test/scenario/server.sh"
need curl openssl sqlite3

server_start state
[ "$(stat -c %a state)" = 700 ] || fail "others may look into the state's folder"
for file in admin.token server.key e4d.db master.key; do
    [ "$(stat -c %a "state/$file")" = 600 ] || fail "others may read state/$file"
done
# The fingerprint in the log is the certificate's.
print=$(openssl x509 -in state/server.crt -noout -fingerprint -sha256)
has state.e4d.err "SHA-256 ${print#*=}\$"
# No token is kept as it is.
if grep -a -q "$(tail -c 40 state/admin.token)" state/e4d.db*; then
    fail "the database has a token"
fi

# as TOKEN WANTED VERB PATH [CURL OPTION...]: with this header's value; '' for none.
as() {
    header=$1
    wanted=$2
    verb=$3
    path=$4
    shift 4
    got=$(curl -s --cacert state/server.crt -o last.out -w '%{http_code}' -X "$verb" \
        ${header:+-H "Authorization: $header"} "$@" "https://127.0.0.1:$http$path")
    [ "$got" = "$wanted" ] || fail "status $got instead of $wanted: $header $verb $path"
}

as '' 401 GET /e4/clients/count
has last.out '"code":16'
has state.e4d.err 'warning auth: refused 127.0.0.1 CountClients: a token is needed'
as '' 200 GET /e4/health-check # which load balancers ask
for header in Bearer 'Bearer ' 'Bearer x' 'Basic YTpi' "Bearer e4t_$(head -c 32 /dev/zero | xxd -p -c 99)" \
    "$(cat state/admin.token)" "Bearer $(cat state/admin.token)0" "Bearer $(head -c 20000 /dev/zero | tr '\0' a)"; do
    as "$header" 401 GET /e4/clients/count
done
as "bearer   $(cat state/admin.token)" 200 GET /e4/clients/count
as '' 401 POST /e4/topic/a
as '' 401 GET /v1/events
# A stranger's body is not waited for.
truncate -s 100M large
as '' 401 POST /e4/client/a --data-binary @large

for role in viewer operator admin; do
    "$e4ctl" token create $role.1 --role $role > $role.token
done
# may ROLE STATUS...: of looking, changing, administering
may() {
    token="Bearer $(cat "$1.token")"
    as "$token" "$2" GET /e4/clients/count
    as "$token" "$3" POST /e4/topic/a
    as "$token" "$3" DELETE /e4/topic/a
    as "$token" "$4" GET /v1/tokens
    as "$token" "$5" POST /e4/new-c2-key -d '{"force":true}'
}
may viewer 200 403 403 403
has last.out '"code":7'
has state.e4d.err 'refused 127.0.0.1 NewTopic: viewer.1 has the role viewer; NewTopic needs operator'
may operator 200 200 403 403
may admin 200 200 200 400 # which is symmetric-key mode's

# Changes are noted with the name of whoever made them.
expect 0 "$e4ctl" audit list
has last.out '  operator.1  NewTopic '
has last.out '  admin.1 *RemoveTopic '
has_not last.out 'viewer.1 .*NewTopic'

# A stream of events ends with the token that it began with: the next event is not in it.
need_python
cat > watch.py << 'END'
import sys
import grpc
sys.path.insert(0, sys.argv[1])
import api_client
try:
    for event in api_client.connect(sys.argv[2], sys.argv[3], "state", "../watch.token").events():
        print(event, flush=True)
except grpc.RpcError as error:
    print(error.code().name, error.details())
END
"$e4ctl" token create watch.1 --role viewer > watch.token
head -c 32 /dev/urandom > seen.key
chmod 600 seen.key
expect 0 "$e4ctl" client create seen --key seen.key
expect 0 "$e4ctl" topic create room
start watch_http curl -sN --cacert state/server.crt -H "Authorization: Bearer $(cat watch.token)" \
    "https://127.0.0.1:$http/v1/events"
watch_http=$pid
start watch_grpc "$python" -B watch.py "$source_dir/test/scenario" grpc "$grpc"
watch_grpc=$pid
wait_for watch_http.out ':'
wait_for watch_grpc.out None
expect 0 "$e4ctl" attach seen room
wait_for watch_http.out CLIENT_SUBSCRIBED
wait_for watch_grpc.out CLIENT_SUBSCRIBED
expect 0 "$e4ctl" token remove watch.1
expect 0 "$e4ctl" detach seen room
wait_end "$watch_http"
wait_end "$watch_grpc"
has_not watch_http.out CLIENT_UNSUBSCRIBED
has_not watch_grpc.out CLIENT_UNSUBSCRIBED
has watch_grpc.out UNAUTHENTICATED
has state.e4d.err 'a stream of watch.1 ends: no such token'

# A token that is removed, and one that has expired, allow nothing, at once.
expect 0 "$e4ctl" token remove admin.1
as "Bearer $(cat admin.token)" 401 GET /e4/clients/count
expect 4 "$e4ctl" token remove admin.1
expect 3 "$e4ctl" token create admin --role viewer
is last.err 'e4ctl: name, or certificate: another token has it'
soon=$(date -u -d '+2 seconds' +%Y-%m-%dT%H:%M:%SZ)
"$e4ctl" token create short --role viewer --expires "$soon" > soon.token
turns=200
until [ "$(curl -s --cacert state/server.crt -o last.out -w '%{http_code}' -H "Authorization: Bearer $(cat soon.token)" \
    "https://127.0.0.1:$http/e4/clients/count")" = 401 ]; do
    turns=$((turns - 1))
    [ $turns -gt 0 ] || fail "a token does not expire"
    sleep 0.1
done
has last.out 'the token short has expired'

# A token for some names: those alone, over both transports, also in lists.
"$e4ctl" token create zone --role operator --scope zone/ > zone.token
token="Bearer $(cat zone.token)"
expect 3 "$e4ctl" token create zone.admin --role admin --scope zone/
has last.err "scope: an admin's token has none"
expect 0 "$e4ctl" token list
has last.out 'zone  *OPERATOR .* zone/$'
as "$token" 200 POST /e4/topic/zone/1
as "$token" 403 POST /e4/topic/zon
has last.out 'topic: the token is for names that begin with zone/'
as "$token" 403 DELETE /e4/client/seen
as "$token" 403 PUT /e4/client/seen/topic/zone/1
as "$token" 403 GET /v1/topics/room
as "$token" 403 POST /e4/send-client-pubkey -d '{"sourceClient":{"name":"zone/a"},"targetClient":{"name":"seen"}}'
as "$token" 403 GET /v1/events
as "$token" 200 GET '/e4/topics?count=9'
answers '{"topics":["zone/1"]}'
as "$token" 200 GET /e4/clients/count
answers '{"count":"0"}'
for prefix in '' zo zone/ zone/1; do
    as "$token" 200 GET "/v1/topics?prefix=$prefix"
    answers '{"names":["zone/1"]}'
done
as "$token" 200 GET "/v1/topics?prefix=r"
answers '{"names":[]}'
as "$token" 200 DELETE /e4/topic/zone/1
has state.e4d.err 'refused zone NewTopic: topic: the token is for names that begin with zone/'
cat > zone.py << 'END'
import sys
sys.path.insert(0, sys.argv[1])
import api_client
api = api_client.connect("grpc", sys.argv[2], "state", "../zone.token")
print(api.call("CountTopics", {}))
for method, fields in ("NewTopic", {"topic": "other"}), ("SubscribeToEventStream", {}):
    try:
        print(list(api.events()) if not fields else api.call(method, fields))
    except api_client.Refused as refused:
        print(refused.code)
    except api_client.grpc.RpcError as error:
        print(error.code().name)
END
expect 0 "$python" -B zone.py "$source_dir/test/scenario" "$grpc"
[ "$(cat last.out)" = "{'count': '0'}
PERMISSION_DENIED
PERMISSION_DENIED" ] || fail "over gRPC: $(cat last.out)"

# After a new start the same tokens count, and no new one is made.
stop "$server_pid"
mv state/admin.token kept.token
server_start state
[ ! -e state/admin.token ] || fail "a second first token"
as "Bearer $(cat viewer.token)" 200 GET /e4/clients/count
stop "$server_pid"

# No more requests a second than there may be, of one token; others are not held up.
E4D_REQUEST_RATE=3 server_start state
"$e4ctl" token create busy --role viewer --token-file kept.token > busy.token
cat > busy.py << 'END'
import sys
sys.path.insert(0, sys.argv[1])
import api_client
busy, other = (api_client.connect(sys.argv[2], sys.argv[3], "state", token)
               for token in ("../busy.token", "../viewer.token"))
codes = set()
while "RESOURCE_EXHAUSTED" not in codes:
    try:
        codes.add(str(busy.call("CountTopics", {})))
    except api_client.Refused as refused:
        codes.add(refused.code)
print(sorted(codes), other.call("CountTopics", {}))
END
for transport in http grpc; do
    [ $transport = http ] && at=$http || at=$grpc
    expect 0 "$python" -B busy.py "$source_dir/test/scenario" $transport "$at"
    has last.out "^\['RESOURCE_EXHAUSTED'.*\] {'count': '[0-9]'}\$"
done
has state.e4d.err 'refused 127.0.0.1 CountTopics: busy: more than 3 requests a second'
stop "$server_pid"

# The last administrator stays, also when others are there for a while; when it is gone in spite
# of that, the next start makes one.
server_start state
"$e4ctl" token create guest --role admin --token-file kept.token --expires 2099-01-01T00:00:00Z > guest.token
expect 3 "$e4ctl" token remove admin --token-file kept.token
has last.err 'admin: the last administrator; make another first'
as "Bearer $(cat kept.token)" 200 GET /v1/tokens
"$e4ctl" token create heir --role admin --token-file kept.token > heir.token
chmod 600 heir.token
expect 0 "$e4ctl" token remove admin --token-file heir.token
as "Bearer $(cat kept.token)" 401 GET /v1/tokens
stop "$server_pid"
sqlite3 state/e4d.db "DELETE FROM token WHERE name = 'heir'"
server_start state
as "Bearer $(cat state/admin.token)" 200 GET /v1/tokens
as "Bearer $(cat kept.token)" 401 GET /v1/tokens
stop "$server_pid"

# Without asking who asks: on loopback, and it says so.
server_start open --no-auth
has open.e4d.err 'warning auth: no authentication'
curl -s --cacert open/server.crt -o last.out "https://127.0.0.1:$http/v1/tokens"
answers '{"tokens":[]}'

# Pages of other sites are not let in by a browser on this machine; programs are.
# page WANTED VERB PATH CURL-OPTION...
page() {
    wanted=$1
    verb=$2
    path=$3
    shift 3
    got=$(curl -s --cacert open/server.crt -o last.out -w '%{http_code}' -X "$verb" "$@" \
        --connect-to "::127.0.0.1:$http" "https://localhost:$http$path")
    [ "$got" = "$wanted" ] || fail "status $got instead of $wanted: $verb $path $*"
}
json='Content-Type: application/json'
page 200 POST /e4/topic/a
page 200 POST /e4/topic/a -H "$json" -d '{}'
page 200 POST /e4/topic/a -H "Origin: https://localhost:$http" -H 'Sec-Fetch-Site: same-origin'
page 200 GET /e4/topics/count -H 'Sec-Fetch-Site: none'
page 403 POST /e4/topic/b -H 'Origin: https://evil.example'
has last.out '"code":7'
page 403 POST /e4/topic/b -H 'Origin: null'
page 403 POST /e4/topic/b -H 'Sec-Fetch-Site: cross-site'
page 403 POST /e4/topic/b -H "$json" -H 'Host: evil.example' -d '{}'
for type in application/x-www-form-urlencoded multipart/form-data text/plain; do
    page 403 POST /e4/topic/b -H "Content-Type: $type" -d '{}'
done
page 403 GET /v1/events -H 'Origin: https://evil.example'
page 200 GET /e4/health-check -H 'Origin: https://evil.example' # which anyone may ask
page 200 GET /e4/topics/count
has last.out '{"count":"1"}'
has open.e4d.err 'warning auth: refused 127.0.0.1 NewTopic: Origin: a page of another site'
E4_TOKEN=$(cat kept.token) E4D_STATE=open expect 0 "$e4ctl" topic create b
stop "$server_pid"
for where in HTTP GRPC; do
    expect 1 env E4D_${where}_ADDRESS=0.0.0.0 E4D_HTTP_PORT=0 E4D_GRPC_PORT=0 "$e4d" --state wide --no-auth
    has last.err 'without authentication the server listens on loopback only'
done
