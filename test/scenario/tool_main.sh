#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# e4 as a whole: help, versions, typing errors, and standard streams that do not work.
# shellcheck disable=SC2016 # what stands in single quotes is for an inner shell
. "$(dirname "$0")/lib.sh"

commands='keygen init key pub sub shell command inspect'

expect 0 "$e4" --help
for command in $commands; do
    has last.out "^  $command "
done
cp last.out help.out
expect 0 "$e4" help
diff help.out last.out || fail "e4 help is not e4 --help"
expect 2 "$e4"
diff help.out last.err || fail "e4 alone does not help"

# The first steps that it shows are true.
expect 0 "$e4" init --name alice --export-key alice.key
expect 0 "$e4" keygen -t symmetric -o room1.key
expect 0 "$e4" command alice set-topic-key room1 room1.key --device-key alice.key

expect 0 "$e4" --version
grep -qx 'e4 [0-9]*\.[0-9]*\.[0-9]*' last.out || fail "what version is this: $(cat last.out)"

for command in $commands; do
    expect 0 "$e4" "$command" --help
    has last.out "^Usage: e4 $command "
    cp last.out help.out
    expect 0 "$e4" help "$command"
    diff help.out last.out || fail "e4 help $command is not e4 $command --help"
    expect 2 "$e4" "$command" --no-such-option
    has last.err "e4 $command: unrecognized option '--no-such-option'"
done
for typed in keygn inspct sbu Key commnad; do
    expect 2 "$e4" "$typed"
    has last.err "^e4: $typed: no such command; did you mean e4 "
done
for typed in zzzzzzzz frobnicate abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz ''; do
    expect 2 "$e4" "$typed"
    has last.err 'no such command; e4 --help lists them$'
done
expect 2 "$e4" help nonsense
expect 2 "$e4" "$(printf 'a\033[2Jb')"
has last.err '^e4: a?\[2Jb: no such command'

# Output that does not arrive is an error, also of help.
for command in --help --version help 'keygen --help' key 'key -o json'; do
    # shellcheck disable=SC2086 # words
    expect 1 sh -c '"$@" > /dev/full' - "$e4" $command
    has last.err '^e4: cannot write standard output: No space left on device$'
    # shellcheck disable=SC2086
    expect 1 sh -c '"$@" >&-' - "$e4" $command
    has last.err '^e4: cannot write standard output: Bad file descriptor$'
done
expect 1 sh -c '"$1" keygen -t symmetric > /dev/full' - "$e4"

# A reader that has seen enough: no signal, no message, an exit code that says so.
mkfifo pipe
sh -c '"$1" key -o json > pipe 2> pipe.err; echo $? > pipe.code' - "$e4" &
started="$started $!"
exec 3< pipe
exec 3<&-
wait "$!"
[ ! -s pipe.err ] || fail "a closed pipe is complained about"
case $(cat pipe.code) in
0 | 1) ;; # 0: it was all in the pipe before the reader went
*) fail "a closed pipe gives exit code $(cat pipe.code)" ;;
esac

# Standard input that is closed, and a closed standard error with a key file opened after it.
expect 3 sh -c '"$1" inspect <&-' - "$e4"
expect 0 sh -c '"$1" keygen -t symmetric -o closed.key <&- >&2 2>&1' - "$e4"
[ "$(wc -c < closed.key)" -eq 32 ] || fail "the key file has other bytes than the key"
expect 3 sh -c '"$1" keygen -t symmetric -o closed.key 2>&-' - "$e4"

# No colour but on a terminal, and none with NO_COLOR.
expect 2 "$e4" nonsense
has_not last.err "$(printf '\033')"
if command -v script > /dev/null; then
    TERM=xterm script -qec "'$e4' nonsense" typescript > terminal.out < /dev/null || :
    has terminal.out "$(printf '\033\\[1;31m')e4:"
    NO_COLOR=1 TERM=xterm script -qec "'$e4' nonsense" typescript > terminal.out < /dev/null || :
    has terminal.out '^e4: nonsense: no such command'
fi
