/* SPDX-License-Identifier: Apache-2.0 */
/* See arena.h. Small pieces share a block; one that is larger gets a block of its own. */
#include "server/api/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "e4/keys.h"

enum { BLOCK = 4096 - sizeof(void *) * 4, ALIGNMENT = _Alignof(max_align_t) };

struct arena_block {
    struct arena_block *older;
    size_t used;
    size_t cap;
    max_align_t bytes[];
};

void arena_start(struct arena *arena, size_t limit)
{
    arena->newest = NULL;
    arena->left = limit;
}

static struct arena_block *block_new(struct arena *arena, size_t len)
{
    size_t cap = len > BLOCK ? len : BLOCK;
    struct arena_block *block;

    if (cap > arena->left)
        return NULL;
    block = calloc(1, sizeof *block + cap);
    if (block == NULL)
        return NULL;
    block->cap = cap;
    block->older = arena->newest;
    arena->newest = block;
    arena->left -= cap;
    return block;
}

void *arena_alloc(struct arena *arena, size_t len)
{
    struct arena_block *block = arena->newest;
    void *piece;

    if (len > arena->left && (block == NULL || len > block->cap - block->used))
        return NULL;
    len = (len + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (block == NULL || len > block->cap - block->used)
        block = block_new(arena, len);
    if (block == NULL)
        return NULL;
    piece = (uint8_t *)block->bytes + block->used;
    block->used += len;
    return piece;
}

char *arena_text(struct arena *arena, const char *text, size_t len)
{
    char *copy = len < SIZE_MAX ? arena_alloc(arena, len + 1) : NULL;

    if (copy != NULL)
        memcpy(copy, text, len);
    return copy;
}

void arena_end(struct arena *arena)
{
    while (arena->newest != NULL) {
        struct arena_block *block = arena->newest;

        arena->newest = block->older;
        arena->left += block->cap;
        e4_wipe(block->bytes, block->used);
        free(block);
    }
}
