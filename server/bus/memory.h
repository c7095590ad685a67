/* SPDX-License-Identifier: Apache-2.0 */
/* A bus that keeps what it is given, for tests: they are the broker. */
#ifndef SERVER_BUS_MEMORY_H
#define SERVER_BUS_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/bus/bus.h"

/* It is online, and wait() acknowledges all that was sent. */
int bus_memory_open(struct bus **bus, struct err *err);

void bus_memory_set_online(struct bus *bus, bool online);
/* From now on wait() acknowledges nothing, or says that all is refused; or again acknowledges.
 */
enum bus_memory_answer { BUS_MEMORY_ACKNOWLEDGES, BUS_MEMORY_REFUSES, BUS_MEMORY_IS_SILENT };
void bus_memory_answer(struct bus *bus, enum bus_memory_answer answer);
/* Acknowledge this one, number at, now. */
void bus_memory_acknowledge(struct bus *bus, size_t at);
/* What was sent and not acknowledged is lost, and wait() says so. */
void bus_memory_lose(struct bus *bus);
/* wait() hands this over, once. */
int bus_memory_receive(struct bus *bus, const char *topic, const uint8_t *payload, size_t len,
                       struct err *err);

/* What was sent since bus_memory_open(), in order. */
size_t bus_memory_count(const struct bus *bus);
const struct bus_message *bus_memory_sent(const struct bus *bus, size_t at);
/* What a device gets that comes now: the last of the topic that is retained. NULL: nothing. */
const struct bus_message *bus_memory_retained(const struct bus *bus, const char *topic);

#endif
