/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two devices that share a topic's key, in one program: one protects a reading, the other opens
 * it. The key is given them by the program itself (e4_apply()), where a key server would send
 * it.
 */
#include <stdio.h>
#include <string.h>

#include "e4.h"

static const char topic_name[] = "room/1/temperature";

struct party {
    struct e4_device device;
    struct e4_memory memory;
    struct e4_port port;
    uint8_t records[1 + E4_TOPICS][E4_RECORD_SIZE];
    bool stored[1 + E4_TOPICS];
};

static struct party sender, receiver;

/* Keys are numbers here; a factory draws them at random. */
static enum e4_result set_up(struct party *party, const char *name, uint8_t key)
{
    struct e4_identity self;
    enum e4_result result;

    party->memory.records = party->records;
    party->memory.stored = party->stored;
    party->memory.count = 1 + E4_TOPICS;
    party->memory.now_s = 1764374400;
    e4_memory_port(&party->port, &party->memory);
    e4_device_config(&party->device, &party->port);
    memset(&self, 0, sizeof self);
    self.mode = E4_SYMMETRIC;
    memset(self.key, key, sizeof self.key);
    result = e4_id_from_name(self.id, name, strlen(name));
    if (result == E4_OK)
        result = e4_create(&party->device.client, &party->device.config, &self);
    e4_wipe(&self, sizeof self);
    return result;
}

static enum e4_result give_key(struct party *party)
{
    struct e4_command command;
    enum e4_result result;

    memset(&command, 0, sizeof command);
    command.type = E4_SET_TOPIC_KEY;
    memset(command.key, 7, sizeof command.key);
    result = e4_topic_hash(command.topic, topic_name, strlen(topic_name));
    if (result == E4_OK)
        result = e4_apply(&party->device.client, &command);
    e4_wipe(&command, sizeof command);
    return result;
}

static enum e4_result send_and_receive(const char *text)
{
    uint8_t frame[64], opened_text[64];
    struct e4_topic topic;
    struct e4_opened opened;
    size_t len;
    enum e4_result result = e4_topic_init(&topic, topic_name, strlen(topic_name), NULL);

    if (result == E4_OK)
        result = e4_protect(&sender.device.client, &topic, frame, sizeof frame, &len,
                            (const uint8_t *)text, strlen(text));
    if (result != E4_OK)
        return result;
    printf("%zu bytes of text are %zu bytes of frame\n", strlen(text), len);
    result = e4_unprotect(&receiver.device.client, &topic, opened_text, sizeof opened_text,
                          &opened, frame, len);
    if (result == E4_OK)
        printf("opened: %.*s\n", (int)opened.text_len, (const char *)opened_text);
    return result;
}

int main(void)
{
    enum e4_result result = set_up(&sender, "thermometer", 1);

    if (result == E4_OK)
        result = set_up(&receiver, "display", 2);
    if (result == E4_OK)
        result = give_key(&sender);
    if (result == E4_OK)
        result = give_key(&receiver);
    if (result == E4_OK)
        result = send_and_receive("21.5");
    if (result != E4_OK)
        printf("%s\n", e4_strerror(result));
    e4_close(&sender.device.client);
    e4_close(&receiver.device.client);
    return result == E4_OK ? 0 : 1;
}
