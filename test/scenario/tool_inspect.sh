#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# e4 inspect: frames of every length, in every writing, with every key, each with its sentence.
. "$(dirname "$0")/lib.sh"
need xxd

# Frames of every length from 0 to 200: one clear sentence, one exit code.
device alice
head -c 200 /dev/zero > zeros
length=0
while [ $length -le 200 ]; do
    head -c $length zeros > frame
    if [ $length -lt 24 ]; then code=3; else code=0; fi
    expect "$code" "$e4" inspect frame
    has last.out '^verdict   [a-z].\{20,\}$'
    [ ! -s last.err ] || fail "an error for $length bytes"
    if [ $length -lt 24 ]; then code=3; else code=6; fi
    expect "$code" "$e4" inspect --key alice.key frame
    expect "$code" "$e4" inspect --state alice frame
    if [ $length -lt 25 ]; then
        has last.out '^device    refused: too short for a frame'
    elif [ $length -le 89 ]; then
        has last.out '^device    refused: too old by'
    else
        has last.out '^device    refused: longer than any command'
    fi
    has_not last.out authentic
    length=$((length + 1))
done

# Writings.
at=1700000000
"$e4" command alice reset-topics --device-key alice.key --at $at > frame.hex
"$e4" command alice reset-topics --device-key alice.key --at $at -o raw > frame.raw
"$e4" command alice reset-topics --device-key alice.key --at $at -o base64 > frame.base64
for coding in hex raw base64; do
    expect 0 "$e4" inspect --key alice.key frame.$coding --at $at
    has last.out "^frame     25 bytes, given .*$coding$"
    has last.out '^sent      2023-11-14T22:13:20Z (0 s ago)$'
    has last.out '^verdict   on a receiving topic, the command ResetTopics;'
    "$e4" inspect --key alice.key < frame.$coding > last.out || fail "nothing from standard input"
done
expect 0 "$e4" inspect --key alice.key -m "$(cat frame.hex)"
expect 0 "$e4" inspect --key alice.key -m "$(cat frame.base64)"
expect 3 "$e4" inspect -m 'not a frame!'
has last.err '--message is neither hexadecimal nor base64'
expect 3 "$e4" inspect missing
expect 3 "$e4" inspect .

# Age.
expect 0 "$e4" inspect --key alice.key frame.raw --at $((at + 600))
has_not last.out '^but'
expect 0 "$e4" inspect --key alice.key frame.raw --at $((at + 613))
has last.out '^but       devices refuse it now: too old by 13 s'
expect 0 "$e4" inspect --key alice.key frame.raw --at $((at - 61))
has last.out '^but       devices refuse it now: its time is 1 min 1 s ahead'

# A stored device: why it refuses.
now=$(date +%s)
"$e4" command alice reset-topics --device-key alice.key --at $((now - 700)) -o raw > old
expect 6 "$e4" inspect --state alice old
has last.out '^device    refused: too old by 1 min 4[0-9] s; this device accepts up to 600 s$'
has last.out '^          apart from its time it would be accepted$'
"$e4" command alice reset-topics --device-key alice.key --at $((now + 1000)) -o raw > new
expect 6 "$e4" inspect --state alice new
has last.out '^device    refused: its time is 16 min [0-9]* s ahead of this device.s'
# A device knows that it is not earlier than when it was made.
device carol
"$e4" command carol reset-topics --device-key carol.key -o raw > today
expect 0 "$e4" inspect --state carol today --at $((now - 5000))
has last.out '^device    the command ResetTopics; this device would carry it out$'
has last.out '^          judged as of 20.*Z: this device knows that it is no earlier$'
expect 0 "$e4" inspect --state carol today --at $((now - 5000)) -o json
has last.out '"judged_at": [0-9]\{10\}'
expect 0 "$e4" inspect --state carol today
has_not last.out 'judged'
"$e4" keygen -t symmetric -o other.key > /dev/null
"$e4" command alice reset-topics --device-key other.key -o raw > forged
expect 6 "$e4" inspect --state alice forged
has last.out '^device    refused: the key does not open it'
expect 6 "$e4" inspect --state alice -t room1 forged
has last.out '^device    refused: this device holds no key for the topic room1'
expect 3 "$e4" inspect --state alice -t 'a/#' forged

# Asking changes nothing, however often.
find alice -type f ! -name sent -exec cat {} + | cksum > before
"$e4" command alice set-topic-key room1 other.key --device-key alice.key -o raw > set_key
for _ in 1 2 3; do
    expect 0 "$e4" inspect --state alice set_key
    has last.out '^device    the command SetTopicKey; this device would carry it out$'
done
find alice -type f ! -name sent -exec cat {} + | cksum | cmp - before
expect 0 "$e4" key --state alice
has last.out '^topics           0$'

# JSON says the same.
expect 0 "$e4" inspect -o json --key alice.key set_key
has last.out '"name": "SetTopicKey"'
has last.out '"topic": "7b14956ac0ce085073681c881bcf3e92"'
has last.out '"verdict": "opened"'
has_not last.out "$(xxd -p -c 64 other.key)"
expect 6 "$e4" inspect -o json --state alice old
has last.out '"verdict": "too old"'
has last.out '"apart_from_time": true'
expect 3 "$e4" inspect -o json -m 00
has last.out '"verdict": "no frame"'

# Text from outside does not reach the terminal as it is.
expect 2 "$e4" inspect -o xml set_key
expect 2 "$e4" inspect --at soon set_key
expect 2 "$e4" inspect --key alice.key --state alice set_key
expect 2 "$e4" inspect --server-key other.key set_key
expect 2 "$e4" inspect --server-secret other.key set_key
expect 2 "$e4" inspect set_key set_key

# Keys that are none, or missing.
"$e4" keygen -t ed25519 -o sign.key > /dev/null
"$e4" keygen -t curve25519 -o server.key > /dev/null
head -c 32 /dev/zero > zero_server
for keys in '--server-key missing --key sign.key' '--server-key zero_server --key sign.key' \
    '--server-secret missing --device-public sign.key.pub' '--server-secret server.key --device-public missing' \
    '--server-secret server.key --device-public zero_server' '--public-key missing' '--key missing'; do
    # shellcheck disable=SC2086 # words
    expect 3 "$e4" inspect set_key $keys
done
expect 2 "$e4" inspect --at 99999999999999999999 set_key
expect 2 "$e4" inspect --at 12x set_key

# Bytes that are no text, and commands about others, as text and as JSON.
expect 0 "$e4" command alice remove-topic room1 --device-key alice.key -o raw
cp last.out remove
expect 0 "$e4" inspect -o json --key alice.key remove
has last.out '"topic": "7b14956ac0ce085073681c881bcf3e92"'
has_not last.out '"fingerprint"'
