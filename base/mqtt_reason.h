/* SPDX-License-Identifier: Apache-2.0 */
/* What a broker's reason codes mean, in words (MQTT 5, section 2.4; MQTT 3.1.1, table 3.1). */
#ifndef BASE_MQTT_REASON_H
#define BASE_MQTT_REASON_H

#include <stdbool.h>

/* The MQTT 5 reason code that a return code of an MQTT 3.1.1 CONNACK stands for. */
int mqtt_reason_from_connack(int code);

/* A lower-case phrase for an MQTT 5 reason code; never NULL. */
const char *mqtt_reason(int code);

/* Would the broker say the same again if it were asked again? */
bool mqtt_reason_is_final(int code);

#endif
