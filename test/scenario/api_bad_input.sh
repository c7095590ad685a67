#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What comes over HTTP that should not: it is refused with a reason, nothing changes, and the
# server goes on, in bounded memory.
. "$(dirname "$0")/lib.sh"
# shellcheck source=test/scenario/server.sh
. "$source_dir/test/scenario/server.sh"
need curl

server_start state
key=$(head -c 32 /dev/urandom | base64)
json="Content-Type: application/json"

# says TEXT: the error of the last request says so, in the form that errors have.
says() {
    has last.out "^{\"error\":\"$1\",\"code\":[0-9]*,\"message\":\"$1\",\"details\":\[\]}\$"
}

# Bodies.
wants 400 POST /e4/client/a -d ''
says 'key: 0 bytes, not 32'
wants 400 POST /e4/client/a
says 'key: 0 bytes, not 32'
wants 400 POST /e4/client/a -d '{'
says 'not JSON from line 1, column 1 on'
wants 400 POST /e4/client/a -d "{\"key\":\"$key\"} x"
wants 400 POST /e4/client/a -d '[]'
says 'not a JSON object'
wants 400 POST /e4/client/a -d "{\"key\":\"$key\",\"kee\":1}"
says 'kee: there is no such field'
wants 400 POST /e4/client/a -d "{\"key\":\"$key\",\"key\":\"$key\"}"
wants 400 POST /e4/client/a -d '{"key":7}'
says 'key: not of the right type'
wants 400 POST /e4/client/a -d '{"key":"%%"}'
says 'key: not standard base64 with padding'
wants 400 POST /e4/client/a -d "{\"key\":\"$key\",\"client\":\"a\"}"
wants 400 POST /e4/client/a -d "{\"key\":\"$key\",\"client\":{\"name\":\"b\"}}"
says 'client.name: given twice, and not the same'
head -c 100 /dev/urandom > noise
wants 400 POST /e4/client/a --data-binary @noise
printf '{"key":"\377"}' > noise
wants 400 POST /e4/client/a --data-binary @noise
head -c 100000 /dev/zero | tr '\0' '[' > noise
case $(ldd "$e4d") in
*libtsan*) echo "SKIP: arrays in each other: the thread sanitizer takes most of a thread's stack for itself" ;;
*) wants 400 POST /e4/client/a --data-binary @noise ;;
esac
wants 200 GET /e4/clients/count
answers '{"count":"0"}'

# Too much: what says so beforehand, and what does not.
truncate -s 100M large
wants 413 POST /e4/client/a -H Expect: --data-binary @large
says 'the body is too long'
wants 413 POST /e4/client/a --data-binary @large
truncate -s 6M large
wants 413 POST /e4/client/a -H Expect: -H 'Transfer-Encoding: chunked' --data-binary @large
head -c 3000000 /dev/zero | tr '\0' '0' | sed 's/.*/{"topic":"&"}/' > large
wants 400 POST /e4/protect-message -H Expect: -H "$json" --data-binary @large
peak=$(sed -n 's/^VmHWM:[[:space:]]*\([0-9]*\) kB/\1/p' "/proc/$server_pid/status")
# Sanitizers take memory of their own.
case $(ldd "$e4d") in
*libasan* | *libtsan*) ;;
*) [ "$peak" -lt 131072 ] || fail "the server took $peak kB" ;;
esac

# Paths and queries.
wants 404 GET /
wants 404 GET /e4
wants 404 GET /e4/client
wants 404 GET //e4/clients
wants 404 GET /e4/clients/count/
wants 404 GET /e4/client/a/b
wants 404 GET "/e4/client/..%2f..%2fetc/topics/none"
wants 405 POST /e4/clients
says 'this path has other methods'
wants 405 PUT /e4/topic/a
wants 405 BREW /e4/clients
wants 400 POST /e4/topic/%zz
says 'topic: not percent-encoded as it should be'
wants 400 POST /e4/topic/a%00b
says 'topic: not text in UTF-8 without NUL'
wants 400 POST /e4/topic/%ff
wants 400 POST /e4/topic/
wants 400 POST /e4/topic/a/+/b
wants 400 POST /e4/topic/a/%23
wants 400 POST '/e4/topic/%24SYS/a'
wants 400 GET '/e4/clients?count=x'
says 'count: not a whole number of 64 bits'
wants 400 GET '/e4/clients?count=-1'
wants 400 GET '/e4/clients?count=99999999999999999999'
wants 400 GET '/e4/clients?count=1&count=2'
says 'count: given twice, and not the same'
wants 400 GET '/e4/clients?number=1'
says 'number: there is no such field'
wants 400 GET '/e4/clients?count'
wants 400 GET '/e4/clients?=1'
wants 400 GET '/e4/clients?count=%'
wants 400 POST "/e4/topic/a?count=1"
says 'only GET has fields after a question mark'
wants 200 GET '/e4/clients?offset=0&count=9223372036854775807'
wants 414 POST "/e4/topic/$(head -c 60000 /dev/zero | tr '\0' a)"
wants 200 POST "/e4/topic/$(head -c 10000 /dev/zero | tr '\0' a)"
wants 200 DELETE "/e4/topic/$(head -c 10000 /dev/zero | tr '\0' a)"

# What is no HTTP, or no TLS.
printf 'GET / HTTP/1.1\r\nHost: x\r\n\r\n' | timeout 20 openssl s_client -quiet -no_ign_eof \
    -connect "127.0.0.1:$http" > raw.out 2> raw.err || :
head -c 10000 /dev/urandom | timeout 20 openssl s_client -quiet -no_ign_eof \
    -connect "127.0.0.1:$http" > raw.out 2> raw.err || :
timeout 20 curl -s "http://127.0.0.1:$http/" > raw.out || :
if timeout 20 openssl s_client -tls1_1 -cipher DEFAULT@SECLEVEL=0 -connect "127.0.0.1:$http" \
    < /dev/null > raw.out 2>&1; then
    fail "TLS 1.1 was accepted"
fi

wants 200 GET /e4/topics/count
answers '{"count":"0"}'
wants 200 GET /e4/clients/count
answers '{"count":"0"}'
stop "$server_pid"
has_not state.e4d.err ' error '
