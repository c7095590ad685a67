#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The tutorial, docs/getting-started.md, as its readers play it: exactly what each side prints,
# with eve locked out, a frame played back, a device restarted, and a topic key replaced.
. "$(dirname "$0")/lib.sh"

need mosquitto_pub mosquitto_sub
topic=/e4go/demo/messages
alice_topic=e4/a7dcef9aef26202fce82a7c7d6672afb
bob_topic=e4/b5d577dc9ce59725e29886632e69ecdf
eve_topic=e4/fcf4908516e5f2aa8d07a01b093fd4ef

# join NAME [OPTION...]: a device whose terminal is the file NAME.typed.
join() {
    name=$1
    shift
    : > "$name.typed"
    : > "$name.out" # so that nobody waits for what was said before
    : > "$name.err"
    tail -n +1 -f "$name.typed" > "$name.pipe" &
    started="$started $!"
    "$bin_dir/e4demo" -client "$name" -broker "127.0.0.1:$port" "$@" \
        < "$name.pipe" > "$name.out" 2> "$name.err" &
    pid=$!
    started="$started $pid"
    wait_for "$name.out" '^> type anything'
}

# leave PID: as Ctrl-C.
leave() {
    kill -INT "$1"
    wait_end "$1"
    [ "$ended" -eq 0 ] || fail "e4demo ended with $ended"
}

types() {
    printf '%s\n' "$2" >> "$1.typed"
}

# What a device printed, with the raw bytes of frames left out: they differ at each run.
printed() {
    sed 's/^\(< received raw message on [^:]*\): .*/\1: .../' "$1.out" > "$1.printed"
}

joined="> connected to 127.0.0.1:PORT
> subscribed to MQTT topic $topic
> type anything and press enter to send the message to $topic:"

broker_start
joined=$(printf '%s' "$joined" | sed "s/PORT/$port/")
for name in alice bob eve; do mkfifo "$name.pipe"; done

# Passwords under 16 bytes are refused, and so is a device without a name.
expect 1 "$bin_dir/e4demo" -client alice -password too-short-by-1 -broker "127.0.0.1:$port"
has last.err 'at least 16 bytes'
E4_PASSWORD=too-short-by-1 expect 1 "$bin_dir/e4demo" -client alice -broker "127.0.0.1:$port"
expect 1 "$bin_dir/e4demo"
has last.err '-client is required'

# Step 2: no key, nothing leaves.
join alice -password super-secret-alice-password
alice=$pid
join bob -password super-secret-bob-password
bob=$pid
types alice 'Is anybody there?'
wait_for alice.out '^> failed to protect message: topic key not found$'

# Step 3: the key server's commands, then the conversation.
"$bin_dir/init_keys" -broker "127.0.0.1:$port" > keys.out
is keys.out 'Topic key have been set for alice!' 'Topic key have been set for bob!'
wait_for alice.out '^< unprotected message: $'
wait_for bob.out '^< unprotected message: $'
text='Hello, I am alice and this is a secret message for bob!'
types alice "$text"
wait_for alice.out '^> message published successfully$'
wait_for alice.out "^< unprotected message: $text\$"
wait_for bob.out "^< unprotected message: $text\$"
printed bob
is bob.printed "$joined" "< received raw message on $bob_topic: ..." \
    '< unprotected message: ' "< received raw message on $topic: ..." \
    "< unprotected message: $text"
printed alice
grep -v 'published successfully' alice.printed > alice.sorted # it may come before or after the echo
is alice.sorted "$joined" '> failed to protect message: topic key not found' \
    "< received raw message on $alice_topic: ..." '< unprotected message: ' \
    "< received raw message on $topic: ..." "< unprotected message: $text"

# Eve is locked out.
join eve -password super-secret-eve-password
eve=$pid
wait_for eve.out '^failed to unprotect message: topic key not found$'
printed eve
is eve.printed "$joined" "< received raw message on $topic: ..." \
    'failed to unprotect message: topic key not found'
leave "$eve"

# The frame, as the broker kept it, played back.
mosquitto_sub -h 127.0.0.1 -p "$port" -t "$topic" -C 1 -N > frame
mosquitto_pub -h 127.0.0.1 -p "$port" -t "$topic" -f frame
wait_for bob.out '^failed to unprotect message: replayed$'

# Whoever has the folder is asked for a password as when the device was made.
leave "$bob"
expect 1 "$bin_dir/e4demo" -client bob -password short -broker "127.0.0.1:$port"
has last.err 'at least 16 bytes'
expect 1 "$bin_dir/e4demo" -client bob -broker "127.0.0.1:$port"
has last.err 'bob.e4: a device made from a password: give it'

# Bob restarts and still has his key; what was accepted before the restart is not accepted again.
join bob -password super-secret-bob-password
bob=$pid
wait_for bob.out '^failed to unprotect message: replayed$'
types alice 'Are you back?'
wait_for bob.out '^< unprotected message: Are you back?$'

# A new topic key reaches bob but not alice: what she sends with the old one is still read.
leave "$alice"
sleep 1 # two commands about one topic never share a second (PROTOCOL.md, section 8)
"$bin_dir/init_keys" -broker "127.0.0.1:$port" > keys.out
wait_for bob.out '^< unprotected message: $'
mosquitto_pub -h 127.0.0.1 -p "$port" -t "$alice_topic" -r -n # and alice's command is lost
mosquitto_pub -h 127.0.0.1 -p "$port" -t "$topic" -r -n
join alice -password super-secret-alice-password
alice=$pid
types alice 'With the old key.'
wait_for bob.out '^< unprotected message: With the old key.$'
leave "$alice"
leave "$bob"

# Step 4: public keys. Eve has the topic key, and is believed by nobody.
rm -r alice.e4 bob.e4 eve.e4
for each in "$topic" "$alice_topic" "$bob_topic"; do
    mosquitto_pub -h 127.0.0.1 -p "$port" -t "$each" -r -n
done
for name in alice bob eve; do "$e4" keygen -t ed25519 -o "$name" > /dev/null; done
"$e4" keygen -t curve25519 -o admin > /dev/null
join alice
alice=$pid
join bob
bob=$pid
join eve
eve=$pid
"$bin_dir/init_keys" -keys -broker "127.0.0.1:$port" > keys.out
is keys.out 'Topic key have been set for alice!' 'Topic key have been set for bob!' \
    'Topic key have been set for eve!' "alice now have bob's public key!" \
    "bob now have alice's public key!"
wait_for alice.out '^< unprotected message: $' 2
wait_for bob.out '^< unprotected message: $' 2
wait_for eve.out '^< unprotected message: $'
types alice 'signed alice'
wait_for bob.out '^< unprotected message: signed alice$'
wait_for eve.out '^failed to unprotect message: signer public key not found$'
types eve 'signed alice, honestly'
wait_for bob.out '^failed to unprotect message: signer public key not found$'
printed eve
grep -v 'published successfully' eve.printed > eve.sorted
is eve.sorted "$joined" "< received raw message on $eve_topic: ..." \
    '< unprotected message: ' "< received raw message on $topic: ..." \
    'failed to unprotect message: signer public key not found' \
    "< received raw message on $topic: ..." \
    'failed to unprotect message: signer public key not found'
printed bob
is bob.printed "$joined" "< received raw message on $bob_topic: ..." '< unprotected message: ' \
    "< received raw message on $bob_topic: ..." '< unprotected message: ' \
    "< received raw message on $topic: ..." '< unprotected message: signed alice' \
    "< received raw message on $topic: ..." \
    'failed to unprotect message: signer public key not found'
leave "$alice"
leave "$bob"
leave "$eve"
