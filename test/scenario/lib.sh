# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# What scenarios share. A scenario begins with
#
#   . "$(dirname "$0")/lib.sh"
#
# and then is in an empty folder of its own, which goes when it ends, with every program that it
# started, also after Ctrl-C or a failure. Brokers listen on a free port of the loopback
# interface. Whatever is waited for is an event: a line in a file, or the end of a program.
set -eu

source_dir=${E4_SOURCE_DIR:-$(cd "$(dirname "$0")/../.." && pwd)}
bin_dir=${E4_BIN_DIR:-$source_dir/build/bin}
e4=$bin_dir/e4
patience=60 # seconds until an event that does not come is a failure
work=$(mktemp -d "${TMPDIR:-/tmp}/e4-scenario.XXXXXX")
started=
broker_pid=

say() {
    printf '%s\n' "$*" >&2
}

# Show what every program said, then fail.
fail() {
    say "FAILED: $*"
    for file in "$work"/*.out "$work"/*.err "$work"/*.log; do
        [ -s "$file" ] || continue
        say "--- ${file##*/}"
        tail -n 40 "$file" >&2
    done
    exit 1
}

# End the scenario as one that cannot run here.
skip() {
    echo "SKIP: $*"
    exit 77
}

need() {
    for program in "$@"; do
        command -v "$program" > /dev/null || skip "$program is not installed"
    done
}

clean_up() {
    status=$?
    trap - EXIT INT TERM HUP
    turns=100
    for pid in $started $broker_pid; do
        kill "$pid" 2> /dev/null || continue
        while [ $turns -gt 0 ] && kill -0 "$pid" 2> /dev/null; do
            turns=$((turns - 1))
            sleep 0.05
        done
        kill -KILL "$pid" 2> /dev/null || :
    done
    cd /
    rm -rf "$work"
    exit "$status"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

[ -x "$e4" ] || {
    echo "there is no $e4; build it, or say where it is with E4_BIN_DIR" >&2
    exit 1
}
cd "$work"
export HOME="$work" LC_ALL=C.UTF-8
unset E4_STATE XDG_STATE_HOME E4_PASSWORD E4_MQTT_PASSWORD NO_COLOR || :
PATH=$PATH:/usr/sbin
exec < /dev/null

# Wait until a file has so many (1) lines that match a pattern.
wait_for() {
    file=$1
    pattern=$2
    count=${3:-1}
    turns=$((patience * 20))
    while :; do
        found=$(grep -c -e "$pattern" "$file" 2> /dev/null) || found=${found:-0}
        [ "$found" -lt "$count" ] || break
        turns=$((turns - 1))
        [ $turns -gt 0 ] || fail "no $count lines with \"$pattern\" in $file"
        sleep 0.05
    done
}

# Wait for the end of a program that was started; its exit code becomes $ended.
wait_end() {
    turns=$((patience * 20))
    while kill -0 "$1" 2> /dev/null; do
        turns=$((turns - 1))
        [ $turns -gt 0 ] || fail "program $1 does not end"
        sleep 0.05
    done
    ended=0
    wait "$1" || ended=$?
}

# start NAME COMMAND...: in the background, saying what it says in NAME.out and NAME.err. $pid.
start() {
    name=$1
    shift
    : > "$name.out"
    : > "$name.err" # so that nobody waits for what was said before
    "$@" > "$name.out" 2> "$name.err" < /dev/null 3>&- 4>&- &
    pid=$!
    started="$started $pid"
}

# Stop a program that was started, and check that it ends well. (Not with SIGINT: the shell lets
# programs in the background ignore it.)
stop() {
    kill -TERM "$1"
    wait_end "$1"
    [ "$ended" -eq 0 ] || fail "program $1 ended with $ended after SIGTERM"
}

# expect CODE COMMAND...: run to the end; check the exit code. What it says: last.out, last.err.
expect() {
    code=$1
    shift
    got=0
    "$@" > last.out 2> last.err || got=$?
    [ "$got" -eq "$code" ] || fail "exit code $got instead of $code: $*"
}

# A file has a line that matches, or none.
has() {
    grep -q -e "$2" "$1" || fail "no line with \"$2\" in $1"
}
has_not() {
    ! grep -q -e "$2" "$1" || fail "a line with \"$2\" in $1"
}
# A file is these lines and nothing else.
is() {
    file=$1
    shift
    printf '%s\n' "$@" | diff -u - "$file" >&2 || fail "$file is not what it should be"
}

# Start mosquitto on the port it had before, or on a free one. What is in broker.more becomes part of its
# configuration; with broker.listener instead of a plain listener. $port, $broker_pid.
broker_start() {
    need mosquitto
    fixed=${port:-}
    tries=50
    while :; do
        port=${fixed:-$((20000 + $(od -An -N2 -tu2 /dev/urandom) % 40000))}
        {
            if [ -f broker.listener ]; then
                sed "s/PORT/$port/" broker.listener
            else
                printf 'listener %s 127.0.0.1\nallow_anonymous true\n' "$port"
            fi
            printf 'user root\nlog_dest stderr\nlog_type all\nconnection_messages true\n'
            printf 'max_queued_messages 100000\nset_tcp_nodelay true\n'
            [ ! -f broker.more ] || cat broker.more
        } > broker.conf
        : > broker.log
        # Should this script be killed without a chance to clean up, the broker ends some time later.
        timeout 1800 mosquitto -c broker.conf > broker.out 2> broker.log 3>&- 4>&- &
        broker_pid=$!
        turns=$((patience * 20))
        until grep -q 'mosquitto version .* running' broker.log; do
            kill -0 "$broker_pid" 2> /dev/null || break
            turns=$((turns - 1))
            [ $turns -gt 0 ] || fail "mosquitto does not start"
            sleep 0.05
        done
        kill -0 "$broker_pid" 2> /dev/null && break
        wait "$broker_pid" || :
        broker_pid=
        tries=$((tries - 1))
        [ $tries -gt 0 ] || fail "mosquitto finds no free port"
        [ -z "$fixed" ] || sleep 0.1
    done
}

broker_stop() {
    kill "$broker_pid"
    wait_end "$broker_pid"
    broker_pid=
}

# device NAME: a device in symmetric mode, in the folder NAME; NAME.key is for the key server.
device() {
    "$e4" init --name "$1" --state "$1" --export-key "$1.key" > /dev/null
}

# A device in public-key mode. server.key is the key server's.
signing_device() {
    [ -f server.key ] || "$e4" keygen -t curve25519 -o server.key > /dev/null
    "$e4" init --name "$1" --state "$1" --mode public-key --server-key server.key.pub \
        --export-key "$1.pub" > /dev/null
}

# order NAME COMMAND...: send a device a command through the broker.
order() {
    order_to=$1
    shift
    if [ -f "$order_to.pub" ]; then
        "$e4" command --server-secret server.key --device-public "$order_to.pub" -p "$port" --quiet \
            "$order_to" "$@"
    else
        "$e4" command --device-key "$order_to.key" -p "$port" --quiet "$order_to" "$@"
    fi
}

# give NAME TOPIC: send a device the topic's key, which is TOPIC.topic, without slashes.
give() {
    key_file=$(printf '%s' "$2" | tr '/' '_').topic
    [ -f "$key_file" ] || "$e4" keygen -t symmetric -o "$key_file" > /dev/null
    order "$1" set-topic-key "$2" "$key_file"
}

# learn NAME: let a device that is not running meet the broker, which keeps its commands from then on; it
# may carry out some that wait.
learn() {
    expect 0 "$e4" sub --state "$1" -p "$port" -E -W "$patience"
}

# A device that has a topic's key already: give, and have it carried out.
device_with() {
    device "$1"
    learn "$1" # the broker keeps commands from now on
    give "$1" "$2"
    hear "$1" 1
}

# hear NAME COUNT: let a device run until it has carried out so many commands.
hear() {
    start "hear_$1" "$e4" sub --state "$1" -p "$port"
    hear_pid=$pid
    wait_for "hear_$1.err" 'command .* carried out' "$2"
    stop "$hear_pid"
}

# listen NAME TOPIC [OPTION...]: a device that is subscribed. NAME.out, NAME.err, $pid.
listen() {
    listen_name=$1
    listen_topic=$2
    shift 2
    start "$listen_name" "$e4" sub --state "$listen_name" -p "$port" -t "$listen_topic" "$@"
    wait_for "$listen_name.err" "subscribed to $(printf '%s' "$listen_topic" | sed 's/[+$*.]/./g')"
}

# say_as NAME TOPIC TEXT [OPTION...]: publish, protected.
say_as() {
    say_name=$1
    say_topic=$2
    say_text=$3
    shift 3
    "$e4" pub --state "$say_name" -p "$port" -t "$say_topic" -m "$say_text" "$@"
}
