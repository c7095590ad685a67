#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The Arduino example, compiled with the real core and run by simavr, behind its gateway, with a
# real mosquitto and real e4: it gets its keys and the time by command, sends readings, switches
# its lamp, refuses what is not for it, and has its keys still after power was off. It has room
# for as many topics as it says, and a store takes at worst what the package's README says.
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

# A third topic, which is the last that there is room for; and then stores until one of them is a
# turn of the EEPROM's halves, the longest that there is, at 3.4 ms a byte (by the chip's manual).
give thermometer room/1/third
wait_for gateway.out '# command carried out: 3' 3
carried_out=3
longest=0
while [ "$longest" -lt 1000 ] && [ "$carried_out" -lt 20 ]; do
    carried_out=$((carried_out + 1))
    give thermometer room/1/lamp
    wait_for gateway.out '# command carried out: 3, bytes written: [0-9]' $carried_out
    longest=$(sed -n 's/.*bytes written: \([0-9]*\).*/\1/p' gateway.out | sort -n | tail -n 1)
done
usual=$(sed -n 's/.*bytes written: \([0-9]*\).*/\1/p' gateway.out | sort -n | tail -n 2 | head -n 1)
echo "a store writes $usual bytes, with a turn $longest: $((usual * 34 / 10)) and $((longest * 34 / 10)) ms"
said_s=$(sed -n 's/.* \([0-9.]*\) seconds at worst.*/\1/p' "$root/packaging/arduino/README.md")
awk -v said_s="$said_s" -v bytes="$longest" \
    'BEGIN { took_s = bytes * 0.0034; exit !(took_s > 2 && took_s <= said_s && said_s < took_s * 1.2) }' ||
    fail "the README says $said_s seconds for $longest bytes"

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
