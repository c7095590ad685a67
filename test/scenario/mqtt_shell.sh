#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# e4 shell, typed into on a terminal and fed through a pipe.
. "$(dirname "$0")/lib.sh"
need expect mosquitto_pub

broker_start
device_with alice room
device_with bob room

# Through a pipe: each line a command, and the exit code is that of the first that failed.
listen bob room -v
bob=$pid
{
    echo '# a comment'
    echo 'subscribe room'
    echo 'send room from a pipe, with  blanks kept'
    echo 'send-clear room in clear'
    echo 'keys'
    echo 'stat'
} > commands
got=0
"$e4" shell --state alice -p "$port" < commands > alice.out 2> alice.err || got=$?
[ "$got" -eq 0 ] || fail "exit code $got"
wait_for bob.out 'room from a pipe, with  blanks kept'
wait_for bob.err 'message on room refused: it is not protected'
has alice.out '^topic  da2543d927f18823df93e9aa1aa11016  key [0-9a-f]*  room$'
has alice.out '^device   a7dcef9aef26202fce82a7c7d6672afb  alice$'
has alice.out "^broker   localhost:$port, connected$"
has alice.out '^- published$'
has alice.out '^- subscribed to room (QoS 1)$'
has_not alice.out 'e4>'
[ ! -s alice.err ] || fail "something on standard error"

# say_to CODE TEXT: run one line.
says() {
    got=0
    printf '%s\n' "$2" | "$e4" shell --state alice -p "$port" > alice.out 2> alice.err || got=$?
    [ "$got" -eq "$1" ] || fail "exit code $got: $2"
    has alice.out "$3"
}
says 6 'send hall x' '^! failed to protect message: topic key not found'
says 3 'send a/+ x' '^! topic a/+: + and # stand for other topics'
says 3 'subscribe a#' '^! topic a#: # must be the whole last level'
says 3 'unsubscribe e4/a7dcef9aef26202fce82a7c7d6672afb' '^! without this topic no commands would arrive'
says 2 'send room' '^! it goes: send TOPIC TEXT'
says 2 'dance' '^! dance: no such command; help lists them'
says 0 'help' '^send-clear  TOPIC TEXT  publish a text without protection'
says 0 'send "room" quoted' '^- published$'
wait_for bob.out 'room quoted'
says 0 quit .
says 0 'unsubscribe room' '^- unsubscribed from room$'
[ ! -e alice/history ] || fail "a pipe has no history"

# On a terminal. What arrives meanwhile is shown, and what is being typed stays; tab completes.
cat > talk.exp <<END
set timeout $patience
set stty_init "rows 24 columns 60"
set env(TERM) xterm
proc want {text} {
    expect {
        -ex \$text {}
        timeout { puts "FAILED: no \"\$text\""; exit 98 }
        eof { puts "FAILED: the end instead of \"\$text\""; exit 97 }
    }
}
spawn -noecho $e4 shell --state alice -p $port
want "subscribed to e4/"
send "sub\troom\r"
want "subscribed to room"
want "e4> "
send "send ro\thalf a sentence"
want "half a sentence"
exec $e4 pub --state bob -p $port -t room -m "meanwhile"
want "\[J\[room\] meanwhile"
want "e4> send room half a sentence"
send ", and the rest, which makes it longer than the line\r"
want "\[room\] half a sentence, and the rest, which makes it longer than the line"
exec mosquitto_pub -p $port -t room -m "plain"
want "message on room refused: it is not protected"
send "send room \u00e4\u00f6 \u20acx\177\177\u20ac\r"
want "\[room\] \u00e4\u00f6 \u20ac"
exec $e4 pub --state bob -p $port -t room -m "\033\[31mred\007"
want "\[room\] ?\[31mred?"
send "keys\r"
want "da2543d927f18823df93e9aa1aa11016"
send "s\t"
want "send-clear"
send "\025\020\020\r"
want "\[room\] \u00e4\u00f6 \u20ac"
send "quit\r"
expect eof
lassign [wait] pid spawn_id system status
exit \$status
END
expect 0 env LC_ALL=C.UTF-8 expect talk.exp

# Its history is the owner's alone, and does not hold what was said.
[ "$(stat -c %a alice/history)" = 600 ] || fail "others may read the history"
is alice/history 'subscribe room' 'send room' 'keys' 'send room' 'quit'
sed 's/^send "sub.*/send "\\020\\020\\020\\020"\nwant "send room"\nsend "\\025\\004"\nexpect eof\nexit 0/' talk.exp > again.exp
expect 0 env expect again.exp

# Control-C.
# shellcheck disable=SC2016 # it is expect's
sed 's/^send "sub.*/send "half a line\\003"\nexpect eof\nlassign [wait] a b c status\nexit $status/' talk.exp > stop.exp
expect 0 env expect stop.exp
wait_for broker.log 'Received DISCONNECT from e4-a7dcef9aef26202fce82a7c7d6672afb' 3
stop "$bob"

# Who reads its output has seen enough: it ends, with an exit code and without a word.
mkfifo pipe
yes status | head -n 5000 > many
# shellcheck disable=SC2016 # it is the inner shell's
start reader sh -c '"$@" < many > pipe 2> pipe.err; echo $? > pipe.code' - \
    "$e4" shell --state alice -p "$port"
reader=$pid
exec 3< pipe
read -r line <&3
[ "$line" = "- connected to localhost:$port" ] || fail "$line instead of the first line"
exec 3<&-
wait_end "$reader"
is pipe.code 1
[ ! -s pipe.err ] || fail "a closed pipe is complained about"
