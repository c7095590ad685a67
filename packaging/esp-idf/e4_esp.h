/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libe4 on ESP-IDF: state in NVS, time from the system, frames by esp-mqtt.
 */
#ifndef E4_ESP_H
#define E4_ESP_H

#include <freertos/FreeRTOS.h>
#include <freertos/semphr.h>
#include <mqtt_client.h>
#include <nvs.h>

#include "e4_link.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Keep a client's records in a namespace of NVS that is its own, opened by nvs_open() for
 * writing; handle must outlive the client. NVS replaces a value as a whole, whatever the power
 * does. What was replaced stays in flash until its page is erased, and in plain: switch NVS
 * encryption on.
 *
 * The time is the system's, as SNTP or the first command sets it; until it is past 2024 it is
 * not known.
 */
void e4_nvs_port(struct e4_port *port, nvs_handle_t *handle);

/* A client behind esp-mqtt. Zero it, fill in the first part, and call e4_esp_mqtt_start(). */
struct e4_esp_mqtt {
    struct e4_link
        link; /* all but ctx and publish, which are set; message() has this as its ctx */
    esp_mqtt_client_handle_t mqtt; /* after esp_mqtt_client_init(), before ..._start() */

    /* Private. */
    StaticSemaphore_t memory;
    SemaphoreHandle_t lock; /* the library is used by one task at a time */
    char topic[129];
    size_t topic_len;
    size_t frame_len;
    bool dropped; /* the message that is arriving in pieces */
    uint8_t frame[CONFIG_E4_FRAME_MAX];
};

/*
 * Take whatever arrives: on each connection the receiving topic is subscribed to, at QoS 1, and
 * key server and application hear of it; the application subscribes to its own topics, in its
 * own handler. link's functions are called by the MQTT task, within the lock.
 */
esp_err_t e4_esp_mqtt_start(struct e4_esp_mqtt *mqtt);

/*
 * Protect a text and publish it; by any task. frame has room for the text and E4_OVERHEAD_SK or
 * E4_OVERHEAD_PK bytes more, is nobody else's until this returns, and is of no use afterwards:
 * esp-mqtt has its own copy. E4_ERR_SPACE: frame is too small, or esp-mqtt did not take it.
 */
enum e4_result e4_esp_mqtt_publish(struct e4_esp_mqtt *mqtt, const char *topic, uint8_t *frame,
                                   size_t frame_cap, const void *text, size_t text_len,
                                   int qos);

#ifdef __cplusplus
}
#endif

#endif
