#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# e4 keygen: files as the deployed generator writes them, and nothing overwritten.
. "$(dirname "$0")/lib.sh"

# file NAME LENGTH MODE
file() {
    [ "$(wc -c < "$1")" -eq "$2" ] || fail "$1 has $(wc -c < "$1") bytes, not $2"
    [ "$(stat -c %a "$1")" = "$3" ] || fail "$1 has mode $(stat -c %a "$1"), not $3"
}

for mask in 000 022 077; do
    mkdir $mask
    (
        umask $mask
        "$e4" keygen -t symmetric -o $mask/s
        "$e4" keygen --type ed25519 --out $mask/e
        "$e4" keygen -type curve25519 -out $mask/c
    ) > $mask.out
    file $mask/s 32 600
    file $mask/e 64 600
    file $mask/e.pub 32 644
    file $mask/c 32 600
    file $mask/c.pub 32 644
    [ "$(ls $mask)" = "$(printf '%s\n' c c.pub e e.pub s)" ] || fail "other files: $(ls $mask)"
done
tail -c 32 000/e | cmp - 000/e.pub || fail "the second half of an Ed25519 key is not its public half"
cmp -s 000/s 022/s && fail "two keys are the same"

# What was printed names what was made.
has 000.out '^000/e: Ed25519 private key$'
has 000.out '^000/e.pub: its public half$'
print=$(sed -n 's/^fingerprint of the public half: //p' 000.out | head -n 1)
expect 0 "$e4" key 000/e
has last.out "^fingerprint  $print$"

# Nothing is overwritten, neither the key nor its public half, unless forced.
cp 000/e before
expect 3 "$e4" keygen -t ed25519 -o 000/e
is last.err 'e4: 000/e.pub is there already; --force replaces it'
cmp before 000/e
rm 000/e.pub
expect 3 "$e4" keygen -t ed25519 -o 000/e
is last.err 'e4: 000/e is there already; --force replaces it'
cmp before 000/e
[ ! -e 000/e.pub ] || fail "a public half was left behind"
cp 022/e.pub 000/e.pub
rm 000/e
expect 3 "$e4" keygen -t ed25519 -o 000/e
[ ! -e 000/e ] || fail "a key was written beside another's public half"
expect 0 "$e4" keygen -t ed25519 -o 000/e --force
expect 0 "$e4" key 000/e
expect 0 "$e4" keygen -type ed25519 -out 000/e -force
expect 0 "$e4" keygen -t symmetric -o 000/e --force
[ ! -e 000/e.pub ] || fail "a symmetric key has a public half"
expect 0 "$e4" key 000/e

# To a pipe, not to a terminal.
for type in symmetric:32 ed25519:64 curve25519:32; do
    [ "$("$e4" keygen -t "${type%:*}" | wc -c)" -eq "${type#*:}" ] || fail "$type to a pipe"
done
"$e4" keygen -t curve25519 > piped
chmod 600 piped
expect 0 "$e4" key -t curve25519 piped
has last.out '^public key   [0-9a-f]\{64\}$'
if command -v script > /dev/null; then
    script -qec "'$e4' keygen -t symmetric; echo code \$?" typescript > terminal.out < /dev/null
    has terminal.out 'not shown on a terminal'
    has terminal.out 'code 2'
fi

# Mistakes.
expect 2 "$e4" keygen
is last.err 'e4: which type of key: say -t symmetric, -t ed25519 or -t curve25519'
expect 2 "$e4" keygen -t rsa -o k
is last.err 'e4: rsa: no type of key; it is symmetric, ed25519 or curve25519'
expect 2 "$e4" keygen -t symmetric -o k extra
expect 1 "$e4" keygen -t symmetric -o missing/k
is last.err 'e4: cannot write missing/k: No such file or directory'
expect 1 "$e4" keygen -t symmetric -o /proc/k
[ ! -e k ] || fail "a key was written after a mistake"
