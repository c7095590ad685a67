#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The Arduino example, compiled with the real core and run by simavr, behind its gateway, with a
# real mosquitto and real e4: it gets its keys and the time by command, sends readings, switches
# its lamp, refuses what is not for it, and has its keys still after power was off.
. "$(dirname "$0")/lib.sh"
need mosquitto_pub mosquitto_sub avr-gcc
[ -d /usr/share/arduino/hardware/mighty-1284p ] || skip "there is no Arduino core here"
root=$source_dir

# The library as it is shipped, with a key in the sketch.
"$root/scripts/package" arduino library
"$e4" keygen -t symmetric -o thermometer.key > /dev/null
cp -r library/examples/Thermometer Thermometer
bytes=$(xxd -i < thermometer.key)
sed -i "s/{0}/{$(echo "$bytes" | tr -d '\n')}/" Thermometer/secrets.h
grep -q 0x Thermometer/secrets.h
"$root/test/arduino/build.sh" mighty_opt Thermometer library built > build.out 2>&1 || fail "it does not compile"
cat build.out
"$root/test/arduino/build.sh" mega Thermometer library built_mega || fail "it does not compile for another board"
cc -std=c11 -O2 "$root/test/arduino/simavr_serial.c" -o simavr_serial -lsimavr -lelf

power_on() {
    start chip ./simavr_serial atmega1284p built/Thermometer.elf eeprom
    chip=$pid
    wait_for chip.out /dev/
    start gateway library/extras/gateway "$(cat chip.out)" -p "$port"
    gateway=$pid
}
power_off() {
    stop "$gateway"
    stop "$chip"
}

broker_start
device alice
learn alice
give alice room/1/temperature
give alice room/1/lamp
hear alice 2
listen alice room/1/temperature
power_on
wait_for gateway.out '# no reading sent: topic key not found'
wait_for broker.log 'Received SUBSCRIBE from auto-.*' 2

give thermometer room/1/temperature
wait_for gateway.out '# command carried out: 3' 1
wait_for alice.out '^[0-9][0-9]*$' 2
give thermometer room/1/lamp
wait_for gateway.out '# command carried out: 3' 2
say_as alice room/1/lamp on
wait_for gateway.out '# lamp on'
mosquitto_pub -p "$port" -t room/1/lamp -m 'on, please, and without a key'
wait_for gateway.out '# refused: in the future' # as which the first 8 bytes read
say_as alice room/1/lamp off
wait_for gateway.out '# lamp off'

# Power off. The time is lost, and comes back with the last command, which the broker has kept; the
# key of the readings' topic is in the EEPROM alone.
power_off
sent=$(grep -c . alice.out)
power_on
wait_for gateway.out '# command carried out: 3'
wait_for alice.out . $((sent + 1))
power_off
has_not gateway.out "no reading sent: topic key"
has_not gateway.out "$(xxd -p -c 64 room_1_lamp.topic)"
