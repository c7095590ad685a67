#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The master key: from a file, a passphrase or the service manager, and changed while the server works,
# which is killed at once in the middle of that, over and over.
. "$(dirname "$0")/lib.sh"
# shellcheck source=test/scenario/server.sh
. "$source_dir/test/scenario/server.sh"
need curl python3 sqlite3
clients=3000

refuses() {
    pattern=$1
    shift
    got=0
    E4D_HTTP_PORT=0 E4D_GRPC_PORT=0 E4D_BROKER_PORT=1 timeout "$patience" "$e4d" "$@" > last.out 2> last.err || got=$?
    [ "$got" -eq 1 ] || fail "exit code $got instead of 1: $*"
    has last.err "$pattern"
}

# Does the server still have the topic's key?
room_is_there() {
    wants 200 POST /e4/unprotect-message -d "$said"
    has last.out '"binaryData":"aGVsbG8="'
}

say_hello() {
    wants 200 POST /e4/protect-message -d '{"topic":"room","binaryData":"aGVsbG8="}'
    said=$(cat last.out)
}

# Many clients and topics.
cat > fill.py << 'END'
import base64, http.client, os, ssl, sys
port, folder, count = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
trust = ssl.create_default_context(cafile=folder + "/server.crt")
api = http.client.HTTPSConnection("localhost", port, context=trust)
head = {"Authorization": "Bearer " + open(folder + "/admin.token").read().strip()}
for number in range(count):
    body = '{"key":"%s"}' % base64.b64encode(os.urandom(32)).decode()
    for path, text in (f"/e4/client/c{number}", body), (f"/e4/topic/t{number % 100}", "{}"):
        api.request("POST", path, text, head)
        answer = api.getresponse()
        assert answer.status == 200, answer.read()
        answer.read()
END

unset port
server_start state
ctl topic create room
say_hello
python3 fill.py "$http" state $clients
cp state/master.key first.key

# Killed again and again, as soon as it has begun; each start goes on with it. Meanwhile it works.
middle=0
tries=0
while [ $middle -lt 3 ]; do
    tries=$((tries + 1))
    [ $tries -lt 40 ] || fail "it was never in the middle of changing the master key"
    before=$(cat state/master.key)
    wants 200 POST /v1/rekey
    kill -KILL "$server_pid"
    wait_end "$server_pid"
    open=$(sqlite3 -readonly state/e4d.db "SELECT length(value) FROM meta WHERE name = 'rekey'")
    [ "$open" = 0 ] || middle=$((middle + 1))
    server_start state
    [ "$open" = 0 ] || has state.e4d.err 'is being changed: going on with it'
    room_is_there
    wants 200 POST "/e4/topic/while-$tries"
    turns=$((patience * 10))
    until wants 200 GET /v1/rekey && grep -q '"running":false' last.out; do
        turns=$((turns - 1))
        [ $turns -gt 0 ] || fail "it does not come to an end"
        sleep 0.1
    done
    wait_for state.e4d.err 'master.key is the new master key'
    [ "$before" != "$(cat state/master.key)" ] || fail "the master key is as it was"
    [ ! -e state/master.key.new ] || fail "there are still two"
    room_is_there
done

# In peace, and then nothing opens with any older one.
ctl rekey
has last.out "^[0-9]* keys were sealed anew$"
[ "$(sed 's/ .*//' last.out)" -gt $clients ] || fail "there are more keys: $(cat last.out)"
room_is_there
ctl audit verify
ctl count clients
stop "$server_pid"
cp state/master.key good.key
cp first.key state/master.key
chmod 600 state/master.key
refuses 'made with another master key' --state state
cp good.key state/master.key
server_start state
room_is_there
stop "$server_pid"

# Killed before the new file was noted, it is taken the next time; killed when all was done but to
# give it its name, the next start does that.
tr '0-9a-f' '1-9a-f0' < good.key > state/master.key.new
chmod 600 state/master.key.new
cp state/master.key.new next.key
server_start state
room_is_there
ctl rekey
wait_for state.e4d.err 'master.key is the new master key'
cmp state/master.key next.key
stop "$server_pid"
mv state/master.key state/master.key.new
cp good.key state/master.key
server_start state
room_is_there
cmp state/master.key next.key
[ ! -e state/master.key.new ] || fail "there are still two"
stop "$server_pid"

# From the file to a passphrase, and on to another.
printf 'correct horse battery\n' > one.pass
printf 'staple of horses, 2026' > two.pass
chmod 600 one.pass two.pass
server_start state
export E4D_NEW_MASTER_PASSPHRASE_FILE="$work/one.pass"
stop "$server_pid"
server_start state
room_is_there
ctl rekey
room_is_there
wait_for state.e4d.err 'put what new-master-... names in the place'
stop "$server_pid"
server_start state # as the settings are: it finds out which it is
room_is_there
stop "$server_pid"
unset E4D_NEW_MASTER_PASSPHRASE_FILE
refuses 'comes from a passphrase: say where it is' --state state
rm state/master.key
E4D_MASTER_PASSPHRASE_FILE="$work/two.pass" refuses 'wrong passphrase' --state state
export E4D_MASTER_PASSPHRASE_FILE="$work/one.pass"
server_start state
room_is_there
expect 3 "$e4ctl" rekey # where to?
has last.err 'say where the new master key is'
stop "$server_pid"
printf 'new-master-passphrase-file = %s\n' "$work/two.pass" > state/e4d.conf
server_start state
ctl rekey
stop "$server_pid"
rm state/e4d.conf
refuses 'wrong passphrase' --state state
export E4D_MASTER_PASSPHRASE_FILE="$work/two.pass"
server_start state
room_is_there
ctl audit verify
stop "$server_pid"

# The settings make sense, or are refused.
printf 'short\n' > short.pass
chmod 600 short.pass
cp two.pass open.pass
chmod 644 open.pass
E4D_MASTER_PASSPHRASE_FILE="$work/short.pass" refuses 'at least 16 bytes' --state fresh
E4D_MASTER_PASSPHRASE_FILE="$work/short.pass" refuses 'at least 16 bytes' --check --state fresh
E4D_MASTER_PASSPHRASE_FILE="$work/open.pass" refuses 'chmod 600' --check --state fresh
E4D_MASTER_PASSPHRASE_FILE="$work/nowhere" refuses 'nowhere' --check --state fresh
E4D_NEW_MASTER_PASSPHRASE_FILE="$work/nowhere" refuses 'nowhere' --check --state fresh
E4D_NEW_MASTER_KEY_FILE="$work/nowhere" refuses 'nowhere' --check --state fresh
E4D_MASTER_KEY_FILE="$work/good.key" refuses 'only one' --check --state fresh
E4D_NEW_MASTER_KEY_FILE="$work/good.key" E4D_NEW_MASTER_PASSPHRASE_FILE="$work/one.pass" \
    refuses 'only one' --check --state fresh
rm -rf fresh

# A new state with a passphrase has no master.key, and another salt than the next one.
server_start fresh
[ ! -e fresh/master.key ] || fail "there is a master.key, in spite of the passphrase"
stop "$server_pid"
server_start other
stop "$server_pid"
for folder in fresh other; do
    sqlite3 -readonly $folder/e4d.db "SELECT hex(value) FROM meta WHERE name = 'kdf'" > $folder.kdf
done
[ "$(wc -c < fresh.kdf)" = 49 ] || fail "no salt: $(cat fresh.kdf)"
! cmp -s fresh.kdf other.kdf || fail "two states have one salt"

# What the service manager hands over is taken, unless a setting says otherwise.
unset E4D_MASTER_PASSPHRASE_FILE
mkdir credentials
cp two.pass credentials/master.passphrase
export CREDENTIALS_DIRECTORY="$work/credentials"
server_start fresh
stop "$server_pid"
rm credentials/master.passphrase
cp good.key credentials/master.key
server_start third
[ ! -e third/master.key ] || fail "there is a master.key, in spite of the credential"
stop "$server_pid"
E4D_MASTER_KEY_FILE="$work/first.key" refuses 'made with another master key' --state third
