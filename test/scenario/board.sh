# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# The example firmware on an emulated Cortex-M4, for scenarios with devices: after lib.sh
#
#   . "$source_dir/test/scenario/board.sh"
#
# The board's flash is flash.bin; what it says to the factory is in factory.log too.
need qemu-system-arm arm-none-eabi-gcc cmake ninja flock
build_dir=${E4_BINARY_DIR:-$source_dir/build}
relay=$build_dir/tests/relay
firmware=$build_dir/firmware/tests/firmware

# One build for all scenarios, by whichever of them comes first.
(
    flock 9
    cmake -S "$source_dir" -B "$build_dir/firmware" --preset cortex-m4 &&
        cmake --build "$build_dir/firmware" --target firmware
) 9> "$build_dir/firmware.lock" > build.log 2>&1 || fail "the firmware cannot be built"

# Start the board, with whatever its flash holds. $board: the emulator, watched by a program that
# ends it some time after this script, should that be killed. $line: where the factory reaches it,
# a "socket" or a "pty", which is a serial port.
board_start() {
    rm -f factory.sock modem.sock
    # Power may have gone in the middle of a line: what is said from now on begins one of its own.
    echo >> factory.log
    line=factory.sock
    kind=socket,path=factory.sock,server=on,wait=off
    [ "$1" = socket ] || kind=pty
    start board timeout 1800 qemu-system-arm -M mps2-an386 -display none -monitor none \
        -pidfile board.pid \
        -semihosting-config enable=on,target=native -kernel "$firmware" \
        -chardev "$kind,id=factory,logfile=factory.log,logappend=on" \
        -chardev socket,id=modem,path=modem.sock,server=on,wait=off \
        -serial chardev:factory -serial chardev:modem
    board=$pid
    starts=$((${starts:-0} + 1))
    wait_for factory.log '^lamp: storage: ' "$starts"
    [ "$1" = socket ] || line=$(sed -n 's/.* redirected to \(.*\) (label factory)$/\1/p' board.out)
}

# Pull the plug.
board_kill() {
    kill -KILL "$(cat board.pid)"
    wait_end "$board"
}

# Connect the board to the broker; it is subscribed to its topics when this is done.
modem_start() {
    start modem "$relay" modem.sock "$port"
    modem=$pid
    wait_for modem.out '^subscribed to lamp/set '
}

# Wait until the board holds a topic's key, which is in a file.
board_holds() {
    wait_for factory.log "^lamp: holds $("$e4" key "$1" | sed -n 's/^fingerprint *//p')"
}
