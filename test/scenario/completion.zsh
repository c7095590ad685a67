# SPDX-License-Identifier: Apache-2.0
# zsh -f completion.zsh FOLDER LINE...: print what a zsh, interactive on a terminal of its own, with
# the completions in FOLDER, shows after each line and two Tabs.
zmodload zsh/zpty
folder=$1
shift
zpty -b shell 'TERM=xterm zsh -f -i'
zpty -w shell "stty columns 400 rows 400
fpath=($folder \$fpath); autoload -Uz compinit; compinit -u -D; LISTMAX=0; PROMPT=\$(echo 'RE'ADY)"
zpty -r shell shown '*READY*'
for line; do
    zpty -w -n shell "$line"$'\t\t'
    zpty -w -n shell $'\C-uecho DO""NE\n'
    zpty -r shell shown '*DONE*READY*'
    print -r -- "$shown"
done
zpty -d shell
