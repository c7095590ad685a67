/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes, times and spans in words, and text from outside made safe for a terminal. */
#ifndef TOOLS_E4_SHOW_H
#define TOOLS_E4_SHOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "e4/e4.h"

struct err;

enum { SHOW_HASH_SIZE = 2 * E4_HASH_SIZE + 1, SHOW_TIME_SIZE = 32, SHOW_SPAN_SIZE = 48 };

/* 16 bytes as 32 digits: an id, a hash, a fingerprint. Returns text. */
const char *show_hash(char text[SHOW_HASH_SIZE], const uint8_t hash[E4_HASH_SIZE]);

/* The fingerprint of a key. Returns text. */
const char *show_fingerprint(char text[SHOW_HASH_SIZE], const uint8_t key[E4_KEY_SIZE]);

/* 2026-01-31T12:00:00Z, or the number of seconds where no calendar reaches. Returns text. */
const char *show_time(char text[SHOW_TIME_SIZE], uint64_t time_s);

/* "1 s", "12 min 5 s", "3 h 0 min", "40 days". Returns text. */
const char *show_span(char text[SHOW_SPAN_SIZE], uint64_t span_s);

/*
 * Print text whose bytes may be anything: printable UTF-8 as it is, other bytes as \xNN, so
 * that none of it moves a cursor or forges a line.
 */
void show_text(FILE *out, const char *text, size_t len);

/* Bytes as lower-case digits. */
void show_hex(FILE *out, const uint8_t *bytes, size_t len);

/* How results are printed: -o text, the default, or -o json. */
enum show_format { SHOW_TEXT, SHOW_JSON };
/* NULL is text. ERR_USAGE: neither of the two. */
int show_format_parse(enum show_format *format, const char *name, struct err *err);

#endif
