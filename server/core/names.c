/* SPDX-License-Identifier: Apache-2.0 */
/* See names.h. What begins with a prefix are the names from the prefix on, up to the text that
 * follows all of them: an index finds those without looking at the others. */
#include "server/core/names.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "e4/keys.h"
#include "server/core/state.h"

static enum store_list list_of(enum names_of of)
{
    return of == NAMES_CLIENTS ? STORE_CLIENTS : STORE_TOPICS;
}

enum { CODE_MAX = 0x10ffff, SURROGATES = 0xd800, AFTER_SURROGATES = 0xe000 };

/* The character that begins at a text: UTF-8, checked. */
static unsigned read_character(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    unsigned code = at[0] < 0x80   ? at[0]
                    : at[0] < 0xe0 ? at[0] & 0x1fU
                    : at[0] < 0xf0 ? at[0] & 0x0fU
                                   : at[0] & 0x07U;

    for (at++; (*at & 0xc0) == 0x80; at++)
        code = code << 6 | (*at & 0x3fU);
    return code;
}

/* Up to four bytes and a NUL. */
static void write_character(char *text, unsigned code)
{
    static const struct {
        unsigned below;
        unsigned first; /* what is on top of the first byte */
        unsigned more;  /* bytes that follow */
    } forms[] = {{0x80, 0, 0}, {0x800, 0xc0, 1}, {0x10000, 0xe0, 2}, {CODE_MAX + 1, 0xf0, 3}};
    size_t form = 0;

    while (code >= forms[form].below)
        form++;
    *text++ = (char)(forms[form].first | code >> 6 * forms[form].more);
    for (unsigned i = forms[form].more; i-- > 0;)
        *text++ = (char)(0x80 | (code >> 6 * i & 0x3f));
    *text = '\0';
}

/* Make a prefix, with room for four bytes more, the first text after all that begin with it.
 * false: there is none. Texts are in the order of their characters, also as UTF-8. */
static bool step_past(char *prefix)
{
    size_t len = strlen(prefix);

    while (len > 0) {
        unsigned code;

        while (((unsigned char)prefix[--len] & 0xc0) == 0x80)
            continue;
        code = read_character(prefix + len) + 1;
        if (code == SURROGATES)
            code = AFTER_SURROGATES;
        if (code <= CODE_MAX) {
            write_character(prefix + len, code);
            return true;
        }
        prefix[len] = '\0'; /* no character is larger: that before it */
    }
    return false;
}

/* What is within a prefix; before is to be freed. */
static int bounds_of(struct store_bounds *bounds, char **before, const char *prefix,
                     struct err *err)
{
    size_t len = strlen(prefix);

    if (!e4_is_utf8(prefix, len))
        return err_set(err, ERR_INPUT, "prefix: not UTF-8");
    *before = malloc(len + 5);
    if (*before == NULL)
        return err_set(err, ERR_SYSTEM, "out of memory");
    memcpy(*before, prefix, len + 1);
    bounds->from = prefix;
    bounds->before = step_past(*before) ? *before : NULL;
    return 0;
}

int names_count(struct core *core, int64_t *count, enum names_of of, const char *prefix,
                struct err *err)
{
    struct store_bounds bounds;
    struct tx *tx = NULL;
    char *before;
    int rc = -1;

    if (prefix[0] == '\0')
        return state_count(core, count, list_of(of), NULL, err);
    if (bounds_of(&bounds, &before, prefix, err) != 0)
        return -1;
    if (state_begin_read(core, &tx, err) == 0)
        rc = tx->ask->count_within(tx, count, list_of(of), &bounds, err);
    store_rollback(&tx);
    free(before);
    return rc;
}

static int list_within(struct core *core, enum names_of of, const struct store_bounds *bounds,
                       const struct range *range, core_each each, void *ctx, struct err *err)
{
    struct tx *tx = NULL;
    int rc;

    if (state_begin_list(core, &tx, range, err) != 0)
        return -1;
    rc = tx->ask->list_within(tx, list_of(of), bounds, range->offset, range->count, each, ctx,
                              err);
    store_rollback(&tx);
    return rc;
}

int names_list(struct core *core, enum names_of of, const char *prefix,
               const struct range *range, core_each each, void *ctx, struct err *err)
{
    struct store_bounds bounds;
    char *before;
    int rc;

    if (prefix[0] == '\0')
        return state_list(core, list_of(of), NULL, range, each, ctx, err);
    if (bounds_of(&bounds, &before, prefix, err) != 0)
        return -1;
    rc = list_within(core, of, &bounds, range, each, ctx, err);
    free(before);
    return rc;
}

/* Names but the one that they are to come after, up to so many. */
struct following {
    const char *after;
    int64_t left;
    core_each each;
    void *ctx;
};

static int follow(void *ctx, const char *name, struct err *err)
{
    struct following *following = ctx;

    if (strcmp(name, following->after) == 0 || following->left == 0)
        return 0;
    following->left--;
    return following->each(following->ctx, name, err);
}

int names_after(struct core *core, enum names_of of, const char *prefix, const char *after,
                int64_t count, core_each each, void *ctx, struct err *err)
{
    struct following following = {after, count, each, ctx};
    struct range range = {0, count < INT64_MAX ? count + 1 : count};
    struct store_bounds bounds;
    char *before;
    int rc;

    if (count < 0)
        return err_set(err, ERR_INPUT, "count: negative");
    if (!e4_is_utf8(after, strlen(after)))
        return err_set(err, ERR_INPUT, "after: not UTF-8");
    if (bounds_of(&bounds, &before, prefix, err) != 0)
        return -1;
    if (strcmp(after, bounds.from) > 0)
        bounds.from = after;
    rc = list_within(core, of, &bounds, &range, follow, &following, err);
    free(before);
    return rc;
}
