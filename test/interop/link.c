/* SPDX-License-Identifier: Apache-2.0 */
/* MQTT for the test's C side, by the programs' own base/mqtt.h. */
#include "link.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/mqtt.h"

enum { PATIENCE_S = 20 };

static void arrived(void *ctx, const struct mqtt_message *message)
{
    struct link *link = ctx;

    if (link->has_message || message->len > sizeof link->frame)
        link->overrun = true;
    if (link->overrun)
        return;
    snprintf(link->topic, sizeof link->topic, "%s", message->topic);
    if (message->len > 0)
        memcpy(link->frame, message->payload, message->len);
    link->frame_len = message->len;
    link->has_message = true;
}

void link_open(struct link *link, unsigned port)
{
    const struct mqtt_options options = {
        .host = "127.0.0.1", .port = port, .client_id = "e4-c"};
    const struct mqtt_events events = {.ctx = link, .message = arrived};
    struct err err;

    memset(link, 0, sizeof *link);
    if (mqtt_open(&link->mqtt, &options, &events, &err) != 0 ||
        mqtt_subscribe(link->mqtt, "#", 2, &err) != 0 ||
        mqtt_wait_online(link->mqtt, &err) != 0)
        fail_msg("%s", err.text);
}

void link_close(struct link *link)
{
    mqtt_close(link->mqtt);
    link->mqtt = NULL;
}

void link_publish(struct link *link, const char *topic, const uint8_t *frame, size_t frame_len,
                  bool is_command)
{
    const struct mqtt_message message = {
        .topic = topic,
        .payload = frame,
        .len = frame_len,
        .qos = is_command ? 2 : 1,
        .retained = is_command,
    };
    struct err err;

    if (mqtt_publish(link->mqtt, &message, NULL, &err) != 0)
        fail_msg("%s", err.text);
}

void link_wait(struct link *link)
{
    time_t until = time(NULL) + PATIENCE_S;
    struct err err;

    while (!link->has_message) {
        if (time(NULL) > until)
            fail_msg("the broker does not bring the message");
        if (mqtt_wait(link->mqtt, 1000, &err) != 0)
            fail_msg("%s", err.text);
    }
    if (link->overrun)
        fail_msg("the broker brings more than was sent");
    link->has_message = false;
}
