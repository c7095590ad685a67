/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A whole device, linked to see what of the library it carries along: it takes up what is
 * stored, learns on which topic its commands arrive, carries out whatever command comes,
 * protects, unprotects, and saves the time that it has reached. Replay guard and command order
 * are always on. What is the board's is not counted: the port, MQTT, and e4_create(), which the
 * factory runs.
 *
 * Included once by each mode's file, which defines what is its own:
 *
 *   MODE      an enum e4_mode
 *   OVERHEAD  bytes that a frame of that mode is longer than its text
 *   OF_MODE   what e4_config has besides; nothing in symmetric mode
 */
#ifndef SIZE_DEVICE_H
#define SIZE_DEVICE_H

#include "e4/e4.h"

extern const struct e4_port board_port;
void board_publish(const uint8_t *frame, size_t frame_len);
/* The frame that arrived, and whether it is a command. */
size_t board_receive(uint8_t *frame, size_t frame_cap, bool *is_command);
void board_message(const uint8_t *text, size_t text_len);
void board_subscribe(const char *name);
void device(void);

static struct e4_topic_slot topics[8];
static struct e4_seen_slot seen[64];
static struct e4_sent_slot sent[8];
static const struct e4_config config = {
    .port = &board_port,
    .topics = topics,
    .seen = seen,
    .sent = sent,
    .topic_count = 8,
    .sent_count = 8,
    .seen_count = 64,
    OF_MODE,
};
static struct e4_client client;
static struct e4_topic topic;
static struct e4_topic commands;
static uint8_t frame[104 + OVERHEAD];

static bool start(void)
{
    char name[E4_RECEIVING_TOPIC_SIZE];

    if (e4_open(&client, &config) != E4_OK)
        return false;
    e4_receiving_topic(name, e4_client_id(&client));
    board_subscribe(name);
    return e4_topic_init(&commands, name, sizeof name - 1, NULL) == E4_OK &&
           e4_topic_init(&topic, "room/1/temperature", 18, NULL) == E4_OK;
}

void device(void)
{
    struct e4_opened opened;
    bool is_command;
    size_t len;

    if (!start())
        return;
    if (e4_protect(&client, &topic, frame, sizeof frame, &len, (const uint8_t *)"21", 2) ==
        E4_OK)
        board_publish(frame, len);
    len = board_receive(frame, sizeof frame, &is_command);
    if (e4_unprotect(&client, is_command ? &commands : &topic, frame + E4_TEXT_AT(MODE),
                     sizeof frame - OVERHEAD, &opened, frame, len) == E4_OK)
        board_message(frame + E4_TEXT_AT(MODE), opened.text_len);
    (void)e4_save(&client);
}

#endif
