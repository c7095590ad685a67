#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# e4ctl itself: what it prints, where it finds server and token, and how it ends.
. "$(dirname "$0")/lib.sh"
# shellcheck source=test/scenario/server.sh
. "$source_dir/test/scenario/server.sh"

# fails CODE TEXT WORDS...: ends so, and says so on standard error, and nothing else.
fails() {
    code=$1
    text=$2
    shift 2
    expect "$code" "$e4ctl" "$@"
    is last.err "e4ctl: $text"
    [ ! -s last.out ] || fail "something on standard output: $*"
}

server_start state
head -c 32 /dev/urandom > key
chmod 600 key

# Nothing to say means nothing said.
expect 0 "$e4ctl" client create alice --key key
[ -z "$(cat last.out last.err)" ] || fail "it talks"
expect 0 "$e4ctl" topic create "a/b c%2F?&=$(printf '\303\251')"
expect 0 "$e4ctl" topic create room
expect 0 "$e4ctl" attach alice "a/b c%2F?&=$(printf '\303\251')"
expect 0 "$e4ctl" attach alice room

# Lists: a line each; all of it, or a page.
expect 0 "$e4ctl" topic list
is last.out "a/b c%2F?&=$(printf '\303\251')" room
expect 0 "$e4ctl" topic list --count 1
is last.out "a/b c%2F?&=$(printf '\303\251')"
expect 0 "$e4ctl" topic list --offset 1
is last.out room
expect 0 "$e4ctl" topic list --offset 1 --count 5
is last.out room
expect 0 "$e4ctl" client list-topics alice -o json
is last.out "{\"topics\":[\"a/b c%2F?&=$(printf '\303\251')\",\"room\"]}"
expect 0 "$e4ctl" topic list-clients room -o json
is last.out '{"clients":[{"name":"alice"}]}'
expect 0 "$e4ctl" count client-topics alice
is last.out 2
expect 0 "$e4ctl" count topic-clients room -o json
is last.out '{"count":"1"}'
expect 0 "$e4ctl" health
is last.out 'Code    0' 'Status  OK'
expect 0 "$e4ctl" crypto-mode
is last.out CRYPTOMODE_SYMKEY
expect 0 "$e4ctl" client list --offset 5
[ ! -s last.out ] || fail "there is no client number 5"

# A name that would move the cursor does not.
expect 0 "$e4ctl" topic create "$(printf 'x\033[2Jy\302\233z')"
expect 0 "$e4ctl" topic list --offset 2
is last.out "$(printf 'x?[2Jy\302?z')"
expect 0 "$e4ctl" topic remove "$(printf 'x\033[2Jy\302\233z')"

# Tables.
expect 0 "$e4ctl" token create reader --role viewer
mv last.out reader
chmod 600 reader
expect 0 "$e4ctl" token list
has last.out '^NAME    ROLE    MADE                  EXPIRES'
has last.out '^reader  VIEWER  20[0-9T:-]*Z  -  *$'
expect 0 "$e4ctl" audit list --count 2
has last.out '^1  *20[0-9T:-]*Z  e4d    NewToken '
expect 0 "$e4ctl" audit list --after 1 --count 1
has last.out '^2 .* admin  NewClient  alice '

# Keys from a password, as devices make them: the recorded one of this password.
printf 'testRandomPassword\n' > password
chmod 600 password
expect 0 "$e4ctl" client create bob --password-file password
echo ae153aa9dad7a10b0aed6d5bcfb407c77066acfbb2eaa702a6a88b6cf1b88c33 | xxd -r -p > recorded
chmod 600 recorded
expect 3 "$e4ctl" client create carol --key recorded
has last.err 'key'
expect 0 "$e4ctl" client create bob --key recorded
printf short > password
fails 3 'password: a password is UTF-8 and has at least 16 bytes' client create bob --password-file password
fails 3 'cannot read no-file: No such file or directory' client create bob --key no-file

# Messages: from an option or standard input, as base64, bytes, or the server's JSON.
head -c 1000 /dev/urandom > message
"$e4ctl" protect-message room < message > frame.b64
"$e4ctl" unprotect-message room < frame.b64 | cmp - message || fail "not the same message"
"$e4ctl" protect-message room --raw < message > frame
[ "$(wc -c < frame)" -eq 1024 ] || fail "a frame of $(wc -c < frame) bytes"
"$e4ctl" unprotect-message room --raw < frame | cmp - message || fail "not the same message in bytes"
expect 0 "$e4ctl" protect-message room --message x -o json
has last.out '^{"topic":"room","protectedBinaryData":"[A-Za-z0-9+/=]*"}$'
head -c 4000000 /dev/zero > message
got=0
"$e4ctl" protect-message room < message > last.out 2> last.err || got=$?
[ "$got" -eq 3 ] || fail "exit code $got for a message that is too long"
is last.err 'e4ctl: standard input: longer than 3145728 bytes'
got=0
head -c 1024 /dev/zero | "$e4ctl" unprotect-message room --raw > last.out 2> last.err || got=$?
[ "$got" -eq 3 ] || fail "exit code $got for a frame that is none"

# Tokens that end: from now on, or at a time.
expect 0 "$e4ctl" token create ninety --role viewer --expires 90d
expect 0 "$e4ctl" token create later --role viewer --expires 2099-12-31T00:00:00Z
expect 0 "$e4ctl" token list
has last.out '^ninety  VIEWER  20[0-9T:-]*Z  20[0-9T:-]*Z  *$'
has last.out '^later   VIEWER  20[0-9T:-]*Z  2099-12-31T00:00:00Z  *$'
fails 3 'expires: not a point in time as 2006-01-02T15:04:05Z' token create x --role viewer --expires soon
expect 0 "$e4ctl" token create hours --role viewer --expires 36h
expect 0 "$e4ctl" token create minutes --role viewer --expires 1m

# Mistakes in what is said.
fails 2 'which command? e4ctl --help lists them'
fails 2 'no such: no such command; e4ctl --help lists them' no such
fails 2 'client: no such command; e4ctl --help lists them' client
fails 2 'attach takes 2 arguments, not 1; e4ctl help attach' attach alice
fails 2 'client list takes 0 arguments, not 1; e4ctl help client list' client list x
fails 2 'attach does not take --key' attach alice room --key key
fails 2 '--output: table or json' client list -o xml
fails 2 "the client's key: say --key FILE or --password-file FILE" client create carol
fails 2 '--role: viewer, operator or admin' token create x
fails 3 'CLIENT: empty' client remove ''
expect 2 "$e4ctl" client list --nonsense
expect 2 "$e4ctl" attach a b c d e f g h i j
has last.err 'too many words'
for time in 0d -1h 5 5dd 1000001m 9999999999999999999999d d; do
    fails 3 'expires: not a point in time as 2006-01-02T15:04:05Z' token create x --role viewer "--expires=$time"
done

# Mistakes in what is meant; the server's words.
fails 4 'no client nobody' client remove nobody
fails 3 "topic: not 1 to 65535 bytes without + and #, not beginning with \$SYS" topic create 'a/+'
fails 3 'role: none of the names of e4.Role' token create x --role king
fails 3 'count: not a whole number of 64 bits' client list --count x
fails 3 'NewC2Key: only in public-key mode, and this server is in symmetric-key mode' new-c2key --force
head -c 31 key > short
chmod 600 short
fails 3 'short: 31 bytes, not the 32 of a key' client create carol --key short
chmod 644 key
expect 3 "$e4ctl" client create carol --key key
has last.err 'key: .*chmod 600'

# Where server and token are found.
unset E4D_STATE
expect 5 "$e4ctl" client list
has last.err 'say whom to trust with --ca FILE or --state DIR'
export E4_CA=state/server.crt
expect 6 "$e4ctl" client list
expect 0 "$e4ctl" client list --token-file reader
expect 0 env E4_TOKEN_FILE=reader "$e4ctl" client list
expect 0 env E4_TOKEN="$(cat reader)" "$e4ctl" client list
expect 6 env E4_TOKEN=wrong "$e4ctl" client list
expect 0 env E4_TOKEN=wrong "$e4ctl" client list --token-file reader
expect 6 "$e4ctl" topic create x --token-file reader
is last.err 'e4ctl: reader has the role viewer; NewTopic needs operator'
chmod 644 reader
expect 3 "$e4ctl" client list --token-file reader
expect 5 "$e4ctl" client list --server https://127.0.0.1:1
has last.err '^e4ctl: https://127.0.0.1:1: '
expect 5 "$e4ctl" client list --server "http://127.0.0.1:$http" # never in clear
expect 5 "$e4ctl" client list --ca key
expect 3 env E4_TOKEN="$(head -c 5000 /dev/zero | tr '\0' a)" "$e4ctl" client list
has last.err '^e4ctl: the token is too long to be one$'
expect 6 env E4_TOKEN=wrong "$e4ctl" events
has last.err '^e4ctl: '
unset E4_CA
expect 0 "$e4ctl" client list --state state
export E4D_STATE=state
expect 3 env -u E4_SERVER "$e4ctl" client list --state no-folder
expect 5 env -u E4_SERVER -u E4_TOKEN E4_CA=state/server.crt E4_TOKEN=x "$e4ctl" client list
has last.err '^e4ctl: https://127.0.0.1:8888: '

# Whoever listens there may be no key server.
need python3
cat > other.py << 'END'
import http.server, ssl

class Other(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(404 if "topics" in self.path else 200)
        self.end_headers()
        self.wfile.write(b"" if "health" in self.path else b"<html>welcome</html>")

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Other)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("state/server.crt", "state/server.key")
server.socket = context.wrap_socket(server.socket, server_side=True)
print("port", server.server_port, flush=True)
server.serve_forever()
END
start other python3 other.py
wait_for other.out '^port '
other=$pid
other_server=https://127.0.0.1:$(sed -n 's/^port //p' other.out)
expect 4 "$e4ctl" topic list --server "$other_server"
has last.err '^e4ctl: the server answers with status 404; is it an e4d?$'
expect 1 "$e4ctl" client list --server "$other_server"
has last.err "^e4ctl: the server's answer is not what it should be$"
expect 5 "$e4ctl" events --server "$other_server"
has last.err "^e4ctl: the server ended the stream of events$"
expect 1 "$e4ctl" health --server "$other_server"
has last.err "^e4ctl: the server's answer is empty$"
kill "$other"
wait_end "$other"

# A full disk is an error.
if [ -w /dev/full ]; then
    got=0
    "$e4ctl" topic list > /dev/full 2> last.err || got=$?
    [ $got = 1 ] || fail "a full disk went unnoticed"
fi

# Events, as they come.
start events "$e4ctl" events
start json "$e4ctl" events -o json
turns=600
until "$e4ctl" detach alice room && "$e4ctl" attach alice room && [ -s events.out ] && [ -s json.out ]; do
    turns=$((turns - 1))
    [ $turns -gt 0 ] || fail "no events"
done
# Both listen now, since one event at least came to each: the next of either kind come to both.
"$e4ctl" detach alice room
"$e4ctl" attach alice room
wait_for events.out '^20[0-9T:-]*Z  CLIENT_SUBSCRIBED  alice  room$'
wait_for json.out '^{"type":"CLIENT_UNSUBSCRIBED","source":"alice","target":"room","timestamp":"20[^"]*Z"}$'

# Help, and what bash completes.
expect 0 "$e4ctl" --help
has last.out '^  client link-client  '
expect 0 "$e4ctl" help token create
has last.out '^Usage: e4ctl \[OPTION...\] token create NAME$'
has last.out '^  --role=ROLE '
expect 2 "$e4ctl" help nonsense
expect 0 "$e4ctl" --version
has last.out '^e4ctl [0-9]'
expect 0 "$e4ctl" completion bash
cp last.out completion
if command -v bash > /dev/null; then
    # shellcheck disable=SC2016 # for the inner shell
    bash -c '. ./completion; COMP_WORDS=(e4ctl client link); COMP_CWORD=2; _e4ctl; echo "${COMPREPLY[@]}"' > words
    is words link-client
fi
expect 2 "$e4ctl" completion tcsh
stop "$server_pid"

# In public-key mode: the server's keys, and a client's public key from a password.
E4D_MODE=public-key server_start signed
expect 0 "$e4ctl" server-key
has last.out '^serverKey  [A-Za-z0-9+/=]\{44\}$'
has last.out '^signer     e4d$'
"$e4ctl" server-key --raw > server.pub
[ "$(wc -c < server.pub)" -eq 32 ] || fail "a server's key of $(wc -c < server.pub) bytes"
printf 'a password of sixteen bytes' > password
expect 0 "$e4ctl" client create alice --password-file password
"$e4" init --name bob --state bob --mode public-key --server-key server.pub --password-file password \
    --export-key bob.pub > last.out
expect 3 "$e4ctl" client create bob --key bob.pub # which is alice's: so both made the same of it
expect 2 "$e4ctl" new-c2key x
fails 3 'force: must be true, for every client will be told' new-c2key
stop "$server_pid"
