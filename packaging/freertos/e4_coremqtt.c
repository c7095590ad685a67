/* SPDX-License-Identifier: Apache-2.0 */
/*
 * coreMQTT's events, and its calls. It calls us in the middle of its own work on its one
 * buffer: so what arrives is copied, and nothing is published from within.
 */
#include "e4_coremqtt.h"

#include <string.h>

static MQTTStatus_t publish(struct e4_coremqtt *mqtt, const char *topic, const uint8_t *frame,
                            size_t frame_len, MQTTQoS_t qos)
{
    MQTTPublishInfo_t info;

    memset(&info, 0, sizeof info);
    info.qos = qos;
    info.pTopicName = topic;
    info.topicNameLength = (uint16_t)strlen(topic);
    info.pPayload = frame;
    info.payloadLength = frame_len;
    return MQTT_Publish(mqtt->mqtt, &info, qos == MQTTQoS0 ? 0 : MQTT_GetPacketId(mqtt->mqtt));
}

/* The newest report replaces one that still waits. */
static void keep_report(void *ctx, const char *topic, const uint8_t *frame, size_t frame_len)
{
    struct e4_coremqtt *mqtt = (struct e4_coremqtt *)ctx;

    memcpy(mqtt->report_topic, topic, strlen(topic) + 1);
    memcpy(mqtt->report, frame, frame_len);
    mqtt->report_len = frame_len;
}

static MQTTStatus_t send_report(struct e4_coremqtt *mqtt)
{
    size_t len = mqtt->report_len;

    mqtt->report_len = 0;
    return len == 0 ? MQTTSuccess
                    : publish(mqtt, mqtt->report_topic, mqtt->report, len, MQTTQoS1);
}

static void set_up(struct e4_coremqtt *mqtt)
{
    mqtt->link.ctx = mqtt;
    mqtt->link.publish = keep_report;
}

MQTTStatus_t e4_coremqtt_connected(struct e4_coremqtt *mqtt)
{
    char name[E4_RECEIVING_TOPIC_SIZE];
    MQTTSubscribeInfo_t info;
    MQTTStatus_t status;

    set_up(mqtt);
    e4_receiving_topic(name, e4_client_id(mqtt->link.client));
    memset(&info, 0, sizeof info);
    info.qos = MQTTQoS1;
    info.pTopicFilter = name;
    info.topicFilterLength = (uint16_t)strlen(name);
    status = MQTT_Subscribe(mqtt->mqtt, &info, 1, MQTT_GetPacketId(mqtt->mqtt));
    if (status != MQTTSuccess)
        return status;
    e4_link_connected(&mqtt->link);
    return send_report(mqtt);
}

void e4_coremqtt_event(struct e4_coremqtt *mqtt, const MQTTPacketInfo_t *packet,
                       const MQTTDeserializedInfo_t *info)
{
    const MQTTPublishInfo_t *message = info->pPublishInfo;

    if ((packet->type & 0xf0) != MQTT_PACKET_TYPE_PUBLISH || message == NULL)
        return;
    set_up(mqtt);
    if (message->payloadLength > sizeof mqtt->frame) {
        if (mqtt->link.refused != NULL)
            mqtt->link.refused(mqtt, message->pTopicName, message->topicNameLength,
                               E4_ERR_SPACE);
        return;
    }
    if (message->payloadLength > 0)
        memcpy(mqtt->frame, message->pPayload, message->payloadLength);
    e4_link_arrived(&mqtt->link, message->pTopicName, message->topicNameLength, mqtt->frame,
                    message->payloadLength);
}

MQTTStatus_t e4_coremqtt_process(struct e4_coremqtt *mqtt)
{
    MQTTStatus_t status = MQTT_ProcessLoop(mqtt->mqtt);
    MQTTStatus_t sent;

    if (status != MQTTSuccess && status != MQTTNeedMoreBytes)
        return status;
    sent = send_report(mqtt);
    return sent == MQTTSuccess ? status : sent;
}

/* Does a text lie where its frame is to be made? */
static bool is_in_frame(const struct e4_coremqtt *mqtt, const void *text, size_t text_len)
{
    uintptr_t begin = (uintptr_t)mqtt->frame, at = (uintptr_t)text;

    return at < begin + sizeof mqtt->frame && at + text_len > begin;
}

enum e4_result e4_coremqtt_publish(struct e4_coremqtt *mqtt, const char *topic,
                                   const void *text, size_t text_len, MQTTQoS_t qos)
{
    enum e4_result result;
    size_t len;

    if (is_in_frame(mqtt, text, text_len))
        return E4_ERR_ARGUMENT;
    result = e4_link_protect(&mqtt->link, topic, mqtt->frame, sizeof mqtt->frame, &len, text,
                             text_len);
    if (result != E4_OK)
        return result;
    return publish(mqtt, topic, mqtt->frame, len, qos) == MQTTSuccess ? E4_OK : E4_ERR_SPACE;
}
