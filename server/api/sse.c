/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See sse.h. A stream that is woken for nothing says a comment, and so does one that begins:
 * then proxies and programs in between see that it is alive.
 */
#include "server/api/sse.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/log.h"
#include "server/api/arena.h"
#include "server/api/auth.h"
#include "server/api/events.h"
#include "server/api/json.h"

enum { EVENT_MEMORY = 1 << 18 }; /* a topic has up to 65,535 bytes */

struct sse {
    struct listener *listener;
    char *text; /* what is to be sent */
    size_t len;
    size_t sent;
    bool quiet; /* say a comment if there is nothing else to say */
    bool ended;
    struct auth *auth; /* NULL: whoever */
    const struct method *method;
    struct asker asker;
};

int sse_open(struct sse **sse, struct events *events, void (*wake)(void *ctx), void *ctx,
             struct err *err)
{
    struct sse *made = calloc(1, sizeof *made);

    if (made == NULL)
        return err_set(err, ERR_SYSTEM, "out of memory");
    made->quiet = true;
    if (events_join(&made->listener, events, wake, ctx, err) != 0) {
        free(made);
        return -1;
    }
    *sse = made;
    return 0;
}

void sse_close(struct sse *sse)
{
    if (sse == NULL)
        return;
    events_leave(sse->listener);
    auth_forget(&sse->asker);
    free(sse->text);
    free(sse);
}

void sse_guard(struct sse *sse, struct auth *auth, const struct method *method,
               const struct asker *asker)
{
    sse->auth = auth;
    sse->method = method;
    sse->asker = *asker;
}

static bool may_go_on(struct sse *sse)
{
    struct err err;

    if (sse->auth == NULL || auth_again(&sse->asker, sse->auth, sse->method, &err) == 0)
        return true;
    log_info("http", "a stream of %s ends: %s", sse->asker.name, err.text);
    return false;
}

static int write_event(FILE *out, const Pb__Event *event, int64_t number, struct err *err)
{
    const ProtobufCEnumValue *type =
        protobuf_c_enum_descriptor_get_value(&pb__event_type__descriptor, (int)event->type);

    (void)fprintf(out, "id: %" PRId64 "\nevent: %s\ndata: ", number,
                  type == NULL ? "UNDEFINED" : type->name);
    if (json_encode(out, &event->base, err) != 0)
        return -1;
    (void)fputs("\n\n", out);
    return 0;
}

/* Make text of the next event, if there is one. */
static void fill(struct sse *sse, struct arena *arena, FILE *out)
{
    Pb__Event *event;
    int64_t number;
    struct err err;
    int found = events_next(sse->listener, &event, &number, arena, &err);

    if (found > 0)
        found = write_event(out, event, number, &err);
    else if (found == 0 && sse->quiet)
        (void)fputs(":\n\n", out);
    sse->quiet = false;
    if (found < 0) {
        sse->ended = true;
        (void)fprintf(out, ": %s\n\n", err.text);
    }
}

static int refill(struct sse *sse)
{
    struct arena arena;
    FILE *out;
    int failed;

    free(sse->text);
    sse->text = NULL;
    sse->len = 0;
    sse->sent = 0;
    if (sse->ended)
        return -1;
    out = open_memstream(&sse->text, &sse->len);
    if (out == NULL)
        return -1;
    arena_start(&arena, EVENT_MEMORY);
    fill(sse, &arena, out);
    arena_end(&arena);
    failed = ferror(out);
    return fclose(out) == 0 && failed == 0 ? 0 : -1;
}

int sse_read(struct sse *sse, char *buf, size_t cap, size_t *len)
{
    *len = 0;
    if (!may_go_on(sse))
        return -1;
    if (sse->sent == sse->len && refill(sse) != 0)
        return -1;
    *len = sse->len - sse->sent;
    if (*len > cap)
        *len = cap;
    if (*len > 0)
        memcpy(buf, sse->text + sse->sent, *len);
    sse->sent += *len;
    return 0;
}

bool sse_wait(struct sse *sse, void (*sleep)(void *ctx))
{
    if (!events_wait(sse->listener, sleep))
        return false;
    sse->quiet = true;
    return true;
}
