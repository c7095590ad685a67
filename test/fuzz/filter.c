/* SPDX-License-Identifier: Apache-2.0 */
/* Topics and filters of MQTT: what covers what, by another reading of the standard. */
#include "fuzz.h"

#include <string.h>

#include "base/err.h"
#include "base/mqtt_topic.h"

enum { NAME_MAX_HERE = 200 };

/* MQTT 3.1.1, 4.7, level by level. */
static bool covers(const char *filter, const char *topic)
{
    size_t filter_level = strcspn(filter, "/");
    size_t topic_level = strcspn(topic, "/");

    if (strcmp(filter, "#") == 0)
        return true;
    if (!(filter_level == 1 && *filter == '+') &&
        (filter_level != topic_level || strncmp(filter, topic, topic_level) != 0))
        return false;
    filter += filter_level;
    topic += topic_level;
    if (*topic == '\0')
        return *filter == '\0' || strcmp(filter, "/#") == 0;
    return *filter == '/' && covers(filter + 1, topic + 1);
}

static void take_text(struct input *input, char text[NAME_MAX_HERE + 1])
{
    struct input piece = take_piece(input);

    if (piece.len > NAME_MAX_HERE)
        piece.len = NAME_MAX_HERE;
    memcpy(text, piece.data, piece.len);
    text[piece.len] = '\0';
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    char filter[NAME_MAX_HERE + 1];
    char topic[NAME_MAX_HERE + 1];
    struct err err;
    bool hidden;

    take_text(&input, filter);
    take_text(&input, topic);
    if (mqtt_topic_check(filter, &err) == 0)
        law(mqtt_filter_check(filter, &err) == 0, "a topic is a filter of its own");
    if (mqtt_filter_check(filter, &err) != 0 || mqtt_topic_check(topic, &err) != 0)
        return 0;
    hidden = topic[0] == '$' && (filter[0] == '+' || filter[0] == '#');
    law(mqtt_filter_matches(filter, topic) == (!hidden && covers(filter, topic)),
        "a filter covers what the standard says");
    return 0;
}
