#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# e4 command: every command, protected as the deployed key server does, in the order of time.
. "$(dirname "$0")/lib.sh"
need xxd

device alice
signing_device bob
"$e4" keygen -t symmetric -o topic.key > /dev/null
"$e4" keygen -t ed25519 -o sign.key > /dev/null
"$e4" keygen -t curve25519 -o next.key > /dev/null

# for_alice, for_bob: the frame of a command, in hexadecimal, in frame.
for_alice() {
    expect 0 "$e4" command alice "$@" --device-key alice.key
    mv last.out frame
}
for_bob() {
    expect 0 "$e4" command bob "$@" --server-secret server.key --device-public bob.pub
    mv last.out frame
}
# opens NAME STATE: frame is this command, by the key and by the device.
opens() {
    expect 0 "$e4" inspect --state "$2" frame
    has last.out "^device    the command $1; this device would carry it out$"
    if [ "$2" = alice ]; then
        expect 0 "$e4" inspect --key alice.key frame
    else
        expect 0 "$e4" inspect --server-secret server.key --device-public bob.pub frame
    fi
    has last.out "the command $1;"
}
room=7b14956ac0ce085073681c881bcf3e92

for_alice set-topic-key room1 topic.key
opens SetTopicKey alice
has last.out "^topic     hash $room$"
has last.out "^key       fingerprint $("$e4" key topic.key | sed -n 's/^fingerprint  //p')$"
for_alice set-topic-key hash:$room topic.key
opens SetTopicKey alice
has last.out "^topic     hash $room$"
for_alice remove-topic room1
opens RemoveTopic alice
for_alice reset-topics
opens ResetTopics alice
for_alice set-id-key topic.key
opens SetIDKey alice
for_bob set-topic-key room1 topic.key
opens SetTopicKey bob
for_bob set-id-key sign.key
opens SetIDKey bob
has last.out "^key       fingerprint of its public half $("$e4" key sign.key | sed -n 's/^fingerprint  //p')$"
for_bob set-pub-key alice sign.key.pub
opens SetPubKey bob
has last.out '^peer      id a7dcef9aef26202fce82a7c7d6672afb$'
for_bob remove-pub-key id:a7dcef9aef26202fce82a7c7d6672afb
opens RemovePubKey bob
for_bob reset-pub-keys
opens ResetPubKeys bob
for_bob set-server-key next.key.pub
opens SetC2Key bob

# Byte for byte what the deployed key server sends (values from test/vectors/e4go.json): mode, second,
# words, the key in FILE, the frame.
put() {
    printf '%s' "$1" | xxd -r -p > "$2"
    chmod 600 "$2"
}
put 07216e477abdc7f14bc977c0ab0bb89962d3fc6fd0a0dcd2915ce8476406bfad k
put 09a7cb705e25bca864de05e57648c8251dc62c8cc241218a7f83a563d549defa c2
put d3c3e0be830bf42f692f29fc88478538b5017c77621cea072f1912ab4f032782 client.pub
while IFS='|' read -r mode second words key frame; do
    [ "$key" = - ] || put "$key" FILE
    # shellcheck disable=SC2086 # words
    case $mode in
    sym) expect 0 "$e4" command --at "$second" --device-key k x $words ;;
    pub) expect 0 "$e4" command --at "$second" --server-secret c2 --device-public client.pub x $words ;;
    esac
    is last.out "$frame"
done << 'END'
sym|1588601000|remove-topic sensors/room1/temperature|-|a820b05e000000006a19f880cba3c5c83babd16ff0fabd1d9c69573acab1f59953c66bab4426faf718
pub|1588601000|remove-topic sensors/room1/temperature|-|a820b05e00000000969adda07cd974fac8450d81402bd49917e71a8698aa71bfea8163a42498743830
sym|1588604601|set-topic-key sensors/room1/temperature FILE|6e9c7ba0da0416fbe426e00be60c835de9b5e9ea0272457ca49a242cd47e2308|b92eb05e00000000744a6e90dcfce3664fbbea34535f5bbedf3cb344f0e50db1af9a4ee52edb07e1539d5f02d423ae2971addeae316e777c1b40af3118ec8bafc52459d0839c080e81
pub|1588604601|set-topic-key sensors/room1/temperature FILE|6e9c7ba0da0416fbe426e00be60c835de9b5e9ea0272457ca49a242cd47e2308|b92eb05e000000000583ec919f545c3e0630e1a074a18668b41dcd8d9e78a96ee871e67d63a659ff28de1f0ffe25255225c89bce2a4a2edeb852aaca1d0b124c4102009229fe9d7ffe
pub|1588608202|set-pub-key clientName FILE|3cd32ca6fe4ed693e07a20546dfa757e54c9edaff5a8857ddcfc094f7821cfff|ca3cb05e000000009e371ea5f2f8578f8ff47146dff8237ea967a9b474b22aaa5b6482add52db0de3ade9521b9d1e4c3a91a428fc278293f773216868a691effc0685050a3de93d89c
pub|1588611803|remove-pub-key clientName|-|db4ab05e00000000671354517dd6b30bf63c81c7fb8ad87a067a7be69ea013c49081c6e782f0aed531
sym|1588615404|set-id-key FILE|d8f2a83f179ca3d957149255bf3820ad15f6ce159350e07eea3f39c72383177e|ec58b05e000000002e734321cf6ab6b68b8ca9e590cc84bcc255ac78e1004d6ac1234563474e76b05457fc7e522e6634d165b846db5ec8910d
pub|1588619005|set-id-key FILE|ef117f7ceb1124282a851b91a832a8388d646e0a2bd4bdc94f3c49c07821504441737a2c8b69df9466378752d320d658330b898e6c3505e4431768cf3666fa32|fd66b05e000000000beddad95e4f8bbc10a65fa24a64a54351401c40ba999eedf77b5c57a71758ad98ea7c0b24c67c941a22df81493b714349887c739efba81c3fd66cafa66be010041be62772d79a5154d87ac19ac8514b31
pub|1588622606|set-server-key FILE|c0e1871f205059fdeacb142de266cc50db790db8e374e4227bc04092cb1e944d|0e75b05e00000000151dd7ece54b23eb8e093f2fd0eb1685468707069522aa4bd2f9ac6084c48a2921b24df553d81339b113d679f383011d18
sym|1588651414|reset-topics|-|96e5b05e0000000071abc4661cca1c68b7ef47b3459585366f
pub|1588651414|reset-topics|-|96e5b05e00000000adcc4bc00bb5e5f5e658393abf40977da9
pub|1588655015|reset-pub-keys|-|a7f3b05e00000000e96d5f9c6447819d6d8e6c3be3f62099e3
END
expect 0 "$e4" command alice reset-topics --device-key k --at 1591600001
cp last.out hex
expect 0 "$e4" command alice reset-topics --device-key k --at 0 -o raw
[ "$(head -c 8 last.out | xxd -p)" = 0000000000000000 ] || fail "--at 0 is not the second 0"
expect 0 "$e4" command alice reset-topics --device-key k --at 1591600001 -o raw
xxd -p -c 100 last.out | cmp - hex
expect 0 "$e4" command alice reset-topics --device-key k --at 1591600001 -o base64
base64 -d last.out | xxd -p -c 100 | cmp - hex

# Times never go back, and two commands about one thing never share a second.
# sent: the second of the command in last.out
sent() {
    printf '%d' "0x$(head -c 8 last.out | sed 's/\(..\)\(..\)\(..\)\(..\)/\4\3\2\1/')"
}
before=0
for topic in a b c a a b; do
    expect 0 "$e4" command alice remove-topic $topic --device-key alice.key --ledger ledger
    [ "$(sent)" -ge "$before" ] || fail "time went back"
    before=$(sent)
    printf '%s %s\n' "$before" $topic >> issued
done
[ "$(sort issued | uniq -d)" = '' ] || fail "two commands about one topic in one second"
[ "$before" -le "$(date +%s)" ] || fail "a command from the future"
[ "$(stat -c %a ledger)" = 600 ] || fail "others can read the ledger"
[ -f .local/state/e4-commands/a7dcef9aef26202fce82a7c7d6672afb ] || fail "no ledger in the usual place"
expect 4 "$e4" command bob reset-topics --device-key alice.key --ledger ledger
has last.err '^e4: ledger: about another device$'
echo nonsense > broken
expect 4 "$e4" command alice reset-topics --device-key alice.key --ledger broken
has last.err '^e4: broken: damaged'
expect 4 "$e4" command alice reset-topics --device-key alice.key --ledger missing/ledger
expect 2 env -u HOME "$e4" command alice reset-topics --device-key alice.key

# Mistakes.
for words in '' 'alice' 'alice set-topic' 'alice reset-topics now' 'alice set-topic-key room1' \
    'alice set-pub-key bob bob.pub' 'alice set-server-key next.key.pub' \
    'alice reset-topics --device-public bob.pub' 'alice reset-topics --server-secret server.key' \
    'alice reset-topics -o xml' 'alice reset-topics -q 3' 'alice reset-topics --at soon'; do
    # shellcheck disable=SC2086 # words
    expect 2 "$e4" command --device-key alice.key $words
done
expect 2 "$e4" command alice reset-topics now --device-key alice.key
is last.err 'e4: reset-topics takes 0 arguments, not 1'
expect 2 "$e4" command alice set-topic-key room1 --device-key alice.key
has last.err '^e4: set-topic-key takes 2 arguments, not 1: '
expect 2 "$e4" command alice reset-topics
has last.err 'what protects the command'
expect 3 "$e4" command '' reset-topics --device-key alice.key
expect 3 "$e4" command alice remove-topic 'a/+' --device-key alice.key
expect 3 "$e4" command alice set-topic-key room1 missing --device-key alice.key
expect 3 "$e4" command alice set-topic-key room1 sign.key --device-key alice.key
expect 3 "$e4" command alice reset-topics --device-key bob.pub
# Half of all 32 bytes are a point of Ed25519's curve; those that begin with 2 and end with zeros are not.
printf '\002%.31d' 0 | tr 0 '\000' > no-point
expect 3 "$e4" command bob reset-topics --server-secret server.key --device-public no-point
expect 3 "$e4" command bob reset-topics --server-secret server.key.pub --device-public bob.pub
expect 3 "$e4" command bob set-pub-key alice sign.key --server-secret server.key --device-public bob.pub
has last.err 'sign.key: 64 bytes'
expect 3 "$e4" command alice reset-topics --device-key alice.key --receiving-topic 'a/#'
# Nobody is there to publish it to: without --publish it would have been printed.
expect 5 "$e4" command alice reset-topics --device-key alice.key -h 127.0.0.1 -p 1 --publish
[ ! -s last.out ] || fail "printed and published"
has last.err '127.0.0.1:1'
# XDG_STATE_HOME is where the system keeps such things, if it is a path.
expect 0 env XDG_STATE_HOME="$PWD/kept" "$e4" command alice reset-topics --device-key alice.key
[ -f kept/e4-commands/a7dcef9aef26202fce82a7c7d6672afb ] || fail "the ledger is not where the system has such things"
