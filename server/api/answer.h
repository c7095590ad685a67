/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What replies are filled in with. All of it lies in the request's arena; where that has no
 * room left, the error is ERR_BUSY.
 */
#ifndef SERVER_API_ANSWER_H
#define SERVER_API_ANSWER_H

#include <stddef.h>
#include <stdint.h>

#include "google/protobuf/timestamp.pb-c.h"
#include "server/api/arena.h"

struct err;

/* There is no room. Always returns -1. */
int answer_no_room(struct err *err);

/* A copy of a text. */
int answer_text(char **field, struct arena *arena, const char *text, struct err *err);

/* A point in time, in Unix seconds. */
int answer_time(Google__Protobuf__Timestamp **field, struct arena *arena, int64_t time_s,
                struct err *err);

/* A repeated field of messages or texts that come one by one. Zero, but for the arena. */
struct answer_list {
    struct arena *arena;
    void **item;
    size_t count;
    size_t cap;
};
int answer_add(struct answer_list *list, void *item, struct err *err);

#endif
