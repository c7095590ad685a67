/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of server/api/arena.c. */
#include <stdint.h>
#include <string.h>

#include "law.h"
#include "server/api/arena.h"

TEST(pieces_are_zeroed_aligned_and_apart)
{
    struct arena arena;
    uint8_t *piece[200];

    arena_start(&arena, 1 << 20);
    for (size_t i = 0; i < COUNT(piece); i++) {
        piece[i] = arena_alloc(&arena, i * 7 + 1);
        CHECK_AT(i, piece[i] != NULL && (uintptr_t)piece[i] % _Alignof(max_align_t) == 0);
        for (size_t j = 0; j < i * 7 + 1; j++)
            CHECK_AT(i, piece[i][j] == 0);
        memset(piece[i], (int)i, i * 7 + 1);
    }
    for (size_t i = 0; i < COUNT(piece); i++)
        CHECK_AT(i, piece[i][0] == (uint8_t)i && piece[i][i * 7] == (uint8_t)i);
    arena_end(&arena);
}

TEST(the_limit_holds_however_it_is_come_near)
{
    struct arena arena;
    size_t taken = 0;

    arena_start(&arena, 100000);
    CHECK(arena_alloc(&arena, 100001) == NULL);
    CHECK(arena_alloc(&arena, SIZE_MAX) == NULL);
    CHECK(arena_alloc(&arena, SIZE_MAX - 8) == NULL);
    while (arena_alloc(&arena, 1000) != NULL)
        taken += 1000;
    CHECK(taken >= 80000 && taken <= 100000);
    arena_end(&arena);
    CHECK(arena_alloc(&arena, 90000) != NULL); /* it starts anew */
    arena_end(&arena);
}

TEST(a_text_is_copied_and_ended)
{
    struct arena arena;
    char *copy;

    arena_start(&arena, 10000);
    copy = arena_text(&arena, "abcdef", 3);
    assert_string_equal(copy, "abc");
    CHECK(arena_text(&arena, "", SIZE_MAX) == NULL);
    arena_end(&arena);
}

LAWS(LAW(pieces_are_zeroed_aligned_and_apart), LAW(the_limit_holds_however_it_is_come_near),
     LAW(a_text_is_copied_and_ended))
