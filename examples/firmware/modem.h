/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The line to a modem that speaks MQTT for a device, in packets: a kind, the length of a topic
 * (1 byte), the length of what follows it (2 bytes, little-endian), the topic, and that.
 *
 *   kind        from       topic               the rest
 *   'O' online  modem                          says: connect and subscribe now
 *   'C' connect device     the client's id
 *   'S'         device     to subscribe to     its QoS (1 byte)
 *   'P' publish device     to publish on       a payload
 *   'M' message modem      on which it came    a payload
 *   'T' taken   device                         says: what came last is stored, or of no use
 *
 * A modem acknowledges a message to the broker (QoS 1) when the device has taken it, and hands
 * it no other one until then: so what was on its way when power was cut comes again.
 *
 * A modem with AT commands takes the place of this file in a product.
 */
#ifndef EXAMPLES_FIRMWARE_MODEM_H
#define EXAMPLES_FIRMWARE_MODEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MODEM_TOPIC_MAX = 64, MODEM_DATA_MAX = 256, MODEM_HEAD = 4 };

enum modem_kind {
    MODEM_CONNECT = 'C',
    MODEM_MESSAGE = 'M',
    MODEM_ONLINE = 'O',
    MODEM_PUBLISH = 'P',
    MODEM_SUBSCRIBE = 'S',
    MODEM_TAKEN = 'T'
};

/* A packet as it comes in. Zero it first. */
struct modem {
    uint8_t head[MODEM_HEAD];
    uint8_t topic[MODEM_TOPIC_MAX];
    uint8_t data[MODEM_DATA_MAX];
    uint32_t at; /* private: bytes that have come of this packet */
};

/* Take a byte. True: a packet is complete. One that is too long is passed over. */
bool modem_byte(struct modem *modem, uint8_t byte);
/* Of a packet that is complete. */
enum modem_kind modem_kind(const struct modem *modem);
size_t modem_topic_len(const struct modem *modem);
size_t modem_data_len(const struct modem *modem);

/* The first bytes of a packet to send; topic and data follow. */
void modem_head(uint8_t head[MODEM_HEAD], enum modem_kind kind, size_t topic_len,
                size_t data_len);

#endif
