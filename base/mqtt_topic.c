/* SPDX-License-Identifier: Apache-2.0 */
/* Names of topics and filters of subscriptions: what is well formed, and what covers what. */
#include "base/mqtt_topic.h"

#include <string.h>

#include "base/err.h"
#include "e4/keys.h"

/* What holds for names and filters alike. */
static int check(const char *name, struct err *err)
{
    size_t len = strlen(name);

    if (len == 0)
        return err_set(err, ERR_INPUT, "topic: it is empty");
    if (len > E4_TOPIC_MAX)
        return err_set(err, ERR_INPUT,
                       "topic: %zu bytes are more than the %lu that MQTT allows", len,
                       E4_TOPIC_MAX);
    if (!e4_is_utf8(name, len))
        return err_set(err, ERR_INPUT, "topic: it is not UTF-8");
    return 0;
}

int mqtt_topic_check(const char *name, struct err *err)
{
    if (check(name, err) != 0)
        return -1;
    if (strpbrk(name, "+#") != NULL)
        return err_set(
            err, ERR_INPUT,
            "topic %.100s: + and # stand for other topics, and a message goes to one", name);
    return 0;
}

int mqtt_filter_check(const char *filter, struct err *err)
{
    if (check(filter, err) != 0)
        return -1;
    for (const char *at = filter; *at != '\0'; at++) {
        bool starts = at == filter || at[-1] == '/';

        if (*at == '+' && (!starts || (at[1] != '/' && at[1] != '\0')))
            return err_set(err, ERR_INPUT, "topic %.100s: + must be a whole level, as in a/+/b",
                           filter);
        if (*at == '#' && (!starts || at[1] != '\0'))
            return err_set(err, ERR_INPUT,
                           "topic %.100s: # must be the whole last level, as in a/#", filter);
    }
    return 0;
}

bool mqtt_filter_matches(const char *filter, const char *topic)
{
    if (*topic == '$' && (*filter == '+' || *filter == '#'))
        return false;
    for (;;) {
        if (filter[0] == '#')
            return true;
        if (filter[0] == '+') {
            filter++;
            topic += strcspn(topic, "/");
        } else {
            while (*filter != '\0' && *filter != '/' && *filter == *topic) {
                filter++;
                topic++;
            }
        }
        if (*topic == '\0')
            return *filter == '\0' || strcmp(filter, "/#") == 0;
        if (*filter != '/' || *topic != '/')
            return false;
        filter++;
        topic++;
    }
}
