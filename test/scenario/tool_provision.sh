#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# e4 provision with a device in its place, with every kind of bad one, and on bad lines. The device
# runs the example firmware's own code (factory_device.c); device_*.sh have a whole emulated one.
. "$(dirname "$0")/lib.sh"
need expect stty
factory_device=${E4_BINARY_DIR:-$source_dir/build}/tests/factory_device

# at WHERE NATURE...: a device. $line: where it is; $device: the program.
at() {
    start device "$factory_device" "$@"
    device=$pid
    wait_for device.out .
    line=$(head -n 1 device.out)
}
# A fresh device, on a socket of its own.
sockets=0
on_socket() {
    sockets=$((sockets + 1))
    at "socket_$sockets" "$@"
}

"$e4" keygen -t symmetric -o own.key > /dev/null
"$e4" keygen -t ed25519 -o sign.key > /dev/null
"$e4" keygen -t curve25519 -o server.key > /dev/null
print=$("$e4" key own.key | sed -n 's/^fingerprint *//p')
sign_print=$("$e4" key sign.key | sed -n 's/^fingerprint *//p' | cut -d ' ' -f 1)
alice=a7dcef9aef26202fce82a7c7d6672afb

# Every kind of line, and both modes. What the device holds is what the server has.
on_socket honest
expect 0 "$e4" provision "$line" --name alice --export-key alice.key
is last.out "provisioned over $line" "id               $alice" 'mode             symmetric-key' \
    "receiving topic  e4/$alice" \
    "fingerprint      $("$e4" key alice.key | sed -n 's/^fingerprint *//p')" \
    'for the server   alice.key (secret)'
[ "$(stat -c %a:%s alice.key)" = 600:32 ] || fail "alice.key is not a key file"
at tcp honest
expect 0 "$e4" provision "$line" --id 000102030405060708090a0b0c0d0e0f --key own.key
has last.out "^fingerprint      $print$"
at pty honest
stty -F "$line" -a > stty.before
expect 0 "$e4" provision "$line" -b 9600 --mode public-key --server-key server.key.pub --name alice \
    --key sign.key --export-key alice.pub
has last.out "^fingerprint      $sign_print of the public key$"
cmp alice.pub sign.key.pub
stty -F "$line" -a > stty.after
cmp stty.before stty.after || fail "the port is not as it was"
on_socket chatty
expect 0 "$e4" provision "$line" --name alice --key own.key
on_socket honest
expect 0 "$e4" provision "$line" --export-key random.key
has last.out '^id               [0-9a-f]\{32\}$'

# A device that was provisioned stays as it is, unless the factory names it.
on_socket honest
expect 0 "$e4" provision "$line" --name alice --key own.key
expect 0 "$e4" provision "$line" --name alice --key own.key # which it is already
expect 4 "$e4" provision "$line" --name bob --export-key bob.key
has last.err "the device is provisioned already: id $alice, fingerprint $print; --fresh-start $alice replaces it"
[ ! -e bob.key ] || fail "a key was left for a device that did not take it"
expect 4 "$e4" provision "$line" --name bob --export-key bob.key --fresh-start b5d577dc9ce59725e29886632e69ecdf
has last.err "not the device that --fresh-start means: its id is $alice"
expect 4 "$e4" provision "$line" --name bob --export-key bob.key --fresh-start damaged
expect 0 "$e4" provision "$line" --name bob --export-key bob.key --fresh-start "$alice"
expect 4 "$e4" provision "$line" --name bob --key own.key
on_socket honest
expect 4 "$e4" provision "$line" --name alice --key own.key --fresh-start "$alice"
has last.err 'nothing is stored on it'
on_socket damaged
expect 4 "$e4" provision "$line" --name alice --key own.key
has last.err "the device's storage is damaged; --fresh-start damaged erases it"
expect 4 "$e4" provision "$line" --name alice --key own.key --fresh-start "$alice"
expect 0 "$e4" provision "$line" --name alice --key own.key --fresh-start damaged

# Devices that refuse: no key is left that is nobody's.
on_socket symmetric-only
expect 3 "$e4" provision "$line" --mode public-key --server-key server.key.pub --name alice \
    --export-key refused.pub
has last.err 'it does not have public-key mode'
on_socket broken
expect 4 "$e4" provision "$line" --name alice --export-key broken.key
has last.err 'the device refused: its storage failed; broken.key is kept, for the device may have'
[ -f broken.key ] || fail "a key that failing storage may hold was not kept"
for nature in newer newest; do
    on_socket $nature
    expect 3 "$e4" provision "$line" -W 1 --name alice --export-key refused.key
    has last.err '^e4: the device speaks another version of these lines'
done

# Devices and lines that say nothing, or nothing that makes sense.
on_socket deaf
expect 27 "$e4" provision "$line" -W 1 --name alice --export-key refused.key
has last.err "^e4: $line: no answer within 1 s$"
on_socket garbage
expect 27 "$e4" provision "$line" -W 1 --name alice --export-key refused.key
has last.err 'bytes came within 1 s, and no answer among them; is the baud rate right?'
for name in refused.key refused.pub; do
    [ ! -e $name ] || fail "a key was left that is nobody's"
done

# A lost word is no loss: the device is asked anew.
on_socket loses-word
expect 0 "$e4" provision "$line" -W 1 --name alice --key own.key
# A request that arrives torn is refused as a whole, so that its key is nobody's.
on_socket torn
expect 5 "$e4" provision "$line" -W 1 --name alice --export-key torn.key
has last.err 'the device refused: the line changed what was sent to it$'
[ ! -e torn.key ] || fail "a key was left that is nobody's"
# A request that is lost: the device says that it is empty still.
for nature in loses-store unwilling; do
    on_socket $nature
    expect 6 "$e4" provision "$line" -W 1 --name alice --export-key $nature.key
    has last.err 'the device did not store who it is'
    has last.err "$nature.key is kept"
    expect 3 "$e4" provision "$line" -W 1 --name alice --export-key $nature.key
    has last.err "$nature.key is there already"
done
on_socket liar
expect 6 "$e4" provision "$line" --name alice --key own.key
has last.err 'the device says that it is another than it was told to be'
on_socket hangs-up
expect 5 "$e4" provision "$line" --name alice --export-key kept.key
has last.err "$line: the other side has hung up; kept.key is kept, for the device may have stored it"
[ -f kept.key ] || fail "a key that the device may have was not kept"

# Ports that are missing, are none, or are in use.
expect 5 "$e4" provision missing --name alice --key own.key
has last.err '^e4: cannot open missing: No such file'
expect 3 "$e4" provision own.key --name alice --key own.key
has last.err '^e4: own.key: neither a serial port nor a socket$'
expect 3 "$e4" provision /dev/null --name alice --key own.key
has last.err '^e4: /dev/null: not a serial port'
expect 5 "$e4" provision tcp:127.0.0.1:1 --name alice --key own.key
has last.err 'Connection refused'
expect 2 "$e4" provision tcp:127.0.0.1 --name alice --key own.key
expect 2 "$e4" provision tcp::1 --name alice --key own.key
expect 5 "$e4" provision 'tcp:[::1]:1' --name alice --key own.key
expect 5 "$e4" provision tcp:no.such.host.invalid:1 --name alice --key own.key
expect 3 "$e4" provision "$(printf '%0120d' 0 | sed 's|0|./|g')$line" --name alice --key own.key
has last.err 'a path too long for a socket'
kill "$device"
wait_end "$device"
expect 5 "$e4" provision "$line" --name alice --key own.key
at pty deaf
start waiting "$e4" provision "$line" -W 60 --name alice --key own.key
waiting=$pid
turns=$((patience * 20))
until stty -F "$line" -a 2> /dev/null | grep -q -e '-icanon'; do
    turns=$((turns - 1))
    [ $turns -gt 0 ] || fail "the port is not set up"
    sleep 0.05
done
expect 5 "$e4" provision "$line" -W 1 --name alice --key own.key
has last.err "$line: in use by another program"

# A signal: the port is as it was, and the program ends by the signal.
kill -TERM "$waiting"
wait_end "$waiting"
[ "$ended" -eq 143 ] || fail "ended with $ended after SIGTERM"
has waiting.err "^e4: $line: interrupted$"
stty -F "$line" -a > stty.after
cmp stty.before stty.after || fail "the port is not as it was after a signal"
cat > interrupt.exp <<END
set timeout $patience
spawn -noecho $e4 provision $line -W 60 --name alice --export-key interrupted.key
while {[string match "* icanon*" [exec stty -F $line -a]]} { after 50 }
send "\003"
expect "interrupted"
expect eof
lassign [wait] pid spawn_id system status signal name
exit [expr {\$name eq "SIGINT" ? 0 : 99}]
END
expect 0 env expect interrupt.exp
[ ! -e interrupted.key ] || fail "a key was left after Ctrl-C"

# Labels, in a file and on the terminal, are what a reader reads.
if command -v zbarimg > /dev/null; then
    reads() {
        python3 -B "$source_dir/test/scenario/read_qr.py" "$1" code.pbm
        zbarimg -q --raw code.pbm > code.txt 2> zbarimg.err || fail "$1 cannot be read"
        is code.txt "$2"
    }
    on_socket honest
    expect 0 "$e4" provision "$line" --name 'lamp é/7' --key own.key --label label.svg
    lamp=$(sed -n 's/^id *//p' last.out)
    reads label.svg "e4 device 1 symmetric $lamp $print lamp%20%C3%A9%2F7"
    [ "$(stat -c %a label.svg)" = 644 ] || fail "the label is not for everybody"
    on_socket honest
    expect 0 "$e4" provision "$line" --id "$alice" --key own.key --label -
    reads last.out "e4 device 1 symmetric $alice $print"
    # The secret one is the request itself.
    request="e4 store 1 none symmetric $alice $(xxd -p -c 64 own.key) none"
    request="$request $(printf %s "$request" | openssl dgst -sha3-256 -r | cut -c 1-32)"
    expect 0 "$e4" provision --name alice --key own.key --secret-label secret.svg
    reads secret.svg "$request"
    [ "$(stat -c %a secret.svg)" = 600 ] || fail "the secret label is not private"
    expect 0 "$e4" provision --name alice --key own.key --secret-label -
    reads last.out "$request"
    # On a terminal, whatever its colours are.
    cat > terminal.exp <<- END
	spawn -noecho $e4 provision --name alice --key own.key --secret-label -
	expect eof
	END
    env TERM=xterm expect terminal.exp > terminal.out
    [ "$(grep -c "$(printf '\033')\[97;40m.*$(printf '\033')\[0m" terminal.out)" -gt 20 ] ||
        fail "the terminal's colours are not set"
    sed -e "s/$(printf '\033')\[[0-9;]*m//g" -e 's/\r$//' terminal.out > plain.out
    reads plain.out "$request"
    expect 3 "$e4" provision --name alice --key own.key --secret-label secret.svg
    expect 3 "$e4" provision "$line" --id "$alice" --key own.key --label label.svg
else
    echo "labels are not read: zbarimg is not installed"
fi

# Mistakes on the command line, and keys that are no good.
for words in '' 'x' 'x --name a' 'x y --name a --key own.key' '--name a --key own.key' \
    'x --name a --id 000102030405060708090a0b0c0d0e0f --key own.key' \
    'x --name a --key own.key -b 1234' 'x --name a --key own.key -W no' \
    'x --name a --key own.key --mode both' 'x --name a --mode public-key --key sign.key' \
    'x --name a --key own.key --server-key server.key.pub' \
    '--secret-label s --fresh-start damaged --name a --key own.key'; do
    # shellcheck disable=SC2086 # words
    expect 2 "$e4" provision $words
done
expect 3 "$e4" provision x --name a --key own.key --fresh-start nobody
expect 3 "$e4" provision x --name '' --key own.key
expect 3 "$e4" provision x --name a --key sign.key
expect 3 "$e4" provision x --name a --key missing.key
expect 3 "$e4" provision x --name a --mode public-key --server-key server.key --key sign.key
expect 3 "$e4" provision x --name a --export-key own.key
[ ! -e s ] || fail "a label was drawn after a mistake"
