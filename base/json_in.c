/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See json_in.h. A struct json_in is libjansson's json_t, a struct json_in_member its
 * iterator; it wants both without const, but does not write through them here.
 */
#include "base/json_in.h"

#include <jansson.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "e4/keys.h"

/* In front of each block, so that all of it can be wiped. */
union header {
    size_t len;
    max_align_t align;
};

static void *wiping_malloc(size_t len)
{
    union header *header = NULL;

    if (len <= SIZE_MAX - sizeof *header)
        header = malloc(sizeof *header + len);
    if (header == NULL)
        return NULL;
    header->len = len;
    return header + 1;
}

static void wiping_free(void *memory)
{
    union header *header = memory;

    if (header == NULL)
        return;
    header--;
    e4_wipe(header + 1, header->len);
    free(header);
}

static void set_up(void)
{
    json_set_alloc_funcs(wiping_malloc, wiping_free);
}

/* In words that do not quote the text, as libjansson's do. */
static int refuse(const json_error_t *error, struct err *err)
{
    enum json_error_code code = json_error_code(error);

    if (code == json_error_out_of_memory)
        return err_set(err, ERR_SYSTEM, "out of memory");
    if (code == json_error_numeric_overflow)
        return err_set(err, ERR_INPUT, "a number that is too large, in line %d, column %d",
                       error->line, error->column);
    if (code == json_error_duplicate_key)
        return err_set(err, ERR_INPUT, "a name that occurs twice, in line %d, column %d",
                       error->line, error->column);
    return err_set(err, ERR_INPUT, "not JSON from line %d, column %d on", error->line,
                   error->column);
}

static struct json_in *read_text(const char *text, size_t len, size_t flags, struct err *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    json_error_t error;
    json_t *value;

    (void)pthread_once(&once, set_up);
    value = json_loadb(text, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | flags, &error);
    if (value == NULL)
        (void)refuse(&error, err);
    e4_wipe(&error, sizeof error); /* it quotes the text */
    return (struct json_in *)value;
}

struct json_in *json_in_read(const char *text, size_t len, struct err *err)
{
    return read_text(text, len, JSON_DISABLE_EOF_CHECK, err);
}

struct json_in *json_in_read_whole(const char *text, size_t len, struct err *err)
{
    return read_text(text, len, 0, err);
}

static json_t *inner(const struct json_in *value)
{
    return (json_t *)(uintptr_t)value;
}

void json_in_free(struct json_in *value)
{
    json_decref(inner(value));
}

bool json_in_is_object(const struct json_in *value)
{
    return json_is_object(inner(value));
}

bool json_in_is_null(const struct json_in *value)
{
    return json_is_null(inner(value));
}

const char *json_in_text(const struct json_in *value, size_t *len)
{
    *len = json_string_length(inner(value));
    return json_string_value(inner(value));
}

bool json_in_number(const struct json_in *value, int64_t *number)
{
    if (!json_is_integer(inner(value)))
        return false;
    *number = json_integer_value(inner(value));
    return true;
}

bool json_in_bool(const struct json_in *value, bool *truth)
{
    if (!json_is_boolean(inner(value)))
        return false;
    *truth = json_is_true(inner(value));
    return true;
}

bool json_in_is_list(const struct json_in *value)
{
    return json_is_array(inner(value));
}

size_t json_in_length(const struct json_in *list)
{
    return json_array_size(inner(list));
}

const struct json_in *json_in_at(const struct json_in *list, size_t index)
{
    return (const struct json_in *)json_array_get(inner(list), index);
}

const struct json_in *json_in_get(const struct json_in *object, const char *name)
{
    return (const struct json_in *)json_object_get(inner(object), name);
}

const struct json_in *json_in_get_any_case(const struct json_in *object, const char *name)
{
    const struct json_in *value = json_in_get(object, name);
    const struct json_in_member *member = NULL;

    while (value == NULL && (member = json_in_next(object, member)) != NULL) {
        if (strcasecmp(json_in_name(member), name) == 0)
            value = json_in_value(member);
    }
    return value;
}

size_t json_in_size(const struct json_in *object)
{
    return json_object_size(inner(object));
}

static void *iterator(const struct json_in_member *member)
{
    return (void *)(uintptr_t)member;
}

const struct json_in_member *json_in_next(const struct json_in *object,
                                          const struct json_in_member *member)
{
    if (member == NULL)
        return json_object_iter(inner(object));
    return json_object_iter_next(inner(object), iterator(member));
}

const char *json_in_name(const struct json_in_member *member)
{
    return json_object_iter_key(iterator(member));
}

const struct json_in *json_in_value(const struct json_in_member *member)
{
    return (const struct json_in *)json_object_iter_value(iterator(member));
}
