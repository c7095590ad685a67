/* SPDX-License-Identifier: Apache-2.0 */
/* The port in memory: records in an array of the caller's, time in a variable. */
#include "e4/port_memory.h"

#include <string.h>

static enum e4_result memory_now(void *ctx, uint64_t *now_s)
{
    const struct e4_memory *memory = (const struct e4_memory *)ctx;

    if (memory->now_s == 0)
        return E4_ERR_CLOCK;
    *now_s = memory->now_s;
    return E4_OK;
}

static enum e4_result memory_load(void *ctx, unsigned place, uint8_t record[E4_RECORD_SIZE])
{
    const struct e4_memory *memory = (const struct e4_memory *)ctx;

    if (memory->fail_load || place >= memory->count)
        return E4_ERR_STORAGE;
    if (!memory->stored[place])
        return E4_ERR_EMPTY;
    memcpy(record, memory->records[place], E4_RECORD_SIZE);
    return E4_OK;
}

static enum e4_result memory_store(void *ctx, unsigned place,
                                   const uint8_t record[E4_RECORD_SIZE])
{
    struct e4_memory *memory = (struct e4_memory *)ctx;

    if (memory->fail_store || place >= memory->count)
        return E4_ERR_STORAGE;
    memcpy(memory->records[place], record, E4_RECORD_SIZE);
    memory->stored[place] = true;
    memory->stores++;
    return E4_OK;
}

static void memory_set_clock(void *ctx, uint64_t now_s)
{
    struct e4_memory *memory = (struct e4_memory *)ctx;

    memory->now_s = now_s;
}

void e4_memory_port(struct e4_port *port, struct e4_memory *memory)
{
    port->ctx = memory;
    port->now = memory_now;
    port->load = memory_load;
    port->store = memory_store;
    port->set_clock = memory_set_clock;
}
