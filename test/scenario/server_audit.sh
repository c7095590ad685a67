#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Whoever has the database and the file, but not the master key, can do nothing to the audit trail
# that e4ctl audit verify does not find, however carefully they go about it.
. "$(dirname "$0")/lib.sh"
# shellcheck source=test/scenario/server.sh
. "$source_dir/test/scenario/server.sh"
need sqlite3 python3

sql() {
    sqlite3 "$server_folder/e4d.db" "PRAGMA busy_timeout = 10000; $1" > sql.out
}

# The same trail as a server without a key would make it: BLAKE2b over each record and what is before.
cat > forge.py << 'END'
import hashlib, sqlite3, sys
db = sqlite3.connect(sys.argv[1])
before = bytes(32)
for number, time_s, *texts in db.execute("SELECT number, time_s, who, what, first, second FROM audit ORDER BY number").fetchall():
    data = before + number.to_bytes(8, "little") + time_s.to_bytes(8, "little")
    for text in texts:
        data += len(text.encode()).to_bytes(8, "little") + text.encode()
    before = hashlib.blake2b(data, digest_size=32).digest()
    db.execute("UPDATE audit SET hash = ? WHERE number = ?", (before, number))
db.commit()
END

unset port
server_start state
ctl topic create one
cp -r state early # e4d.db-wal and all: what somebody may have copied at this time
for topic in two three four; do
    ctl topic create "$topic"
done
ctl topic remove two
ctl audit verify
has last.out '^count *6$' # the first administrator's token is one
lines=$(wc -l < state/audit.jsonl)
[ "$lines" = 6 ] || fail "audit.jsonl has $lines lines"
python3 -c '
import json, sys
for number, line in enumerate(sys.stdin, 1):
    record = json.loads(line)
    assert record["number"] == number and len(record["hash"]) == 64, line
assert (record["who"], record["what"], record["first"]) == ("admin", "RemoveTopic", "two"), line
' < state/audit.jsonl
[ "$(stat -c %a state/audit.jsonl)" = 600 ] || fail "others may read audit.jsonl"
stop "$server_pid"

# change_copy SQL [COMMAND...]: a copy of the state, changed.
change_copy() {
    rm -rf copy
    cp -r state copy
    server_folder=copy
    sql "$1"
    shift
    [ $# -eq 0 ] || "$@"
}

# tamper WORDS SQL [COMMAND...]: in a copy of the state. The server finds it, and so it says.
tamper() {
    words=$1
    shift
    change_copy "$@"
    server_start copy
    expect 1 "$e4ctl" audit verify
    has last.err "$words"
    # Nothing that is done later hides it.
    "$e4ctl" topic create later > /dev/null 2>&1 || :
    expect 1 "$e4ctl" audit verify
    has copy.e4d.err "error audit: "
    kill -KILL "$server_pid"
    wait_end "$server_pid"
}

no_file() {
    rm -f copy/audit.jsonl
}

forge() {
    no_file
    python3 forge.py copy/e4d.db
}

# The database.
tamper 'record 3 was changed' "UPDATE audit SET who = 'nobody' WHERE number = 3"
tamper 'record 3 was changed' "UPDATE audit SET time_s = time_s + 1 WHERE number = 3" no_file
tamper 'record 3 was changed' "UPDATE audit SET what = 'NewTopi', first = 'c' || first WHERE number = 3" no_file
tamper 'record 4 was changed' "UPDATE audit SET hash = zeroblob(32) WHERE number = 4" no_file
tamper 'record 1 was changed' "UPDATE audit SET first = 'x' WHERE number = 1" no_file
tamper 'record 6 was changed' "UPDATE audit SET first = 'x' WHERE number = 6" no_file
tamper 'record 2 was changed or moved' "UPDATE audit SET number = -number WHERE number IN (2, 3);
    UPDATE audit SET number = 5 + number WHERE number < 0" no_file
tamper 'record 3 is missing' "DELETE FROM audit WHERE number = 3" no_file
tamper 'record 1 is missing' "DELETE FROM audit WHERE number = 1" no_file
tamper 'records 1 to 6 are missing' "DELETE FROM audit" no_file
tamper 'records 6 to 6 are missing' "DELETE FROM audit WHERE number = 6" no_file
tamper 'records 5 to 6 are missing' "DELETE FROM audit WHERE number > 4" no_file
tamper 'record 3 was changed' "DELETE FROM audit WHERE number = 3; UPDATE audit SET number = number - 1 WHERE number > 3" no_file
tamper 'record 7 is one that nobody wrote' \
    "INSERT INTO audit SELECT 7, time_s, who, what, first, second, hash FROM audit WHERE number = 6" no_file
tamper 'where it ends was changed' "UPDATE meta SET value = zeroblob(120) WHERE name = 'audit'" no_file
tamper 'where it ends was changed or lost' "DELETE FROM meta WHERE name = 'audit'" no_file
tamper 'record 1 was changed' "DELETE FROM audit WHERE number = 6" forge
tamper 'record 1 was changed' "" forge

# refuses WORDS SQL [COMMAND...]: in a copy of the state. The server does not start.
refuses() {
    words=$1
    shift
    change_copy "$@"
    got=0
    E4D_HTTP_PORT=0 E4D_GRPC_PORT=0 E4D_BROKER_PORT=1 timeout "$patience" "$e4d" --state copy \
        > last.out 2> last.err || got=$?
    [ "$got" -eq 1 ] || fail "exit code $got instead of 1"
    has last.err "$words"
}

# Without the key it cannot be made to look like a state that never had one.
refuses 'key is missing' "DELETE FROM meta WHERE name IN ('audit', 'audit-key')" forge
refuses 'does not open' "UPDATE meta SET value = (SELECT value FROM meta WHERE name = 'proof') WHERE name = 'audit-key'"
# Records that are in the file were once in the database.
refuses 'has record 6, and the database none after 4' "DELETE FROM audit WHERE number > 4"

# While the server runs, with an older database put in place of what was: the file has more.
rm -rf copy
cp -r state copy
rm copy/e4d.db*
cp early/e4d.db* copy
refuses_copy() {
    got=0
    E4D_HTTP_PORT=0 E4D_GRPC_PORT=0 E4D_BROKER_PORT=1 timeout "$patience" "$e4d" --state copy \
        > last.out 2> last.err || got=$?
    [ "$got" -eq 1 ] || fail "exit code $got instead of 1"
}
refuses_copy
has last.err 'has record 6, and the database none after 2'
# As it says, there is a way on.
mv copy/audit.jsonl elsewhere
server_start copy
ctl audit verify
has last.out '^count *2$'
cmp copy/audit.jsonl early/audit.jsonl

# The file alone, while the server runs; rotated, it goes on.
ctl topic create more
sed -i 's/"who":"admin"/"who":"nobody"/' copy/audit.jsonl # a new file, as sed makes it
expect 1 "$e4ctl" audit verify
has last.err 'was removed or replaced'
mv copy/audit.jsonl elsewhere
kill -HUP "$server_pid"
wait_for copy.e4d.err 'read the settings again'
ctl topic create evermore
ctl audit verify
has copy/audit.jsonl '^{"number":4,'
python3 -c 'open("copy/audit.jsonl", "r+").write("{\"number\":3")'
expect 1 "$e4ctl" audit verify
has last.err 'record 3 was changed'
has copy.e4d.err 'error audit: '
stop "$server_pid"

# Elsewhere, or nowhere.
E4D_AUDIT_FILE="$work/trail" server_start state
ctl audit verify
cmp trail state/audit.jsonl
stop "$server_pid"
rm state/audit.jsonl
E4D_AUDIT_FILE=none server_start state
ctl topic create more
[ ! -e state/audit.jsonl ] || fail "audit.jsonl, where there is to be none"
stop "$server_pid"
