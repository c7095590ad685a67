#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Two key servers on one PostgreSQL: each answers, every command is sent once, and when one is killed
# with commands in its hands the other sends them, and nothing else a second time.
[ -n "${E4_TEST_POSTGRES:-}" ] ||
    exec "$(dirname "$0")/../unit/with_postgres.sh" sh "$0"
. "$(dirname "$0")/lib.sh"
# shellcheck source=test/scenario/server.sh
. "$source_dir/test/scenario/server.sh"
need curl pgrep psql mosquitto_sub mosquitto_pub python3

devices='alice bob carol dave'
export E4D_DATABASE="$E4_TEST_POSTGRES" E4D_DATABASE_TIMEOUT_S=5

# replica NAME: start a server; all have one master key and one administrator's token.
replica() {
    [ -d "$1" ] || {
        mkdir -m 700 "$1"
        [ ! -f one/master.key ] || cp one/master.key "$1"
    }
    server_start "$1"
    [ "$1" = one ] || cp one/admin.token "$1"
    eval "$1_pid=$server_pid $1_http=$http"
}

# over NAME: ask this server from now on.
over() {
    eval "http=\$$1_http"
    export E4_SERVER="https://127.0.0.1:$http" E4D_STATE="$1"
}

# shellcheck disable=SC2034 # replica sets them, and killed uses them
one_pid='' two_pid=''

# The first, then the other, then the first.
turn=one
over_the_other() {
    case $turn in
    one) turn=two ;;
    two) turn=one ;;
    esac
    over $turn
}

killed() {
    eval "kill -KILL \$$1_pid; wait \$$1_pid 2> /dev/null || :"
}

# sql TEXT: the number that it answers with.
sql() {
    psql "$E4_TEST_POSTGRES" -Atc "$1"
}

# until_sql NUMBER TEXT
until_sql() {
    turns=$((patience * 10))
    while [ "$(sql "$2")" != "$1" ]; do
        turns=$((turns - 1))
        [ $turns -gt 0 ] || fail "$(sql "$2") instead of $1: $2"
        sleep 0.1
    done
}

# The broker sleeps, or wakes up.
broker() {
    # shellcheck disable=SC2046 # a word each
    kill -"$1" $(pgrep -P "$broker_pid")
}

# attach_all SERVER TOPIC...: all devices to all topics, over it, or over one and then the other.
attach_all() {
    by=$1
    shift
    for topic in "$@"; do
        over_by "$by"
        ctl topic create "$topic"
        for device in $devices; do
            over_by "$by"
            ctl attach "$device" "$topic"
        done
    done
}

over_by() {
    case $1 in
    turns) over_the_other ;;
    *) over "$1" ;;
    esac
}

# all_have COUNT: each device has carried out so many commands that gave it a topic's key.
all_have() {
    for device in $devices; do
        wait_for "$device.err" 'carried out: topic .* has a key' "$1"
    done
}

# frames COUNT MORE: in all so many commands were sent, and at most so many more of them. The times of
# a device's commands never go back, and no frame was sent twice.
frames() {
    python3 - "$1" "$2" << 'END' || fail "commands were sent that should not have been"
import sys
from collections import defaultdict

sent = defaultdict(list)
for line in open("frames.out"):
    topic, frame = line.split()
    sent[topic].append(frame)
for topic, frames in sent.items():
    times = [int.from_bytes(bytes.fromhex(frame)[:8], "little") for frame in frames]
    if times != sorted(times):
        sys.exit(f"{topic}: times go back: {times}")
    if len(set(frames)) != len(frames):
        sys.exit(f"{topic}: a frame was sent twice")
count = sum(map(len, sent.values()))
if not int(sys.argv[1]) <= count <= int(sys.argv[1]) + int(sys.argv[2]):
    sys.exit(f"{count} commands, not {sys.argv[1]} and at most {sys.argv[2]} more")
END
}

broker_start
replica one
replica two
start frames mosquitto_sub -p "$port" -t e4/+ -q 2 -F '%t %x'
watching=$pid
wait_for broker.log 'e4/+ (QoS 2)'
listening=
over one
for device in $devices; do
    device "$device"
    over_the_other
    ctl client create "$device" --key "$device.key"
    listen "$device" 'room/+'
    listening="$listening $pid"
done

# Each command is sent once, whichever server was asked.
attach_all turns room/1 room/2 room/3 room/4 room/5
all_have 5
until_sql 0 'SELECT count(*) FROM command'
frames 20 0

# One is killed while the broker has answered none of its commands.
broker STOP
attach_all one room/6 room/7
until_sql 8 'SELECT count(*) FROM command WHERE claimed <> 0'
inflight=8
killed one
broker CONT
all_have 7
until_sql 0 'SELECT count(*) FROM command'
frames 28 $inflight

# The other one is asked meanwhile, and then killed while it sends what it was just asked.
attach_all two room/8
all_have 8
replica one
attach_all one room/9 &
attaching=$!
over two
for device in $devices; do
    ctl detach "$device" room/8
done
killed two
wait $attaching || fail "the server that was not killed did not answer"
over one
for device in $devices; do
    wait_for "$device.err" 'carried out: .* is gone'
done
all_have 9
replica two
until_sql 0 'SELECT count(*) FROM command'

# Every device has the keys that it should, and no other: the server of either says so.
for n in 1 2 3 4 5 6 7 9; do
    over_the_other
    "$e4ctl" protect-message "room/$n" --message "to room $n" --raw | mosquitto_pub -p "$port" -t "room/$n" -s
done
"$e4ctl" protect-message room/8 --message 'to room 8' --raw | mosquitto_pub -p "$port" -t room/8 -s
for device in $devices; do
    wait_for "$device.out" '^to room' 8
    wait_for "$device.err" 'message on room/8 refused: topic key not found'
    has_not "$device.out" 'room 8'
    over_the_other
    ctl count client-topics "$device"
    has last.out 8
done
for server in one two; do
    over $server
    ctl audit verify
done

# One freezes with commands in its hands: the database ends its connection, and the other sends them.
# When it wakes up it is a server like any other.
broker STOP
attach_all two room/10
until_sql 4 'SELECT count(*) FROM command WHERE claimed <> 0'
kill -STOP "$two_pid"
broker CONT
all_have 10
over one
until_sql 0 'SELECT count(*) FROM command'
kill -CONT "$two_pid"
over two
for device in $devices; do
    ctl detach "$device" room/10
    wait_for "$device.err" 'carried out: .* is gone' 2
done
ctl audit verify

# Whichever leads, reports are dealt with: a key change of a device that gives them waits for one.
device erin
over one
ctl client create erin --key erin.key
listen erin room/1 --receipts
erin=$pid
over two
ctl attach erin room/1
ctl client new-key erin
until_sql 2 "SELECT key_version FROM client WHERE name = 'erin'"
killed one
ctl client new-key erin
until_sql 3 "SELECT key_version FROM client WHERE name = 'erin'"
ctl attach erin room/2
wait_for erin.err 'topic .* has a key' 2

for each in $listening $erin; do
    stop "$each"
done
kill "$watching"
stop "$two_pid"
