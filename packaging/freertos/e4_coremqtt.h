/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libe4 behind coreMQTT. All of it is called by the one task that has the MQTTContext_t.
 */
#ifndef E4_COREMQTT_H
#define E4_COREMQTT_H

#include <core_mqtt.h>

#include "e4_link.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The largest frame: a text of n bytes is one of n + 24, signed of n + 104. */
#ifndef E4_COREMQTT_FRAME_MAX
#define E4_COREMQTT_FRAME_MAX 512
#endif

/* Zero it, and fill in the first part. */
struct e4_coremqtt {
    struct e4_link
        link; /* all but ctx and publish, which are set; message() has this as its ctx */
    MQTTContext_t *mqtt; /* after MQTT_Init() and MQTT_InitStatefulQoS() */

    /* Private. A report waits until coreMQTT has done with what called for it. */
    char report_topic[E4_RECEIVING_TOPIC_SIZE + 4];
    uint8_t report[E4_HELLO_FRAME_SIZE];
    size_t report_len;
    uint8_t frame[E4_COREMQTT_FRAME_MAX];
};

/* After each MQTT_Connect(): subscribe to the receiving topic, at QoS 1, and tell the key
 * server what is held. */
MQTTStatus_t e4_coremqtt_connected(struct e4_coremqtt *mqtt);

/* In the application's MQTTEventCallback_t, for every event. */
void e4_coremqtt_event(struct e4_coremqtt *mqtt, const MQTTPacketInfo_t *packet,
                       const MQTTDeserializedInfo_t *info);

/* In place of MQTT_ProcessLoop(): that, and then what there is to report. */
MQTTStatus_t e4_coremqtt_process(struct e4_coremqtt *mqtt);

/*
 * Protect a text and publish it; not from within message() and its kin, when coreMQTT is in the
 * middle of its work. The frame is made in the buffer where what message() was given lay: a
 * text of which that is a part has to be copied first.
 *
 *   E4_ERR_SPACE     no frame of E4_COREMQTT_FRAME_MAX holds it, or coreMQTT did not take it
 *   E4_ERR_ARGUMENT  the text lies in that buffer
 */
enum e4_result e4_coremqtt_publish(struct e4_coremqtt *mqtt, const char *topic,
                                   const void *text, size_t text_len, MQTTQoS_t qos);

#ifdef __cplusplus
}
#endif

#endif
