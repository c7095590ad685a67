#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# e4 init --import: a device of a deployed Go client, taken over with all its keys.
. "$(dirname "$0")/lib.sh"
need xxd

# b64 HEX
b64() {
    printf '%s' "$1" | xxd -r -p | base64 -w 0
}
# le64 NUMBER: eight bytes, the lowest first, in hexadecimal
le64() {
    printf '%016x' "$1" | sed 's/\(..\)\(..\)\(..\)\(..\)\(..\)\(..\)\(..\)\(..\)/\8\7\6\5\4\3\2\1/'
}

id=c5b44d547f61755f25c0addf797ef59b
own=13551138b493e01352a7acb62767f8a903011d6b6766d7b636bc416775321d5b
room=7b14956ac0ce085073681c881bcf3e92 # room1
first=1111111111111111111111111111111111111111111111111111111111111111
second=2222222222222222222222222222222222222222222222222222222222222222
# Where the previous key of room1 stands: the hash of its hash.
under=$(printf '%s' $room | xxd -r -p | openssl dgst -sha3-256 2> /dev/null | sed 's/.*= //' | cut -c 1-32)
[ ${#under} -eq 32 ] || skip "openssl is not installed"

# state TOPICS: a symmetric client's file.
state() {
    printf '{"ID":"%s","TopicKeys":{%s},"Key":{"keyType":0,"keyData":{"Key":"%s"}},"ReceivingTopic":"e4/%s"}\n' \
        "$(b64 $id)" "$1" "$(b64 $own)" $id
}
now=$(date +%s)
{
    state "\"$room\":\"$(b64 $second)\",\"$under\":\"$(b64 "$first$(le64 $((now - 100)))")\""
    printf 'tail of an earlier state"}}\n' # e4go does not shorten its file
} > go.json
chmod 600 go.json
cp go.json before.json

expect 0 "$e4" init --import go.json --state dev --export-key dev.key
has last.out "^id               $id$"
has last.out '^imported         topics 1, peers 0, previous keys 1$'
[ "$(xxd -p -c 64 dev.key)" = $own ] || fail "another key than the Go client's"
cmp go.json before.json
expect 0 "$e4" key --state dev --topics
has last.out "^  topic $room .*(the key before it still opens messages)$"

# It carries out commands, and opens messages under both keys.
"$e4" command id:$id remove-topic room1 --device-key dev.key > frame
expect 0 "$e4" inspect --state dev frame
has last.out 'the command RemoveTopic; this device would carry it out'
printf '%s' $second | xxd -r -p > second.key
printf '%s' $first | xxd -r -p > first.key
printf '%s' $own | xxd -r -p > own.key
chmod 600 first.key second.key own.key
for key in first second; do
    "$e4" init --state "peer_$key" --name $key --key own.key > /dev/null
    "$e4" command $key set-topic-key room1 $key.key --device-key own.key -o raw > "set_$key"
done
expect 0 "$e4" inspect --key own.key set_first
has last.out '^topic     hash '$room'$'

# A previous key whose time is over is left out; so is one whose topic is gone.
state "\"$room\":\"$(b64 $second)\",\"$under\":\"$(b64 "$first$(le64 $((now - 4000)))")\"" > go.json
expect 0 "$e4" init --import go.json --state late
has last.out '^left out         previous keys that are of no use any more: 1$'
state "\"$under\":\"$(b64 "$first$(le64 "$now")")\"" > go.json
expect 0 "$e4" init --import go.json --state gone
has last.out '^imported         topics 0, peers 0, previous keys 0$'
has last.out '^left out         previous keys that are of no use any more: 1$'

# Public-key mode.
"$e4" keygen -t ed25519 -o sign.key > /dev/null
"$e4" keygen -t ed25519 -o peer.key > /dev/null
"$e4" keygen -t curve25519 -o server.key > /dev/null
hex() {
    xxd -p -c 64 "$1"
}
# signed C2KEY PEERKEY
signed() {
    printf '{"ID":"%s","TopicKeys":{},"Key":{"keyType":1,"keyData":{"PrivateKey":"%s","SignerID":"%s","C2PubKey":"%s","PubKeys":{"%s":"%s"}}},"ReceivingTopic":"mine"}' \
        "$(b64 $id)" "$(b64 "$(hex sign.key)")" "$(b64 $id)" "$(b64 "$1")" $room "$(b64 "$2")"
}
signed "$(hex server.key.pub)" "$(hex peer.key.pub)" > go.json
expect 0 "$e4" init --import go.json --state pk --export-key pk.pub
has last.out '^imported         topics 0, peers 1, previous keys 0$'
has last.out '^receiving topic  mine$'
cmp pk.pub sign.key.pub
"$e4" command id:$id reset-pub-keys --server-secret server.key --device-public pk.pub > frame
expect 0 "$e4" inspect --state pk frame
expect 0 "$e4" inspect --key sign.key --server-key server.key.pub frame
has last.out 'the command ResetPubKeys'

# What is refused: each in words, and no device is made.
# refused WORDS: go.json
refused() {
    expect 3 "$e4" init --import go.json --state refused
    has last.err "^e4: go.json: .*$1"
    [ ! -e refused ] || fail "a device was made of a file that is no good"
}
: > go.json
refused 'not JSON'
state '' | head -c 100 > go.json
refused 'not JSON'
echo '[]' > go.json
refused 'not a JSON object'
state '' | sed 's/"ID":"[^"]*"/"ID":"t8qqk1M="/' > go.json
refused '"ID" has 5 bytes, but ids have 16 here'
state '' | sed "s|$(b64 $own)|$(b64 "$(printf '%064d' 0)")|" > go.json
refused 'all zero'
state "\"$room\":\"AQ==\"" > go.json
refused 'has 1 bytes, not 32'
signed "$(hex server.key.pub)" "$(printf '%064d' 0)" > go.json
refused 'all zero'
signed "01$(printf '%062d' 0)" "$(hex peer.key.pub)" > go.json
refused '"C2PubKey" is no good public key'
state '' > go.json
chmod 644 go.json
refused 'others may read or change this secret'
expect 3 "$e4" init --import missing.json --state refused
expect 4 "$e4" init --import before.json --state dev
has last.err 'a device is stored here already'

# Two topics with one key, which this library refuses: nothing is left half made.
state "\"$room\":\"$(b64 $first)\",\"$id\":\"$(b64 $first)\"" > go.json
chmod 600 go.json
expect 3 "$e4" init --import go.json --state twins
has last.err 'has the same key as another topic'
expect 4 "$e4" key --state twins
has last.err 'was interrupted'
