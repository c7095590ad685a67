#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The key server, a broker and two devices, in both modes: they are made, talk, get other keys,
# and are shut out. In between the server is killed at once and started again.
. "$(dirname "$0")/lib.sh"
# shellcheck source=test/scenario/server.sh
. "$source_dir/test/scenario/server.sh"
need xxd curl

# The server dies without a word, and comes back.
server_killed() {
    kill -KILL "$server_pid"
    wait "$server_pid" 2> /dev/null || :
    server_start "$server_folder"
}

# make NAME: a device that the server knows, which runs and has no keys yet.
make() {
    if [ "$mode" = public-key ]; then
        signing_device "$1"
        ctl client create "$1" --key "$1.pub"
    else
        device "$1"
        ctl client create "$1" --key "$1.key"
    fi
    listen "$1" room --receipts
}

# Wait until a device has said so many times what a command changed. What is repeated to it and
# changes nothing does not count.
done_by() {
    wait_for "$1.err" "carried out: .*$2" "$3"
}

# From now on: what a device has said before does not count.
marks() {
    for who in alice bob; do
        cp "$who.err" "$who.before"
    done
}

# now_done_by NAME PATTERN: since the mark, it has said so.
now_done_by() {
    said=$(grep -c -e "$2" "$1.before") || :
    wait_for "$1.err" "$2" $((said + 1))
}

# hears NAME TEXT: what was said arrives.
hears() {
    wait_for "$1.out" "^$2\$"
}

play() {
    mode=$1
    export E4D_MODE="$mode"
    server_start "state-$mode"
    [ "$mode" = symmetric-key ] || {
        ctl server-key -o json
        sed 's/.*"serverKey" *: *"\([^"]*\)".*/\1/' last.out | base64 -d > server.key.pub
        : > server.key # it is not ours, and nothing here asks for it
    }
    make alice
    alice=$pid
    make bob
    bob=$pid

    # Create, attach, talk.
    ctl topic create room
    ctl attach alice room
    ctl attach bob room
    if [ "$mode" = public-key ]; then
        ctl client link-client alice bob
        ctl client send-pubkey alice bob
        done_by bob 'client .* has a key' 1
    fi
    done_by alice 'topic .* has a key' 1
    done_by bob 'topic .* has a key' 1
    say_as alice room one
    hears bob one

    # Rotate, with the server killed in between: the commands leave when it is back.
    ctl topic create room
    server_killed
    done_by alice 'topic .* has another key' 1
    done_by bob 'topic .* has another key' 1
    say_as alice room two
    hears bob two

    # Rotate while the broker is away, and the server killed besides.
    broker_stop
    ctl topic create room
    server_killed
    broker_start
    done_by alice 'topic .* has another key' 2
    done_by bob 'topic .* has another key' 2
    say_as alice room three
    hears bob three

    # A new key for a device, and what follows it.
    ctl client new-key alice
    server_killed
    done_by alice "this device.* has" 1
    [ "$mode" = symmetric-key ] || done_by bob 'client .* has another key' 1 # from alice's new key
    ctl topic create room
    done_by alice 'topic .* has another key' 3
    done_by bob 'topic .* has another key' 3
    say_as alice room four
    hears bob four
    if [ "$mode" = public-key ]; then
        ctl new-c2key --force
        server_killed
        done_by alice 'the key server has a new key' 1
        done_by bob 'the key server has a new key' 1
    fi

    # Revoke: all get the new key and nobody has the old one.
    marks
    ctl topic revoke room
    now_done_by alice '\(Remove\|Reset\)Topics\? carried out: the key of topic'
    now_done_by bob '\(Remove\|Reset\)Topics\? carried out: the key of topic'
    now_done_by alice 'SetTopicKey carried out: topic .* has a key'
    now_done_by bob 'SetTopicKey carried out: topic .* has a key'
    say_as alice room five
    hears bob five

    # Detach: bob is told, and understands nothing more.
    marks
    ctl detach bob room
    now_done_by bob '\(Remove\|Reset\)Topics\? carried out: the key of topic'
    say_as alice room six
    wait_for bob.err 'message on room refused: topic key not found'
    has_not bob.out six

    # The trail of changes is whole.
    ctl audit verify
    stop "$alice"
    stop "$bob"
    stop "$server_pid"
    rm -rf alice bob alice.* bob.* server.key*
}

for each in symmetric-key public-key; do
    broker_start # another, which retains nothing of the other mode's devices
    play $each
    broker_stop
done
