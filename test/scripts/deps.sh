#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# scripts/deps installs what is missing and nothing else, as root or by sudo, and says what a
# system without Debian's packages needs. It runs among stand-ins that write down their calls.
# shellcheck disable=SC2015 # fail never returns
set -eu
deps=$(cd "$(dirname "$0")/../../scripts" && pwd)/deps
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin"

# A command of the system under test: a shell script.
stand_in() {
    printf '#!/bin/sh\n%s\n' "$2" > "$work/bin/$1"
    chmod +x "$work/bin/$1"
}

for name in sh sort env; do
    ln -s "$(command -v "$name")" "$work/bin/$name"
done
stand_in apt-get "echo apt-get \"\$@\" >> $work/calls"
stand_in sudo "echo sudo >> $work/calls; exec \"\$@\""
stand_in id "cat_id() { read -r line < $work/uid; echo \"\$line\"; }; cat_id"
# The package called in the file "missing" is; all others are installed.
stand_in dpkg-query "for last; do :; done; read -r missing < $work/missing
[ \"\$last\" = \"\$missing\" ] && exit 1; printf installed"
echo 0 > "$work/uid"
echo none > "$work/missing"

# Run it, with its exit code in $status, its output in $said, calls in $calls.
run() {
    : > "$work/calls"
    status=0
    said=$(PATH=$work/bin "$deps" "$@" 2>&1) || status=$?
    calls=$(cat "$work/calls")
}

fail() {
    echo "$1: exit code $status, said \"$said\", called \"$calls\""
    exit 1
}

run build
[ "$status" -eq 0 ] && [ -z "$said$calls" ] || fail "nothing is to be done and it does something"

echo ninja-build > "$work/missing"
run build test
[ "$status" -eq 0 ] && [ "$said" = "Installing for build test: ninja-build" ] &&
    [ "$calls" = "apt-get update -q
apt-get install -q -y --no-install-recommends ninja-build" ] || fail "one package is missing"

echo 1000 > "$work/uid"
run build
[ "$status" -eq 0 ] && [ "$calls" = "sudo
apt-get update -q
sudo
apt-get install -q -y --no-install-recommends ninja-build" ] || fail "not root"

rm "$work/bin/sudo"
run build
[ "$status" -eq 1 ] && [ -z "$calls" ] || fail "not root and no sudo"
case $said in *"as root, run: apt-get install ninja-build"*) ;; *) fail "no sudo and no hint" ;; esac

run nonsense
[ "$status" -eq 2 ] && [ -z "$calls" ] || fail "an unknown purpose"

rm "$work/bin/dpkg-query"
run build
[ "$status" -eq 1 ] && [ -z "$calls" ] || fail "not Debian"
case $said in *"not a Debian system"*libsodium-dev*) ;; *) fail "not Debian and no list" ;; esac
