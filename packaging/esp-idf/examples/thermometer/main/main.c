/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A thermometer behind esp-mqtt: a reading every ten seconds, protected end to end, and
 * whatever arrives for room/1/lamp. Keys come by command. The network is that of ESP-IDF's
 * examples.
 */
#include <stdio.h>
#include <string.h>

#include <esp_event.h>
#include <esp_log.h>
#include <esp_netif.h>
#include <freertos/FreeRTOS.h>
#include <freertos/task.h>
#include <nvs_flash.h>
#include <protocol_examples_common.h>

#include "e4_esp.h"
#include "secrets.h"

static const char tag[] = "thermometer";
static const char reading_topic[] = "room/1/temperature";
static const char lamp_topic[] = "room/1/lamp";

static nvs_handle_t storage;
static struct e4_port port;
static struct e4_device device;
static struct e4_esp_mqtt mqtt;

static enum e4_result create(void)
{
    struct e4_identity self = {.mode = E4_SYMMETRIC};
    enum e4_result result = e4_id_from_name(self.id, DEVICE_NAME, strlen(DEVICE_NAME));

    memcpy(self.key, device_key, sizeof self.key);
    if (result == E4_OK)
        result = e4_create(&device.client, &device.config, &self);
    e4_wipe(&self, sizeof self);
    return result;
}

static enum e4_result open_device(void)
{
    enum e4_result result;

    e4_nvs_port(&port, &storage);
    e4_device_config(&device, &port);
    result = e4_open(&device.client, &device.config);
    return result == E4_ERR_EMPTY ? create() : result;
}

static void on_message(void *ctx, const char *topic, size_t topic_len, const uint8_t *text,
                       const struct e4_opened *opened)
{
    (void)ctx;
    ESP_LOGI(tag, "%.*s: %.*s", (int)topic_len, topic, (int)opened->text_len,
             (const char *)text);
}

static void on_command(void *ctx, unsigned command, enum e4_result result)
{
    (void)ctx;
    ESP_LOGI(tag, "command %u: %s", command, e4_strerror(result));
}

static void on_refused(void *ctx, const char *topic, size_t topic_len, enum e4_result why)
{
    (void)ctx;
    ESP_LOGW(tag, "%.*s: %s", (int)topic_len, topic, e4_strerror(why));
}

/* The application's own topics, each time there is a connection. */
static void on_connected(void *ctx, esp_event_base_t base, int32_t id, void *event)
{
    (void)ctx;
    (void)base;
    (void)id;
    (void)event;
    if (esp_mqtt_client_subscribe_single(mqtt.mqtt, lamp_topic, 1) < 0)
        ESP_LOGW(tag, "no subscription to %s", lamp_topic);
}

static void connect_mqtt(void)
{
    const esp_mqtt_client_config_t config = {.broker.address.uri = BROKER};

    mqtt.link.client = &device.client;
    mqtt.link.message = on_message;
    mqtt.link.command = on_command;
    mqtt.link.refused = on_refused;
    mqtt.mqtt = esp_mqtt_client_init(&config);
    ESP_ERROR_CHECK(
        esp_mqtt_client_register_event(mqtt.mqtt, MQTT_EVENT_CONNECTED, on_connected, NULL));
    ESP_ERROR_CHECK(e4_esp_mqtt_start(&mqtt));
}

void app_main(void);
void app_main(void)
{
    enum e4_result result;

    ESP_ERROR_CHECK(nvs_flash_init());
    ESP_ERROR_CHECK(esp_netif_init());
    ESP_ERROR_CHECK(esp_event_loop_create_default());
    ESP_ERROR_CHECK(example_connect());
    ESP_ERROR_CHECK(nvs_open("e4", NVS_READWRITE, &storage));
    result = open_device();
    if (result != E4_OK) {
        ESP_LOGE(tag, "no device: %s", e4_strerror(result));
        return;
    }
    connect_mqtt();
    for (unsigned n = 0;; n++) {
        char reading[16];
        uint8_t frame[sizeof reading + E4_OVERHEAD_SK];

        (void)snprintf(reading, sizeof reading, "%u", n); /* where a sensor would be asked */
        result = e4_esp_mqtt_publish(&mqtt, reading_topic, frame, sizeof frame, reading,
                                     strlen(reading), 1);
        if (result != E4_OK) /* no key or no time yet: both come by command */
            ESP_LOGW(tag, "no reading sent: %s", e4_strerror(result));
        vTaskDelay(pdMS_TO_TICKS(10000));
    }
}
