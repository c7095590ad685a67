/* SPDX-License-Identifier: Apache-2.0 */
/* See body.h. What is outgrown is wiped and given back at once: a body may hold keys. */
#include "server/api/body.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "e4/keys.h"

enum { FIRST = 512 };

static bool take(struct body_budget *budget, size_t len)
{
    size_t left = atomic_load(&budget->left);

    do {
        if (len > left)
            return false;
    } while (!atomic_compare_exchange_weak(&budget->left, &left, left - len));
    return true;
}

/* Room for so many bytes in all. */
static bool grow(struct body *body, struct body_budget *budget, size_t len)
{
    struct body larger = {.len = body->len, .cap = body->cap > 0 ? body->cap * 2 : FIRST};

    if (larger.cap < len)
        larger.cap = len;
    if (!take(budget, larger.cap))
        return false;
    larger.bytes = malloc(larger.cap);
    if (larger.bytes == NULL) {
        (void)atomic_fetch_add(&budget->left, larger.cap);
        return false;
    }
    if (body->len > 0)
        memcpy(larger.bytes, body->bytes, body->len);
    body_end(body, budget);
    *body = larger;
    return true;
}

bool body_add(struct body *body, struct body_budget *budget, const void *data, size_t len)
{
    if (len == 0)
        return true;
    if (len > SIZE_MAX / 2 - body->len)
        return false;
    if (len > body->cap - body->len && !grow(body, budget, body->len + len))
        return false;
    memcpy(body->bytes + body->len, data, len);
    body->len += len;
    return true;
}

void body_end(struct body *body, struct body_budget *budget)
{
    if (body->bytes != NULL)
        e4_wipe(body->bytes, body->cap);
    free(body->bytes);
    (void)atomic_fetch_add(&budget->left, body->cap);
    *body = (struct body){0};
}
