#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Two devices that were sent a topic's key understand one another; a third one, which was not,
# learns nothing and is not believed. Symmetric mode.
. "$(dirname "$0")/lib.sh"

broker_start
device_with alice room
device_with bob room
device eve
give eve elsewhere
hear eve 1

listen bob room -v
bob=$pid
listen eve room
eve=$pid
say_as alice room 'hello bob'
wait_for bob.out 'hello bob'
wait_for eve.err 'message on room refused: topic key not found'

# Eve has a key, but another one.
cp room.topic kept.topic
"$e4" keygen -t symmetric -o room.topic --force > /dev/null
give eve room
wait_for eve.err 'command SetTopicKey carried out: topic'
say_as eve room 'believe me'
wait_for bob.err 'message on room refused: not authentic'
say_as alice room 'second'
wait_for bob.out second
wait_for eve.err 'message on room refused: not authentic'
is bob.out 'room hello bob' 'room second'
stop "$bob"
stop "$eve"
is eve.out 'believe me' # what she said herself

# On the wire there is no text.
has_not broker.log hello
