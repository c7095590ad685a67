/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading JSON (json_out.h writes it). The memory behind it is wiped when freed, for it may
 * hold keys. json_in.c is the one file that knows libjansson.
 */
#ifndef BASE_JSON_IN_H
#define BASE_JSON_IN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct json_in; /* a value of any type */

/*
 * The first value in a text; what follows it is not looked at. A name that occurs twice in an
 * object, text that is not UTF-8, and NUL in a string are errors. NULL: err is set.
 */
struct json_in *json_in_read(const char *text, size_t len, struct err *err);
/* The same for a text that is one value and nothing else but blanks. */
struct json_in *json_in_read_whole(const char *text, size_t len, struct err *err);
void json_in_free(struct json_in *value); /* NULL is fine */

/* In what follows a value may be NULL, which is of no type and has no members. */
bool json_in_is_object(const struct json_in *value);
bool json_in_is_null(const struct json_in *value);

/* The text of a string; NULL if the value is none. */
const char *json_in_text(const struct json_in *value, size_t *len);
/* Is the value a whole number? */
bool json_in_number(const struct json_in *value, int64_t *number);
/* Is the value true or false? */
bool json_in_bool(const struct json_in *value, bool *truth);

/* Is the value a list? Its length is 0 if not. Members live as long as the list. */
bool json_in_is_list(const struct json_in *value);
size_t json_in_length(const struct json_in *list);
const struct json_in *json_in_at(const struct json_in *list, size_t index); /* below length */

/* A member of an object; NULL if it has none of this name. It lives as long as the object. */
const struct json_in *json_in_get(const struct json_in *object, const char *name);
/* The same with letters of either case. */
const struct json_in *json_in_get_any_case(const struct json_in *object, const char *name);

/* How many members an object has, and a walk through them: from NULL until NULL comes back. */
struct json_in_member;
size_t json_in_size(const struct json_in *object);
const struct json_in_member *json_in_next(const struct json_in *object,
                                          const struct json_in_member *member);
const char *json_in_name(const struct json_in_member *member);
const struct json_in *json_in_value(const struct json_in_member *member);

#endif
