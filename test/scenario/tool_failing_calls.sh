#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every call for memory and to the system fails once, and from then on: an error in words or a whole
# result, never a crash, never half a key, and what was there before is still there.
. "$(dirname "$0")/lib.sh"
need cc

! grep -q -e __asan_init -e __tsan_init "$e4" ||
    skip "a program with sanitizers takes no other library before theirs"
cc -shared -fPIC -o failing_calls.so "$source_dir/test/scenario/failing_calls.c" -ldl

# each SETUP CHECK COMMAND...: run COMMAND with its first call failing, its second, and so on,
# until it makes no more calls. Before each, SETUP; after each, CHECK with the exit code.
each() {
    setup=$1
    check=$2
    shift 2
    for mode in once on; do
        number=0
        while :; do
            number=$((number + 1))
            $setup
            rm -f failed
            code=0
            if [ $mode = on ]; then export FAIL_ON=1; else unset FAIL_ON; fi
            FAIL_LOG=$work/failed FAIL_CALL=$number LD_PRELOAD=$work/failing_calls.so \
                "$@" > each.out 2> each.err < /dev/null || code=$?
            [ -f failed ] || break
            what="call $number ($(cat failed), failing $mode) of: $*"
            case $code in
            0) ;;
            # Whoever has no memory for the message itself, or none of its calls working, is excused.
            [1-6]) [ $mode = on ] || grep -q '^e4' each.err || fail "no words for $what" ;;
            *) fail "exit code $code from $what" ;;
            esac
            $check "$code" || fail "something is lost, or half done: $what"
        done
        [ "$code" -eq 0 ] || fail "does not work at all: $*"
        [ $number -gt 5 ] || fail "no calls seen: $*"
        echo "$* ($mode): $((number - 1)) calls"
    done
}

nothing() {
    :
}

# keygen: a whole pair or nothing, and never another file.
no_key() {
    rm -rf keys
    mkdir keys
}
pair_or_nothing() {
    # Removing what was made may fail as well; what it made then is still a whole key.
    [ ! -f keys/k.pub ] || [ -f keys/k ] || return 1
    [ "$1" -eq 0 ] || return 0
    "$e4" key keys/k > /dev/null && [ -f keys/k.pub ]
}
each no_key pair_or_nothing "$e4" keygen -t ed25519 -o keys/k
old_key() {
    no_key
    cp kept keys/k
    cp kept.pub keys/k.pub
}
"$e4" keygen -t ed25519 -o kept > /dev/null
old_key_stays() {
    cmp keys/k kept && cmp keys/k.pub kept.pub
}
keygen_again() {
    ! "$e4" keygen -t ed25519 -o keys/k
}
LD_PRELOAD='' keygen_again 2> /dev/null || fail "a key was overwritten"
key_is_whole() {
    [ "$(wc -c < keys/k)" -eq 64 ] && [ "$(wc -c < keys/k.pub)" -eq 32 ]
}
each old_key key_is_whole "$e4" keygen -t ed25519 -o keys/k --force

# init: a device that works, or none; never one that looks whole and is not.
"$e4" keygen -t symmetric -o own.key > /dev/null
"$e4" keygen -t curve25519 -o server.key > /dev/null
no_device() {
    rm -rf dev
}
device_or_none() {
    told=0
    "$e4" key --state dev > told.out 2> told.err || told=$?
    if [ "$1" -eq 0 ]; then
        [ $told -eq 0 ] && grep -q '^name             a$' told.out
    else
        [ $told -eq 4 ] || grep -q '^name             a$' told.out
    fi
}
each no_device device_or_none "$e4" init --state dev --name a --key own.key
each no_device device_or_none "$e4" init --state dev --name a --mode public-key \
    --server-key server.key.pub
"$e4" init --state before --name a --key own.key > /dev/null
old_device() {
    rm -rf dev
    cp -r before dev
}
each old_device device_or_none "$e4" init --state dev --name a --key own.key --force

# The same of a device that is taken over.
zeros=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
printf '{"ID":"AQIDBAUGBwgJCgsMDQ4PEA==","ReceivingTopic":"e4/0102030405060708090a0b0c0d0e0f10",
  "Key":{"keyType":0,"keyData":{"Key":"AQEB%s="}},
  "TopicKeys":{"d4ae5619a57075c790bb2e32d020fb88":"AgIC%s="}}' $zeros $zeros > go.json
chmod 600 go.json
imported_or_none() {
    told=0
    "$e4" key --state dev > told.out 2> told.err || told=$?
    if [ "$1" -eq 0 ] || [ $told -eq 0 ]; then
        grep -q '^topics           1$' told.out
    else
        [ $told -eq 4 ]
    fi
}
each no_device imported_or_none "$e4" init --state dev --import go.json

# The others change nothing.
old_device
device_stays() {
    "$e4" key --state dev > /dev/null
}
each nothing device_stays "$e4" key --state dev --topics
each nothing device_stays "$e4" key --state dev -o json
each nothing device_stays "$e4" key own.key
"$e4" command a reset-topics --device-key own.key > frame
each nothing device_stays "$e4" inspect --state dev frame
each nothing device_stays "$e4" inspect --key own.key frame

# command: its time was noted if it was printed.
ledger_is_whole() {
    "$e4" command a remove-topic x --device-key own.key --ledger ledger > /dev/null || return 1
    [ "$1" -ne 0 ] || [ -s each.out ]
}
old_ledger() {
    printf 'e4-ledger 1 %s\n1700000000\n' "$("$e4" key --state dev | sed -n 's/^id *//p')" > ledger
}
each old_ledger ledger_is_whole "$e4" command a reset-topics --device-key own.key --ledger ledger

# provision: the device and the key server have the same key, or the device has none. A key that the
# device may have is kept.
start device "$bin_dir/../tests/factory_device" pty forgetful
device=$pid
wait_for device.out .
line=$(head -n 1 device.out)
fresh() {
    no_key
    said=$(wc -l < device.out)
    echo forget > "$line"
    until [ "$(wc -l < device.out)" -gt "$said" ]; do
        kill -0 "$device" || fail "the device is gone"
    done
}
same_key_or_none() {
    [ ! -f keys/k ] || [ "$(wc -c < keys/k)" -eq 32 ] || return 1
    if [ "$1" -eq 0 ] || ! tail -n 1 device.out | grep -q forgotten; then
        print=$("$e4" key keys/k | sed -n 's/^fingerprint *//p')
        tail -n 1 device.out | grep -q "^e4 stored 1 symmetric [0-9a-f]* $print$"
    fi
}
each fresh same_key_or_none "$e4" provision "$line" -W 5 --name a --export-key keys/k --label -
