/* SPDX-License-Identifier: Apache-2.0 */
/* What devices say of themselves (§9 of PROTOCOL.md), and what follows from it. */
#ifndef SERVER_CORE_REPORT_H
#define SERVER_CORE_REPORT_H

#include <stddef.h>
#include <stdint.h>

struct core;
struct err;

#define REPORT_FILTER "e4/+/up"

/*
 * Take what was published on such a topic. What is no authentic report of a client, or too old,
 * changes nothing and is no error: anybody may publish. Errors are the database's.
 */
int report_take(struct core *core, const char *topic, const uint8_t *payload, size_t len,
                struct err *err);

#endif
