/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Laws of packaging/zephyr's storage and clock, with values in memory and a clock that is set
 * behind its functions.
 */
#include <string.h>

#include <zephyr/kernel.h>
#include <zephyr/settings/settings.h>

#include "e4_zephyr.h"
#include "test/unit/law.h"

enum { VALUES = 24, VALUE_MAX = 200 };

#define T0 UINT64_C(1700000000)

static struct {
    char name[VALUES][32];
    uint8_t value[VALUES][VALUE_MAX];
    size_t len[VALUES];
    size_t count;
    bool save_fails, load_fails, read_fails;
} stored;
static int64_t uptime_ms;

int64_t k_uptime_get(void)
{
    return uptime_ms;
}

int settings_save_one(const char *name, const void *value, size_t len)
{
    size_t i = 0;

    while (i < stored.count && strcmp(stored.name[i], name) != 0)
        i++;
    CHECK(strlen(name) < sizeof stored.name[0] && len <= VALUE_MAX);
    if (stored.save_fails || i == VALUES)
        return -28;
    memcpy(stored.name[i], name, strlen(name) + 1);
    memcpy(stored.value[i], value, len);
    stored.len[i] = len;
    stored.count += i == stored.count;
    return 0;
}

static ssize_t read_value(void *cb_arg, void *data, size_t len)
{
    size_t i = *(size_t *)cb_arg;
    size_t now = len < stored.len[i] ? len : stored.len[i];

    if (stored.read_fails)
        return -5;
    memcpy(data, stored.value[i], now);
    return (ssize_t)now;
}

/* A name is in a subtree if it is that, or goes on with a separator. */
int settings_load_subtree_direct(const char *subtree, settings_load_direct_cb cb, void *param)
{
    size_t len = strlen(subtree);

    for (size_t i = 0; i < stored.count && !stored.load_fails; i++) {
        const char *rest = stored.name[i] + len;

        if (strncmp(stored.name[i], subtree, len) != 0 || (*rest != '\0' && *rest != '/'))
            continue;
        if (cb(*rest == '\0' ? NULL : rest + 1, stored.len[i], read_value, &i, param) != 0)
            break;
    }
    return stored.load_fails ? -5 : 0;
}

static struct e4_settings settings;
static struct e4_port port;
static struct e4_device device;

static enum e4_result open_again(void)
{
    memset(&device, 0, sizeof device);
    e4_settings_port(&port, &settings);
    e4_device_config(&device, &port);
    return e4_open(&device.client, &device.config);
}

static void create(void)
{
    struct e4_identity self = {.mode = E4_SYMMETRIC, .key = {1}};

    memset(&stored, 0, sizeof stored);
    memset(&settings, 0, sizeof settings);
    uptime_ms = 5000;
    CHECK(open_again() == E4_ERR_EMPTY);
    CHECK(e4_create(&device.client, &device.config, &self) == E4_OK);
    e4_settings_set_clock(&settings, T0);
}

static enum e4_result give_key(const char *topic)
{
    struct e4_command command = {.type = E4_SET_TOPIC_KEY, .key = {(uint8_t)topic[0]}};

    CHECK(e4_topic_hash(command.topic, topic, strlen(topic)) == E4_OK);
    return e4_apply(&device.client, &command);
}

static enum e4_result send(const char *topic)
{
    struct e4_topic handle;
    uint8_t frame[64];
    size_t len;

    CHECK(e4_topic_init(&handle, topic, strlen(topic), NULL) == E4_OK);
    return e4_protect(&device.client, &handle, frame, sizeof frame, &len, (const uint8_t *)"x",
                      1);
}

TEST(what_is_in_the_settings_is_there_after_a_restart)
{
    create();
    CHECK(give_key("t") == E4_OK && give_key("u") == E4_OK);
    CHECK(open_again() == E4_OK && send("t") == E4_OK && send("u") == E4_OK);
}

/* "e4/r1" and "e4/r10" are two settings, and so is one below a record's. */
TEST(a_record_is_not_taken_for_another_whose_name_begins_alike)
{
    uint8_t one[E4_RECORD_SIZE], ten[E4_RECORD_SIZE], got[E4_RECORD_SIZE];

    create();
    memset(one, 1, sizeof one);
    memset(ten, 10, sizeof ten);
    CHECK(port.store(port.ctx, 10, ten) == E4_OK);
    CHECK(settings_save_one("e4/r1/more", ten, sizeof ten) == 0);
    CHECK(port.load(port.ctx, 1, got) == E4_ERR_EMPTY);
    CHECK(port.store(port.ctx, 1, one) == E4_OK);
    CHECK(port.load(port.ctx, 1, got) == E4_OK && memcmp(got, one, sizeof one) == 0);
    CHECK(port.load(port.ctx, 10, got) == E4_OK && memcmp(got, ten, sizeof ten) == 0);
}

TEST(settings_that_fail_are_an_error_and_the_client_is_as_it_was)
{
    create();
    stored.save_fails = true;
    CHECK(give_key("t") == E4_ERR_STORAGE && send("t") == E4_ERR_NO_TOPIC);
    stored.save_fails = false;
    CHECK(give_key("t") == E4_OK);
    stored.load_fails = true;
    CHECK(open_again() == E4_ERR_STORAGE);
    stored.load_fails = false;
    stored.read_fails = true;
    CHECK(open_again() == E4_ERR_STORAGE);
    stored.read_fails = false;
    stored.len[0] = E4_RECORD_SIZE - 1;
    CHECK(open_again() == E4_ERR_STORAGE);
}

TEST(time_is_unknown_until_it_is_set_and_then_goes_with_the_uptime)
{
    uint64_t now_s;

    create();
    CHECK(port.now(port.ctx, &now_s) == E4_OK && now_s == T0);
    uptime_ms += 90999;
    CHECK(port.now(port.ctx, &now_s) == E4_OK && now_s == T0 + 90);
    memset(&settings, 0, sizeof settings); /* a restart */
    uptime_ms = 0;
    CHECK(port.now(port.ctx, &now_s) == E4_ERR_CLOCK);
    CHECK(open_again() == E4_OK && give_key("t") == E4_OK && send("t") == E4_ERR_CLOCK);
    port.set_clock(port.ctx, T0 + 200);
    CHECK(port.now(port.ctx, &now_s) == E4_OK && now_s == T0 + 200 && send("t") == E4_OK);
}

LAWS(LAW(what_is_in_the_settings_is_there_after_a_restart),
     LAW(a_record_is_not_taken_for_another_whose_name_begins_alike),
     LAW(settings_that_fail_are_an_error_and_the_client_is_as_it_was),
     LAW(time_is_unknown_until_it_is_set_and_then_goes_with_the_uptime))
