/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Laws of packaging/freertos: frames by coreMQTT, and time by ticks, with a connection behind
 * the functions that notes what it is asked.
 */
#include <string.h>

#include <FreeRTOS.h>
#include <task.h>

#include "e4_coremqtt.h"
#include "e4_ticks.h"
#include "test/unit/fixture.h"
#include "test/unit/law.h"

enum { KEY = 10 };

static struct {
    MQTTStatus_t publishes, loops;
    bool within; /* a call of ours by coreMQTT */
    char subscribed[64];
    MQTTQoS_t qos;
    char topic[64];
    uint8_t frame[E4_COREMQTT_FRAME_MAX];
    size_t frame_len;
    uint16_t packet_id;
    /* What MQTT_ProcessLoop() will find. */
    const char *arriving_topic;
    uint8_t arriving[E4_COREMQTT_FRAME_MAX + 1];
    size_t arriving_len;
} broker;
static struct e4_coremqtt mqtt;
static MQTTContext_t context;
static struct device alice, bob;
static char heard[64];
static const uint8_t *heard_at;
static int commands;
static enum e4_result refusal;
static TickType_t tick;

TickType_t xTaskGetTickCount(void)
{
    return tick;
}

uint16_t MQTT_GetPacketId(MQTTContext_t *from)
{
    CHECK(from == &context);
    return ++from->nextPacketId;
}

MQTTStatus_t MQTT_Subscribe(MQTTContext_t *from, const MQTTSubscribeInfo_t *list, size_t count,
                            uint16_t packet_id)
{
    CHECK(from == &context && count == 1 && packet_id != 0);
    memcpy(broker.subscribed, list->pTopicFilter, list->topicFilterLength);
    broker.qos = list->qos;
    return broker.publishes;
}

MQTTStatus_t MQTT_Publish(MQTTContext_t *from, const MQTTPublishInfo_t *info,
                          uint16_t packet_id)
{
    CHECK(from == &context && !broker.within && !info->retain && !info->dup);
    CHECK((info->qos == MQTTQoS0) == (packet_id == 0));
    memset(broker.topic, 0, sizeof broker.topic);
    memcpy(broker.topic, info->pTopicName, info->topicNameLength);
    memcpy(broker.frame, info->pPayload, info->payloadLength);
    broker.frame_len = info->payloadLength;
    broker.packet_id = packet_id;
    return broker.publishes;
}

MQTTStatus_t MQTT_ProcessLoop(MQTTContext_t *from)
{
    MQTTPublishInfo_t message = {.pTopicName = broker.arriving_topic,
                                 .pPayload = broker.arriving,
                                 .payloadLength = broker.arriving_len};
    MQTTPacketInfo_t packet = {.type = MQTT_PACKET_TYPE_PUBLISH | 0x0d};
    MQTTDeserializedInfo_t info = {.pPublishInfo = &message};

    CHECK(from == &context);
    if (broker.arriving_topic == NULL)
        return broker.loops;
    message.topicNameLength = (uint16_t)strlen(broker.arriving_topic);
    broker.arriving_topic = NULL;
    broker.within = true;
    e4_coremqtt_event(&mqtt, &packet, &info);
    broker.within = false;
    return broker.loops;
}

static void on_message(void *ctx, const char *topic, size_t topic_len, const uint8_t *text,
                       const struct e4_opened *opened)
{
    CHECK(ctx == &mqtt && topic_len == 1 && topic[0] == 't');
    CHECK(opened->text_len < sizeof heard);
    heard_at = text;
    memcpy(heard, text, opened->text_len);
    heard[opened->text_len] = '\0';
}

static void on_command(void *ctx, unsigned command, enum e4_result result)
{
    CHECK(ctx == &mqtt && command == E4_SET_TOPIC_KEY && result == E4_OK);
    commands++;
}

static void on_refused(void *ctx, const char *topic, size_t topic_len, enum e4_result why)
{
    CHECK(ctx == &mqtt && topic_len > 0 && topic != NULL);
    refusal = why;
}

static void make(void)
{
    struct e4_command topic = set_topic("t", KEY);

    memset(&broker, 0, sizeof broker);
    memset(&mqtt, 0, sizeof mqtt);
    heard[0] = '\0';
    commands = 0;
    refusal = E4_OK;
    device_make(&alice, E4_SYMMETRIC, "alice");
    device_make(&bob, E4_SYMMETRIC, "bob");
    CHECK(order_at(&alice, &topic, T0 - 9) == E4_OK && order_at(&bob, &topic, T0 - 9) == E4_OK);
    mqtt.link.client = &bob.client;
    mqtt.link.message = on_message;
    mqtt.link.command = on_command;
    mqtt.link.refused = on_refused;
    mqtt.mqtt = &context;
    CHECK(e4_coremqtt_connected(&mqtt) == MQTTSuccess);
}

static MQTTStatus_t arrive(const char *topic, size_t len)
{
    broker.arriving_topic = topic;
    broker.arriving_len = len;
    return e4_coremqtt_process(&mqtt);
}

TEST(a_connection_subscribes_to_the_receiving_topic_and_says_hello)
{
    char name[E4_RECEIVING_TOPIC_SIZE];

    make();
    e4_receiving_topic(name, e4_client_id(&bob.client));
    CHECK(strcmp(broker.subscribed, name) == 0 && broker.qos == MQTTQoS1);
    CHECK(strncmp(broker.topic, name, strlen(name)) == 0);
    CHECK(broker.frame_len == E4_HELLO_FRAME_SIZE);
    broker.publishes = MQTTSendFailed;
    CHECK(e4_coremqtt_connected(&mqtt) == MQTTSendFailed);
}

TEST(a_message_comes_out_and_a_larger_one_than_there_is_room_for_is_refused)
{
    size_t len;

    make();
    CHECK(send_text(&alice, "t", "by coreMQTT", broker.arriving, &len) == E4_OK);
    CHECK(arrive("t", len) == MQTTSuccess && strcmp(heard, "by coreMQTT") == 0);
    CHECK(refusal == E4_OK && arrive("t", sizeof broker.arriving) == MQTTSuccess);
    CHECK(refusal == E4_ERR_SPACE && arrive("t", 0) == MQTTSuccess);
    CHECK(refusal == E4_ERR_SHORT && arrive("t", sizeof broker.arriving - 1) == MQTTSuccess);
    CHECK(refusal != E4_ERR_SHORT && refusal != E4_ERR_SPACE && refusal != E4_OK);
}

/* MQTT_Publish() here refuses to be called from within. */
TEST(a_receipt_waits_until_coremqtt_has_done_its_work)
{
    struct e4_command more = set_topic("more", KEY + 1);
    char name[E4_RECEIVING_TOPIC_SIZE];
    size_t len;

    make();
    len = seal_command(broker.arriving, &bob, &more, T0);
    e4_receiving_topic(name, e4_client_id(&bob.client));
    broker.frame_len = 0;
    CHECK(arrive(name, len) == MQTTSuccess && commands == 1);
    CHECK(broker.frame_len == E4_RECEIPT_FRAME_SIZE);
    CHECK(strcmp(broker.topic + strlen(name), "/up") == 0);
    broker.frame_len = 0;
    CHECK(e4_coremqtt_process(&mqtt) == MQTTSuccess && broker.frame_len == 0);
}

TEST(what_is_published_opens_at_the_other_device)
{
    make();
    CHECK(e4_coremqtt_publish(&mqtt, "t", "over there", 10, MQTTQoS1) == E4_OK);
    CHECK(broker.packet_id != 0 && strcmp(broker.topic, "t") == 0);
    CHECK(receive_text(&alice, "t", "over there", broker.frame, broker.frame_len) == E4_OK);
    CHECK(e4_coremqtt_publish(&mqtt, "t", "again", 5, MQTTQoS0) == E4_OK);
    CHECK(e4_coremqtt_publish(&mqtt, "none", "x", 1, MQTTQoS1) == E4_ERR_NO_TOPIC);
    CHECK(e4_coremqtt_publish(&mqtt, "t", heard, E4_COREMQTT_FRAME_MAX - E4_OVERHEAD_SK + 1,
                              MQTTQoS1) == E4_ERR_SPACE);
}

TEST(a_text_that_lies_where_its_frame_is_to_be_made_is_refused)
{
    size_t len;

    make();
    CHECK(send_text(&alice, "t", "say it again", broker.arriving, &len) == E4_OK);
    CHECK(arrive("t", len) == MQTTSuccess && strcmp(heard, "say it again") == 0);
    broker.frame_len = 0;
    CHECK(e4_coremqtt_publish(&mqtt, "t", heard_at, 12, MQTTQoS1) == E4_ERR_ARGUMENT);
    CHECK(e4_coremqtt_publish(&mqtt, "t", mqtt.frame + sizeof mqtt.frame - 1, 1, MQTTQoS1) ==
          E4_ERR_ARGUMENT);
    CHECK(broker.frame_len == 0);
    CHECK(e4_coremqtt_publish(&mqtt, "t", heard, 12, MQTTQoS1) == E4_OK);
    CHECK(receive_text(&alice, "t", "say it again", broker.frame, broker.frame_len) == E4_OK);
}

TEST(a_connection_that_fails_is_told)
{
    make();
    broker.publishes = MQTTSendFailed;
    CHECK(e4_coremqtt_publish(&mqtt, "t", "x", 1, MQTTQoS1) == E4_ERR_SPACE);
    broker.loops = MQTTRecvFailed;
    CHECK(e4_coremqtt_process(&mqtt) == MQTTRecvFailed);
    broker.loops = MQTTNeedMoreBytes;
    CHECK(e4_coremqtt_process(&mqtt) == MQTTNeedMoreBytes);
}

TEST(other_events_are_none_of_ours)
{
    MQTTPacketInfo_t packet = {.type = 0x90};
    MQTTDeserializedInfo_t info = {.pPublishInfo = NULL};

    make();
    e4_coremqtt_event(&mqtt, &packet, &info);
    packet.type = MQTT_PACKET_TYPE_PUBLISH;
    e4_coremqtt_event(&mqtt, &packet, &info);
    CHECK(heard[0] == '\0' && refusal == E4_OK);
}

TEST(time_by_ticks_is_unknown_first_and_bears_that_they_come_round)
{
    struct e4_ticks ticks = {0};
    uint64_t now_s;

    tick = UINT32_MAX - 2500;
    CHECK(e4_ticks_now(&ticks, &now_s) == E4_ERR_CLOCK);
    e4_ticks_set(&ticks, T0);
    for (unsigned step = 0; step < 100; step++) {
        CHECK_AT(step, e4_ticks_now(&ticks, &now_s) == E4_OK);
        CHECK_AT(step, now_s == T0 + step * 700 / 1000);
        tick += 700;
    }
    tick += 4000000000U;
    CHECK(e4_ticks_now(&ticks, &now_s) == E4_OK && now_s == T0 + 70 + 4000000);
}

LAWS(LAW(a_connection_subscribes_to_the_receiving_topic_and_says_hello),
     LAW(a_message_comes_out_and_a_larger_one_than_there_is_room_for_is_refused),
     LAW(a_receipt_waits_until_coremqtt_has_done_its_work),
     LAW(what_is_published_opens_at_the_other_device),
     LAW(a_text_that_lies_where_its_frame_is_to_be_made_is_refused),
     LAW(a_connection_that_fails_is_told), LAW(other_events_are_none_of_ours),
     LAW(time_by_ticks_is_unknown_first_and_bears_that_they_come_round))
