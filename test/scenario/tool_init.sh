#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# e4 init: making devices, and state folders that are missing, taken, damaged or not ours.
. "$(dirname "$0")/lib.sh"

# The usual place, and others.
expect 0 "$e4" init --name alice --export-key alice.key
has last.out "^made a device in $HOME/.local/state/e4$"
has last.out '^for the server   alice.key (secret)$'
[ "$(stat -c %a .local/state/e4)" = 700 ] || fail "others can look into the folder"
[ -z "$(find .local/state/e4 -type f ! -perm 600)" ] || fail "others can read the state"
[ "$(stat -c %a:%s alice.key)" = 600:32 ] || fail "alice.key is not a key file"
expect 0 env XDG_STATE_HOME="$work/xdg" "$e4" init --name bob --export-key bob.key
[ -f xdg/e4/state ] || fail "XDG_STATE_HOME does not count"
expect 0 env E4_STATE=eve "$e4" init --name eve --export-key eve.key
[ -f eve/state ] || fail "E4_STATE does not count"
expect 0 "$e4" init --state deep/er/place --id 000102030405060708090a0b0c0d0e0f --export-key k1
has last.out '^receiving topic  e4/000102030405060708090a0b0c0d0e0f$'
expect 2 env -u HOME "$e4" init --name nobody --export-key nobody.key
has last.err 'neither HOME nor E4_STATE is set; give --state FOLDER'
[ ! -e nobody.key ] || fail "a key was written for nobody"

# With a key of one's own, from a password, with another receiving topic.
"$e4" keygen -t symmetric -o own.key > /dev/null
expect 0 "$e4" init --state own --name own --key own.key --export-key own_again.key
cmp own.key own_again.key
expect 0 env E4_PASSWORD=super-secret-password "$e4" init --state word --name w --from-password \
    --export-key word.key
env E4_PASSWORD=super-secret-password "$e4" key --from-password --out same.key > /dev/null
cmp word.key same.key
expect 0 "$e4" init --state topic --name t --key own.key --receiving-topic up/here
expect 0 "$e4" key --state topic
has last.out '^receiving topic  up/here$'

# Public-key mode.
"$e4" keygen -t curve25519 -o server.key > /dev/null
"$e4" keygen -t ed25519 -o sign.key > /dev/null
expect 0 "$e4" init --state pk --name carol --mode public-key --server-key server.key.pub \
    --export-key carol.pub
[ "$(stat -c %a:%s carol.pub)" = 644:32 ] || fail "carol.pub is not a public half"
expect 0 "$e4" init --state pk2 --name dave --mode public-key --server-key server.key.pub \
    --key sign.key --export-key dave.pub
cmp dave.pub sign.key.pub

# A device that is there stays.
expect 4 "$e4" init --name again --export-key again.key
has last.err "$HOME/.local/state/e4: a device is stored here already; --force replaces it"
expect 0 "$e4" key
has last.out '^name             alice$'
expect 0 "$e4" init --name again --export-key again.key --force
expect 0 "$e4" key
has last.out '^name             again$'
expect 3 "$e4" init --state other --name other --export-key again.key
[ ! -e other ] || fail "a device was made though its key could not be written"

# Mistakes on the command line.
for words in '' '--name a' '--name a --id 000102030405060708090a0b0c0d0e0f --key own.key' \
    '--name a --key own.key --mode both' '--name a --mode public-key' \
    '--name a --key own.key --server-key server.key.pub' \
    '--name a --key own.key --from-password' '--import x --name a' '--name a --key own.key extra'; do
    # shellcheck disable=SC2086 # words
    expect 2 "$e4" init --state mistake $words
done

# Names, ids, topics and keys that are no good.
for name in '' "$(printf 'caf\351')" "$(head -c 256 /dev/zero | tr '\0' x)"; do
    expect 3 "$e4" init --state mistake --name "$name" --key own.key
    has last.err '^e4: the name is '
done
for id in 00 a7dcef9aef26202fce82a7c7d6672afg a7dcef9aef26202fce82a7c7d6672afb00; do
    expect 3 "$e4" init --state mistake --id $id --key own.key
    has last.err "^e4: $id: no id; an id is 32 hexadecimal digits$"
done
for topic in '' 'a/#' '+' "\$SYS/x"; do
    expect 3 "$e4" init --state mistake --name a --key own.key --receiving-topic "$topic"
done
expect 3 "$e4" init --state mistake --name a --key sign.key
has last.err 'sign.key: 64 bytes, but a file with a symmetric key has 32; this is the length of an Ed25519'
expect 3 "$e4" init --state mistake --name a --mode public-key --key own.key \
    --server-key server.key.pub
expect 3 "$e4" init --state mistake --name a --mode public-key --server-key server.key
has last.err 'server.key: the private key'
head -c 32 /dev/zero > zero.pub
expect 3 "$e4" init --state mistake --name a --mode public-key --server-key zero.pub
{
    printf '\001'
    head -c 31 /dev/zero
} > low.pub
expect 3 "$e4" init --state mistake --name a --mode public-key --server-key low.pub
has last.err 'low.pub: not a good Curve25519 public key'
[ ! -e mistake ] || fail "a device was made after a mistake"

# State folders with something wrong.
expect 4 "$e4" key --state missing
has last.err '^e4: missing: no device is stored here; make one with e4 init$'
mkdir -m 700 nothing
expect 4 "$e4" key --state nothing
has last.err '^e4: nothing: .*; make .* e4 init$'
: > file
expect 4 "$e4" init --state file --name a --key own.key
expect 4 "$e4" init --state file/below --name a --key own.key
expect 4 "$e4" init --state /proc/nowhere --name a --key own.key
expect 3 "$e4" key --state "$(head -c 2000 /dev/zero | tr '\0' x)"
chmod 777 own
expect 4 "$e4" key --state own
chmod 700 own
chmod 644 own/state
expect 4 "$e4" key --state own
chmod 600 own/state
expect 0 "$e4" key --state own

# A folder that may only be read: it can be asked and sent from, not changed.
as_user() {
    if [ "$(id -u)" -eq 0 ]; then
        setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
    else
        "$@"
    fi
}
chmod 711 "$work"
if as_user "$e4" --version > /dev/null 2>&1; then
    cp own.key readable.key
    cp -r own readable
    [ "$(id -u)" -ne 0 ] || chown -R 65534 readable readable.key
    chmod 500 readable
    expect 0 as_user "$e4" key --state readable
    expect 4 as_user "$e4" init --state readable --name b --key readable.key --force
    has last.err 'Permission denied'
    expect 0 as_user "$e4" key --state readable
    has last.out '^name             own$'
    chmod 700 readable
    [ "$(id -u)" -ne 0 ] || {
        expect 4 "$e4" key --state missing_too
        expect 4 as_user "$e4" key --state own
        has last.err '^e4: .*own.*Permission denied'
    }
fi

# A damaged state is told of, kept aside by whoever may write, and not taken for a new device.
cp own/state intact
if [ "$(od -An -tx1 -j60 -N1 own/state)" = ' 78' ]; then other=y; else other=x; fi
printf %s "$other" | dd of=own/state bs=1 seek=60 conv=notrunc 2> /dev/null
cp own/state damaged
expect 4 "$e4" key --state own
cmp own/state damaged
expect 4 "$e4" sub --state own -p 1
[ -f own/state.damaged-1 ] || fail "the damaged state was not kept"
cmp damaged own/state.damaged-1
expect 4 "$e4" key --state own
cp intact own/state
expect 0 "$e4" key --state own

# device.json that is missing, damaged, or about another device.
cp own/device.json intact.json
rm own/device.json
expect 0 "$e4" key --state own
has_not last.out '^name'
cp topic/device.json own/device.json
expect 4 "$e4" key --state own
has last.err 'device.json is about another device'
echo '{' > own/device.json
expect 4 "$e4" key --state own
has last.err 'own/device.json: not JSON'
sed 's/"format": 1/"format": 2/' intact.json > own/device.json
expect 4 "$e4" key --state own
has last.err 'newer version'
sed 's/"format"/"unfinished": true, "format"/' intact.json > own/device.json
expect 4 "$e4" key --state own
has last.err 'was interrupted; run e4 init again with --force'
expect 4 "$e4" init --state own --name job --export-key job.key
has last.err 'making a device here was interrupted; --force makes it anew'
[ ! -e job.key ] || fail "a key was written for a device that was not made"
cp intact.json own/device.json
expect 0 "$e4" key --state own
