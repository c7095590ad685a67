/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Laws of a whole device on flash, small enough for the smallest board: whatever is wrong with
 * its storage, its clock, its table or its buffers, it gets an error code, and is as it was.
 */
#include <string.h>

#include "crypto/sha3.h"
#include "e4/keys.h"
#include "e4/wire.h"
#include "examples/firmware/board.h"
#include "examples/firmware/clock.h"
#include "port/crc.h"
#include "test/power/flash_chip.h"
#include "test/unit/law.h"

enum { TOPICS = 2, TEXT_MAX = 16, FRAME_MAX = TEXT_MAX + E4_OVERHEAD_SK };
#define T0 UINT64_C(1700000000)

/* What a device remembers without its storage. */
struct memory {
    struct e4_client client;
    struct e4_topic_slot topics[TOPICS];
    struct e4_seen_slot seen[9];
    struct e4_sent_slot sent[2];
};

static struct memory device, before;
static struct chip chip;
static struct e4_flash flash;
static struct e4_port port;
static struct e4_config config;
static struct e4_identity identity;
static uint64_t clock_s; /* 0: not known */
static uint32_t uptime_s;

static enum e4_result now(void *ctx, uint64_t *now_s)
{
    (void)ctx;
    *now_s = clock_s;
    return clock_s == 0 ? E4_ERR_CLOCK : E4_OK;
}

static void set_clock(void *ctx, uint64_t now_s)
{
    (void)ctx;
    clock_s = now_s;
}

/* Power comes on: the storage is looked at, and all memory is gone. */
static enum e4_result start(void)
{
    memset(&device, 0, sizeof device);
    chip_connect(&chip, &flash);
    flash.now = now;
    flash.set_clock = set_clock;
    config.port = &port;
    config.topics = device.topics;
    config.topic_count = TOPICS;
    config.seen = device.seen;
    config.seen_count = COUNT(device.seen);
    config.sent = device.sent;
    config.sent_count = COUNT(device.sent);
    return e4_flash_port(&port, &flash);
}

static enum e4_result open(void)
{
    enum e4_result result = start();

    return result == E4_OK ? e4_open(&device.client, &config) : result;
}

static struct e4_command set_topic(char name)
{
    struct e4_command command;

    memset(&command, 0, sizeof command);
    command.type = E4_SET_TOPIC_KEY;
    CHECK(e4_topic_hash(command.topic, &name, 1) == E4_OK);
    memset(command.key, name, sizeof command.key);
    return command;
}

static enum e4_result apply(char topic)
{
    struct e4_command command = set_topic(topic);

    return e4_apply(&device.client, &command);
}

static struct e4_topic topic_of(char name)
{
    struct e4_topic topic;

    CHECK(e4_topic_init(&topic, &name, 1, NULL) == E4_OK);
    return topic;
}

/* A chip from the factory. */
static void new_chip(void)
{
    chip_init(&chip, CHIP_SECTOR_MAX, 4);
    chip.random = 1;
    clock_s = T0;
    memset(&identity, 0, sizeof identity);
    identity.mode = E4_SYMMETRIC;
    memset(identity.id, 0x11, sizeof identity.id);
    memset(identity.key, 0x22, sizeof identity.key);
}

/* A device that holds the key of topic "a". */
static void make(void)
{
    new_chip();
    CHECK(start() == E4_OK && e4_create(&device.client, &config, &identity) == E4_OK);
    CHECK(apply('a') == E4_OK);
    before = device;
}

static bool is_as_before(void)
{
    return memcmp(&device, &before, sizeof device) == 0;
}

/* Does it hold the keys of just these topics? */
static bool holds(const char *names)
{
    struct e4_held held;
    size_t count = 0;

    for (uint16_t at = 0; e4_next_topic(&device.client, &at, &held); count++) {
        uint8_t hash[E4_HASH_SIZE];
        bool found = false;

        for (const char *name = names; *name != '\0'; name++)
            found |= e4_topic_hash(hash, name, 1) == E4_OK &&
                     memcmp(hash, held.name, sizeof hash) == 0;
        if (!found)
            return false;
    }
    return count == strlen(names);
}

/* Protect a text for topic "a". */
static enum e4_result send(uint8_t frame[FRAME_MAX], size_t cap, size_t *frame_len)
{
    static const uint8_t text[TEXT_MAX] = "sixteen letters";
    struct e4_topic topic = topic_of('a');

    return e4_protect(&device.client, &topic, frame, cap, frame_len, text, sizeof text);
}

/* Open a frame under topic "a". */
static enum e4_result receive(const uint8_t *frame, size_t frame_len, size_t cap)
{
    uint8_t text[TEXT_MAX];
    struct e4_topic topic = topic_of('a');
    struct e4_opened opened;

    return e4_unprotect(&device.client, &topic, text, cap, &opened, frame, frame_len);
}

/* A message by another device that holds the key of topic "a". */
static enum e4_result receive_sent(uint64_t sent_s)
{
    uint8_t key[E4_KEY_SIZE], frame[FRAME_MAX], text[TEXT_MAX] = {1};
    struct e4_sealing sealing = {.key = key, .sent_s = sent_s};
    size_t frame_len;

    memset(key, 'a', sizeof key);
    CHECK(e4_frame_seal(frame, sizeof frame, &frame_len, &sealing, text, sizeof text) == E4_OK);
    return receive(frame, frame_len, TEXT_MAX);
}

/* The key server's command that gives it the key of a topic. */
static enum e4_result order(char name, uint64_t sent_s)
{
    struct e4_command command = set_topic(name);
    struct e4_sealing sealing = {.key = identity.key, .sent_s = sent_s};
    uint8_t frame[E4_COMMAND_FRAME_MAX], text[E4_COMMAND_MAX];
    char receiving[E4_RECEIVING_TOPIC_SIZE];
    struct e4_topic topic;
    struct e4_opened opened;
    size_t text_len, frame_len;

    CHECK(e4_command_encode(text, &text_len, &command, E4_SYMMETRIC) == E4_OK);
    CHECK(e4_frame_seal(frame, sizeof frame, &frame_len, &sealing, text, text_len) == E4_OK);
    e4_receiving_topic(receiving, identity.id);
    CHECK(e4_topic_init(&topic, receiving, strlen(receiving), NULL) == E4_OK);
    return e4_unprotect(&device.client, &topic, NULL, 0, &opened, frame, frame_len);
}

TEST(storage_that_is_empty_holds_no_client)
{
    new_chip();
    CHECK(open() == E4_ERR_EMPTY);
    CHECK(holds("") && chip.steps == 0);
}

/* Cut power at this step of e4_create(). Was it cut? */
static bool create_with_cut(unsigned long step)
{
    jmp_buf power_off;

    new_chip();
    CHECK(start() == E4_OK);
    chip.power_off = &power_off;
    chip.cut = CHIP_PART;
    chip.cut_at = step;
    if (setjmp(power_off) != 0)
        return true;
    CHECK(e4_create(&device.client, &config, &identity) == E4_OK);
    chip.cut_at = 0;
    return false;
}

TEST(storage_that_is_half_written_holds_no_client_or_the_whole_one)
{
    unsigned long empty = 0, whole = 0;

    for (unsigned long step = 1; create_with_cut(step); step++) {
        enum e4_result result = open();

        CHECK_AT(step, result == E4_OK || result == E4_ERR_EMPTY);
        CHECK_AT(step, holds(""));
        empty += result == E4_ERR_EMPTY;
        whole += result == E4_OK;
        CHECK_AT(step, result == E4_OK || whole == 0);
    }
    CHECK(empty > E4_RECORD_SIZE / 4 && whole > 0);
}

/* Change one byte of the client's own record, and its check value too if that is to be right.
 */
static void spoil(size_t at, uint8_t value, bool is_right)
{
    uint8_t bytes[4 + E4_RECORD_SIZE] = {0}, check[32];

    CHECK(port.load(port.ctx, 0, bytes + 4) == E4_OK && bytes[4 + at] != value);
    bytes[4 + at] = value;
    e4_sha3_256(check, bytes, sizeof bytes - 8); /* of the place's number, and the record */
    if (is_right)
        memcpy(bytes + sizeof bytes - 8, check, 8);
    CHECK(port.store(port.ctx, 0, bytes + 4) == E4_OK);
}

TEST(storage_that_is_damaged_is_refused)
{
    for (size_t at = 0; at < E4_RECORD_SIZE; at += 9) {
        make();
        spoil(at, 0xa5, false);
        CHECK_AT(at, open() == E4_ERR_STORAGE && holds(""));
    }
    make();
    chip.fail_read = true;
    CHECK(open() == E4_ERR_STORAGE && holds(""));
    chip.fail_read = false;
    CHECK(open() == E4_OK && holds("a"));
}

TEST(storage_from_a_newer_version_is_refused_and_left_alone)
{
    uint8_t *header;
    unsigned long steps;

    make();
    spoil(0, 2, true);
    steps = chip.steps;
    CHECK(open() == E4_ERR_VERSION && holds("") && chip.steps == steps);

    make();
    header = chip.cell[flash.active];
    header[4] = 2;
    e4_port_store32(header + 24, e4_port_crc(0, header, 24));
    steps = chip.steps;
    CHECK(open() == E4_ERR_VERSION && holds("") && chip.steps == steps);
}

TEST(storage_that_fails_leaves_the_client_as_it_was)
{
    enum e4_result result = E4_ERR_STORAGE;
    unsigned undecided = 0;

    for (unsigned long step = 1; result != E4_OK; step += 5) {
        make();
        chip.fail_onwards = true;
        chip.cut = CHIP_PART; /* what a unit holds that failed */
        chip.fail_program_at = chip.steps + step;
        result = apply('b');
        CHECK_AT(step, result == E4_OK || (result == E4_ERR_STORAGE && is_as_before()));
        CHECK_AT(step, result == E4_OK || apply('a') == E4_ERR_STORAGE);
        chip.fail_program_at = 0;
        CHECK_AT(step, open() == E4_OK && (holds("ab") || (result != E4_OK && holds("a"))));
        undecided += result != E4_OK && holds("ab");
        CHECK_AT(step, apply('b') == E4_OK && open() == E4_OK && holds("ab"));
    }
    CHECK(undecided <= 1); /* that unit which says that the record is in force */
}

TEST(without_a_clock_nothing_is_protected_or_opened_until_a_command_tells_the_time)
{
    uint8_t frame[FRAME_MAX];
    size_t frame_len;

    make();
    clock_s = 0;
    CHECK(open() == E4_OK);
    before = device;
    CHECK(send(frame, sizeof frame, &frame_len) == E4_ERR_CLOCK && frame_len == 0);
    CHECK(receive_sent(T0) == E4_ERR_CLOCK && e4_save(&device.client) == E4_ERR_CLOCK);
    CHECK(is_as_before() && clock_s == 0);
    CHECK(order('b', T0 + 9) == E4_OK && holds("ab") && clock_s == T0 + 9);
    CHECK(send(frame, sizeof frame, &frame_len) == E4_OK && receive_sent(T0 + 9) == E4_OK);
}

TEST(when_the_clock_jumps_frames_are_stale_or_of_the_future_and_commands_keep_their_order)
{
    make();
    CHECK(order('a', T0 + 5) == E4_OK && e4_save(&device.client) == E4_OK);
    before = device;
    clock_s = T0 + 86400;
    CHECK(receive_sent(T0) == E4_ERR_STALE && order('b', T0) == E4_ERR_STALE);
    CHECK(is_as_before());
    clock_s = T0 - 86400; /* it is never earlier than the time that was reached */
    CHECK(receive_sent(T0 + 86400) == E4_ERR_FUTURE && order('b', T0 + 86400) == E4_ERR_FUTURE);
    CHECK(receive_sent(T0 - 86400) == E4_ERR_STALE && order('b', T0 + 4) == E4_ERR_ORDER);
    CHECK(is_as_before());
    CHECK(receive_sent(T0 + 6) == E4_OK && order('b', T0 + 6) == E4_OK && holds("ab"));
}

TEST(a_time_saved_while_the_clock_was_ahead_is_believed_until_the_clock_has_caught_up)
{
    const uint64_t ahead_s = T0 + 86400;

    make();
    clock_s = ahead_s;
    CHECK(e4_save(&device.client) == E4_OK);
    for (int restarted = 0; restarted < 2; restarted++) {
        clock_s = T0;
        before = device;
        CHECK(receive_sent(T0) == E4_ERR_STALE && order('b', T0) == E4_ERR_STALE);
        clock_s = 0; /* nor by a command that would set the clock */
        CHECK(order('b', T0) == E4_ERR_STALE && is_as_before());
        CHECK(open() == E4_OK);
    }
    clock_s = ahead_s + 1;
    CHECK(receive_sent(ahead_s + 1) == E4_OK && order('b', ahead_s + 1) == E4_OK &&
          holds("ab"));
    clock_s = T0; /* or until the device is made anew */
    CHECK(e4_flash_format(&flash) == E4_OK && start() == E4_OK);
    CHECK(e4_create(&device.client, &config, &identity) == E4_OK && apply('a') == E4_OK);
    CHECK(receive_sent(T0) == E4_OK && order('b', T0) == E4_OK);
}

/* The example firmware asks it of its board. */
uint32_t board_uptime_s(void)
{
    return uptime_s;
}

/* The clock of the example firmware and that of the port run on. */
static void pass(struct clock *clock, uint32_t seconds)
{
    uptime_s += seconds;
    CHECK(clock_now(clock, &clock_s) == E4_OK);
}

TEST(the_example_firmware_saves_no_time_more_than_a_day_past_what_it_is_sure_of)
{
    struct clock clock = {0};
    unsigned long steps;

    make();
    CHECK(clock_save(&clock, &device.client) == E4_ERR_CLOCK);
    clock_set(&clock, T0 + 5);
    CHECK(order('a', T0 + 5) == E4_OK);
    for (int hour = 0; hour < 50; hour++) {
        pass(&clock, 3600);
        CHECK_AT(hour, clock_save(&clock, &device.client) == E4_OK);
    }
    before = device;
    steps = chip.steps;
    pass(&clock, 86401);
    CHECK(clock_save(&clock, &device.client) == E4_ERR_FUTURE);
    CHECK(is_as_before() && chip.steps == steps);
    clock_set(&clock, T0 + 5 + 50 * 3600UL); /* it is set right */
    pass(&clock, 1);
    CHECK(receive_sent(clock_s) == E4_OK && order('b', clock_s) == E4_OK);
    clock.saved_s = 0; /* restarted: sure of what the newest command said */
    pass(&clock, 86400);
    CHECK(clock_save(&clock, &device.client) == E4_OK);
}

TEST(a_table_that_is_full_takes_no_more)
{
    make();
    CHECK(apply('b') == E4_OK && holds("ab"));
    before = device;
    CHECK(apply('c') == E4_ERR_FULL && order('c', T0) == E4_ERR_FULL);
    CHECK(is_as_before() && open() == E4_OK && holds("ab"));
    CHECK(apply('a') == E4_OK && holds("ab"));
}

TEST(frames_and_texts_larger_than_the_buffer_are_refused)
{
    uint8_t frame[FRAME_MAX];
    size_t frame_len;

    make();
    for (size_t cap = 0; cap < FRAME_MAX; cap++)
        CHECK_AT(cap, send(frame, cap, &frame_len) == E4_ERR_SPACE && frame_len == 0);
    CHECK(is_as_before());
    CHECK(send(frame, sizeof frame, &frame_len) == E4_OK && frame_len == FRAME_MAX);
    before = device;
    for (size_t cap = 0; cap < TEXT_MAX; cap++)
        CHECK_AT(cap, receive(frame, frame_len, cap) == E4_ERR_SPACE);
    for (size_t len = 0; len < E4_OVERHEAD_SK; len++)
        CHECK_AT(len, receive(frame, len, TEXT_MAX) == E4_ERR_SHORT);
    CHECK(receive(frame, frame_len - 1, TEXT_MAX) == E4_ERR_FORGED && is_as_before());
    CHECK(receive(frame, frame_len, TEXT_MAX) == E4_OK);
}

LAWS(LAW(storage_that_is_empty_holds_no_client),
     LAW(storage_that_is_half_written_holds_no_client_or_the_whole_one),
     LAW(storage_that_is_damaged_is_refused),
     LAW(storage_from_a_newer_version_is_refused_and_left_alone),
     LAW(storage_that_fails_leaves_the_client_as_it_was),
     LAW(without_a_clock_nothing_is_protected_or_opened_until_a_command_tells_the_time),
     LAW(when_the_clock_jumps_frames_are_stale_or_of_the_future_and_commands_keep_their_order),
     LAW(a_time_saved_while_the_clock_was_ahead_is_believed_until_the_clock_has_caught_up),
     LAW(the_example_firmware_saves_no_time_more_than_a_day_past_what_it_is_sure_of),
     LAW(a_table_that_is_full_takes_no_more),
     LAW(frames_and_texts_larger_than_the_buffer_are_refused))
