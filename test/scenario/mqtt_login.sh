#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# User names and passwords: from a file, the environment, or the command line with a warning.
. "$(dirname "$0")/lib.sh"
need mosquitto_passwd

: > users
mosquitto_passwd -b users alice 'the right one' 2> /dev/null
{
    printf 'listener PORT 127.0.0.1\nallow_anonymous false\npassword_file %s/users\n' "$work"
} > broker.listener
broker_start
device alice
sub() {
    "$e4" sub --state alice -p "$port" -E -W "$patience" "$@"
}

echo 'the right one' > right
echo 'the wrong one' > wrong
chmod 600 right wrong
expect 0 sub -u alice --password-file right
expect 0 env E4_MQTT_PASSWORD='the right one' "$e4" sub --state alice -p "$port" -E -u alice
expect 0 sub -u alice -P 'the right one'
has last.err 'a password on the command line can be read by everybody on this machine; better:'
has_not last.err 'right one'
expect 0 sub -L "mqtt://alice:the right one@localhost:$port/room"
has last.err 'a password on the command line can be read by everybody'
got=0
"$e4" sub --state alice -p "$port" -E -u alice --password-file - < right 2> last.err || got=$?
[ "$got" -eq 0 ] || fail "a password from standard input"

for version in mqttv311 mqttv5; do
    for user in alice bob; do
        expect 5 sub -u "$user" --password-file wrong -V "$version"
        has last.err 'refused the connection: \(bad user name or password\|not authorised\)'
    done
    expect 5 sub -V "$version"
    has last.err "broker localhost:$port refused the connection: not authorised"
done
expect 2 sub -u alice --password-file right -P x
has last.err '-P and --password-file: one of them is enough'
expect 2 sub -P x
has last.err 'a password for the broker needs a user name'
chmod 644 right
expect 3 sub -u alice --password-file right

# On the command line it can be read for a moment only.
chmod 600 right
start alice "$e4" sub --state alice -p "$port" -t room -u alice -P 'the right one' -d
alice=$pid
wait_for alice.err 'subscribed to room'
has_not alice.err 'right one'
if [ -r "/proc/$alice/cmdline" ]; then
    tr '\000' '\n' < "/proc/$alice/cmdline" > cmdline
    has cmdline '^\*\*\*\*'
    has_not cmdline 'right one'
fi
stop "$alice"
