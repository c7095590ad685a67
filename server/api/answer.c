/* SPDX-License-Identifier: Apache-2.0 */
/* See answer.h. */
#include "server/api/answer.h"

#include <string.h>

#include "base/err.h"

enum { FIRST = 64 };

int answer_no_room(struct err *err)
{
    return err_set(err, ERR_BUSY, "the answer takes too much memory; ask for less at a time");
}

int answer_text(char **field, struct arena *arena, const char *text, struct err *err)
{
    *field = arena_text(arena, text, strlen(text));
    return *field != NULL ? 0 : answer_no_room(err);
}

int answer_time(Google__Protobuf__Timestamp **field, struct arena *arena, int64_t time_s,
                struct err *err)
{
    *field = arena_alloc(arena, sizeof **field);
    if (*field == NULL)
        return answer_no_room(err);
    google__protobuf__timestamp__init(*field);
    (*field)->seconds = time_s;
    return 0;
}

int answer_add(struct answer_list *list, void *item, struct err *err)
{
    if (list->count == list->cap) {
        size_t cap = list->cap == 0 ? FIRST : list->cap * 2;
        void **more = arena_alloc(list->arena, cap * sizeof *more);

        if (more == NULL)
            return answer_no_room(err);
        if (list->count > 0)
            memcpy(more, list->item, list->count * sizeof *more);
        list->item = more;
        list->cap = cap;
    }
    list->item[list->count++] = item;
    return 0;
}
