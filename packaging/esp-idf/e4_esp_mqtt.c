/* SPDX-License-Identifier: Apache-2.0 */
/*
 * esp-mqtt's events, put together to frames.
 *
 * Two locks are there: ours, and esp-mqtt's own, which its task holds while it calls us. So no
 * other task may ask esp-mqtt for anything while it holds ours.
 */
#include "e4_esp.h"

#include <string.h>

static void lock(struct e4_esp_mqtt *mqtt)
{
    (void)xSemaphoreTakeRecursive(mqtt->lock, portMAX_DELAY);
}

static void unlock(struct e4_esp_mqtt *mqtt)
{
    (void)xSemaphoreGiveRecursive(mqtt->lock);
}

/* By the MQTT task. */
static void publish_report(void *ctx, const char *topic, const uint8_t *frame, size_t frame_len)
{
    const struct e4_esp_mqtt *mqtt = (const struct e4_esp_mqtt *)ctx;

    (void)esp_mqtt_client_publish(mqtt->mqtt, topic, (const char *)frame, (int)frame_len, 1, 0);
}

static void connected(struct e4_esp_mqtt *mqtt)
{
    char name[E4_RECEIVING_TOPIC_SIZE];

    e4_receiving_topic(name, e4_client_id(mqtt->link.client));
    if (esp_mqtt_client_subscribe_single(mqtt->mqtt, name, 1) < 0 && mqtt->link.refused != NULL)
        mqtt->link.refused(mqtt, name, strlen(name), E4_ERR_SPACE);
    lock(mqtt);
    e4_link_connected(&mqtt->link);
    unlock(mqtt);
}

/* The first piece of a message has its topic; and says how long all of it will be. */
static void begin(struct e4_esp_mqtt *mqtt, const esp_mqtt_event_t *event)
{
    mqtt->frame_len = 0;
    mqtt->topic_len = (size_t)event->topic_len;
    mqtt->dropped = event->topic_len <= 0 || mqtt->topic_len > sizeof mqtt->topic ||
                    (size_t)event->total_data_len > sizeof mqtt->frame;
    if (!mqtt->dropped)
        memcpy(mqtt->topic, event->topic, mqtt->topic_len);
    else if (event->topic_len > 0 && mqtt->link.refused != NULL)
        mqtt->link.refused(mqtt, event->topic, mqtt->topic_len, E4_ERR_SPACE);
}

static void data(struct e4_esp_mqtt *mqtt, const esp_mqtt_event_t *event)
{
    size_t len = (size_t)event->data_len;

    if (event->data_len < 0 || event->total_data_len < 0)
        return;
    if (event->current_data_offset == 0)
        begin(mqtt, event);
    if (mqtt->dropped || (size_t)event->current_data_offset != mqtt->frame_len ||
        len > sizeof mqtt->frame - mqtt->frame_len) {
        mqtt->dropped = true;
        return;
    }
    if (len > 0)
        memcpy(mqtt->frame + mqtt->frame_len, event->data, len);
    mqtt->frame_len += len;
    if (mqtt->frame_len < (size_t)event->total_data_len)
        return;
    mqtt->dropped = true; /* until the next one begins */
    lock(mqtt);
    e4_link_arrived(&mqtt->link, mqtt->topic, mqtt->topic_len, mqtt->frame, mqtt->frame_len);
    unlock(mqtt);
}

static void on_event(void *ctx, esp_event_base_t base, int32_t id, void *event)
{
    struct e4_esp_mqtt *mqtt = (struct e4_esp_mqtt *)ctx;

    (void)base;
    if (id == MQTT_EVENT_CONNECTED)
        connected(mqtt);
    else if (id == MQTT_EVENT_DATA)
        data(mqtt, (const esp_mqtt_event_t *)event);
}

esp_err_t e4_esp_mqtt_start(struct e4_esp_mqtt *mqtt)
{
    esp_err_t err;

    mqtt->link.ctx = mqtt;
    mqtt->link.publish = publish_report;
    mqtt->dropped = true;
    mqtt->lock = xSemaphoreCreateRecursiveMutexStatic(&mqtt->memory);
    err = esp_mqtt_client_register_event(mqtt->mqtt, MQTT_EVENT_ANY, on_event, mqtt);
    return err == ESP_OK ? esp_mqtt_client_start(mqtt->mqtt) : err;
}

/* The frame is the caller's: with one for all tasks, a lock would have to be held while
 * esp-mqtt is asked. */
enum e4_result e4_esp_mqtt_publish(struct e4_esp_mqtt *mqtt, const char *topic, uint8_t *frame,
                                   size_t frame_cap, const void *text, size_t text_len, int qos)
{
    enum e4_result result;
    size_t len;

    lock(mqtt);
    result = e4_link_protect(&mqtt->link, topic, frame, frame_cap, &len, text, text_len);
    unlock(mqtt);
    if (result != E4_OK)
        return result;
    if (esp_mqtt_client_publish(mqtt->mqtt, topic, (const char *)frame, (int)len, qos, 0) < 0)
        return E4_ERR_SPACE;
    return E4_OK;
}
