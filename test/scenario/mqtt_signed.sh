#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# In public-key mode a topic's key, stolen or not, is not enough to be believed.
. "$(dirname "$0")/lib.sh"

broker_start
signing_device alice
signing_device bob
signing_device eve
for name in alice bob eve; do
    learn "$name"
    give "$name" room
done
order bob set-pub-key alice alice.pub
hear alice 1
hear eve 1
hear bob 2
has hear_bob.err 'command SetPubKey carried out: client a7dcef9aef26202fce82a7c7d6672afb has a key'

listen bob room -F '%v %s %p'
bob=$pid
say_as alice room 'signed by alice'
wait_for bob.out 'signed by alice'
say_as eve room 'alice says so'
wait_for bob.err \
    'signer public key not found: no public key is held for fcf4908516e5f2aa8d07a01b093fd4ef'

# The same from one whose key bob holds under another name: a signature that does not fit.
"$e4" keygen -t ed25519 -o other.key > /dev/null
order bob set-pub-key eve other.key.pub
wait_for bob.err 'command SetPubKey carried out: client fcf4908516e5f2aa8d07a01b093fd4ef has'
say_as eve room 'believe me now'
wait_for bob.err 'the signature is not that of fcf4908516e5f2aa8d07a01b093fd4ef'
order bob remove-pub-key eve
wait_for bob.err 'command RemovePubKey carried out: the key of client fcf49.* is gone'
stop "$bob"
is bob.out 'signed a7dcef9aef26202fce82a7c7d6672afb signed by alice'

# Whoever wants to can see what unknown ones say, marked as such.
listen bob room -F '%v %s %p' --unknown-signers
bob=$pid
say_as eve room 'who knows'
wait_for bob.out 'who knows'
stop "$bob"
is bob.out 'unverified fcf4908516e5f2aa8d07a01b093fd4ef who knows'

# All public keys at once, and the server's own.
listen bob room
bob=$pid
order bob reset-pub-keys
wait_for bob.err 'command ResetPubKeys carried out: the key of client a7dcef9a.* is gone'
say_as alice room 'again'
wait_for bob.err 'no public key is held for a7dcef9aef26202fce82a7c7d6672afb'
stop "$bob"
