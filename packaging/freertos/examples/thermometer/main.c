/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A thermometer behind coreMQTT: a reading every ten seconds, protected end to end, and
 * whatever arrives for room/1/lamp. Keys come by command. One task has both the client and the
 * connection.
 */
#include <stdio.h>
#include <string.h>

#include <FreeRTOS.h>
#include <task.h>

#include "board.h"
#include "e4_coremqtt.h"
#include "e4_ticks.h"
#include "secrets.h"

enum { IN_FLIGHT = 4, BUFFER_SIZE = 1024, CONNECT_MS = 5000, REPORT_MS = 10000, STACK = 2048 };

static const char reading_topic[] = "room/1/temperature";
static const char lamp_topic[] = "room/1/lamp";

static struct e4_ticks ticks;
static struct e4_port port;
static struct e4_device device;
static struct e4_coremqtt mqtt;
static MQTTContext_t context;
static MQTTPubAckInfo_t outgoing[IN_FLIGHT], incoming[IN_FLIGHT];
static uint8_t buffer[BUFFER_SIZE];

static enum e4_result clock_now(void *ctx, uint64_t *now_s)
{
    (void)ctx;
    return e4_ticks_now(&ticks, now_s);
}

static void clock_set(void *ctx, uint64_t now_s)
{
    (void)ctx;
    e4_ticks_set(&ticks, now_s);
}

static struct e4_flash flash = {
    .read = board_flash_read,
    .program = board_flash_program,
    .erase = board_flash_erase,
    .now = clock_now,
    .set_clock = clock_set,
    .sector_size = BOARD_SECTOR_SIZE,
    .unit = BOARD_FLASH_UNIT,
    .places = 1 + E4_TOPICS,
};

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
    enum e4_result result = e4_flash_port(&port, &flash);

    e4_device_config(&device, &port);
    if (result == E4_OK)
        result = e4_open(&device.client, &device.config);
    return result == E4_ERR_EMPTY ? create() : result;
}

static void on_message(void *ctx, const char *topic, size_t topic_len, const uint8_t *text,
                       const struct e4_opened *opened)
{
    (void)ctx;
    (void)topic;
    (void)topic_len;
    board_log("lamp", opened->text_len == 2 && memcmp(text, "on", 2) == 0 ? "on" : "off");
}

static void on_command(void *ctx, unsigned command, enum e4_result result)
{
    (void)ctx;
    (void)command;
    board_log("command", e4_strerror(result));
}

static void on_refused(void *ctx, const char *topic, size_t topic_len, enum e4_result why)
{
    (void)ctx;
    (void)topic;
    (void)topic_len;
    board_log("refused", e4_strerror(why));
}

static void on_event(MQTTContext_t *from, MQTTPacketInfo_t *packet,
                     MQTTDeserializedInfo_t *info)
{
    (void)from;
    e4_coremqtt_event(&mqtt, packet, info);
}

/* Connect, and subscribe to all that is the device's. */
static MQTTStatus_t connect_mqtt(void)
{
    MQTTConnectInfo_t info = {.pClientIdentifier = DEVICE_NAME,
                              .clientIdentifierLength = (uint16_t)strlen(DEVICE_NAME),
                              .keepAliveSeconds = 60};
    MQTTSubscribeInfo_t lamp = {.qos = MQTTQoS1,
                                .pTopicFilter = lamp_topic,
                                .topicFilterLength = (uint16_t)strlen(lamp_topic)};
    MQTTFixedBuffer_t memory = {buffer, sizeof buffer};
    TransportInterface_t transport;
    MQTTStatus_t status;
    bool known;

    board_connect(&transport);
    status = MQTT_Init(&context, &transport, board_time_ms, on_event, &memory);
    if (status == MQTTSuccess)
        status = MQTT_InitStatefulQoS(&context, outgoing, IN_FLIGHT, incoming, IN_FLIGHT);
    if (status == MQTTSuccess)
        status = MQTT_Connect(&context, &info, NULL, CONNECT_MS, &known);
    if (status == MQTTSuccess)
        status = e4_coremqtt_connected(&mqtt);
    if (status == MQTTSuccess)
        status = MQTT_Subscribe(&context, &lamp, 1, MQTT_GetPacketId(&context));
    return status;
}

static void report(void)
{
    enum e4_result result;
    char text[16];

    (void)snprintf(text, sizeof text, "%d", board_temperature());
    result = e4_coremqtt_publish(&mqtt, reading_topic, text, strlen(text), MQTTQoS1);
    if (result != E4_OK) /* no key or no time yet: both come by command */
        board_log("no reading sent", e4_strerror(result));
}

static void thermometer(void *nothing)
{
    enum e4_result result = open_device();
    uint32_t reported_ms = 0;
    MQTTStatus_t status = MQTTBadParameter; /* as long as there is no connection */

    (void)nothing;
    mqtt.link.client = &device.client;
    mqtt.link.message = on_message;
    mqtt.link.command = on_command;
    mqtt.link.refused = on_refused;
    mqtt.mqtt = &context;
    if (result != E4_OK) {
        board_log("no device", e4_strerror(result));
        vTaskDelete(NULL);
    }
    for (;;) {
        if (status != MQTTSuccess && status != MQTTNeedMoreBytes)
            status = connect_mqtt();
        else
            status = e4_coremqtt_process(&mqtt);
        if (status == MQTTSuccess && board_time_ms() - reported_ms >= REPORT_MS) {
            reported_ms = board_time_ms();
            report();
        }
        vTaskDelay(pdMS_TO_TICKS(100));
    }
}

int main(void)
{
    if (xTaskCreate(thermometer, "thermometer", STACK, NULL, 1, NULL) != pdPASS)
        return 1;
    vTaskStartScheduler();
    return 1; /* the scheduler has no memory */
}
