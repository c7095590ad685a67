/* SPDX-License-Identifier: Apache-2.0 */
/* A bus over an MQTT broker: QoS 2. */
#ifndef SERVER_BUS_MQTT_H
#define SERVER_BUS_MQTT_H

#include <stdint.h>

struct bus;
struct err;
struct mqtt_options;

/*
 * Begin to connect to a broker, and never stop trying. expiry_s: the broker forgets a message
 * after so long (MQTT 5); 0: never. Texts in options must live as long as the bus. ERR_INPUT,
 * ERR_USAGE: options that make no sense.
 */
int bus_mqtt_open(struct bus **bus, const struct mqtt_options *options, uint32_t expiry_s,
                  struct err *err);

#endif
