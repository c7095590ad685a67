/* SPDX-License-Identifier: Apache-2.0 */
/* See complete.h. The words come from the table of commands. */
#include "tools/e4ctl/complete.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "tools/e4ctl/commands.h"

/* A word only once, although several commands begin with it. */
static void first_words(void)
{
    size_t count;
    const struct command *command = command_list(&count);
    size_t before = 0;

    for (size_t i = 0; i < count; i++) {
        size_t len = strcspn(command[i].words, " ");

        if (len != before || strncmp(command[i].words, command[i - 1].words, len) != 0)
            (void)printf(" %.*s", (int)len, command[i].words);
        before = len;
    }
}

static void second_words(const char *first)
{
    size_t count;
    const struct command *command = command_list(&count);
    size_t len = strlen(first);

    (void)printf("        %s) words=\"", first);
    for (size_t i = 0; i < count; i++) {
        if (strncmp(command[i].words, first, len) == 0 && command[i].words[len] == ' ')
            (void)printf("%s ", command[i].words + len + 1);
    }
    (void)printf("\" ;;\n");
}

int complete_print(const char *shell, struct err *err)
{
    static const char *const groups[] = {"client", "topic", "count", "token", "audit"};

    if (strcmp(shell, "bash") != 0 && strcmp(shell, "zsh") != 0)
        return err_set(err, ERR_USAGE, "completion: for bash, which zsh understands too");
    if (strcmp(shell, "zsh") == 0)
        (void)puts("autoload -U +X bashcompinit && bashcompinit");
    (void)puts("_e4ctl() {\n"
               "    local words=\"\" current=\"${COMP_WORDS[COMP_CWORD]}\"\n"
               "    case $COMP_CWORD in");
    (void)printf("    1) words=\"");
    first_words();
    (void)puts(" help completion\" ;;\n"
               "    2)\n"
               "        case ${COMP_WORDS[1]} in");
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
        second_words(groups[i]);
    (void)puts("        completion) words=\"bash zsh\" ;;\n"
               "        esac\n"
               "        ;;\n"
               "    esac\n"
               "    case $current in\n"
               "    -*) words=\"--server --ca --token-file --state --output --help\" ;;\n"
               "    esac\n"
               "    [ -n \"$words\" ] && COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
               "}\n"
               "complete -o default -F _e4ctl e4ctl");
    return 0;
}
