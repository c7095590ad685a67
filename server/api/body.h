/* SPDX-License-Identifier: Apache-2.0 */
/* A request's body as it comes in. All bodies together take no more than a budget. */
#ifndef SERVER_API_BODY_H
#define SERVER_API_BODY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

/* What is left for all bodies. Set once, before the first. */
struct body_budget {
    atomic_size_t left; /* bytes */
};

/* Zero is an empty one. */
struct body {
    char *bytes; /* NULL: none */
    size_t len;
    size_t cap;
};

/* Add a piece. false: there is no room in the budget, and nothing has changed. */
bool body_add(struct body *body, struct body_budget *budget, const void *data, size_t len);

/* Wipe it, and give back what it took. */
void body_end(struct body *body, struct body_budget *budget);

#endif
