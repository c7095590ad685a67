/* SPDX-License-Identifier: Apache-2.0 */
/* A stream of events as text: server-sent events, as the HTML standard has them. */
#ifndef SERVER_API_SSE_H
#define SERVER_API_SSE_H

#include <stdbool.h>
#include <stddef.h>

struct asker;
struct auth;
struct err;
struct events;
struct method;
struct sse;

/* As events_join(). */
int sse_open(struct sse **sse, struct events *events, void (*wake)(void *ctx), void *ctx,
             struct err *err);
void sse_close(struct sse *sse); /* NULL is fine */

/* From now on it ends when whoever asked for it may not any more. */
void sse_guard(struct sse *sse, struct auth *auth, const struct method *method,
               const struct asker *asker);

/*
 * Text that is there now, up to cap bytes. *len 0: there is none, see sse_wait(). -1: the
 * stream ends, and all of it has been read.
 */
int sse_read(struct sse *sse, char *buf, size_t cap, size_t *len);

/* As events_wait(). */
bool sse_wait(struct sse *sse, void (*sleep)(void *ctx));

#endif
