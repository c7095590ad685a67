#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Completion in real shells: bash, zsh and fish offer every command, and every option that --help has.
. "$(dirname "$0")/lib.sh"

scripts=$source_dir/tools/e4/completion
commands='keygen init provision key pub sub shell command inspect'

# Every option of a command, as --help says: -t --type and so on.
options_of() {
    "$e4" "$1" --help | sed -n 's/^ \{2,6\}\(-[^ ].*\)/\1/p' | grep -o -e '^-[a-zA-Z]' -e '--[a-z][a-z-]*' | sort -u
}

# offers SHELL FILE WORD...: these words are among those in FILE, a line each.
offers() {
    offering=$1
    file=$2
    shift 2
    for word in "$@"; do
        grep -qx -e "$word" "$file" || fail "$offering does not offer $word"
    done
}
# offers_only SHELL FILE WORD...: these and no others.
offers_only() {
    offers "$@"
    shift 1
    file=$1
    shift 1
    [ "$(sort -u "$file" | wc -l)" -eq $# ] || fail "other words than $*: $(cat "$file")"
}

tested=
if command -v bash > /dev/null; then
    tested="$tested bash"
    cat > complete.bash <<- 'END'
	# bash complete.bash SCRIPT WORD...: what is offered for the last word
	source "$1"
	shift
	COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
	_e4
	printf '%s\n' "${COMPREPLY[@]}"
	END
    offer_bash() {
        bash complete.bash "$scripts/e4.bash" e4 "$@" > offered
    }
    offer_bash ''
    # shellcheck disable=SC2086 # words
    offers bash offered $commands help --help --version
    offer_bash ke
    offers_only bash offered key keygen
    for command in $commands; do
        offer_bash "$command" -
        # shellcheck disable=SC2046 # words
        offers_only bash offered $(options_of "$command")
    done
    offer_bash help ins
    offers_only bash offered inspect
    offer_bash keygen -t ''
    offers_only bash offered symmetric ed25519 curve25519
    offer_bash init --mode = p
    offers_only bash offered public-key
    offer_bash command -o ''
    offers_only bash offered hex base64 raw
    offer_bash inspect -o ''
    offers_only bash offered text json
    offer_bash command --device-key k -q 2 alice reset
    offers_only bash offered reset-topics reset-pub-keys
    mkdir some_folder
    : > some_file
    offer_bash key some
    offers_only bash offered some_file some_folder
    offer_bash key --state some
    offers_only bash offered some_folder
fi

if command -v fish > /dev/null; then
    tested="$tested fish"
    # offer_fish LINE: names without what is said of them
    offer_fish() {
        fish --no-config -c "source '$scripts/e4.fish'; complete -C '$1'" | cut -f 1 > offered
    }
    offer_fish 'e4 '
    # shellcheck disable=SC2086
    offers fish offered $commands help
    offer_fish 'e4 ke'
    offers_only fish offered key keygen
    offer_fish 'e4 -'
    offers_only fish offered --help --version
    for command in $commands; do
        offer_fish "e4 $command -"
        # shellcheck disable=SC2046
        offers fish offered $(options_of "$command")
        offer_fish "e4 $command --"
        # shellcheck disable=SC2046
        offers_only fish offered $(options_of "$command" | grep -e --)
    done
    offer_fish 'e4 keygen -t '
    offers_only fish offered symmetric ed25519 curve25519
    offer_fish 'e4 init --mode=p'
    offers_only fish offered --mode=public-key
    offer_fish 'e4 command alice reset'
    offers_only fish offered reset-topics reset-pub-keys
    offer_fish 'e4 help ins'
    offers_only fish offered inspect
fi

if command -v zsh > /dev/null; then
    tested="$tested zsh"
    # offer_zsh LINE: every word on the screen, a line each
    offer_zsh() {
        zsh -f "$source_dir/test/scenario/completion.zsh" "$scripts" "$1" |
            tr -d '\000' | sed -e 's/\x1b\[[0-9;?]*[A-Za-z]/ /g' -e 's/[[:space:]]\{1,\}/\n/g' > offered
    }
    offer_zsh 'e4 '
    # shellcheck disable=SC2086
    offers zsh offered $commands help
    for command in $commands; do
        offer_zsh "e4 $command -"
        # shellcheck disable=SC2046
        offers zsh offered $(options_of "$command")
    done
    offer_zsh 'e4 init --mode='
    offers zsh offered symmetric public-key
    offer_zsh 'e4 command alice set-'
    offers zsh offered set-topic-key set-id-key set-pub-key set-server-key
    offer_zsh 'e4 keygen -t '
    offers zsh offered symmetric ed25519 curve25519
fi

[ -n "$tested" ] || skip "none of bash, fish and zsh is installed"
echo "completion tested in:$tested"
