/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of tools/e4/words.c. */
#include <string.h>

#include "law.h"
#include "tools/e4/device.h"
#include "tools/e4/words.h"

enum { NOW_S = 1700000000 };

static const enum e4_result results[] = {
    E4_ERR_ARGUMENT, E4_ERR_SPACE,     E4_ERR_SHORT,   E4_ERR_FORGED, E4_ERR_SIGNATURE,
    E4_ERR_NO_TOPIC, E4_ERR_NO_SENDER, E4_ERR_STALE,   E4_ERR_FUTURE, E4_ERR_REPLAY,
    E4_ERR_ORDER,    E4_ERR_COMMAND,   E4_ERR_MODE,    E4_ERR_FULL,   E4_ERR_CLOCK,
    E4_ERR_STORAGE,  E4_ERR_EMPTY,     E4_ERR_VERSION, E4_ERR_GUARD,
};

/* The words for a result, of a frame sent so long before. */
static const char *words_of(enum e4_result result, uint64_t age_s, uint8_t command)
{
    static struct device device;
    static char words[WORDS_SIZE];
    struct e4_opened opened = {.sent_s = NOW_S - age_s, .now_s = NOW_S};

    device.policy = e4_policy_default;
    opened.command = command;
    opened.tag[0] = 1; /* it was opened */
    words_of_result(words, &device, result, &opened, "room");
    return words;
}

TEST(each_refusal_has_a_sentence_of_its_own)
{
    char sentence[COUNT(results)][WORDS_SIZE];

    for (size_t i = 0; i < COUNT(results); i++) {
        strcpy(sentence[i], words_of(results[i], 0, E4_SET_TOPIC_KEY));
        CHECK_AT(i, strncmp(sentence[i], "refused: ", 9) == 0 && strlen(sentence[i]) > 12);
        for (size_t other = 0; other < i; other++)
            CHECK_AT(i, strcmp(sentence[other], sentence[i]) != 0);
    }
}

TEST(a_refusal_says_what_it_is_about)
{
    static const struct {
        enum e4_result result;
        uint64_t age_s;
        uint8_t command;
        const char *part;
    } row[] = {
        {E4_ERR_STALE, 700, E4_SET_TOPIC_KEY, "too old by 1 min 40 s"},
        {E4_ERR_STALE, 5, E4_SET_TOPIC_KEY, "older than what the replay guard remembers"},
        {E4_ERR_ORDER, 5, E4_SET_TOPIC_KEY, "a command sent before the newest one"},
        {E4_ERR_COMMAND, 5, E4_SET_TOPIC_KEY, "SetTopicKey is malformed"},
        {E4_ERR_MODE, 5, E4_SET_PUB_KEY, "SetPubKey is for devices in public-key mode"},
        {E4_ERR_COMMAND, 5, 99, "no command that is known"},
        {E4_ERR_NO_TOPIC, 5, E4_SET_TOPIC_KEY, "no key for the topic room"},
    };

    for (size_t i = 0; i < COUNT(row); i++)
        CHECK_AT(i, strstr(words_of(row[i].result, row[i].age_s, row[i].command),
                           row[i].part) != NULL);
}

LAWS(LAW(each_refusal_has_a_sentence_of_its_own), LAW(a_refusal_says_what_it_is_about))
