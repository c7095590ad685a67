/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records as settings, and a clock over the system's uptime.
 */
#include "e4_zephyr.h"

#include <zephyr/kernel.h>
#include <zephyr/settings/settings.h>
#include <zephyr/sys/printk.h>

enum { NAME_SIZE = 16 };

struct wanted {
    uint8_t *record;
    enum e4_result result;
};

static void name_of(char name[NAME_SIZE], unsigned place)
{
    (void)snprintk(name, NAME_SIZE, "e4/r%u", place);
}

/* Called for each setting at or below the name; ours has nothing below it. */
static int take(const char *key, size_t len, settings_read_cb read_cb, void *cb_arg,
                void *param)
{
    struct wanted *wanted = (struct wanted *)param;

    if (key != NULL && key[0] != '\0')
        return 0;
    wanted->result = E4_ERR_STORAGE;
    if (len == E4_RECORD_SIZE &&
        read_cb(cb_arg, wanted->record, E4_RECORD_SIZE) == E4_RECORD_SIZE)
        wanted->result = E4_OK;
    return 0;
}

static enum e4_result settings_load_record(void *ctx, unsigned place,
                                           uint8_t record[E4_RECORD_SIZE])
{
    struct wanted wanted = {record, E4_ERR_EMPTY};
    char name[NAME_SIZE];

    (void)ctx;
    name_of(name, place);
    if (settings_load_subtree_direct(name, take, &wanted) != 0)
        return E4_ERR_STORAGE;
    return wanted.result;
}

static enum e4_result settings_store_record(void *ctx, unsigned place,
                                            const uint8_t record[E4_RECORD_SIZE])
{
    char name[NAME_SIZE];

    (void)ctx;
    name_of(name, place);
    return settings_save_one(name, record, E4_RECORD_SIZE) == 0 ? E4_OK : E4_ERR_STORAGE;
}

static uint64_t uptime_s(void)
{
    return (uint64_t)k_uptime_get() / 1000;
}

static enum e4_result uptime_now(void *ctx, uint64_t *now_s)
{
    const struct e4_settings *settings = (const struct e4_settings *)ctx;

    if (settings->began_s == 0)
        return E4_ERR_CLOCK;
    *now_s = settings->began_s + uptime_s();
    return E4_OK;
}

static void uptime_set_clock(void *ctx, uint64_t now_s)
{
    e4_settings_set_clock((struct e4_settings *)ctx, now_s);
}

void e4_settings_set_clock(struct e4_settings *settings, uint64_t now_s)
{
    settings->began_s = now_s - uptime_s();
}

void e4_settings_port(struct e4_port *port, struct e4_settings *settings)
{
    port->ctx = settings;
    port->now = uptime_now;
    port->load = settings_load_record;
    port->store = settings_store_record;
    port->set_clock = uptime_set_clock;
}
