#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A disk that fills up is in the log, the metrics and the health before it is full; when it is, what
# cannot be stored is refused, and nothing that was answered is lost.
. "$(dirname "$0")/lib.sh"
# shellcheck source=test/scenario/server.sh
. "$source_dir/test/scenario/server.sh"
need curl
[ "$(id -u)" -eq 0 ] || skip "only root mounts a small disk"
mkdir -m 700 disk
mount -t tmpfs -o size=64m,mode=700 tmpfs disk 2> mount.err || skip "no mount here: $(cat mount.err)"
trap 'umount -l "$work/disk" 2> /dev/null; clean_up' EXIT

# fill PERCENT: so much of the disk is in use, or as much as there is.
fill() {
    used=$(df --output=used -B1024 disk | tail -n 1)
    head -c "$((65536 * $1 / 100 - used))K" /dev/zero >> disk/ballast 2> fill.err || :
}

# Wait until a request that anyone may make is answered by this.
ready() {
    turns=$((patience * 10))
    until wants "$1" GET /health/ready && grep -q -e "$2" last.out; do
        turns=$((turns - 1))
        [ $turns -gt 0 ] || fail "it is $(cat last.out)"
        sleep 0.1
    done
}

level() {
    wants 200 GET /metrics
    has last.out "^e4d_disk_level $1$"
}

broker_start
server_start disk
turns=$((patience * 10))
until api GET /health/ready && [ "$status" = 200 ]; do
    turns=$((turns - 1))
    [ $turns -gt 0 ] || fail "it does not become ready"
    sleep 0.1
done
ready 200 '"disk":"fine"'
level 0
wants 200 POST /e4/topic/first

fill 82
wait_for disk.e4d.err 'warning disk: disk: over 80 % full, [0-9]* MiB are left'
ready 200 '"disk":"over 80 % full"'
level 1
wants 200 POST /e4/topic/second
fill 96
wait_for disk.e4d.err 'error disk: disk: over 95 % full'
ready 200 '"disk":"over 95 % full"'
level 2
wants 200 POST /e4/topic/third
fill 101
wait_for disk.e4d.err 'error disk: disk: full'
ready 503 '"ready":false,.*"disk":"full"'
level 3
wants 200 GET /health/live

# Now a change is refused, sooner or later, and says why; until then each is stored.
made=3
while api POST "/e4/topic/more-$made" && [ "$status" = 200 ]; do
    made=$((made + 1))
    [ $made -lt 10000 ] || fail "there is always room"
done
[ "$status" = 503 ] || fail "status $status on a full disk"
has disk.e4d.err 'disk is full'
wants 200 GET /e4/topics/count
answers "{\"count\":\"$made\"}"

# There is room again, and all is as if nothing had been.
rm disk/ballast
wait_for disk.e4d.err 'info disk: disk: there is room again'
ready 200 '"auditFile":.*"disk":"fine"'
level 0
wants 200 POST /e4/topic/last
ready 200 '"auditFile":true'
wants 200 GET /v1/audit/verify
wants 200 GET /e4/topics/count
answers "{\"count\":\"$((made + 1))\"}"
stop "$server_pid"
