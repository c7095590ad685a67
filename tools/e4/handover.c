/* SPDX-License-Identifier: Apache-2.0 */
/* See handover.h. */
#include "tools/e4/handover.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/hex.h"
#include "tools/e4/mode.h"
#include "tools/e4/serial.h"
#include "tools/e4/show.h"

enum { WORDS = 6, WORD_SIZE = 40, ASK_EVERY_MS = 500 };

bool handover_same(const struct handover_who *a, const struct handover_who *b)
{
    return a->mode == b->mode && memcmp(a->id, b->id, sizeof a->id) == 0 &&
           memcmp(a->print, b->print, sizeof a->print) == 0;
}

/* Copy the words of a line, which single spaces part. 0: none, too many, or one is too long. */
static size_t split(char words[WORDS][WORD_SIZE], const char *line)
{
    size_t count = 0;

    for (;;) {
        size_t len = strcspn(line, " ");

        if (count == WORDS || len == 0 || len >= WORD_SIZE)
            return 0;
        memcpy(words[count], line, len);
        words[count++][len] = '\0';
        if (line[len] == '\0')
            return count;
        line += len + 1;
    }
}

/* Mode, id and fingerprint. */
static bool parse_who(struct handover_who *who, char words[3][WORD_SIZE])
{
    who->mode = strcmp(words[0], "symmetric") == 0 ? E4_SYMMETRIC : E4_PUBLIC_KEY;
    return strcmp(words[0], mode_name(who->mode)) == 0 &&
           hex_decode(who->id, sizeof who->id, words[1], strlen(words[1])) == 0 &&
           hex_decode(who->print, sizeof who->print, words[2], strlen(words[2])) == 0;
}

static bool is_number(const char *word)
{
    return word[strspn(word, "0123456789")] == '\0';
}

bool handover_parse(struct handover_answer *answer, const char *line)
{
    static const struct {
        const char *word;
        size_t words;
    } kinds[] = {
        [HANDOVER_EMPTY] = {"empty", 3},     [HANDOVER_DAMAGED] = {"damaged", 3},
        [HANDOVER_HOLDS] = {"holds", 6},     [HANDOVER_STORED] = {"stored", 6},
        [HANDOVER_REFUSED] = {"refused", 4},
    };
    char words[WORDS][WORD_SIZE];
    size_t count = split(words, line);
    size_t kind = 0;

    memset(answer, 0, sizeof *answer);
    if (count < 3 || strcmp(words[0], "e4") != 0)
        return false;
    while (kind <= HANDOVER_REFUSED && strcmp(words[1], kinds[kind].word) != 0)
        kind++;
    if (kind > HANDOVER_REFUSED)
        return false;
    if (strcmp(words[2], "1") != 0) {
        answer->kind = HANDOVER_OTHER;
        return is_number(words[2]);
    }
    if (count != kinds[kind].words)
        return false;
    answer->kind = (enum handover_kind)kind;
    if (answer->kind == HANDOVER_REFUSED) {
        (void)snprintf(answer->why, sizeof answer->why, "%.15s", words[3]);
        return true;
    }
    return count == 3 || parse_who(&answer->who, words + 3);
}

void handover_store_line(char line[HANDOVER_LINE_SIZE], const char *replaces,
                         const struct e4_identity *identity)
{
    char id[2 * E4_ID_SIZE + 1];
    char key[2 * E4_KEY_SIZE + 1];
    char server_key[2 * E4_KEY_SIZE + 1] = "none";
    char check[2 * E4_HASH_SIZE + 1];
    uint8_t hash[E4_HASH_SIZE];
    size_t len;

    hex_encode(id, identity->id, E4_ID_SIZE);
    hex_encode(key, identity->key, E4_KEY_SIZE);
    if (identity->mode == E4_PUBLIC_KEY)
        hex_encode(server_key, identity->server_key, E4_KEY_SIZE);
    (void)snprintf(line, HANDOVER_LINE_SIZE, "e4 store 1 %s %s %s %s %s", replaces,
                   mode_name(identity->mode), id, key, server_key);
    len = strlen(line);
    e4_hash(hash, line, len);
    hex_encode(check, hash, sizeof hash);
    (void)snprintf(line + len, HANDOVER_LINE_SIZE - len, " %s", check);
    e4_wipe(key, sizeof key);
}

void handover_label(char text[HANDOVER_LABEL_SIZE], const struct handover_who *who,
                    const char *name)
{
    char id[SHOW_HASH_SIZE];
    char print[SHOW_HASH_SIZE];
    size_t at = (size_t)snprintf(text, HANDOVER_LABEL_SIZE, "e4 device 1 %s %s %s",
                                 mode_name(who->mode), show_hash(id, who->id),
                                 show_hash(print, who->print));

    for (size_t i = 0; name != NULL && name[i] != '\0'; i++) {
        unsigned char c = (unsigned char)name[i];

        if (i == 0)
            text[at++] = ' ';
        if (isalnum(c) || strchr("-._~", c) != NULL) {
            text[at++] = name[i];
        } else {
            (void)snprintf(text + at, 4, "%%%02X", c);
            at += 3;
        }
    }
    text[at] = '\0';
}

/* The next answer; other lines are passed over. 1: there is one; 0: none until then. */
static int next_answer(struct serial *serial, struct handover_answer *answer, uint64_t until_ms,
                       struct err *err)
{
    const char *line;
    int got;

    do
        got = serial_line(serial, &line, until_ms, err);
    while (got == 1 && !handover_parse(answer, line));
    return got;
}

/* Does this answer the question what is stored? Others are about requests from before, perhaps
 * torn ones. */
static bool tells(const struct handover_answer *answer)
{
    return answer->kind <= HANDOVER_HOLDS ||
           (answer->kind == HANDOVER_REFUSED && strcmp(answer->why, "version") == 0);
}

int handover_ask(struct serial *serial, struct handover_answer *answer, unsigned wait_s,
                 struct err *err)
{
    /* The first line end finishes whatever the line had before. */
    static const char request[] = "\ne4 hello 1\n";
    uint64_t end_ms = serial_now_ms() + wait_s * UINT64_C(1000);
    bool other = false;

    for (;;) {
        uint64_t now_ms = serial_now_ms();
        uint64_t until_ms = now_ms + ASK_EVERY_MS;
        int got;

        if (until_ms > end_ms)
            until_ms = end_ms;
        if (serial_send(serial, request, sizeof request - 1, end_ms, err) != 0)
            return -1;
        do {
            got = next_answer(serial, answer, until_ms, err);
            other = other || (got == 1 && answer->kind == HANDOVER_OTHER);
        } while (got == 1 && !tells(answer));
        if (got != 0)
            return got < 0 ? -1 : 0;
        if (until_ms < end_ms)
            continue;
        if (other)
            return err_set(err, ERR_INPUT, "the device speaks another version of these lines");
        if (serial->received == 0)
            return err_set(err, ERR_TIMEOUT, "%s: no answer within %u s", serial->where,
                           wait_s);
        return err_set(err, ERR_TIMEOUT,
                       "%s: %lu bytes came within %u s, and no answer among them; is the baud "
                       "rate right?",
                       serial->where, serial->received, wait_s);
    }
}

int handover_store(struct serial *serial, struct handover_answer *answer, bool *answered,
                   const char *replaces, const struct e4_identity *identity, unsigned wait_s,
                   struct err *err)
{
    char line[HANDOVER_LINE_SIZE];
    uint64_t until_ms = serial_now_ms() + wait_s * UINT64_C(1000);
    size_t len;
    int rc;

    handover_store_line(line, replaces, identity);
    len = strlen(line);
    line[len++] = '\n';
    rc = serial_send(serial, line, len, until_ms, err);
    e4_wipe(line, sizeof line);
    *answered = false;
    while (rc == 0 && !*answered) {
        int got = next_answer(serial, answer, until_ms, err);

        if (got <= 0)
            return got;
        /* Requests to say what is stored, sent before, may be answered only now. */
        *answered = answer->kind == HANDOVER_STORED || answer->kind == HANDOVER_REFUSED;
    }
    return rc;
}
