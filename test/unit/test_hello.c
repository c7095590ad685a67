/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of lib/client/report.c: receipts and hellos, as a server gets them. */
#include <stdlib.h>
#include <string.h>

#include "client/record.h"
#include "crypto/sha3.h"
#include "fixture.h"
#include "law.h"

static struct device device, before;

static const enum e4_mode both_modes[] = {E4_SYMMETRIC, E4_PUBLIC_KEY};

/* What the server makes of a report's frame. */
static void read_report(struct e4_report *report, const uint8_t *frame, size_t len)
{
    uint8_t key[E4_KEY_SIZE], text[E4_REPORT_MAX];
    struct e4_frame parsed;
    size_t text_len;

    server_command_key(key, &device);
    CHECK(e4_frame_parse(&parsed, E4_SYMMETRIC, frame, len) == E4_OK);
    CHECK(e4_frame_open(text, sizeof text, &text_len, &parsed, key) == E4_OK);
    CHECK(e4_report_decode(report, text, text_len) == E4_OK);
    CHECK(parsed.sent_s == T0 - 2);
}

TEST(a_receipt_names_the_command_and_what_became_of_it)
{
    for (size_t m = 0; m < COUNT(both_modes); m++) {
        struct e4_command good = set_topic("t", 10), bad = set_topic("u", 10);
        const struct e4_command *command[] = {&good, &bad};

        device_make(&device, both_modes[m], "alice");
        for (size_t i = 0; i < COUNT(command); i++) {
            uint8_t in[FRAME_MAX], out[E4_RECEIPT_FRAME_SIZE];
            size_t len = seal_command(in, &device, command[i], T0 - 5 + i), out_len;
            struct e4_opened opened;
            struct e4_report report;
            enum e4_result outcome = take_command(&device, &opened, in, len);

            CHECK_AT(i, outcome == (i == 0 ? E4_OK : E4_ERR_COMMAND));
            CHECK_AT(i, e4_receipt(&device.client, &opened, outcome, out, sizeof out,
                                   &out_len) == E4_OK);
            CHECK_AT(i, out_len == E4_RECEIPT_FRAME_SIZE);
            read_report(&report, out, out_len);
            CHECK_AT(i, report.type == E4_RECEIPT && report.outcome == outcome);
            CHECK_AT(i, memcmp(report.tag, in + 8, E4_TAG_SIZE) == 0);
        }
    }
}

TEST(the_receipt_of_a_new_identity_key_is_under_the_new_key)
{
    for (size_t m = 0; m < COUNT(both_modes); m++) {
        struct e4_command command = set_id_key(5);
        uint8_t in[FRAME_MAX], out[FRAME_MAX];
        struct e4_opened opened;
        struct e4_report report;
        size_t len;

        device_make(&device, both_modes[m], "alice");
        len = seal_command(in, &device, &command, T0);
        CHECK_AT(m, take_command(&device, &opened, in, len) == E4_OK);
        CHECK_AT(m, e4_receipt(&device.client, &opened, E4_OK, out, sizeof out, &len) == E4_OK);
        device_rekey(&device, 5);
        read_report(&report, out, len);
    }
}

TEST(a_report_sent_back_is_no_command)
{
    for (size_t m = 0; m < COUNT(both_modes); m++) {
        uint8_t frame[FRAME_MAX];
        struct e4_opened opened;
        size_t len;

        device_make(&device, both_modes[m], "alice");
        memset(&opened, 0, sizeof opened);
        CHECK_AT(m, e4_hello(&device.client, frame, sizeof frame, &len) == E4_OK);
        before = device;
        CHECK_AT(m, take_command(&device, &opened, frame, len) == E4_ERR_COMMAND);
        CHECK_AT(m, opened.command == E4_HELLO && device_same(&device, &before));
        CHECK_AT(m, e4_receipt(&device.client, &opened, E4_ERR_COMMAND, frame, sizeof frame,
                               &len) == E4_OK);
        before = device;
        CHECK_AT(m, take_command(&device, &opened, frame, len) == E4_ERR_COMMAND);
        CHECK_AT(m, opened.command == E4_RECEIPT && device_same(&device, &before));
    }
}

TEST(what_cannot_be_reported_writes_nothing)
{
    struct e4_opened opened;
    uint8_t frame[100], untouched[100];
    size_t len;

    device_make(&device, E4_PUBLIC_KEY, "alice");
    memset(&opened, 0, sizeof opened);
    memset(frame, 0xEE, sizeof frame);
    memset(untouched, 0xEE, sizeof untouched);
    before = device;
    for (size_t cap = 0; cap < E4_HELLO_FRAME_SIZE; cap++) {
        len = 99;
        CHECK_AT(cap, e4_hello(&device.client, frame, cap, &len) == E4_ERR_SPACE && len == 0);
        len = 99;
        if (cap < E4_RECEIPT_FRAME_SIZE)
            CHECK_AT(cap, e4_receipt(&device.client, &opened, E4_OK, frame, cap, &len) ==
                              E4_ERR_SPACE);
        CHECK_AT(cap, len == 0 || cap >= E4_RECEIPT_FRAME_SIZE);
    }
    CHECK(e4_receipt(&device.client, &opened, (enum e4_result)1, frame, 100, &len) ==
          E4_ERR_ARGUMENT);
    CHECK(e4_receipt(&device.client, &opened, (enum e4_result) - 20, frame, 100, &len) ==
          E4_ERR_ARGUMENT);
    device.memory.now_s = 0;
    CHECK(e4_hello(&device.client, frame, 100, &len) == E4_ERR_CLOCK && len == 0);
    CHECK(e4_receipt(&device.client, &opened, E4_OK, frame, 100, &len) == E4_ERR_CLOCK);
    CHECK(memcmp(frame, untouched, sizeof frame) == 0 && device_same(&device, &before));
}

TEST(equal_reports_leave_as_different_frames)
{
    uint8_t frame[3][E4_HELLO_FRAME_SIZE];
    size_t len;

    device_make(&device, E4_SYMMETRIC, "alice");
    for (size_t i = 0; i < COUNT(frame); i++) {
        CHECK_AT(i, e4_hello(&device.client, frame[i], sizeof frame[i], &len) == E4_OK);
        for (size_t j = 0; j < i; j++)
            CHECK_AT(i, memcmp(frame[i], frame[j], len) != 0);
    }
}

/* A name and 32 bytes that go with it. */
struct pair {
    uint8_t name[E4_HASH_SIZE];
    uint8_t value[32];
};

static int by_name(const void *a, const void *b)
{
    return memcmp(((const struct pair *)a)->name, ((const struct pair *)b)->name, E4_HASH_SIZE);
}

enum { MANY = 1000 };

/* A client of any size; its records are written straight into storage, in the order given. */
static struct {
    struct e4_topic_slot topics[MANY + 10];
    struct e4_peer_slot peers[MANY + 10];
    uint8_t records[2 * MANY + 21][E4_RECORD_SIZE];
    bool stored[2 * MANY + 21];
} large;

static void store_entry(unsigned place, bool is_topic, unsigned n, bool removed)
{
    struct e4_record record = {.epoch = 1, .command_s = T0 - 100};
    uint8_t name[E4_KEY_SIZE];

    record.kind = is_topic ? E4_RECORD_TOPIC : E4_RECORD_PEER;
    if (removed)
        record.kind++;
    key_of(name, (is_topic ? 100000 : 200000) + n);
    memcpy(record.name, name, E4_HASH_SIZE);
    if (!removed)
        key_of(record.key, (is_topic ? 300000 : 400000) + n);
    CHECK(e4_record_store(&device.port, place, &record) == E4_OK);
}

static void make_large(enum e4_mode mode, unsigned topics, unsigned peers, uint64_t order_seed)
{
    unsigned places = 2 * MANY + 21, used = topics + peers + 20;
    uint64_t state = order_seed;
    static unsigned place[2 * MANY + 20];

    memset(&large, 0, sizeof large);
    device_init(&device, mode, "alice");
    device.config.public_key = &e4_public_key_mode;
    device.config.signer = &device.signer;
    device.config.topics = large.topics;
    device.config.topic_count = MANY + 10;
    device.config.peers = large.peers;
    device.config.peer_count = MANY + 10;
    device.memory.records = large.records;
    device.memory.stored = large.stored;
    device.memory.count = places;
    CHECK(e4_create(&device.client, &device.config, &device.identity) == E4_OK);
    for (unsigned i = 0; i < used; i++)
        place[i] = i + 1;
    for (unsigned i = used; i > 1; i--) {
        unsigned j = (unsigned)(random_next(&state) % i), kept = place[i - 1];

        place[i - 1] = place[j];
        place[j] = kept;
    }
    for (unsigned n = 0; n < topics + 10; n++)
        store_entry(place[n], true, n, n >= topics);
    for (unsigned n = 0; n < peers + 10; n++)
        store_entry(place[topics + 10 + n], false, n, n >= peers);
    CHECK(e4_open(&device.client, &device.config) == E4_OK);
}

/* The digest as the protocol words it, with the C library's sort. */
static void digest_of(uint8_t digest[32], unsigned topics, unsigned peers)
{
    static struct pair list[2 * MANY];
    uint8_t key[E4_KEY_SIZE];

    for (unsigned n = 0; n < topics; n++) {
        key_of(key, 100000 + n);
        memcpy(list[n].name, key, E4_HASH_SIZE);
        key_of(key, 300000 + n);
        e4_sha3_256(list[n].value, key, sizeof key);
    }
    for (unsigned n = 0; n < peers; n++) {
        key_of(key, 200000 + n);
        memcpy(list[topics + n].name, key, E4_HASH_SIZE);
        key_of(list[topics + n].value, 400000 + n);
    }
    qsort(list, topics, sizeof list[0], by_name);
    qsort(list + topics, peers, sizeof list[0], by_name);
    e4_sha3_256(digest, list, (topics + peers) * sizeof list[0]);
}

TEST(a_hello_carries_the_digest_of_what_is_held_in_whatever_order_it_came)
{
    static const struct {
        enum e4_mode mode;
        unsigned topics, peers;
    } row[] = {
        {E4_SYMMETRIC, 0, 0},    {E4_SYMMETRIC, 1, 0},  {E4_SYMMETRIC, 7, 0},
        {E4_SYMMETRIC, 1000, 0}, {E4_PUBLIC_KEY, 0, 0}, {E4_PUBLIC_KEY, 1, 1},
        {E4_PUBLIC_KEY, 0, 7},   {E4_PUBLIC_KEY, 7, 7}, {E4_PUBLIC_KEY, 1000, 1000},
    };

    for (size_t i = 0; i < COUNT(row); i++) {
        for (uint64_t seed = 1; seed <= 3; seed++) {
            uint8_t frame[E4_HELLO_FRAME_SIZE], digest[32];
            struct e4_report report;
            size_t len;

            make_large(row[i].mode, row[i].topics, row[i].peers, seed);
            CHECK_AT(i, e4_hello(&device.client, frame, sizeof frame, &len) == E4_OK);
            CHECK_AT(i, len == E4_HELLO_FRAME_SIZE);
            read_report(&report, frame, len);
            digest_of(digest, row[i].topics, row[i].peers);
            CHECK_AT(i, report.type == E4_HELLO && report.mode == row[i].mode);
            CHECK_AT(i, memcmp(report.digest, digest, sizeof digest) == 0);
        }
    }
}

TEST(after_a_hello_everything_is_still_found)
{
    uint8_t frame[E4_HELLO_FRAME_SIZE], name[E4_KEY_SIZE];
    struct e4_command command;
    size_t len;

    make_large(E4_PUBLIC_KEY, 1000, 7, 1);
    CHECK(e4_hello(&device.client, frame, sizeof frame, &len) == E4_OK);
    for (unsigned n = 0; n < 1010; n++) {
        struct e4_topic topic = {.slot = 0};
        uint8_t message[FRAME_MAX];

        key_of(name, 100000 + n);
        memcpy(topic.hash, name, E4_HASH_SIZE);
        CHECK_AT(n,
                 e4_protect(&device.client, &topic, message, sizeof message, &len,
                            (const uint8_t *)"x", 1) == (n < 1000 ? E4_OK : E4_ERR_NO_TOPIC));
    }
    command = remove_topic("unheard of");
    key_of(name, 100003);
    memcpy(command.topic, name, E4_HASH_SIZE);
    CHECK(order(&device, &command) == E4_OK);
    CHECK(e4_hello(&device.client, frame, sizeof frame, &len) == E4_OK);
}

TEST(a_hello_tells_apart_what_is_not_the_same)
{
    const struct e4_command step[] = {
        set_topic("a", 10),  set_topic("a", 11),  set_topic("b", 12), remove_topic("a"),
        set_peer("bob", 20), set_peer("bob", 21), reset_topics()};
    uint8_t digest[COUNT(step) + 1][32];

    device_make(&device, E4_PUBLIC_KEY, "alice");
    for (size_t i = 0; i <= COUNT(step); i++) {
        uint8_t frame[E4_HELLO_FRAME_SIZE];
        struct e4_report report;
        size_t len;

        CHECK_AT(i, e4_hello(&device.client, frame, sizeof frame, &len) == E4_OK);
        read_report(&report, frame, len);
        memcpy(digest[i], report.digest, 32);
        for (size_t j = 0; j < i; j++)
            CHECK_AT(i, memcmp(digest[i], digest[j], 32) != 0);
        if (i < COUNT(step))
            CHECK_AT(i, order_at(&device, &step[i], T0 - 9 + i) == E4_OK);
    }
}

LAWS(LAW(a_receipt_names_the_command_and_what_became_of_it),
     LAW(the_receipt_of_a_new_identity_key_is_under_the_new_key),
     LAW(a_report_sent_back_is_no_command), LAW(what_cannot_be_reported_writes_nothing),
     LAW(equal_reports_leave_as_different_frames),
     LAW(a_hello_carries_the_digest_of_what_is_held_in_whatever_order_it_came),
     LAW(after_a_hello_everything_is_still_found),
     LAW(a_hello_tells_apart_what_is_not_the_same))
