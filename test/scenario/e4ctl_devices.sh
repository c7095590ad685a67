#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# From e4ctl to devices, through server and broker: keys arrive, messages open, and what is
# taken away is gone. In both modes.
. "$(dirname "$0")/lib.sh"
# shellcheck source=test/scenario/server.sh
. "$source_dir/test/scenario/server.sh"
need mosquitto_pub

broker_start

# does DEVICE PATTERN [COUNT]: it carries out a command; hears: it has a message.
does() {
    wait_for "$1.err" "command $2.* carried out" "${3:-1}"
}
hears() {
    wait_for "$1.out" "$2"
}

# ctl WORDS...: succeeds, and says nothing else.
ctl() {
    expect 0 "$e4ctl" "$@"
    [ ! -s last.err ] || fail "e4ctl $*: $(cat last.err)"
}

for mode in symmetric-key public-key; do
    E4D_MODE=$mode server_start "$mode"
    alice=alice.$mode
    bob=bob.$mode
    [ $mode = symmetric-key ] || "$e4ctl" server-key --raw > server.pub
    for who in "$alice" "$bob"; do
        if [ $mode = symmetric-key ]; then
            "$e4" init --name "$who" --state "state.$who" --export-key "$who.key" > /dev/null
        else
            "$e4" init --name "$who" --state "state.$who" --mode public-key \
                --server-key server.pub --export-key "$who.key" > /dev/null
        fi
        ctl client create "$who" --key "$who.key"
        listen_as=$who
        start "$who" "$e4" sub --state "state.$who" -p "$port" -t room
        wait_for "$listen_as.err" 'subscribed to room'
        eval "pid_${who%%.*}=$pid"
    done
    ctl client list
    is last.out "$alice" "$bob"

    # A topic for both.
    ctl topic create room
    for who in "$alice" "$bob"; do
        ctl attach "$who" room
        does "$who" SetTopicKey
    done
    ctl topic list-clients room
    is last.out "$alice" "$bob"
    ctl client list-topics "$bob"
    is last.out room
    if [ $mode = public-key ]; then
        ctl client link-client "$alice" "$bob"
        ctl client list-linked-clients "$bob"
        is last.out "$alice"
        ctl count linked-clients "$bob"
        is last.out 1
        ctl client send-pubkey "$alice" "$bob"
        does "$bob" SetPubKey
        for who in "$alice" "$bob"; do # the server signs by a name of its own
            ctl client send-pubkey e4d "$who"
        done
        does "$alice" SetPubKey
        does "$bob" SetPubKey 2
    fi
    "$e4ctl" protect-message room --message "from the server, $mode" --raw |
        mosquitto_pub -h 127.0.0.1 -p "$port" -t room -q 1 -s
    hears "$alice" "from the server, $mode"
    hears "$bob" "from the server, $mode"
    ctl protect-message room --message again
    cp last.out frame
    "$e4ctl" unprotect-message room < frame > opened
    [ "$(cat opened)" = again ] || fail "a message does not open to what it was"

    # Another key, and what is taken away.
    ctl topic create room
    does "$bob" SetTopicKey 2
    ctl detach "$bob" room
    does "$bob" RemoveTopic
    expect 4 "$e4ctl" detach "$bob" room
    has last.err '^e4ctl: '
    ctl topic revoke room
    ctl client new-key "$alice"
    does "$alice" SetIDKey
    ctl client reset "$alice"
    does "$alice" ResetTopics
    if [ $mode = public-key ]; then
        ctl client remove-pubkey "$alice" "$bob"
        does "$bob" RemovePubKey
        ctl client reset-pubkeys "$bob"
        does "$bob" ResetPubKeys
        ctl new-c2key --force
        does "$bob" SetC2Key
        does "$alice" SetC2Key
    fi
    ctl client remove "$bob"
    ctl topic remove room
    ctl count clients
    is last.out 1
    ctl count topics
    is last.out 0
    ctl audit verify
    # shellcheck disable=SC2154 # set by eval
    for pid in $pid_alice $pid_bob $server_pid; do
        stop "$pid"
    done
done
