#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# How the key server starts, and when it refuses to: settings, files and their permissions, the
# master key, signals. It works without a broker, which may come later.
. "$(dirname "$0")/lib.sh"
# shellcheck source=test/scenario/server.sh
. "$source_dir/test/scenario/server.sh"
need curl sqlite3 openssl

# refuses PATTERN OPTION...: it does not start, and says why.
refuses() {
    pattern=$1
    shift
    got=0
    timeout "$patience" "$e4d" "$@" > last.out 2> last.err || got=$?
    [ "$got" -eq 1 ] || fail "exit code $got instead of 1: $*"
    has last.err "$pattern"
}

# The command line.
expect 0 "$e4d" --version
has last.out '^e4d [0-9]'
expect 0 "$e4d" --help
has last.out 'state=DIR'
expect 2 "$e4d"
has last.err 'no --state'
expect 2 "$e4d" --state here more
expect 2 "$e4d" --nonsense

# Settings.
printf '# empty\n\n' > good.conf
expect 0 "$e4d" --check --config good.conf
has last.out 'good.conf: fine'
printf 'log-level = info\nlog-levle = info\n' > bad.conf
refuses 'bad.conf:2: there is no such key' --check --config bad.conf
refuses 'bad.conf:2: there is no such key' --state state --config bad.conf
printf 'tls-key = x\n' > bad.conf
refuses 'one without the other' --check --config bad.conf
printf 'broker-certificate = x\n' > bad.conf
refuses 'one without the other' --check --config bad.conf
printf 'broker-password-file = x\n' > bad.conf
refuses 'needs broker-user' --check --config bad.conf
printf 'broker-user = x\nbroker-password-file = nowhere\n' > bad.conf
refuses 'nowhere' --state state --config bad.conf
refuses 'cannot read' --check --config nowhere
E4D_HTTP_PORT=x refuses 'E4D_HTTP_PORT in the environment: not a number' --check --config good.conf
rm -rf state

# What --check finds without a start, one by one.
for line in 'audit-file = nowhere/trail' 'http-address = nonsense' 'grpc-address = localhost' 'master-key-file = nowhere' \
    'broker-ca-file = nowhere' 'tls-client-ca = nowhere'; do
    printf '%s\ntls-certificate = good.crt\ntls-key = good.key\n' "$line" > bad.conf
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout good.key -out good.crt \
        -days 9 -subj /CN=localhost 2> /dev/null
    chmod 600 good.key
    refuses 'nonsense\|localhost\|nowhere' --check --config bad.conf
done
printf 'tls-certificate = nowhere\ntls-key = nowhere\n' > bad.conf
refuses 'cannot read nowhere' --check --config bad.conf
printf 'broker-user = x\nbroker-password-file = nowhere\n' > bad.conf
refuses 'nowhere' --check --config bad.conf
E4D_LOG_LEVLE=info refuses 'E4D_LOG_LEVLE in the environment: there is no such setting' --check --config good.conf
chmod 666 good.conf
refuses 'good.conf: others may write to it' --check --config good.conf
refuses 'good.conf: others may write to it' --state state --config good.conf
chmod 600 good.conf
E4D_HTTP_ADDRESS=0.0.0.0 refuses 'loopback only' --no-auth --check --config good.conf
E4D_HTTP_ADDRESS=0.0.0.0 refuses 'loopback only' --no-auth --state state
[ ! -e state ] || fail "a refused start made a folder"
mkdir -m 700 damaged
echo x > damaged/server.crt
cp good.key damaged/server.key
refuses 'server.crt' --state damaged
refuses 'server.crt' --state damaged --check
[ "$(find damaged -type f | wc -l)" = 2 ] || fail "a refused start made files: $(ls damaged)"

# A start makes all it needs, private; settings are also found in the folder.
unset port
server_start state
for file in e4d.db master.key server.key admin.token; do
    [ "$(stat -c %a "state/$file")" = 600 ] || fail "state/$file has other permissions than 600"
done
[ "$(stat -c %a state)" = 700 ] || fail "state has other permissions than 700"
wait_for state.e4d.err 'broker: .*refused; trying again until it is there'
wants 200 POST /e4/topic/room
refuses 'another server uses it' --state state

# SIGHUP: good settings take effect, bad ones change nothing.
printf 'log-json = yes\n' > state/e4d.conf
kill -HUP "$server_pid"
wait_for state.e4d.err '"message":"read the settings again"'
printf 'log-json = perhaps\n' > state/e4d.conf
kill -HUP "$server_pid"
wait_for state.e4d.err 'e4d.conf:1: log-json: neither yes nor no; everything stays as it was'
wants 200 GET /e4/topics
stop "$server_pid"
has state.e4d.err '"message":"stopping"'
rm state/e4d.conf

# What it is given must be private, and its own.
chmod 750 state
refuses 'chmod 700' --state state
chmod 700 state
chmod 640 state/master.key
refuses 'chmod 600' --state state
chmod 600 state/master.key
refuses 'not a folder' --state state/master.key
mv state/master.key good.key
refuses 'master.key' --state state # it makes no other one
tr '0-9a-f' '1-9a-f0' < good.key > state/master.key
chmod 600 state/master.key
refuses 'made with another master key' --state state
echo short > state/master.key
refuses 'not 64 hexadecimal digits' --state state
cp good.key state/master.key
E4D_MODE=public-key refuses 'symmetric-key mode' --state state

# A database that is of a newer version, damaged, or none.
cp state/e4d.db good.db
sqlite3 state/e4d.db 'PRAGMA user_version = 99' > /dev/null
refuses 'of a newer version' --state state
head -c 9000 /dev/urandom > state/e4d.db
refuses 'not a database' --state state
cp good.db state/e4d.db

# And everything is as it was.
mkdir -p elsewhere
mv state/master.key elsewhere/key
E4D_MASTER_KEY_FILE=elsewhere/key server_start state
wants 200 GET /e4/topics/count
has last.out '"count":"1"'
stop "$server_pid"
