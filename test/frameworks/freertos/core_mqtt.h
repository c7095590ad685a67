/* SPDX-License-Identifier: Apache-2.0 */
/* coreMQTT 2: as much as packaging/freertos uses. */
#ifndef TEST_CORE_MQTT_H
#define TEST_CORE_MQTT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MQTT_PACKET_TYPE_PUBLISH ((uint8_t)0x30)

typedef enum { MQTTQoS0, MQTTQoS1, MQTTQoS2 } MQTTQoS_t;
typedef enum {
    MQTTSuccess,
    MQTTBadParameter,
    MQTTNoMemory,
    MQTTSendFailed,
    MQTTRecvFailed,
    MQTTNeedMoreBytes
} MQTTStatus_t;

typedef struct NetworkContext NetworkContext_t;
typedef struct {
    int32_t (*recv)(NetworkContext_t *network, void *data, size_t len);
    int32_t (*send)(NetworkContext_t *network, const void *data, size_t len);
    NetworkContext_t *pNetworkContext;
} TransportInterface_t;

typedef struct {
    uint8_t *pBuffer;
    size_t size;
} MQTTFixedBuffer_t;

typedef struct {
    bool cleanSession;
    uint16_t keepAliveSeconds;
    const char *pClientIdentifier;
    uint16_t clientIdentifierLength;
} MQTTConnectInfo_t;

typedef struct {
    MQTTQoS_t qos;
    const char *pTopicFilter;
    uint16_t topicFilterLength;
} MQTTSubscribeInfo_t;

typedef struct {
    MQTTQoS_t qos;
    bool retain;
    bool dup;
    const char *pTopicName;
    uint16_t topicNameLength;
    const void *pPayload;
    size_t payloadLength;
} MQTTPublishInfo_t;

typedef struct MQTTPacketInfo {
    uint8_t type;
} MQTTPacketInfo_t;

typedef struct MQTTDeserializedInfo {
    uint16_t packetIdentifier;
    MQTTPublishInfo_t *pPublishInfo;
} MQTTDeserializedInfo_t;

typedef struct {
    uint16_t packetId;
} MQTTPubAckInfo_t;

typedef struct MQTTContext {
    uint16_t nextPacketId;
} MQTTContext_t;

typedef uint32_t (*MQTTGetCurrentTimeFunc_t)(void);
typedef void (*MQTTEventCallback_t)(struct MQTTContext *context, struct MQTTPacketInfo *packet,
                                    struct MQTTDeserializedInfo *info);

MQTTStatus_t MQTT_Init(MQTTContext_t *context, const TransportInterface_t *transport,
                       MQTTGetCurrentTimeFunc_t time, MQTTEventCallback_t callback,
                       const MQTTFixedBuffer_t *buffer);
MQTTStatus_t MQTT_InitStatefulQoS(MQTTContext_t *context, MQTTPubAckInfo_t *outgoing,
                                  size_t outgoing_count, MQTTPubAckInfo_t *incoming,
                                  size_t incoming_count);
MQTTStatus_t MQTT_Connect(MQTTContext_t *context, const MQTTConnectInfo_t *info,
                          const MQTTPublishInfo_t *will, uint32_t timeout_ms,
                          bool *session_present);
MQTTStatus_t MQTT_Subscribe(MQTTContext_t *context, const MQTTSubscribeInfo_t *list,
                            size_t count, uint16_t packet_id);
MQTTStatus_t MQTT_Publish(MQTTContext_t *context, const MQTTPublishInfo_t *info,
                          uint16_t packet_id);
MQTTStatus_t MQTT_ProcessLoop(MQTTContext_t *context);
uint16_t MQTT_GetPacketId(MQTTContext_t *context);

#endif
