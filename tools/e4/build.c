/* SPDX-License-Identifier: Apache-2.0 */
/* See build.h. */
#include "tools/e4/build.h"

#include <stdbool.h>
#include <string.h>

#include "base/err.h"
#include "tools/e4/keyfile.h"
#include "tools/e4/who.h"

/* What a word after the command's name is. */
enum word {
    WORD_NONE,
    WORD_TOPIC,
    WORD_TOPIC_KEY,
    WORD_OWN_KEY,
    WORD_PEER,
    WORD_PEER_KEY,
    WORD_SERVER_KEY
};

enum { WORDS_MAX = 2 };

static const struct {
    const char *name;
    const char *usage;
    enum e4_command_type type;
    enum word words[WORDS_MAX];
    bool public_key_only;
} kinds[] = {
    {"set-topic-key", "TOPIC KEYFILE", E4_SET_TOPIC_KEY, {WORD_TOPIC, WORD_TOPIC_KEY}, false},
    {"remove-topic", "TOPIC", E4_REMOVE_TOPIC, {WORD_TOPIC, WORD_NONE}, false},
    {"reset-topics", "", E4_RESET_TOPICS, {WORD_NONE, WORD_NONE}, false},
    {"set-id-key", "KEYFILE", E4_SET_ID_KEY, {WORD_OWN_KEY, WORD_NONE}, false},
    {"set-pub-key", "NAME PUBFILE", E4_SET_PUB_KEY, {WORD_PEER, WORD_PEER_KEY}, true},
    {"remove-pub-key", "NAME", E4_REMOVE_PUB_KEY, {WORD_PEER, WORD_NONE}, true},
    {"reset-pub-keys", "", E4_RESET_PUB_KEYS, {WORD_NONE, WORD_NONE}, true},
    {"set-server-key", "PUBFILE", E4_SET_SERVER_KEY, {WORD_SERVER_KEY, WORD_NONE}, true},
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

static size_t find(const char *name)
{
    size_t kind = 0;

    while (kind < KINDS && strcmp(kinds[kind].name, name) != 0)
        kind++;
    return kind;
}

static int read_key(struct e4_command *command, enum keyfile_kind kind, const char *path,
                    struct err *err)
{
    struct keyfile key;

    if (keyfile_read(&key, kind, path, err) != 0)
        return -1;
    memcpy(command->key, key.secret, E4_KEY_SIZE);
    memcpy(command->public_key, key.public_key, E4_KEY_SIZE);
    e4_wipe(&key, sizeof key);
    return 0;
}

static int take_word(struct e4_command *command, enum word word, enum e4_mode mode,
                     const char *text, struct err *err)
{
    switch (word) {
    case WORD_TOPIC:
        return who_parse_topic(command->topic, text, err);
    case WORD_PEER:
        return who_parse(command->id, text, err);
    case WORD_TOPIC_KEY:
        return read_key(command, KEYFILE_SYMMETRIC, text, err);
    case WORD_OWN_KEY:
        return read_key(command, mode == E4_SYMMETRIC ? KEYFILE_SYMMETRIC : KEYFILE_ED25519,
                        text, err);
    case WORD_PEER_KEY:
        return keyfile_read_public(command->key, KEYFILE_ED25519, text, err);
    case WORD_SERVER_KEY:
        return keyfile_read_public(command->key, KEYFILE_CURVE25519, text, err);
    case WORD_NONE:
        break;
    }
    return 0;
}

int build_command(struct e4_command *command, enum e4_mode mode, char **words, size_t count,
                  struct err *err)
{
    size_t kind = count > 0 ? find(words[0]) : KINDS;
    size_t wanted = 0;

    memset(command, 0, sizeof *command);
    if (count == 0)
        return err_set(err, ERR_USAGE, "which command: e4 command --help lists them");
    if (kind == KINDS)
        return err_set(err, ERR_USAGE, "%s: no command; e4 command --help lists them",
                       words[0]);
    while (wanted < WORDS_MAX && kinds[kind].words[wanted] != WORD_NONE)
        wanted++;
    if (count - 1 != wanted)
        return err_set(err, ERR_USAGE, "%s takes %zu arguments, not %zu%s%s", kinds[kind].name,
                       wanted, count - 1, wanted > 0 ? ": " : "", kinds[kind].usage);
    if (kinds[kind].public_key_only && mode != E4_PUBLIC_KEY)
        return err_set(err, ERR_USAGE,
                       "%s: only devices in public-key mode know it; for those give "
                       "--server-secret and --device-public",
                       kinds[kind].name);
    command->type = kinds[kind].type;
    for (size_t i = 0; i < wanted; i++) {
        if (take_word(command, kinds[kind].words[i], mode, words[1 + i], err) != 0)
            return -1;
    }
    return 0;
}
