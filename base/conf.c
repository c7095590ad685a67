/* SPDX-License-Identifier: Apache-2.0 */
/* See conf.h. A value may be a password: texts are wiped when freed. */
#include "base/conf.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "e4/keys.h"

enum { FILE_MAX = 1024 * 1024, KEYS_MAX = 128 };

static void *place_of(void *settings, const struct conf_key *key)
{
    return (char *)settings + key->at;
}

static void free_text(char **text)
{
    if (*text != NULL)
        e4_wipe(*text, strlen(*text));
    free(*text);
    *text = NULL;
}

static int set_text(char **place, const char *value, size_t len, struct err *err)
{
    char *copy;

    if (len == 0)
        return err_set(err, ERR_INPUT, "no value");
    copy = strndup(value, len);
    if (copy == NULL)
        return err_set(err, ERR_SYSTEM, "out of memory");
    free_text(place);
    *place = copy;
    return 0;
}

static int set_number(int64_t *place, const struct conf_key *key, const char *value, size_t len,
                      struct err *err)
{
    char digits[24];
    char *end;
    long long number;

    if (len > 0 && len < sizeof digits) {
        memcpy(digits, value, len);
        digits[len] = '\0';
        errno = 0;
        number = strtoll(digits, &end, 10);
        /* strtoll() takes blanks and signs that a setting has no use for. */
        if (errno == 0 && *end == '\0' && strspn(digits, "0123456789") == len &&
            number >= key->min && number <= key->max) {
            *place = number;
            return 0;
        }
    }
    return err_set(err, ERR_INPUT, "not a number from %lld to %lld", (long long)key->min,
                   (long long)key->max);
}

static bool is_word(const char *value, size_t len, const char *word)
{
    return strlen(word) == len && memcmp(value, word, len) == 0;
}

static int set_bool(bool *place, const char *value, size_t len, struct err *err)
{
    if (!is_word(value, len, "yes") && !is_word(value, len, "no"))
        return err_set(err, ERR_INPUT, "neither yes nor no");
    *place = is_word(value, len, "yes");
    return 0;
}

static int set_choice(int64_t *place, const struct conf_key *key, const char *value, size_t len,
                      struct err *err)
{
    char all[128];
    size_t used = 0;

    for (int64_t i = 0; key->choices[i] != NULL; i++) {
        if (is_word(value, len, key->choices[i])) {
            *place = i;
            return 0;
        }
        used += (size_t)snprintf(all + used, sizeof all - used, "%s%s", i == 0 ? "" : ", ",
                                 key->choices[i]);
        if (used >= sizeof all)
            used = sizeof all - 1;
    }
    return err_set(err, ERR_INPUT, "none of: %s", all);
}

static int set(void *settings, const struct conf_key *key, const char *value, size_t len,
               struct err *err)
{
    void *place = place_of(settings, key);

    if (memchr(value, '\0', len) != NULL || !e4_is_utf8(value, len))
        return err_set(err, ERR_INPUT, "not UTF-8");
    switch (key->type) {
    case CONF_TEXT:
        return set_text(place, value, len, err);
    case CONF_NUMBER:
        return set_number(place, key, value, len, err);
    case CONF_BOOL:
        return set_bool(place, value, len, err);
    case CONF_CHOICE:
        break;
    }
    return set_choice(place, key, value, len, err);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* Leave out blanks at both ends. */
static void trim(const char **text, size_t *len)
{
    while (*len > 0 && is_blank(**text)) {
        (*text)++;
        (*len)--;
    }
    while (*len > 0 && is_blank((*text)[*len - 1]))
        (*len)--;
}

static size_t find_key(const struct conf_key *keys, size_t count, const char *name, size_t len)
{
    size_t i = 0;

    while (i < count && !is_word(name, len, keys[i].name))
        i++;
    return i;
}

/* One line, which is not empty and no comment. seen: which keys came before. */
static int read_line(void *settings, const struct conf_key *keys, size_t count, bool *seen,
                     const char *line, size_t len, struct err *err)
{
    const char *equals = memchr(line, '=', len);
    const char *value;
    size_t name_len;
    size_t value_len;
    size_t at;

    if (equals == NULL)
        return err_set(err, ERR_INPUT, "not of the form: key = value");
    name_len = (size_t)(equals - line);
    value = equals + 1;
    value_len = len - name_len - 1;
    trim(&line, &name_len);
    trim(&value, &value_len);
    at = find_key(keys, count, line, name_len);
    if (at == count) /* it may be a password in the wrong place: no word of it is repeated */
        return err_set(err, ERR_INPUT, "there is no such key");
    if (seen[at])
        return err_set(err, ERR_INPUT, "%s: given twice", keys[at].name);
    seen[at] = true;
    if (set(settings, &keys[at], value, value_len, err) != 0) {
        return err_prefix(err, "%s", keys[at].name);
    }
    return 0;
}

int conf_read(void *settings, const struct conf_key *keys, size_t count, const char *text,
              size_t len, const char *what, struct err *err)
{
    bool seen[KEYS_MAX] = {false};
    unsigned long number = 0;

    if (count > KEYS_MAX)
        return err_set(err, ERR_SYSTEM, "%zu settings are too many", count);
    while (len > 0) {
        const char *end = memchr(text, '\n', len);
        size_t whole = end != NULL ? (size_t)(end - text) : len;
        const char *line = text;
        size_t line_len = whole;

        number++;
        trim(&line, &line_len);
        if (line_len > 0 && *line != '#' &&
            read_line(settings, keys, count, seen, line, line_len, err) != 0)
            return err_prefix(err, "%s:%lu", what, number);
        text += whole;
        len -= whole;
        if (len > 0) { /* the line's end */
            text++;
            len--;
        }
    }
    return 0;
}

int conf_read_file(void *settings, const struct conf_key *keys, size_t count, const char *path,
                   struct err *err)
{
    char *text = malloc(FILE_MAX);
    size_t len;
    int rc = -1;

    if (text == NULL)
        return err_set(err, ERR_SYSTEM, "out of memory");
    if (file_read(path, text, FILE_MAX, &len, err) == 0) {
        rc = conf_read(settings, keys, count, text, len, path, err);
        e4_wipe(text, len);
    }
    free(text);
    return rc;
}

int conf_environment(void *settings, const struct conf_key *keys, size_t count,
                     const char *prefix, struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        char name[128];
        const char *value;

        (void)snprintf(name, sizeof name, "%s%s", prefix, keys[i].name);
        for (char *c = name + strlen(prefix); *c != '\0'; c++)
            *c = (char)(*c == '-' ? '_' : *c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c);
        value = getenv(name);
        if (value != NULL && set(settings, &keys[i], value, strlen(value), err) != 0)
            return err_prefix(err, "%s in the environment", name);
    }
    return 0;
}

void conf_free(void *settings, const struct conf_key *keys, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (keys[i].type == CONF_TEXT)
            free_text(place_of(settings, &keys[i]));
    }
}
