#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# e4 shell of a device in public-key mode: who sent what, what nobody protected, what came again; new keys of
# the device and of its server.
. "$(dirname "$0")/lib.sh"
need mosquitto_pub mosquitto_sub xxd

broker_start
signing_device alice
signing_device bob
signing_device eve
mkfifo typed
start bob sh -c 'exec "$@" < typed' - "$e4" shell --state bob -p "$port" -c --allow-clear \
    --unknown-signers --report-repeats
bob=$pid
exec 5> typed
type() {
    printf '%s\n' "$@" >&5
}
wait_for bob.out '^- connected to '
type '   ' '# nothing' keys 'subscribe room' 'subscribe hall'
wait_for bob.out '^- no topic keys are held; they come with commands$'
wait_for bob.out '^- no .* keys are held; they come with commands$' 2
wait_for bob.out '^- subscribed to hall'

for name in alice eve; do
    learn $name
    give $name room
    hear $name 1
done
give bob room
wait_for bob.out '^- command SetTopicKey carried out'
order bob set-pub-key alice alice.pub
wait_for bob.out '^- command SetPubKey carried out'
start caught mosquitto_sub -p "$port" -t room -C 1 -F %x
wait_for broker.log 'Received SUBSCRIBE from auto-'
caught=$pid
say_as alice room 'from alice'
wait_for bob.out '^\[room\] from a7dcef9aef26202fce82a7c7d6672afb from alice$'
wait_end "$caught"
xxd -r -p < caught.out > frame
mosquitto_pub -p "$port" -t room -f frame
wait_for bob.out '^\[room\] from a7dcef9aef26202fce82a7c7d6672afb (again) from alice$'
say_as eve room 'from eve'
wait_for bob.out '^\[room\] unverified, from fcf4908516e5f2aa8d07a01b093fd4ef from eve$'
mosquitto_pub -p "$port" -t room -m 'from nobody'
wait_for bob.out '^\[room\] (clear) from nobody$'
rm room.topic
give bob room
wait_for bob.out '^- command SetTopicKey carried out: topic .* has another key'
type keys status
wait_for bob.out '^topic .* (and the one before)  room$'
wait_for bob.out '^client a7dcef9aef26202fce82a7c7d6672afb  key '
wait_for bob.out '^mode     public-key'

# Keys of its own and of its server's.
"$e4" keygen -t ed25519 -o new.key > /dev/null
order bob set-id-key new.key
wait_for bob.out "SetIDKey carried out: this device.s public key has now the fingerprint $("$e4" key new.key |
    sed -n 's/^fingerprint  //p')\$"
cp new.key.pub bob.pub
"$e4" keygen -t curve25519 -o server2.key > /dev/null
order bob set-server-key server2.key.pub
wait_for bob.out '^- command SetC2Key carried out: the key server has a new key$'
cp server2.key server.key
cp server2.key.pub server.key.pub
order bob remove-topic hall
wait_for bob.out '^- command RemoveTopic carried out: nothing had to be changed$'
order bob set-topic-key hall room.topic
wait_for bob.out '^! command SetTopicKey refused: '

# What cannot be sent, in order; then the end of input.
type "send \$SYS/x y" 'send room "quoted" text' 'send "room" quoted' exit
wait_end "$bob"
[ "$ended" -eq 3 ] || fail "exit code $ended"
has bob.out "^! topics of .SYS are the broker's own\$"
exec 5>&-

# What it holds, as text and as JSON.
expect 0 "$e4" key --state bob --topics
has last.out '^  peer  a7dcef9aef26202fce82a7c7d6672afb  key '
expect 0 "$e4" key --state bob -o json
has last.out '"mode": "public-key"'
has last.out '"hash": "da2543d927f18823df93e9aa1aa11016"'
has last.out '"old_key": true'
has last.out '"id": "a7dcef9aef26202fce82a7c7d6672afb"'

# A time limit, and a device with nothing to say.
exec 5<> typed
expect 27 "$e4" shell --state bob -p "$port" -W 1 < typed
exec 5>&-
has last.err 'the time is up: 1 s'
expect 0 "$e4" shell --state bob -p "$port" --quiet
[ ! -s last.out ] || fail "--quiet is not"
