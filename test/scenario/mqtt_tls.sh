#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# TLS: the broker's certificate is checked, its host name too, and a client can show one of its own.
. "$(dirname "$0")/lib.sh"
need openssl

# authority NAME: NAME.crt, NAME.key.
authority() {
    openssl req -x509 -newkey ed25519 -nodes -keyout "$1.key" -out "$1.crt" -days 2 -subj "/CN=$1" \
        > /dev/null 2>&1
}
# certificate NAME HOST AUTHORITY [DAYS]
certificate() {
    openssl req -newkey ed25519 -nodes -keyout "$1.key" -out "$1.csr" -subj "/CN=$2" \
        > /dev/null 2>&1
    printf 'subjectAltName=DNS:%s\n' "$2" > ext
    openssl x509 -req -in "$1.csr" -CA "$3.crt" -CAkey "$3.key" -CAcreateserial -out "$1.crt" \
        -days "${4:-2}" -extfile ext > /dev/null 2>&1
}
# serve NAME [LINE...]: a broker with that certificate.
serve() {
    name=$1
    shift
    {
        printf 'listener PORT 127.0.0.1\nallow_anonymous true\n'
        printf 'certfile %s/%s.crt\nkeyfile %s/%s.key\n' "$work" "$name" "$work" "$name"
        for line in "$@"; do
            printf '%s\n' "$line"
        done
    } > broker.listener
    broker_start
}
# Without an authority on the command line it is the system's that count; OpenSSL looks for them where
# these say. (The folder is empty.)
mkdir none
export SSL_CERT_FILE="$work/foreign.crt" SSL_CERT_DIR="$work/none"
by_system() {
    SSL_CERT_FILE=$work/trusted.crt "$@"
}
tls_sub() {
    "$e4" sub --state alice -p "$port" -E -W "$patience" "$@"
}

authority trusted
authority foreign
certificate good localhost trusted
certificate elsewhere elsewhere.example trusted
certificate stranger localhost foreign
certificate old localhost trusted 0
certificate alice alice trusted
"$e4" init --name alice --state alice --export-key alice.secret > /dev/null

serve good
expect 0 tls_sub --cafile trusted.crt
expect 0 tls_sub --cafile trusted.crt -V mqttv5
mkdir folder
cp trusted.crt "folder/$(openssl x509 -noout -hash -in trusted.crt).0"
expect 0 tls_sub --capath folder
expect 5 tls_sub --capath none
expect 0 by_system tls_sub --tls
expect 0 by_system tls_sub --tls --cert alice.crt --key alice.key
"$e4" keygen -t symmetric -o room.topic > /dev/null
"$e4" command --device-key alice.secret --cafile trusted.crt -p "$port" --quiet alice \
    set-topic-key room room.topic
start alice "$e4" sub --state alice -L "mqtts://localhost:$port/room" --cafile trusted.crt
alice=$pid
wait_for alice.err 'carried out'
wait_for alice.err 'subscribed to room'
head -c 2000000 /dev/zero | tr '\000' y > long
"$e4" pub --state alice -L "mqtts://localhost:$port/room" --cafile trusted.crt -m 'through TLS'
"$e4" pub --state alice -L "mqtts://localhost:$port/room" --cafile trusted.crt -q 2 -f long
wait_for alice.out 'through TLS'
wait_for alice.out yyyyyy
i=0
while [ $i -lt 500 ]; do
    i=$((i + 1))
    echo "message $i"
done | "$e4" pub --state alice -p "$port" --cafile trusted.crt -t room -l
wait_for alice.out '^message' 500
stop "$alice"

# -C leaves the rest with the broker here too.
seq 4 | "$e4" pub --state alice -p "$port" --cafile trusted.crt -t room -l
for i in 1 2 3 4; do
    expect 0 "$e4" sub --state alice -p "$port" --cafile trusted.crt -t room -C 1 -W "$patience"
    is last.out "$i"
done

# Not trusted, or not even TLS.
expect 5 tls_sub --cafile foreign.crt
has last.err 'TLS failed: its certificate is not vouched for by a trusted authority'
expect 5 tls_sub --tls
has last.err 'TLS failed: its certificate is not vouched for by a trusted authority'
expect 5 tls_sub --cert alice.crt --key alice.key
has last.err 'TLS failed: its certificate is not vouched for by a trusted authority'
expect 5 tls_sub --cafile foreign.crt --insecure
has last.err 'TLS failed: its certificate is not vouched for by a trusted authority'
expect 5 tls_sub
has last.err 'closed the connection without an answer: is it an MQTT broker, without TLS?'
expect 3 tls_sub --cafile missing.crt
has last.err 'missing.crt: No such file'
echo nonsense > nonsense.crt
expect 5 tls_sub --cafile nonsense.crt
has last.err 'nonsense.crt'
expect 2 tls_sub --cafile trusted.crt --cert alice.crt
has last.err 'a certificate needs its key'
broker_stop
unset port

# Another host's certificate, unless that is allowed.
serve elsewhere
expect 5 tls_sub --cafile trusted.crt
has last.err 'TLS failed: its certificate was issued to another host'
expect 0 tls_sub --cafile trusted.crt --insecure
has last.err 'e4: --insecure: whoever has any certificate'
broker_stop
unset port

# A certificate that was good once.
serve old
expect 5 tls_sub --cafile trusted.crt
has last.err 'TLS failed: its certificate, or one that vouches for it, has expired'
broker_stop
unset port

# A broker that wants to see a certificate.
serve good "cafile $work/trusted.crt" 'require_certificate true'
expect 0 tls_sub --cafile trusted.crt --cert alice.crt --key alice.key
expect 0 by_system tls_sub --tls --cert alice.crt --key alice.key
expect 5 tls_sub --cafile trusted.crt
has last.err 'TLS failed: it does not accept this client without a certificate'
expect 5 tls_sub --cafile trusted.crt --cert stranger.crt --key stranger.key
has last.err "TLS failed: it does not accept this client's certificate"
broker_stop
unset port

# A broker without TLS.
rm broker.listener
broker_start
expect 5 tls_sub --cafile trusted.crt
has last.err 'TLS failed: it does not speak TLS\|TLS failed: it hung up; does it speak TLS?'
