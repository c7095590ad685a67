/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A request's memory: taken piece by piece, given back all at once, and wiped, for it may hold
 * keys. It has a limit, so that no request can take more, whatever it says.
 */
#ifndef SERVER_API_ARENA_H
#define SERVER_API_ARENA_H

#include <stddef.h>

struct arena_block;

struct arena { /* private */
    struct arena_block *newest;
    size_t left; /* bytes that may still be taken from the system */
};

/* limit is in bytes. Nothing is allocated yet. */
void arena_start(struct arena *arena, size_t limit);

/* Zeroed, aligned for anything. NULL: the limit is reached, or the system has no more. */
void *arena_alloc(struct arena *arena, size_t len);

/* A copy of len bytes, and a NUL after them. */
char *arena_text(struct arena *arena, const char *text, size_t len);

/* Wipe and free everything; it may be used again, within the same limit. */
void arena_end(struct arena *arena);

#endif
