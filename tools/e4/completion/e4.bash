# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Completion of e4 for bash; installed as bash-completion/completions/e4.

# The options of a subcommand. test/scenario/tool_completion.sh compares them with --help.
_e4_options()
{
    local broker='-h --host -p --port -L --url -V --mqtt-version -i --id -k --keepalive -u --user
        --password-file -P --pw --tls --cafile --capath --cert --key --insecure -W --wait
        --quiet -d --debug'
    local device='--state -q --qos --clean --receipts --allow-clear --max-age
        --refuse-before-start --report-repeats --unknown-signers'
    local password='--from-password --password-file --password'
    local always='--help --usage'

    case $1 in
    keygen) echo "-t --type -o --out --force $always" ;;
    init)
        echo "--name --id --mode --state --key --server-key --export-key --receiving-topic
            --import --force $password $always"
        ;;
    provision)
        echo "-b --baud -W --wait --fresh-start --name --id --mode --key --server-key --export-key
            --label --secret-label $always"
        ;;
    key) echo "--state --topics -o --output -t --type --public --out --force $password $always" ;;
    pub)
        echo "-t --topic -m --message -f --file -l --stdin-line -s --stdin-file -n --null-message
            -q --qos -r --retain --expiry --clear --state $broker $always"
        ;;
    sub) echo "-t --topic -U --unsubscribe -C -E -F -N -R -v $device $broker $always" ;;
    shell) echo "$device $broker $always" ;;
    command)
        echo "--device-key --server-secret --device-public -o --output --publish -q --qos
            --no-retain --receiving-topic --ledger --at $broker $always"
        ;;
    inspect)
        echo "-m --message -o --output --at --key --public-key --server-key --server-secret
            --device-public -t --topic --state $always"
        ;;
    esac
}

# What an option's value can be: words, or the names of files or folders. Nothing: anything.
_e4_values()
{
    local types='symmetric ed25519 curve25519'

    case $1:$2 in
    keygen:-t | key:-t | *:--type) echo "words $types" ;;
    command:-o | command:--output) echo 'words hex base64 raw' ;;
    keygen:-o) echo files ;;
    *:-o | *:--output) echo 'words text json' ;;
    *:--mode) echo 'words symmetric public-key' ;;
    *:-V | *:--mqtt-version) echo 'words mqttv311 mqttv5' ;;
    *:-q | *:--qos) echo 'words 0 1 2' ;;
    *:--state | *:--capath) echo folders ;;
    *:-f | *:--file | *:--key | *:--server-key | *:--export-key | *:--import | *:--out | \
        *:--public | *:--password-file | *:--cafile | *:--cert | *:--device-key | \
        *:--server-secret | *:--device-public | *:--public-key | *:--ledger | *:--label | \
        *:--secret-label) echo files ;;
    *:-b | *:--baud) echo 'words 9600 19200 38400 57600 115200 230400 460800 921600' ;;
    *:--fresh-start) echo 'words damaged' ;;
    esac
}

# Does this option take a value?
_e4_takes_value()
{
    case $1 in
    -l | -s | -n | -r | -d | -E | -N | -R | -v | --force | --topics | --from-password | \
        --stdin-line | --stdin-file | --null-message | --retain | --clear | --clean | \
        --receipts | --allow-clear | --refuse-before-start | --report-repeats | \
        --unknown-signers | --tls | --insecure | --quiet | --debug | --publish | \
        --no-retain | --help | --usage) return 1 ;;
    -?*) return 0 ;;
    esac
    return 1
}

# How many words that are neither options nor their values stand before the one to complete.
_e4_count_words()
{
    local i count=0

    for ((i = 2; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
        =) i=$((i + 1)) ;;
        -*) _e4_takes_value "${COMP_WORDS[i]}" && [ "${COMP_WORDS[i + 1]}" != = ] && i=$((i + 1)) ;;
        *) count=$((count + 1)) ;;
        esac
    done
    echo "$count"
}

# Complete with words, or with names of files or folders.
_e4_offer()
{
    case $1 in
    'words '*) mapfile -t COMPREPLY < <(compgen -W "${1#words }" -- "$2") ;;
    files) mapfile -t COMPREPLY < <(compgen -f -- "$2") ;;
    folders) mapfile -t COMPREPLY < <(compgen -d -- "$2") ;;
    esac
    case $1 in
    files | folders) compopt -o filenames 2> /dev/null ;;
    esac
}

_e4()
{
    local commands='keygen init provision key pub sub shell command inspect help'
    local orders='set-topic-key remove-topic reset-topics set-id-key set-pub-key remove-pub-key
        reset-pub-keys set-server-key'
    local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
    local command=${COMP_WORDS[1]}

    COMPREPLY=()
    if [ "$COMP_CWORD" -eq 1 ]; then
        _e4_offer "words $commands --help --version" "$current"
        return
    fi
    if [ "$current" = = ]; then # --option=value comes in three words
        current=
    elif [ "$before" = = ]; then
        before=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    if [ "$command" = help ]; then
        _e4_offer "words $commands" "$current"
    elif [ "$COMP_CWORD" -gt 2 ] && _e4_takes_value "$before"; then
        _e4_offer "$(_e4_values "$command" "$before")" "$current"
    elif [[ $current == -* ]]; then
        _e4_offer "words $(_e4_options "$command")" "$current"
    else
        case $command:$(_e4_count_words) in
        command:1) _e4_offer "words $orders" "$current" ;;
        provision:0 | key:0 | inspect:0 | command:[2-9]) _e4_offer files "$current" ;;
        esac
    fi
}

complete -F _e4 e4
