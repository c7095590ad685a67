/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records as blobs in NVS, and the system's clock.
 */
#include "e4_esp.h"

#include <stdio.h>
#include <sys/time.h>
#include <time.h>

/* The clock of a chip without a battery starts in 1970. */
#define SET_SINCE_S 1704067200 /* 2024-01-01 */

enum { KEY_SIZE = 16 }; /* as NVS has it */

static void key_of(char key[KEY_SIZE], unsigned place)
{
    (void)snprintf(key, KEY_SIZE, "r%u", place);
}

static enum e4_result nvs_load(void *ctx, unsigned place, uint8_t record[E4_RECORD_SIZE])
{
    const nvs_handle_t *handle = (const nvs_handle_t *)ctx;
    size_t len = E4_RECORD_SIZE;
    char key[KEY_SIZE];
    esp_err_t err;

    key_of(key, place);
    err = nvs_get_blob(*handle, key, record, &len);
    if (err == ESP_ERR_NVS_NOT_FOUND)
        return E4_ERR_EMPTY;
    return err == ESP_OK && len == E4_RECORD_SIZE ? E4_OK : E4_ERR_STORAGE;
}

static enum e4_result nvs_store(void *ctx, unsigned place, const uint8_t record[E4_RECORD_SIZE])
{
    const nvs_handle_t *handle = (const nvs_handle_t *)ctx;
    char key[KEY_SIZE];
    esp_err_t err;

    key_of(key, place);
    err = nvs_set_blob(*handle, key, record, E4_RECORD_SIZE);
    if (err == ESP_OK)
        err = nvs_commit(*handle);
    return err == ESP_OK ? E4_OK : E4_ERR_STORAGE;
}

static enum e4_result system_now(void *ctx, uint64_t *now_s)
{
    time_t now = time(NULL);

    (void)ctx;
    if (now < SET_SINCE_S)
        return E4_ERR_CLOCK;
    *now_s = (uint64_t)now;
    return E4_OK;
}

static void system_set_clock(void *ctx, uint64_t now_s)
{
    struct timeval now = {(time_t)now_s, 0};

    (void)ctx;
    (void)settimeofday(&now,
                       NULL); /* while it fails the time stays unknown, and all else works */
}

void e4_nvs_port(struct e4_port *port, nvs_handle_t *handle)
{
    port->ctx = handle;
    port->now = system_now;
    port->load = nvs_load;
    port->store = nvs_store;
    port->set_clock = system_set_clock;
}
