/* SPDX-License-Identifier: Apache-2.0 */
/* Names of topics, and the filters that subscriptions are made with (MQTT 5, section 4.7). */
#ifndef BASE_MQTT_TOPIC_H
#define BASE_MQTT_TOPIC_H

#include <stdbool.h>

struct err;

/* May this be published to? ERR_INPUT says what is wrong: empty, too long, not UTF-8, a
 * wildcard. */
int mqtt_topic_check(const char *name, struct err *err);
/* May this be subscribed to? ERR_INPUT: as above; wildcards must be a whole level, # the last.
 */
int mqtt_filter_check(const char *filter, struct err *err);

/* Does a filter cover a topic? Both are well formed. */
bool mqtt_filter_matches(const char *filter, const char *topic);

#endif
