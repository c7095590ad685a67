/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What arrives, on its way to the application.
 */
#include "e4_link.h"

#include <string.h>

/* Publish a report on the topic that is the device's own for that. */
static void report(const struct e4_link *link, const uint8_t *frame, size_t frame_len)
{
    static const char up[] = "/up";
    char name[E4_RECEIVING_TOPIC_SIZE + sizeof up];

    e4_receiving_topic(name, e4_client_id(link->client));
    memcpy(name + strlen(name), up, sizeof up);
    link->publish(link->ctx, name, frame, frame_len);
}

void e4_link_connected(const struct e4_link *link)
{
    uint8_t hello[E4_HELLO_FRAME_SIZE];
    size_t len;

    if (e4_hello(link->client, hello, sizeof hello, &len) == E4_OK)
        report(link, hello, len);
}

/* Whatever became of it: an authentic command is answered, and has a tag. */
static void take_command(const struct e4_link *link, const struct e4_opened *opened,
                         enum e4_result result)
{
    static const uint8_t no_tag[E4_TAG_SIZE];
    uint8_t receipt[E4_RECEIPT_FRAME_SIZE];
    size_t len;

    if (memcmp(opened->tag, no_tag, sizeof no_tag) != 0 &&
        e4_receipt(link->client, opened, result, receipt, sizeof receipt, &len) == E4_OK)
        report(link, receipt, len);
    if (link->command != NULL)
        link->command(link->ctx, opened->command, result);
}

void e4_link_arrived(const struct e4_link *link, const char *topic, size_t topic_len,
                     uint8_t *frame, size_t frame_len)
{
    size_t text_at = E4_TEXT_AT(e4_client_mode(link->client));
    struct e4_topic handle;
    struct e4_opened opened;
    enum e4_result result = e4_topic_init(&handle, topic, topic_len, NULL);
    bool is_topic = result == E4_OK;

    memset(&opened, 0, sizeof opened);
    if (is_topic)
        result = e4_unprotect(link->client, &handle, frame + text_at,
                              frame_len > text_at ? frame_len - text_at : 0, &opened, frame,
                              frame_len);
    if (is_topic && e4_is_receiving(link->client, &handle))
        take_command(link, &opened, result);
    else if (result == E4_OK)
        link->message(link->ctx, topic, topic_len, frame + text_at, &opened);
    else if (link->refused != NULL)
        link->refused(link->ctx, topic, topic_len, result);
    e4_wipe(frame, frame_len);
}

enum e4_result e4_link_protect(const struct e4_link *link, const char *topic, uint8_t *frame,
                               size_t frame_cap, size_t *frame_len, const void *text,
                               size_t text_len)
{
    struct e4_topic handle;
    enum e4_result result = e4_topic_init(&handle, topic, strlen(topic), NULL);

    *frame_len = 0;
    if (result != E4_OK)
        return result;
    return e4_protect(link->client, &handle, frame, frame_cap, frame_len, (const uint8_t *)text,
                      text_len);
}
