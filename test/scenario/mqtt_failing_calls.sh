#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every call for memory and to the system fails once, and from then on, while e4 pub, sub and shell talk to a
# broker: an error in words and an exit code that means something, never a crash, and the device
# stays what it was. (The broker is called by its address: when a name is looked up without memory, glibc 2.36
# itself crashes, in nss_database_check_reload_and_get().)
. "$(dirname "$0")/lib.sh"
need cc

! grep -q -e __asan_init -e __tsan_init "$e4" ||
    skip "a program with sanitizers takes no other library before theirs"
cc -shared -fPIC -o failing_calls.so "$source_dir/test/scenario/failing_calls.c" -ldl
broker_start
for name in alice bob carol dave; do
    device_with $name room
done
printf 'subscribe room\nsend room hello\nkeys\nstatus\nunsubscribe room\n' > commands

# each NAME MODES COMMAND...: run it with its first call failing, its second, and so on, until it makes no more.
# From then on all later calls fail as well in mode "on", and it takes a second to say so. NAME is the
# device and a folder.
each() {
    name=$1
    modes=$2
    shift 2
    mkdir -p "$work/$name.run"
    cd "$work/$name.run" || exit 1
    for mode in $modes; do
        if [ "$mode" = on ]; then export FAIL_ON=1; else unset FAIL_ON; fi
        number=0
        while :; do
            number=$((number + 1))
            rm -f failed
            code=0
            FAIL_LOG=failed FAIL_CALL=$number LD_PRELOAD=$work/failing_calls.so \
                "$@" > each.out 2> each.err < "$work/commands" || code=$?
            [ -f failed ] || break
            what="call $number ($(cat failed), failing $mode) of: $*"
            case $code in
            0) ;;
            [1-6] | 27) [ "$mode" = on ] || grep -q '^e4' each.err || [ -s each.out ] ||
                fail "no words for $what" ;;
            *) fail "exit code $code from $what" ;;
            esac
        done
        [ "$code" -eq 0 ] || fail "does not work at all: $*"
        [ "$number" -gt 50 ] || fail "too few calls seen: $*"
        unset FAIL_ON
        "$e4" key --state "$work/$name" --topics > told.out
        has told.out da2543d927f18823df93e9aa1aa11016
        echo "$* ($mode): $((number - 1)) calls"
    done
}

# All at once, because most of the time is spent waiting.
at_once=
for name in alice bob carol dave; do
    options="--state $work/$name -h 127.0.0.1 -p $port"
    case $name in
    alice) command="once pub $options -t room -m hello -W 1" ;;
    bob) command="once sub $options -t room -E -W 5 --clean" ;;
    carol) command="once shell $options -W 5 --clean" ;;
    dave) command="on pub $options -t room -m hello -W 1" ;;
    esac
    # shellcheck disable=SC2086 # words
    (
        mode=${command%% *}
        each $name "$mode" "$e4" ${command#* }
    ) &
    at_once="$at_once $!"
    started="$started $!"
done
for pid in $at_once; do
    wait "$pid" || exit 1
done
