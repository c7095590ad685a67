# SPDX-License-Identifier: Apache-2.0
# Completion of e4 for fish; installed as fish/vendor_completions.d/e4.fish.

# Is the subcommand one of these?
function __e4_is
    set -l words (commandline -opc)
    test (count $words) -ge 2; and contains -- $words[2] $argv
end

# Is it `e4 command`, with a device and no command yet?
function __e4_wants_order
    __e4_is command; or return 1
    for word in (commandline -opc)[3..-1]
        contains -- $word set-topic-key remove-topic reset-topics set-id-key set-pub-key \
            remove-pub-key reset-pub-keys set-server-key; and return 1
    end
    return 0
end

complete -c e4 -f
complete -c e4 -n 'not __fish_seen_subcommand_from keygen init provision key pub sub shell command inspect help' \
    -l help -d 'help'
complete -c e4 -n 'not __fish_seen_subcommand_from keygen init provision key pub sub shell command inspect help' \
    -l version -d 'version'
complete -c e4 -n __fish_use_subcommand -a keygen -d 'make a fresh random key'
complete -c e4 -n __fish_use_subcommand -a init -d 'make a device'
complete -c e4 -n __fish_use_subcommand -a provision -d 'tell a device who it is'
complete -c e4 -n __fish_use_subcommand -a key -d 'show what may be known of a device or a key'
complete -c e4 -n __fish_use_subcommand -a pub -d 'protect messages and publish them'
complete -c e4 -n __fish_use_subcommand -a sub -d 'receive messages and commands'
complete -c e4 -n __fish_use_subcommand -a shell -d 'be a device, interactively'
complete -c e4 -n __fish_use_subcommand -a command -d 'send a device its keys'
complete -c e4 -n __fish_use_subcommand -a inspect -d 'take a frame apart'
complete -c e4 -n __fish_use_subcommand -a help -d 'say more of a command'
complete -c e4 -n '__e4_is help' -a keygen -d 'make a fresh random key'
complete -c e4 -n '__e4_is help' -a init -d 'make a device'
complete -c e4 -n '__e4_is help' -a provision -d 'tell a device who it is'
complete -c e4 -n '__e4_is help' -a key -d 'show what may be known of a device or a key'
complete -c e4 -n '__e4_is help' -a pub -d 'protect messages and publish them'
complete -c e4 -n '__e4_is help' -a sub -d 'receive messages and commands'
complete -c e4 -n '__e4_is help' -a shell -d 'be a device, interactively'
complete -c e4 -n '__e4_is help' -a command -d 'send a device its keys'
complete -c e4 -n '__e4_is help' -a inspect -d 'take a frame apart'
complete -c e4 -n '__e4_is help' -a help -d 'say more of a command'

complete -c e4 -n '__e4_is keygen init provision key pub sub shell command inspect' -l help -d 'help'
complete -c e4 -n '__e4_is keygen init provision key pub sub shell command inspect' -l usage -d 'a short help'

# The broker
complete -c e4 -n '__e4_is pub sub shell command' -s h -l host -x -d 'name or address of the broker'
complete -c e4 -n '__e4_is pub sub shell command' -s p -l port -x -d 'port of the broker'
complete -c e4 -n '__e4_is pub sub shell command' -s L -l url -x -d 'broker and topic'
complete -c e4 -n '__e4_is pub sub shell command' -s V -l mqtt-version -x -a 'mqttv311 mqttv5' -d 'version of MQTT'
complete -c e4 -n '__e4_is pub sub shell command' -s i -l id -x -d 'client id'
complete -c e4 -n '__e4_is pub sub shell command' -s k -l keepalive -x -d 'sign of life, in seconds'
complete -c e4 -n '__e4_is pub sub shell command' -s u -l user -x -d 'user name'
complete -c e4 -n '__e4_is pub sub shell command' -l password-file -r -F -d 'file with the password of the broker'
complete -c e4 -n '__e4_is pub sub shell command' -s P -l pw -x -d 'password, where everybody can read it'
complete -c e4 -n '__e4_is pub sub shell command' -l tls -d 'TLS, with the authorities of the system'
complete -c e4 -n '__e4_is pub sub shell command' -l cafile -r -F -d 'TLS, with the authorities in a file'
complete -c e4 -n '__e4_is pub sub shell command' -l capath -x -a '(__fish_complete_directories)' -d 'TLS, with the authorities in a folder'
complete -c e4 -n '__e4_is pub sub shell command' -l cert -r -F -d 'certificate of this client'
complete -c e4 -n '__e4_is pub sub shell command' -l key -r -F -d 'private key of this client'
complete -c e4 -n '__e4_is pub sub shell command' -l insecure -d 'accept a certificate of another host'
complete -c e4 -n '__e4_is pub sub shell command' -s W -l wait -x -d 'end after so many seconds'
complete -c e4 -n '__e4_is pub sub shell command' -l quiet -d 'errors only'
complete -c e4 -n '__e4_is pub sub shell command' -s d -l debug -d 'every packet'

# The device
complete -c e4 -n '__e4_is init key pub sub shell inspect' -l state -x -a '(__fish_complete_directories)' -d 'where the device is stored'
complete -c e4 -n '__e4_is pub sub shell command' -s q -l qos -x -a '0 1 2' -d 'QoS'
complete -c e4 -n '__e4_is sub shell' -l clean -d 'the broker keeps nothing meanwhile'
complete -c e4 -n '__e4_is sub shell' -l receipts -d 'tell the key server what became of commands'
complete -c e4 -n '__e4_is sub shell' -l allow-clear -d 'let unprotected messages through'
complete -c e4 -n '__e4_is sub shell' -l max-age -x -d 'refuse older messages, in seconds'
complete -c e4 -n '__e4_is sub shell' -l refuse-before-start -d 'refuse what was sent before the start'
complete -c e4 -n '__e4_is sub shell' -l report-repeats -d 'show repeats'
complete -c e4 -n '__e4_is sub shell' -l unknown-signers -d 'open messages of unknown signers'

# A key from a password
complete -c e4 -n '__e4_is init key' -l from-password -d 'make the key from a password'
complete -c e4 -n '__e4_is init key' -l password-file -r -F -d 'file with the password'
complete -c e4 -n '__e4_is init key' -l password -x -d 'password, where everybody can read it'

complete -c e4 -n '__e4_is keygen key' -s t -l type -x -a 'symmetric ed25519 curve25519' -d 'type of key'
complete -c e4 -n '__e4_is keygen' -s o -l out -r -F -d 'where to write it'
complete -c e4 -n '__e4_is keygen init key' -l force -d 'replace what is there'

complete -c e4 -n '__e4_is init provision' -l name -x -d 'name of the device'
complete -c e4 -n '__e4_is init provision' -l id -x -d 'id of the device'
complete -c e4 -n '__e4_is init provision' -l mode -x -a 'symmetric public-key' -d 'how messages are protected'
complete -c e4 -n '__e4_is init provision' -l key -r -F -d 'key of the device'
complete -c e4 -n '__e4_is init provision' -l server-key -r -F -d 'public half of the key server'
complete -c e4 -n '__e4_is init provision' -l export-key -r -F -d 'write what the key server has to know'
complete -c e4 -n '__e4_is init command' -l receiving-topic -x -d 'where commands arrive'
complete -c e4 -n '__e4_is init' -l import -r -F -d 'state file of a Go client'

complete -c e4 -n '__e4_is provision' -s b -l baud -x -a '9600 19200 38400 57600 115200 230400 460800 921600' -d 'speed'
complete -c e4 -n '__e4_is provision' -s W -l wait -x -d 'wait so many seconds for an answer'
complete -c e4 -n '__e4_is provision' -l fresh-start -x -a damaged -d 'id of the device to replace'
complete -c e4 -n '__e4_is provision' -l label -r -F -d 'QR code of what may be known'
complete -c e4 -n '__e4_is provision' -l secret-label -r -F -d 'QR code with the key'
complete -c e4 -n '__e4_is provision' -F

complete -c e4 -n '__e4_is key' -l topics -d 'list what is held'
complete -c e4 -n '__e4_is key inspect' -s o -l output -x -a 'text json' -d 'format'
complete -c e4 -n '__e4_is key' -l public -r -F -d 'write the public half'
complete -c e4 -n '__e4_is key' -l out -r -F -d 'write the key made from a password'
complete -c e4 -n '__e4_is key inspect' -F

complete -c e4 -n '__e4_is pub sub inspect' -s t -l topic -x -d 'topic'
complete -c e4 -n '__e4_is pub inspect' -s m -l message -x -d 'text'
complete -c e4 -n '__e4_is pub' -s f -l file -r -F -d 'what a file holds'
complete -c e4 -n '__e4_is pub' -s l -l stdin-line -d 'each line of standard input'
complete -c e4 -n '__e4_is pub' -s s -l stdin-file -d 'all of standard input'
complete -c e4 -n '__e4_is pub' -s n -l null-message -d 'a message of no bytes'
complete -c e4 -n '__e4_is pub' -s r -l retain -d 'the broker keeps it'
complete -c e4 -n '__e4_is pub' -l expiry -x -d 'the broker drops it after so many seconds'
complete -c e4 -n '__e4_is pub' -l clear -d 'do not protect it'

complete -c e4 -n '__e4_is sub' -s U -l unsubscribe -x -d 'topic of an earlier time'
complete -c e4 -n '__e4_is sub' -s C -x -d 'end after so many messages'
complete -c e4 -n '__e4_is sub' -s E -d 'end when subscribed'
complete -c e4 -n '__e4_is sub' -s F -x -d 'format'
complete -c e4 -n '__e4_is sub' -s N -d 'no line end'
complete -c e4 -n '__e4_is sub' -s R -d 'leave out retained messages'
complete -c e4 -n '__e4_is sub' -s v -d 'the topic before the text'

complete -c e4 -n '__e4_is command' -l device-key -r -F -d 'key of the device'
complete -c e4 -n '__e4_is command inspect' -l server-secret -r -F -d 'key of the key server'
complete -c e4 -n '__e4_is command inspect' -l device-public -r -F -d 'public half of the device'
complete -c e4 -n '__e4_is command' -s o -l output -x -a 'hex base64 raw' -d 'print the frame'
complete -c e4 -n '__e4_is command' -l publish -d 'publish it'
complete -c e4 -n '__e4_is command' -l no-retain -d 'the broker does not keep it'
complete -c e4 -n '__e4_is command' -l ledger -r -F -d 'where to note times'
complete -c e4 -n '__e4_is command inspect' -l at -x -d 'time, in seconds since 1970'
complete -c e4 -n __e4_wants_order -a set-topic-key -d 'it can use a topic'
complete -c e4 -n __e4_wants_order -a remove-topic -d 'it can use a topic no more'
complete -c e4 -n __e4_wants_order -a reset-topics -d 'it can use no topic any more'
complete -c e4 -n __e4_wants_order -a set-id-key -d 'it has another key'
complete -c e4 -n __e4_wants_order -a set-pub-key -d 'it accepts what another signs'
complete -c e4 -n __e4_wants_order -a remove-pub-key -d 'it no longer does'
complete -c e4 -n __e4_wants_order -a reset-pub-keys -d 'it accepts nobody'
complete -c e4 -n __e4_wants_order -a set-server-key -d 'its key server has another key'
complete -c e4 -n '__e4_is command; and not __e4_wants_order' -F

complete -c e4 -n '__e4_is inspect' -l key -r -F -d 'key of the topic or the device'
complete -c e4 -n '__e4_is inspect' -l public-key -r -F -d 'public half of the signer'
complete -c e4 -n '__e4_is inspect' -l server-key -r -F -d 'public half of the key server'
