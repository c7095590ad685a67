#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Certificates: the server's, made or given, replaced while it runs, bad ones refused; clients'
# in place of tokens.
. "$(dirname "$0")/lib.sh"
# shellcheck source=test/scenario/server.sh
. "$source_dir/test/scenario/server.sh"
need openssl curl

# certificate NAME SUBJECT [OPTION...]: NAME.crt and NAME.key, signed by ca, for localhost
certificate() {
    who=$1
    subject=$2
    shift 2
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$who.key" -subj "/CN=$subject" \
        -out "$who.csr" 2> /dev/null
    printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\n' > san
    openssl x509 -req -in "$who.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -extfile san -out "$who.crt" \
        "$@" 2> /dev/null
    chmod 600 "$who.key"
}
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.crt -days 9 \
    -subj /CN=authority 2> /dev/null
certificate one one -days 9
certificate two two -days 9
certificate old old -days -1 # with -days 0 it would be good for the second that it is made in
certificate ann ann -days 9
certificate bob bob -days 9

# shown: the fingerprint of the certificate that a connection gets
shown() {
    openssl s_client -connect "127.0.0.1:$1" -alpn h2 < /dev/null 2> /dev/null |
        openssl x509 -noout -fingerprint -sha256
}
print() {
    openssl x509 -in "$1" -noout -fingerprint -sha256
}

# A given one; what is none is refused at once, with a word why.
cp one.crt use.crt
cp one.key use.key
export E4D_TLS_CERTIFICATE=use.crt E4D_TLS_KEY=use.key E4D_TLS_CLIENT_CA=ca.crt
server_start state
[ ! -e state/server.crt ] || fail "it made a certificate although it has one"
export E4_CA=ca.crt
expect 0 "$e4ctl" client list
for at in $http $grpc; do
    [ "$(shown "$at")" = "$(print one.crt)" ] || fail "another certificate"
done

# Replaced while it runs, over both transports; a bad one changes nothing.
again() {
    : > state.e4d.err
    kill -HUP "$server_pid"
    wait_for state.e4d.err 'read the settings again'
}
cp two.crt use.crt
cp two.key use.key
again
for at in $http $grpc; do
    [ "$(shown "$at")" = "$(print two.crt)" ] || fail "the old certificate"
done
expect 0 "$e4ctl" client list
for bad in 'echo x > use.crt' 'cp one.crt use.crt' 'cp old.crt use.crt; cp old.key use.key' \
    'cp two.crt use.crt; cp two.key use.key; chmod 644 use.key' 'rm use.key'; do
    eval "$bad"
    again
    has state.e4d.err 'the certificate stays as it was'
    for at in $http $grpc; do
        [ "$(shown "$at")" = "$(print two.crt)" ] || fail "after $bad: another certificate"
    done
done

# Clients' certificates: known by name, with a role; unknown; not vouched for.
expect 0 "$e4ctl" token create ann.1 --role viewer --certificate ann
[ ! -s last.out ] || fail "a certificate needs no token"
expect 0 "$e4ctl" client list --cert ann.crt --cert-key ann.key
expect 6 "$e4ctl" topic create x --cert ann.crt --cert-key ann.key
is last.err 'e4ctl: ann.1 has the role viewer; NewTopic needs operator'
expect 6 "$e4ctl" client list --cert bob.crt --cert-key bob.key
is last.err 'e4ctl: the certificate of bob allows nothing here'
has state.e4d.err 'refused 127.0.0.1 [A-Za-z]*: the certificate of bob allows nothing here'
# Over gRPC the same.
cat > ask.py << 'END'
import sys
import grpc
def read(name):
    with open(name, "rb") as file:
        return file.read()
credentials = grpc.ssl_channel_credentials(read("ca.crt"), read(sys.argv[2] + ".key"), read(sys.argv[2] + ".crt"))
channel = grpc.secure_channel("localhost:" + sys.argv[1], credentials)
for method in "CountClients", "NewTopic":
    try:
        channel.unary_unary("/pb.C2/" + method, bytes, bytes)(b"", timeout=60)
        print(method, "OK")
    except grpc.RpcError as error:
        print(method, error.code().name)
END
need_python
expect 0 "$python" ask.py "$grpc" ann
is last.out 'CountClients OK' 'NewTopic PERMISSION_DENIED'
expect 0 "$python" ask.py "$grpc" bob
is last.out 'CountClients UNAUTHENTICATED' 'NewTopic UNAUTHENTICATED'
# A name is no token.
expect 6 env E4_TOKEN=certificate:ann "$e4ctl" client list
cp ca.crt real.crt
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.crt -days 9 \
    -subj /CN=authority 2> /dev/null
certificate fake ann -days 9
cp ca.crt new.crt
cp real.crt ca.crt
if "$e4ctl" client list --cert fake.crt --cert-key fake.key > last.out 2> last.err; then
    fail "a certificate that nobody vouches for was taken"
fi
has state.e4d.err 'refused 127.0.0.1 [A-Za-z]*: the client.s certificate is not vouched for'
expect 0 "$python" ask.py "$grpc" fake
is last.out 'CountClients UNAVAILABLE' 'NewTopic UNAVAILABLE'
wait_for state.e4d.err 'refused over gRPC: the client.s certificate is not vouched for'

# Another authority takes effect while the server runs, over both; what is none changes nothing.
# may NAME: whoever has this certificate, by HTTP and by gRPC
may() {
    curl -s --cacert real.crt --cert "$1.crt" --key "$1.key" -o last.out -w '%{http_code}\n' \
        "https://127.0.0.1:$http/e4/clients/count" > may.out || :
    "$python" - "$grpc" "$1" >> may.out << 'END'
import sys
import grpc
def read(name):
    with open(name, "rb") as file:
        return file.read()
credentials = grpc.ssl_channel_credentials(read("real.crt"), read(sys.argv[2] + ".key"), read(sys.argv[2] + ".crt"))
try:
    grpc.secure_channel("localhost:" + sys.argv[1], credentials).unary_unary("/pb.C2/CountClients", bytes, bytes)(
        b"", timeout=60)
    print("OK")
except grpc.RpcError as error:
    print(error.code().name)
END
}
cp two.crt use.crt
cp two.key use.key
chmod 600 use.key
may ann
is may.out 200 OK
may fake
is may.out 401 UNAVAILABLE
cp new.crt ca.crt
again
has_not state.e4d.err 'stays as it was'
may fake
is may.out 200 OK
may ann
is may.out 401 UNAVAILABLE
echo nonsense > ca.crt
again
has state.e4d.err 'ca.crt: .*the certificate stays as it was'
may fake
is may.out 200 OK
cp real.crt ca.crt
again
expect 0 "$e4ctl" token remove ann.1
expect 6 "$e4ctl" client list --cert ann.crt --cert-key ann.key
stop "$server_pid"

# At the start each of these is fatal.
cp two.key use.key
chmod 600 use.key
for bad in 'echo x > use.crt' 'cp one.crt use.crt' 'cp old.crt use.crt; cp old.key use.key' 'rm use.crt'; do
    eval "$bad"
    expect 1 env E4D_HTTP_PORT=0 E4D_GRPC_PORT=0 "$e4d" --state state
    has last.err 'error e4d: .*use\.'
done
