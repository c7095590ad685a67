/* SPDX-License-Identifier: Apache-2.0 */
/* What a broker's reason codes mean, as one table. */
#include "base/mqtt_reason.h"

#include <stddef.h>

static const struct {
    int code;
    bool final;
    const char *words;
} reasons[] = {
    {0x10, false, "nobody subscribes to the topic"},
    {0x11, false, "there was no such subscription"},
    {0x80, false, "for no reason that it gives"},
    {0x81, false, "a packet was malformed"},
    {0x82, false, "the protocol was broken"},
    {0x83, false, "for a reason of its own"},
    {0x84, true, "it does not speak this version of MQTT"},
    {0x85, true, "it does not accept this client id"},
    {0x86, true, "bad user name or password"},
    {0x87, true, "not authorised"},
    {0x88, false, "it is unavailable"},
    {0x89, false, "it is busy"},
    {0x8a, true, "this client is banned"},
    {0x8b, false, "it is shutting down"},
    {0x8c, true, "it wants another way of authentication"},
    {0x8d, false, "it heard nothing from this client for too long"},
    {0x8e, true, "another client connected with the same client id"},
    {0x8f, true, "the topic filter is not accepted"},
    {0x90, true, "the topic is not accepted"},
    {0x91, false, "the packet id is in use"},
    {0x92, false, "the packet id is not known"},
    {0x93, false, "too many messages at a time"},
    {0x94, false, "a topic alias is not valid"},
    {0x95, true, "the packet is too large"},
    {0x96, false, "messages come too fast"},
    {0x97, false, "a quota is used up"},
    {0x98, false, "an administrator's decision"},
    {0x99, true, "the payload's format is not valid"},
    {0x9a, true, "it does not support retained messages"},
    {0x9b, true, "it does not support this QoS"},
    {0x9c, true, "another server is to be used"},
    {0x9d, true, "it has moved to another server"},
    {0x9e, true, "it does not support shared subscriptions"},
    {0x9f, false, "connections are made too fast"},
    {0xa0, false, "the connection lasted as long as it may"},
    {0xa1, true, "it does not support subscription identifiers"},
    {0xa2, true, "it does not support wildcards in subscriptions"},
};

int mqtt_reason_from_connack(int code)
{
    static const int same[] = {0x00, 0x84, 0x85, 0x88, 0x86, 0x87};

    if (code < 0 || (size_t)code >= sizeof same / sizeof *same)
        return 0x80;
    return same[code];
}

const char *mqtt_reason(int code)
{
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        if (reasons[i].code == code)
            return reasons[i].words;
    }
    return code < 0x80 ? "success" : "for a reason that MQTT does not know";
}

bool mqtt_reason_is_final(int code)
{
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        if (reasons[i].code == code)
            return reasons[i].final;
    }
    return false;
}
