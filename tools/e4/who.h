/* SPDX-License-Identifier: Apache-2.0 */
/* The options that say which device is meant: --name and --id. */
#ifndef TOOLS_E4_WHO_H
#define TOOLS_E4_WHO_H

#include <argp.h>
#include <stdbool.h>
#include <stdint.h>

#include "e4/keys.h"

struct err;

struct who_options {
    char *name;
    const char *id; /* in hexadecimal */
};

/* --name and --id; its input is a struct who_options. */
extern const struct argp who_argp;

bool who_is_given(const struct who_options *who);

/* The id. ERR_USAGE: both or neither; ERR_INPUT: no good name, no 32 digits. */
int who_id(uint8_t id[E4_ID_SIZE], const struct who_options *who, struct err *err);

/* From text that is a name, or "id:" and 32 hexadecimal digits. ERR_INPUT: neither. */
int who_parse(uint8_t id[E4_ID_SIZE], const char *text, struct err *err);

/* From text that is a topic, or "hash:" and 32 hexadecimal digits, to its hash. */
int who_parse_topic(uint8_t hash[E4_HASH_SIZE], const char *text, struct err *err);

#endif
