/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What arrives is a command or a message, and the topic says which. In a file of its own, so
 * that neither way needs the other's memory on the stack.
 */
#include <string.h>

#include "client/message.h"

enum e4_result e4_opened_settle(struct e4_opened *opened, enum e4_result result)
{
    if (result == E4_OK)
        return result;
    opened->kind = (enum e4_kind)0;
    opened->verified = opened->old_key = false;
    if (result != E4_ERR_STALE && result != E4_ERR_FUTURE && result != E4_ERR_ORDER)
        opened->sent_s = opened->now_s = 0;
    return result;
}

enum e4_result e4_unprotect(struct e4_client *client, struct e4_topic *topic, uint8_t *text,
                            size_t text_cap, struct e4_opened *opened, const uint8_t *frame,
                            size_t frame_len)
{
    enum e4_result result;

    memset(opened, 0, sizeof *opened);
    if (e4_is_receiving(client, topic))
        result = e4_command_take(client, opened, frame, frame_len);
    else
        result = e4_message_take(client, topic, text, text_cap, opened, frame, frame_len);
    return e4_opened_settle(opened, result);
}
