#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A broker that is not there, goes away, says nothing, or speaks something else: a sentence and exit code 5.
. "$(dirname "$0")/lib.sh"
need python3

broker_start
device_with alice room

# A peer that listens on a free port, takes one connection after another, and does as it is told:
# what it hears it ignores, what it says comes from a file in hex, or nothing; then it waits, or hangs up.
cat > peer.py <<'END'
import socket, sys, time
listener = socket.create_server(("127.0.0.1", 0))
open("peer.port.new", "w").write(str(listener.getsockname()[1]))
import os
os.rename("peer.port.new", "peer.port")
say, then = bytes.fromhex(sys.argv[1]), sys.argv[2]
kept = []
while True:
    connection, _ = listener.accept()
    kept.append(connection)
    connection.recv(1000)
    connection.sendall(say)
    if then == "close":
        connection.shutdown(socket.SHUT_WR)
        connection.close()
END
peer() {
    rm -f peer.port
    python3 peer.py "$1" "$2" > peer.out 2> peer.err &
    peer_pid=$!
    started="$started $peer_pid"
    wait_for peer.port '^[0-9]'
    peer_port=$(cat peer.port)
}
peer_stop() {
    kill "$peer_pid"
    wait_end "$peer_pid"
}
# Both programs fail with exit code 5 and this sentence.
both_say() {
    expect 5 "$e4" pub --state alice -p "$peer_port" -t room -m x
    has last.err "^e4: broker localhost:$peer_port.*$1"
    expect 5 "$e4" sub --state alice -p "$peer_port" -t room
    has last.err "^e4: broker localhost:$peer_port.*$1"
}

# Nobody listens there; no such host.
peer '' close
peer_stop
both_say 'Connection refused'
expect 5 "$e4" pub --state alice -h no-such-host.invalid -t room -m x
has last.err '^e4: broker no-such-host.invalid:1883: .'
expect 5 "$e4" shell --state alice -p "$peer_port"

# It hangs up; it says something that is not MQTT: zeros, a web server's answer, random bytes,
# packets that only a client sends, or an acknowledgement of nothing.
peer '' close
both_say 'closed the connection without an answer'
peer_stop
http=485454502f312e31203430302042616420526571756573740d0a0d0a
for words in 00000000 $http$http$http$http f70130 9c03e0d276 8206000100016100 ffffffffffffffff 1000 40020001 3000 9003000101; do
    peer "$words" wait
    both_say '\(not MQTT\|closed the connection\)'
    peer_stop
done
# Refusals of MQTT 3.1.1.
peer 20020001 wait
both_say 'refused the connection: it does not speak this version of MQTT'
peer_stop
peer 20020002 wait
both_say 'refused the connection: it does not accept this client id'
peer_stop
peer 20020003 wait
both_say 'refused the connection: it is unavailable'
peer_stop
peer 20020009 wait
both_say 'refused the connection: for no reason that it gives'
peer_stop
# Welcomes, then nonsense: later than the first connection that is no reason to give up.
peer 20020000ffffffffffff wait
expect 27 "$e4" sub --state alice -p "$peer_port" -t room -W 2
has last.err 'what it says is not MQTT; next attempt in 0.5 s'
# The shell then ends where its input does. (What it says: it is not connected.)
for words in '' quit status 'unsubscribe room'; do
    printf '%s\n' "$words" > words
    # shellcheck disable=SC2016 # it is the inner shell's
    expect 0 timeout "$patience" sh -c '"$@" < words' - "$e4" shell --state alice -p "$peer_port"
done
expect 0 timeout "$patience" "$e4" shell --state alice -p "$peer_port"
peer_stop
# It welcomes and then says nothing: neither subscriptions nor messages are acknowledged.
peer 20020000 wait
expect 27 "$e4" pub --state alice -p "$peer_port" -t room -m x -W 1
has last.err 'the time is up: 1 s, and 1 message is not acknowledged'
peer_stop
# It takes the connection and says nothing at all.
peer '' wait
expect 27 "$e4" pub --state alice -p "$peer_port" -W 1 -t room -m x
has last.err "the time is up: 1 s, and there is no connection to broker localhost:$peer_port"
expect 27 "$e4" sub --state alice -p "$peer_port" -W 1 -t room
has last.err "the time is up: 1 s, and there is no connection to broker localhost:$peer_port"
peer_stop

# A broker that goes away for good is given up in the end: -W says when.
listen alice room -W 3
sub=$pid
broker_stop
wait_end "$sub"
[ "$ended" -eq 27 ] || fail "sub ended with $ended"
has alice.err 'closed the connection; next attempt in 0.5 s'
has alice.err 'Connection refused; next attempt in 1.0 s'
