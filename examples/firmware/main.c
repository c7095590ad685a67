/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A lamp: firmware as small as a whole device can be. START HERE. The factory tells it who it
 * is over one serial line (factory.c); over another it reaches a broker through a modem
 * (modem.c), gets its keys by command, is told how bright to shine on lamp/set, and says how
 * bright it does on lamp/state. It keeps its keys in flash (board.h), has no clock but what
 * commands bring (clock.c), and serves both modes. docs/devices.md goes through it.
 */
#include <string.h>

#include "e4/device.h"
#include "e4/keys.h"
#include "e4/port_flash.h"
#include "examples/firmware/board.h"
#include "examples/firmware/clock.h"
#include "examples/firmware/factory.h"
#include "examples/firmware/modem.h"

enum { SAVE_EVERY_S = 3600, LEVEL_MAX = 100 };

static const char set_topic[] = "lamp/set";
static const char state_topic[] = "lamp/state";

static struct clock board_clock;
static struct e4_flash flash = {.ctx = NULL, .now = clock_now, .set_clock = clock_set};
static struct e4_port port;
static struct e4_device device;
static struct e4_device_keys keys;
static struct factory factory;
static struct modem modem;
static uint32_t saved_s; /* uptime when the time was last stored */
static unsigned level;   /* of light */

/* A line for whoever looks on at the factory's end; it does not begin with "e4 ". */
static void say(const char *what, const char *rest)
{
    board_put(BOARD_FACTORY, "lamp: ", 6);
    board_put(BOARD_FACTORY, what, strlen(what));
    board_put(BOARD_FACTORY, rest, strlen(rest));
    board_put(BOARD_FACTORY, "\r\n", 2);
}

/* Which keys it holds, by fingerprints, which give nothing away. */
static void say_keys(void)
{
    static const char digits[] = "0123456789abcdef";
    struct e4_held held;
    uint16_t at = 0;
    char text[33] = {0};

    while (e4_next_topic(&device.client, &at, &held)) {
        for (size_t i = 0; i < 16; i++) {
            text[2 * i] = digits[held.fingerprint[i] >> 4];
            text[2 * i + 1] = digits[held.fingerprint[i] & 15];
        }
        say("holds ", text);
    }
}

static void send_packet(enum modem_kind kind, const char *topic, const void *data, size_t len)
{
    uint8_t head[MODEM_HEAD];

    modem_head(head, kind, strlen(topic), len);
    board_put(BOARD_MODEM, head, sizeof head);
    board_put(BOARD_MODEM, topic, strlen(topic));
    board_put(BOARD_MODEM, data, len);
}

/* Connect, and have commands and messages come here. */
static void go_online(void)
{
    static const uint8_t qos = 1;
    char receiving[E4_RECEIVING_TOPIC_SIZE];

    e4_receiving_topic(receiving, e4_client_id(&device.client));
    send_packet(MODEM_CONNECT, receiving + 3, NULL, 0); /* the id, without "e4/" */
    send_packet(MODEM_SUBSCRIBE, receiving, &qos, 1);
    send_packet(MODEM_SUBSCRIBE, set_topic, &qos, 1);
}

/* Say how bright the lamp shines, once there is a key for it and a time. */
static void report(void)
{
    uint8_t frame[E4_OVERHEAD_PK + 16];
    uint8_t *text = frame + E4_TEXT_AT(e4_client_mode(&device.client));
    size_t text_len = 0;
    size_t frame_len;
    struct e4_topic state;
    enum e4_result result = e4_topic_init(&state, state_topic, strlen(state_topic), NULL);

    if (level == LEVEL_MAX)
        text[text_len++] = '1';
    if (level >= 10)
        text[text_len++] = (uint8_t)('0' + level / 10 % 10);
    text[text_len++] = (uint8_t)('0' + level % 10);
    if (result == E4_OK)
        result =
            e4_protect(&device.client, &state, frame, sizeof frame, &frame_len, text, text_len);
    if (result == E4_OK)
        send_packet(MODEM_PUBLISH, state_topic, frame, frame_len);
    else
        say("no report: ", e4_strerror(result));
}

/* Tell the key server what became of its command, if it was authentic. */
static void confirm(const struct e4_opened *opened, enum e4_result outcome)
{
    static const uint8_t none[E4_TAG_SIZE];
    char up[E4_RECEIVING_TOPIC_SIZE + 3];
    uint8_t frame[E4_RECEIPT_FRAME_SIZE];
    size_t frame_len;

    if (e4_equal(opened->tag, none, sizeof none))
        return;
    e4_receiving_topic(up, e4_client_id(&device.client));
    memcpy(up + E4_RECEIVING_TOPIC_SIZE - 1, "/up", 4);
    if (e4_receipt(&device.client, opened, outcome, frame, sizeof frame, &frame_len) == E4_OK)
        send_packet(MODEM_PUBLISH, up, frame, frame_len);
}

/*
 * A command from further ahead than this clock can be right about: the clock was set by a
 * command that had waited, or has run slow. It is asked again without a clock, so that the
 * command sets it if it is authentic; if not, the time is what it was.
 */
static enum e4_result take_command(struct e4_topic *from, struct e4_opened *opened,
                                   const uint8_t *frame, size_t frame_len)
{
    enum e4_result result =
        e4_unprotect(&device.client, from, NULL, 0, opened, frame, frame_len);

    if (result == E4_ERR_FUTURE) {
        board_clock.known = false;
        result = e4_unprotect(&device.client, from, NULL, 0, opened, frame, frame_len);
        board_clock.known = true;
    }
    confirm(opened, result);
    return result;
}

/* Shine as bright as a message says: a number up to LEVEL_MAX. */
static void shine(const uint8_t *text, size_t len)
{
    unsigned asked = 0;

    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9' || asked > LEVEL_MAX)
            return;
        asked = asked * 10 + text[i] - '0';
    }
    if (len == 0 || asked > LEVEL_MAX)
        return;
    level = asked;
    report();
}

/* What the modem brought. It is decrypted where it lies. */
static void receive(void)
{
    size_t text_at = E4_TEXT_AT(e4_client_mode(&device.client));
    uint8_t *text = modem.data + text_at;
    size_t len = modem_data_len(&modem);
    struct e4_topic from;
    struct e4_opened opened = {0};
    enum e4_result result =
        e4_topic_init(&from, (const char *)modem.topic, modem_topic_len(&modem), NULL);

    if (result == E4_OK && e4_is_receiving(&device.client, &from))
        result = take_command(&from, &opened, modem.data, len);
    else if (result == E4_OK)
        result = e4_unprotect(&device.client, &from, text, MODEM_DATA_MAX - text_at, &opened,
                              modem.data, len);
    if (result != E4_OK) {
        say("refused: ", e4_strerror(result));
    } else if (opened.kind == E4_COMMAND) {
        say("command carried out", "");
        say_keys();
        report();
    } else {
        shine(text, opened.text_len);
    }
    e4_wipe(modem.data, sizeof modem.data);
    /* A command that could not be stored is still good: the modem keeps it, and the broker,
     * until the device starts again, as a watchdog would have it do. */
    if (result != E4_ERR_STORAGE)
        send_packet(MODEM_TAKEN, "", NULL, 0);
}

static void serve_modem(uint8_t byte)
{
    if (!modem_byte(&modem, byte) || factory.opened != E4_OK)
        return;
    if (modem_kind(&modem) == MODEM_ONLINE)
        go_online();
    else if (modem_kind(&modem) == MODEM_MESSAGE)
        receive();
}

static void serve_factory(uint8_t byte)
{
    char answer[FACTORY_ANSWER_SIZE];

    if (!factory_byte(&factory, (char)byte, answer))
        return;
    if (factory.stored) { /* a new device knows no time, and shines as one */
        factory.stored = false;
        board_clock.known = false;
        board_clock.saved_s = 0;
        level = 0;
        go_online();
    }
    board_put(BOARD_FACTORY, answer, strlen(answer));
    board_put(BOARD_FACTORY, "\r\n", 2);
}

/* The time reached is stored now and then, so that it does not run below it after a restart. */
static void save(void)
{
    enum e4_result result;

    if (factory.opened != E4_OK || board_uptime_s() - saved_s < SAVE_EVERY_S)
        return;
    saved_s = board_uptime_s();
    result = clock_save(&board_clock, &device.client);
    if (result != E4_OK && result != E4_ERR_CLOCK) /* without a time there is none to store */
        say("not saved: ", e4_strerror(result));
}

static enum e4_result format(void *ctx)
{
    enum e4_result result = e4_flash_format(ctx);

    return result == E4_OK ? e4_flash_port(&port, ctx) : result;
}

static void start(void)
{
    flash.ctx = &board_clock;
    board_flash(&flash);
    e4_device_config(&device, &port);
    e4_device_public_key(&device, &keys);
    flash.places = e4_places(&device.config);
    factory.client = &device.client;
    factory.config = &device.config;
    factory.format = format;
    factory.ctx = &flash;
    factory.opened = e4_flash_port(&port, &flash);
    if (factory.opened == E4_OK)
        factory.opened = e4_open(&device.client, &device.config);
    say("storage: ", e4_strerror(factory.opened));
}

int main(void)
{
    uint8_t byte;

    board_start();
    start();
    for (;;) {
        if (board_get(BOARD_FACTORY, &byte))
            serve_factory(byte);
        else if (board_get(BOARD_MODEM, &byte))
            serve_modem(byte);
        else
            board_sleep();
        save();
    }
}
