#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The options of e4 pub and e4 sub do what their namesakes of mosquitto_pub and mosquitto_sub do.
. "$(dirname "$0")/lib.sh"

broker_start
device_with alice room
give alice plant/1/temperature
give alice plant/2/temperature
hear alice 2

# Run sub in the background until it is subscribed, and wait for its end.
sub() {
    start sub "$e4" sub --state alice -p "$port" "$@"
    sub_pid=$pid
    wait_for sub.err 'subscribed to [^e]'
}
sub_ends() {
    wait_end "$sub_pid"
    [ "$ended" -eq "$1" ] || fail "sub ended with $ended"
}

# -C and -N, and -v with a wildcard.
sub -t room -C 2 -N
say_as alice room one
say_as alice room two
say_as alice room three -q 0
sub_ends 0
[ "$(cat sub.out)" = onetwo ] || fail "-N or -C: $(cat sub.out)"
sub -t 'plant/+/temperature' -t room -C 3 -v --clean
say_as alice plant/1/temperature 17
say_as alice plant/2/temperature 18 -q 2
say_as alice room ' blanks  kept '
sub_ends 0
is sub.out 'plant/1/temperature 17' 'plant/2/temperature 18' 'room  blanks  kept '

# -W without and with a message; -E.
expect 27 "$e4" sub --state alice -p "$port" -t room -W 1 --clean
has last.err 'e4: the time is up: 1 s'
expect 0 "$e4" sub --state alice -p "$port" -t room -E --clean
[ ! -s last.out ] || fail "-E printed something"

# -F: everything it knows.
sub -t room -C 1 --clean -q 0 \
    -F '%t|%p|%x|%X|%l|%q|%r|%%|%s|%v|%o|@@|@Y-@m|\\|\t|%J|%I|%U|%T|%u|@N'
say_as alice room '{"a": [1, 2]}'
sub_ends 0
has sub.out '^room|{"a": \[1, 2\]}|7b2261223a205b312c20325d7d|7B2261223A205B312C20325D7D|13|0|0|%||protected|0|@|20[0-9][0-9]-[01][0-9]|\\|	|{"tst":"20.*","topic":"room","qos":0,"retain":0,"protection":"protected","sent":"20.*","sent_s":[0-9]*,"old_key":false,"repeated":false,"payloadlen":13,"payload":{"a": \[1, 2\]}}|20..-..-..T..:..:..[+-]....|[0-9]*\.[0-9]\{9\}|20.*T.*|[0-9]*|[0-9]\{9\}$'
# %j with text that has to be escaped, and with bytes that are no text.
sub -t room -C 3 --clean -F %j
say_as alice room 'a "quoted" \ text'
printf '\377\000' | "$e4" pub --state alice -p "$port" -t room -s
printf 'two\nlines' > two
"$e4" pub --state alice -p "$port" -t room -f two
sub_ends 0
has sub.out '"payloadlen":17,"payload":"a \\"quoted\\" \\\\ text"}$'
has sub.out '"payloadlen":2,"payload_hex":"ff00"}$'
has sub.out '"payloadlen":9,"payload":"two\\u000alines"}$'
# %J refuses what is no JSON, or more than one value, and goes on.
sub -t room -C 1 --clean -F %J
say_as alice room 'no JSON'
say_as alice room '1},{"payload":2'
say_as alice room '{"a":1} {"b":2}'
say_as alice room '[true,
 null]'
sub_ends 0
has sub.out '"payload":\[true,  null\]}$'
[ "$(grep -c 'message on room: its text is no JSON' sub.err)" -eq 3 ] || fail "%J"
expect 2 "$e4" sub --state alice -p "$port" -t room -F '%t %K'
has last.err 'format: %K is not known'
expect 2 "$e4" sub --state alice -p "$port" -t room -F '100%'
has last.err 'format: it ends in the middle of a sequence'

# Retained messages, and leaving them out.
say_as alice room kept -r
expect 0 "$e4" sub --state alice -p "$port" -t room -C 1 --clean -F '%r %p'
is last.out '1 kept'
sub -t room -C 1 --clean -R
say_as alice room fresh
sub_ends 0
is sub.out fresh
"$e4" pub -p "$port" -t room --clear -n -r --quiet

# Lines, whole input, a file, nothing.
sub -t room -C 6 --clean -F '%l %p'
printf 'line one\n\nline two\nno end' | "$e4" pub --state alice -p "$port" -t room -l 2> pub.err
has pub.err 'line 2 is empty and left out'
printf 'all\nof it\n' | "$e4" pub --state alice -p "$port" -t room -s
"$e4" pub --state alice -p "$port" -t room -f two
"$e4" pub --state alice -p "$port" -t room -n
sub_ends 0
is sub.out '8 line one' '8 line two' '6 no end' '10 all' 'of it' '' '9 two' 'lines' '0 '

# The same text twice in a second, from two programs of one device: two messages.
sub -t room -C 3 --clean
say_as alice room 'the same' &
first=$!
say_as alice room 'the same'
wait "$first"
say_as alice room 'the same'
sub_ends 0
is sub.out 'the same' 'the same' 'the same'

# The same text so often that the last ones wait until a second has passed: nothing is lost, nothing is
# refused.
yes 'the same again' | head -n 542 > many
sub -t room -C 542 --clean
"$e4" pub --state alice -p "$port" -t room -l < many 2> pub.err
sub_ends 0
cmp many sub.out || fail "equal texts were lost"
[ ! -s pub.err ] || has pub.err 'from now on it is sent once a second'

# A subscription of an earlier time goes on until it is ended.
expect 0 "$e4" sub --state alice -p "$port" -t plant/1/temperature -E
say_as alice plant/1/temperature 21
expect 0 "$e4" sub --state alice -p "$port" -t room -C 1 -W "$patience" -d
is last.out 21
has last.err 'plant/1/temperature: the broker still has a subscription of an earlier time'
expect 0 "$e4" sub --state alice -p "$port" -t room -U plant/1/temperature -E
say_as alice plant/1/temperature 22
say_as alice room here
expect 0 "$e4" sub --state alice -p "$port" -C 1 -W "$patience"
is last.out here

# URLs.
sub -L "mqtt://localhost:$port/room" -C 1 --clean
"$e4" pub --state alice -L "mqtt://[127.0.0.1]:$port/room" -m 'by URL'
sub_ends 0
is sub.out 'by URL'

sub -h 127.0.0.1 -L "mqtt://[127.0.0.1]/room" -p "$port" -i own-name -V 5 -c -C 1
"$e4" pub --state alice -p "$port" -t room -V 311 -m 'by another name'
sub_ends 0
is sub.out 'by another name'
has broker.log 'New client connected from .* as own-name (p5,'

# A long message, and many.
head -c 3000000 /dev/zero | tr '\000' x > long
sub -t room -C 1 --clean -N
"$e4" pub --state alice -p "$port" -t room -f long
sub_ends 0
cmp long sub.out || fail "a long message was changed"
i=0
while [ $i -lt 3000 ]; do
    i=$((i + 1))
    echo "message $i"
done > many
sub -t room -C 3000 --clean
"$e4" pub --state alice -p "$port" -t room -l < many
sub_ends 0
cmp many sub.out || fail "messages were lost or out of order"
sed 's/message/text/' many > other
mv other many
sub -t room -C 3000 --clean -q 2
"$e4" pub --state alice -p "$port" -t room -l -q 2 < many
sub_ends 0
cmp many sub.out || fail "messages of QoS 2 were lost or out of order"
