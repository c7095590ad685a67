/* SPDX-License-Identifier: Apache-2.0 */
/* See modem.h. */
#include "examples/firmware/modem.h"

enum modem_kind modem_kind(const struct modem *modem)
{
    return (enum modem_kind)modem->head[0];
}

size_t modem_topic_len(const struct modem *modem)
{
    return modem->head[1];
}

size_t modem_data_len(const struct modem *modem)
{
    return modem->head[2] | (size_t)modem->head[3] << 8;
}

bool modem_byte(struct modem *modem, uint8_t byte)
{
    uint32_t at = modem->at++;
    size_t topic_len;
    size_t data_len;

    if (at < MODEM_HEAD) {
        modem->head[at] = byte;
        if (at < MODEM_HEAD - 1)
            return false;
    }
    topic_len = modem_topic_len(modem);
    data_len = modem_data_len(modem);
    if (at >= MODEM_HEAD) {
        at -= MODEM_HEAD;
        if (at < topic_len && at < MODEM_TOPIC_MAX)
            modem->topic[at] = byte;
        if (at >= topic_len && at - topic_len < MODEM_DATA_MAX)
            modem->data[at - topic_len] = byte;
    }
    if (modem->at < MODEM_HEAD + topic_len + data_len)
        return false;
    modem->at = 0;
    return topic_len <= MODEM_TOPIC_MAX && data_len <= MODEM_DATA_MAX;
}

void modem_head(uint8_t head[MODEM_HEAD], enum modem_kind kind, size_t topic_len,
                size_t data_len)
{
    head[0] = (uint8_t)kind;
    head[1] = (uint8_t)topic_len;
    head[2] = (uint8_t)data_len;
    head[3] = (uint8_t)(data_len >> 8);
}
