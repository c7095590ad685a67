#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# e4 key: what may be known of devices and keys, keys from passwords, and files that are no good.
# shellcheck disable=SC2016 # what stands in single quotes is for an inner shell
. "$(dirname "$0")/lib.sh"
need xxd

# The published key of this password (symmetric, and as the seed of an Ed25519 key).
password=testRandomPassword
key=ae153aa9dad7a10b0aed6d5bcfb407c77066acfbb2eaa702a6a88b6cf1b88c33
printf '%s\n' "$password" > password
chmod 600 password
expect 0 "$e4" key --password-file password --out from_file
[ "$(xxd -p -c 64 from_file)" = $key ] || fail "another key than the deployed clients make"
[ "$(stat -c %a from_file)" = 600 ] || fail "the key can be read by others"
expect 0 sh -c 'echo "$2" | "$1" key --from-password --out from_input' - "$e4" "$password"
cmp from_file from_input
expect 0 env E4_PASSWORD="$password" "$e4" key --from-password --out from_environment
cmp from_file from_environment
expect 0 "$e4" key --password "$password" --out from_argument
cmp from_file from_argument
has last.err '^e4: warning: --password shows the password to everybody'
expect 0 "$e4" key --password-file password -t ed25519 --out signing
[ "$(head -c 32 signing | xxd -p -c 64)" = $key ] || fail "another seed"
[ -f signing.pub ] || fail "no public half"
expect 3 "$e4" key --password-file password --out from_file
has last.err 'is there already'
if command -v script > /dev/null; then
    # Typed on a terminal it is asked for and not shown.
    (
        until grep -q 'password: ' terminal.out 2> /dev/null; do sleep 0.05; done
        printf '%s\r' "$password"
    ) | script -qefc "'$e4' key --from-password --out typed" terminal.out > /dev/null
    cmp from_file typed
    has terminal.out 'password: '
    has_not terminal.out "$password"
    # Interrupted, it ends with an error and leaves the terminal as it was.
    (
        until grep -q 'password: ' interrupted.out 2> /dev/null; do sleep 0.05; done
        printf '\003'
        until grep -q 'code' interrupted.out 2> /dev/null; do sleep 0.05; done
    ) | script -qefc "trap : INT; '$e4' key --from-password --out interrupted; echo code \$?; stty -a" interrupted.out \
        > /dev/null
    has interrupted.out 'cannot read the password: Interrupted system call'
    has interrupted.out 'code 3'
    has interrupted.out '[^-]echo[ ;]'
    [ ! -e interrupted ] || fail "a key was made of nothing"
fi
for text in fifteen_bytes__ '' "$(printf 'latin \351 and some more')"; do
    expect 3 env E4_PASSWORD="$text" "$e4" key --from-password --out refused
    has last.err '^e4: the password is '
done
expect 3 "$e4" key --password-file missing --out refused
expect 2 "$e4" key --password-file password -t curve25519 --out refused
expect 2 "$e4" key --password-file password --password x --out refused
chmod 644 password
expect 3 "$e4" key --password-file password --out refused
has last.err '^e4: password: others may read or change this secret (mode 644); chmod 600 password$'
[ ! -e refused ] || fail "a key was written after a mistake"

# Key files.
"$e4" keygen -t ed25519 -o e > /dev/null
"$e4" keygen -t curve25519 -o c > /dev/null
expect 0 "$e4" key e
has last.out '^kind         Ed25519 private key$'
has last.out "^public key   $(xxd -p -c 64 e.pub)$"
has_not last.out "$(head -c 32 e | xxd -p -c 64)"
expect 0 "$e4" key c
has last.out '^kind         Curve25519 secret key$'
has last.out "^public key   $(xxd -p -c 64 c.pub)$"
expect 0 "$e4" key from_file
has last.out '^kind         symmetric key$'
expect 0 "$e4" key -o json e
has last.out '"kind": "ed25519"'
has last.out "\"public_key\": \"$(xxd -p -c 64 e.pub)\""
expect 0 sh -c '"$1" key - < e' - "$e4"
has last.out "^public key   $(xxd -p -c 64 e.pub)$"
expect 0 "$e4" key e --public copy.pub
cmp copy.pub e.pub
expect 3 "$e4" key e --public copy.pub
expect 0 "$e4" key e --public copy.pub --force
expect 3 "$e4" key from_file --public no.pub
expect 2 "$e4" key e --out copy

# bad WORDS FILE...: a key file that is refused with these words.
bad() {
    words=$1
    shift
    expect 3 "$e4" key "$@"
    has last.err "$words"
}
bad 'No such file or directory' missing
bad 'Is a directory' .
: > empty
chmod 600 empty
bad 'empty: 0 bytes, but key files have 32 or 64' empty
head -c 31 e > short
chmod 600 short
bad 'short: 31 bytes, but key files have 32 or 64' short
xxd -p -c 64 from_file > text
chmod 600 text
bad 'it looks like hexadecimal text' text
head -c 32 /dev/zero > zero
chmod 600 zero
bad 'zero: all bytes are zero, which is no key' zero
{
    head -c 32 e
    cat c.pub
} > mixed
chmod 600 mixed
bad 'its second half is not the public half of its first' mixed
cp e other
cp c.pub other.pub
bad 'other.pub: not the public half of other' other
bad 'by its name a public half' e.pub
for mode in 640 604 620 602; do
    chmod $mode e
    bad "others may read or change this secret (mode $mode); chmod 600 e" e
done
chmod 600 e

# A stored device.
device alice
expect 0 "$e4" key --state alice
has last.out '^name             alice$'
has last.out '^id               a7dcef9aef26202fce82a7c7d6672afb$'
has last.out '^mode             symmetric-key$'
has last.out '^receiving topic  e4/a7dcef9aef26202fce82a7c7d6672afb$'
has last.out '^newest command   none yet$'
expect 0 env E4_STATE=alice "$e4" key -o json
has last.out '"id": "a7dcef9aef26202fce82a7c7d6672afb"'
has last.out '"topics": \[\]'
expect 3 "$e4" key --state alice --public no.pub
has last.err 'a symmetric key has no public half'
signing_device bob
expect 0 "$e4" key --state bob --public bob_again.pub
cmp bob.pub bob_again.pub
has last.out "^public key       $(xxd -p -c 64 bob.pub)$"
expect 2 "$e4" key --state bob e
expect 2 "$e4" key --topics --from-password
expect 2 "$e4" key -o xml
expect 2 "$e4" key e c
