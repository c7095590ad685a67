/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Laws of tools/e4/import.c and import_apply.c. Which files of the deployed client load and
 * which do not is tested with its own vectors in test/vectors; here is what they do not cover.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/hex.h"
#include "e4/keys.h"
#include "e4/wire.h"
#include "law.h"
#include "tools/e4/device.h"
#include "tools/e4/import.h"

#define ID        "AQIDBAUGBwgJCgsMDQ4PEA==" /* 01 02 ... 10 */
#define KEY       "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="
#define TOPIC     "d4ae5619a57075c790bb2e32d020fb88"
#define OTHER     "01ae5619a57075c790bb2e32d020fb88"
#define HEAD      "{\"ID\":\"" ID "\",\"ReceivingTopic\":\"e4/0102030405060708090a0b0c0d0e0f10\","
#define SYMMETRIC "\"Key\":{\"keyType\":0,\"keyData\":{\"Key\":\"" KEY "\"}},"

static char key_text[3][BASE64_SIZE(E4_KEY_SIZE)]; /* keys of bytes 2, 3 and 4 */

static void make_keys(void)
{
    for (uint8_t i = 0; i < 3; i++) {
        uint8_t key[E4_KEY_SIZE];

        memset(key, 2 + i, sizeof key);
        base64_encode(key_text[i], key, sizeof key);
    }
}

/* A previous key as it is in a file, of bytes `fill`, replaced at that time. */
static void old_key_text(char text[BASE64_SIZE(E4_KEY_SIZE + 8)], uint8_t fill, uint64_t at_s)
{
    uint8_t bytes[E4_KEY_SIZE + 8];

    memset(bytes, fill, E4_KEY_SIZE);
    for (unsigned i = 0; i < 8; i++)
        bytes[E4_KEY_SIZE + i] = (uint8_t)(at_s >> (8 * i));
    base64_encode(text, bytes, sizeof bytes);
}

/* Where a topic's previous key stands. */
static void old_key_name(char name[33], const char *topic)
{
    uint8_t hash[E4_HASH_SIZE], under[E4_HASH_SIZE];

    CHECK(hex_decode(hash, sizeof hash, topic, strlen(topic)) == 0);
    e4_hash(under, hash, sizeof hash);
    hex_encode(name, under, sizeof under);
}

/* The state of a symmetric client with these members of TopicKeys. */
static int parse(struct import *import, const char *topics, struct err *err)
{
    char text[4096];

    (void)snprintf(text, sizeof text, HEAD SYMMETRIC "\"TopicKeys\":{%s}}", topics);
    return import_parse(text, strlen(text), import, err);
}

TEST(a_state_brings_id_key_topics_and_nothing_it_does_not_say)
{
    char topics[256];
    struct import import;
    struct err err;

    make_keys();
    (void)snprintf(topics, sizeof topics, "\"%s\":\"%s\"", TOPIC, key_text[0]);
    CHECK(parse(&import, topics, &err) == 0);
    CHECK(import.identity.mode == E4_SYMMETRIC && import.identity.id[15] == 0x10);
    CHECK(import.identity.key[31] == 1 && import.receiving_topic == NULL);
    CHECK(import.topic_count == 1 && import.peer_count == 0 && import.strays == 0);
    CHECK(import.topics[0].hash[0] == 0xd4 && import.topics[0].key[0] == 2);
    CHECK(import.topics[0].replaced_s == 0);
    import_free(&import);
}

TEST(a_previous_key_goes_to_its_topic_whatever_the_order)
{
    char topics[2][512], old[BASE64_SIZE(E4_KEY_SIZE + 8)], name[33];
    struct import import;
    struct err err;

    make_keys();
    static const char *const topic[] = {TOPIC, OTHER, /* bytes that no topic's name may have */
                                        "24535953232b00232b000000ff80c0c1"};

    for (size_t i = 0; i < COUNT(topic); i++) {
        old_key_name(name, topic[i]);
        old_key_text(old, 3, 1591600002);
        (void)snprintf(topics[0], sizeof topics[0], "\"%s\":\"%s\",\"%s\":\"%s\"", topic[i],
                       key_text[0], name, old);
        (void)snprintf(topics[1], sizeof topics[1], "\"%s\":\"%s\",\"%s\":\"%s\"", name, old,
                       topic[i], key_text[0]);
        for (size_t order = 0; order < 2; order++) {
            CHECK_AT(i, parse(&import, topics[order], &err) == 0);
            CHECK_AT(i, import.topic_count == 1 && import.strays == 0);
            CHECK_AT(i, import.topics[0].replaced_s == 1591600002);
            CHECK_AT(i, import.topics[0].old_key[0] == 3 && import.topics[0].key[0] == 2);
            import_free(&import);
        }
    }
}

TEST(a_previous_key_without_its_topic_is_counted_and_left_out)
{
    char topics[512], old[BASE64_SIZE(E4_KEY_SIZE + 8)], name[33];
    struct import import;
    struct err err;

    make_keys();
    old_key_name(name, OTHER);
    old_key_text(old, 3, 5);
    (void)snprintf(topics, sizeof topics, "\"%s\":\"%s\",\"%s\":\"%s\"", TOPIC, key_text[0],
                   name, old);
    CHECK(parse(&import, topics, &err) == 0);
    CHECK(import.topic_count == 1 && import.strays == 1);
    CHECK(import.topics[0].replaced_s == 0);
    import_free(&import);
}

TEST(what_is_damaged_is_refused_in_words_without_keys)
{
    static const struct {
        const char *text, *word;
    } row[] = {
        {"", "JSON"},
        {"[]", "object"},
        {"{}", "\"ID\""},
        {"{\"ID\":7}", "\"ID\""},
        {"{\"ID\":\"?\"}", "base64"},
        {"{\"ID\":\"t8qqk1M=\"}", "5 bytes"},
        {HEAD "\"Key\":{\"keyData\":{}}}", "\"keyType\""},
        {HEAD "\"Key\":{\"keyType\":0}}", "\"keyData\""},
        {HEAD "\"Key\":{\"keyType\":2,\"keyData\":{}}}", "neither"},
        {HEAD "\"TopicKeys\":{}}", "\"Key\""},
        {HEAD SYMMETRIC "\"x\":1}", "\"TopicKeys\""},
        {HEAD SYMMETRIC "\"TopicKeys\":[]}", "\"TopicKeys\""},
        {HEAD SYMMETRIC "\"TopicKeys\":{\"12\":\"" KEY "\"}}", "32 hexadecimal"},
        {HEAD SYMMETRIC "\"TopicKeys\":{\"" TOPIC "\":null}}", "missing"},
        {HEAD SYMMETRIC "\"TopicKeys\":{\"" TOPIC "\":\"AQ==\"}}", "1 bytes"},
        {HEAD SYMMETRIC "\"TopicKeys\":{\"" TOPIC
                        "\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"}}",
         "zero"},
        {HEAD SYMMETRIC SYMMETRIC "\"TopicKeys\":{}}", "occurs twice"},
        {HEAD "\"Key\":{\"keyType\":1,\"keyData\":{\"PrivateKey\":\"" KEY "\"}}}", "32 bytes"},
        {"{\"ID\":\"" ID "\"," SYMMETRIC "\"TopicKeys\":{}}", "ReceivingTopic"},
        {"{\"ID\":\"" ID "\",\"ReceivingTopic\":\"a/#\"," SYMMETRIC "\"TopicKeys\":{}}",
         "ReceivingTopic"},
    };
    struct import import;
    struct err err;

    for (size_t i = 0; i < COUNT(row); i++) {
        memset(&import, 7, sizeof import);
        CHECK_AT(i, import_parse(row[i].text, strlen(row[i].text), &import, &err) == -1);
        CHECK_AT(i, err.kind == ERR_INPUT && strstr(err.text, row[i].word) != NULL);
        CHECK_AT(i, strstr(err.text, "AQEB") == NULL);
        CHECK_AT(i,
                 import.topics == NULL && import.peers == NULL && import.identity.key[0] == 0);
    }
}

/* A signing client's state: its private key, who it says signs, and its peers. */
struct signing_client {
    const uint8_t *seed;
    const uint8_t *half;
    const char *signer;
    const char *peers;
    const char *problem; /* in words; NULL: none */
};

static void check_signing_client(size_t i, const struct signing_client *client)
{
    static const uint8_t server_seed[E4_KEY_SIZE] = {9};
    uint8_t pair[E4_PRIVATE_KEY_SIZE], server[E4_KEY_SIZE];
    char pair_text[BASE64_SIZE(E4_PRIVATE_KEY_SIZE)], server_text[BASE64_SIZE(E4_KEY_SIZE)];
    char text[2048];
    struct import import;
    struct err err = {0};
    int rc;

    memcpy(pair, client->seed, E4_KEY_SIZE);
    memcpy(pair + E4_KEY_SIZE, client->half, E4_KEY_SIZE);
    CHECK(e4_curve_public(server, server_seed) == E4_OK);
    base64_encode(pair_text, pair, sizeof pair);
    base64_encode(server_text, server, sizeof server);
    (void)snprintf(text, sizeof text,
                   HEAD "\"TopicKeys\":{},\"Key\":{\"keyType\":1,\"keyData\":{"
                        "\"PrivateKey\":\"%s\",\"SignerID\":\"%s\",\"C2PubKey\":\"%s\","
                        "\"PubKeys\":%s}}}",
                   pair_text, client->signer, server_text, client->peers);
    rc = import_parse(text, strlen(text), &import, &err);
    CHECK_AT(i, rc == (client->problem == NULL ? 0 : -1));
    if (client->problem != NULL)
        CHECK_AT(i, err.kind == ERR_INPUT && strstr(err.text, client->problem) != NULL);
    else
        import_free(&import);
}

TEST(what_does_not_belong_together_in_a_signing_client_is_refused)
{
    static const uint8_t seed[E4_KEY_SIZE] = {1}, zero[E4_KEY_SIZE];
    uint8_t half[E4_KEY_SIZE];
    const struct signing_client row[] = {
        {seed, half, ID, "null", NULL},
        {seed, half, ID, "{\"" TOPIC "\":\"" KEY "\"}", NULL},
        {zero, half, ID, "{}", "\"PrivateKey\" is all zero"},
        {seed, zero, ID, "{}", "the halves of \"PrivateKey\" do not belong together"},
        {seed, half, "AAIDBAUGBwgJCgsMDQ4PEA==", "{}", "\"SignerID\" is not \"ID\""},
        {seed, half, "AQ==", "{}", "\"SignerID\""},
        {seed, half, ID, "[]", "\"PubKeys\""},
        {seed, half, ID, "{\"x\":\"" KEY "\"}", "\"PubKeys\""},
        {seed, half, ID, "{\"" TOPIC "\":\"AQ==\"}", "\"PubKeys\""},
    };

    CHECK(e4_sign_public(half, seed) == E4_OK);
    for (size_t i = 0; i < COUNT(row); i++)
        check_signing_client(i, &row[i]);
}

TEST(a_previous_key_that_is_none_is_of_no_account)
{
    static const uint8_t fills[] = {0, 2}; /* zero, and the same as now */
    char topics[512], old[BASE64_SIZE(E4_KEY_SIZE + 8)], name[33];
    struct import import;
    struct err err;

    make_keys();
    old_key_name(name, TOPIC);
    for (size_t i = 0; i < COUNT(fills); i++) {
        old_key_text(old, fills[i], 1591600002);
        (void)snprintf(topics, sizeof topics, "\"%s\":\"%s\",\"%s\":\"%s\"", TOPIC, key_text[0],
                       name, old);
        CHECK_AT(i, parse(&import, topics, &err) == 0);
        CHECK_AT(i, import.topic_count == 1 && import.topics[0].replaced_s == 0);
        import_free(&import);
    }
    old_key_text(old, 3, 1591600002);
    old[5] = '!';
    (void)snprintf(topics, sizeof topics, "\"%s\":\"%s\",\"%s\":\"%s\"", TOPIC, key_text[0],
                   name, old);
    CHECK(parse(&import, topics, &err) == -1 && strstr(err.text, "previous key") != NULL);
}

TEST(every_beginning_of_a_state_is_refused)
{
    static const char text[] = HEAD SYMMETRIC "\"TopicKeys\":null}";
    struct import import;
    struct err err;

    for (size_t len = 0; len < sizeof text - 1; len++)
        CHECK_AT(len, import_parse(text, len, &import, &err) == -1);
    CHECK(import_parse(text, sizeof text - 1, &import, &err) == 0 && import.topic_count == 0);
    import_free(&import);
}

TEST(a_receiving_topic_of_its_own_is_kept)
{
    static const char text[] =
        "{\"ID\":\"" ID "\",\"ReceivingTopic\":\"mine \\u003c\\\"\"," SYMMETRIC
        "\"TopicKeys\":{}}";
    struct import import;
    struct err err;

    CHECK(import_parse(text, sizeof text - 1, &import, &err) == 0);
    assert_string_equal(import.receiving_topic, "mine <\"");
    import_free(&import);
}

/* A new device in a folder of its own, with an imported state. */
static void live(struct device *device, const struct import *import,
                 struct import_outcome *outcome, int want)
{
    struct device_plan plan = {.identity = import->identity,
                               .topics = import->topic_count,
                               .peers = import->peer_count};
    char folder[] = "/tmp/e4-test-XXXXXX";
    struct err err;

    CHECK(mkdtemp(folder) != NULL);
    assert_int_equal(device_create(device, folder, &plan, &err), 0);
    assert_int_equal(import_apply(device, import, outcome, &err), want);
}

static void remove_device(struct device *device)
{
    char command[128];
    char *folder = strdup(device->folder);

    device_close(device);
    (void)snprintf(command, sizeof command, "rm -r '%s'", folder);
    CHECK(system(command) == 0);
    free(folder);
}

/* The only topic's previous key, replaced so long ago. */
static void import_with_old_key(struct import *import, uint64_t age_s)
{
    static struct import_topic topic;

    memset(import, 0, sizeof *import);
    memset(&topic, 0, sizeof topic);
    import->identity.mode = E4_SYMMETRIC;
    memset(import->identity.key, 1, E4_KEY_SIZE);
    CHECK(e4_topic_hash(topic.hash, "room1", 5) == E4_OK);
    memset(topic.key, 2, E4_KEY_SIZE);
    memset(topic.old_key, 3, E4_KEY_SIZE);
    topic.replaced_s = (uint64_t)time(NULL) - age_s;
    import->topics = &topic;
    import->topic_count = 1;
}

/* What a device makes of a message under a key of bytes `fill`, sent now. */
static enum e4_result receive(struct device *device, uint8_t fill)
{
    static uint8_t number;
    uint8_t key[E4_KEY_SIZE], frame[64], text[64];
    struct e4_sealing sealing = {.key = key, .sent_s = (uint64_t)time(NULL) - 1};
    struct e4_topic topic = {0};
    struct e4_opened opened;
    size_t len;

    memset(key, fill, sizeof key);
    number++; /* no two frames alike */
    CHECK(e4_frame_seal(frame, sizeof frame, &len, &sealing, &number, 1) == E4_OK);
    CHECK(e4_topic_init(&topic, "room1", 5, NULL) == E4_OK);
    return e4_unprotect(&device->client, &topic, text, sizeof text, &opened, frame, len);
}

TEST(a_previous_key_opens_messages_until_its_time_is_over)
{
    static const struct {
        uint64_t age_s;
        bool kept;
    } row[] = {{0, true}, {60, true}, {3500, true}, {3700, false}, {1000000, false}};

    for (size_t i = 0; i < COUNT(row); i++) {
        struct import_outcome outcome;
        struct import import;
        struct device device;

        import_with_old_key(&import, row[i].age_s);
        live(&device, &import, &outcome, 0);
        CHECK_AT(i, outcome.topics == 1 && outcome.old_keys == row[i].kept &&
                        outcome.left_out == !row[i].kept);
        CHECK_AT(i, receive(&device, 2) == E4_OK);
        CHECK_AT(i, receive(&device, 3) == (row[i].kept ? E4_OK : E4_ERR_FORGED));
        remove_device(&device);
    }
}

/* Where the previous key ends does not move with the import: 100 s later 3550 s are over. */
static enum e4_result hundred_seconds_later(void *ctx, uint64_t *now_s)
{
    (void)ctx;
    *now_s = (uint64_t)time(NULL) + 100;
    return E4_OK;
}

TEST(the_time_of_a_previous_key_runs_from_when_it_was_replaced)
{
    struct import_outcome outcome;
    struct import import;
    struct device device;

    import_with_old_key(&import, 3550);
    live(&device, &import, &outcome, 0);
    CHECK(receive(&device, 3) == E4_OK);
    device.port.now = hundred_seconds_later;
    CHECK(receive(&device, 2) == E4_OK);
    CHECK(receive(&device, 3) == E4_ERR_FORGED);
    remove_device(&device);
}

TEST(a_time_of_replacement_in_the_future_counts_as_now)
{
    struct import_outcome outcome;
    struct import import;
    struct device device;

    import_with_old_key(&import, 0);
    import.topics[0].replaced_s += 1000000;
    live(&device, &import, &outcome, 0);
    CHECK(outcome.old_keys == 1 && receive(&device, 3) == E4_OK);
    CHECK(receive(&device, 2) == E4_OK);
    remove_device(&device);
}

TEST(two_topics_with_one_key_are_refused_and_a_bad_peer_is_left_out)
{
    struct import_topic topics[2] = {{.hash = {1}}, {.hash = {2}}};
    struct import_peer peers[2] = {{.id = {1}}, {.id = {2}}};
    struct import import = {.topics = topics, .topic_count = 2};
    struct import_outcome outcome;
    struct device device;
    uint8_t seed[E4_KEY_SIZE] = {9};

    import.identity.mode = E4_SYMMETRIC;
    memset(import.identity.key, 1, E4_KEY_SIZE);
    memset(topics[0].key, 5, E4_KEY_SIZE);
    memset(topics[1].key, 5, E4_KEY_SIZE);
    live(&device, &import, &outcome, -1);
    remove_device(&device);

    import.topic_count = 0;
    import.peers = peers;
    import.peer_count = 2;
    import.identity.mode = E4_PUBLIC_KEY;
    CHECK(e4_curve_public(import.identity.server_key, seed) == E4_OK);
    CHECK(e4_sign_public(peers[0].key, seed) == E4_OK);
    peers[1].key[0] = 1; /* of low order */
    live(&device, &import, &outcome, 0);
    CHECK(outcome.peers == 1 && outcome.bad_peers == 1);
    remove_device(&device);
}

TEST(a_previous_key_that_is_another_topics_now_is_left_out)
{
    struct import_topic topics[2] = {{.hash = {1}}, {.hash = {2}}};
    struct import import = {.topics = topics, .topic_count = 2};
    struct import_outcome outcome;
    struct device device;

    import.identity.mode = E4_SYMMETRIC;
    memset(import.identity.key, 1, E4_KEY_SIZE);
    memset(topics[0].key, 5, E4_KEY_SIZE);
    memset(topics[1].key, 6, E4_KEY_SIZE);
    memset(topics[0].old_key, 6, E4_KEY_SIZE);
    topics[0].replaced_s = (uint64_t)time(NULL) - 10;
    live(&device, &import, &outcome, 0);
    CHECK(outcome.topics == 2 && outcome.old_keys == 0 && outcome.left_out == 1);
    remove_device(&device);
}

static enum e4_result no_clock(void *ctx, uint64_t *now_s)
{
    (void)ctx;
    (void)now_s;
    return E4_ERR_CLOCK;
}

static enum e4_result no_store(void *ctx, unsigned place, const uint8_t record[E4_RECORD_SIZE])
{
    (void)ctx;
    (void)place;
    (void)record;
    return E4_ERR_STORAGE;
}

TEST(an_import_that_cannot_be_stored_is_an_error)
{
    struct import_peer peer = {.id = {1}};
    uint8_t seed[E4_KEY_SIZE] = {9};
    struct import_outcome outcome;
    struct import import;
    struct device device;
    struct e4_port port;
    struct err err = {0};

    import_with_old_key(&import, 60);
    live(&device, &import, &outcome, 0);
    port = device.port;
    device.port.now = no_clock;
    CHECK(import_apply(&device, &import, &outcome, &err) == -1);
    CHECK(strncmp(err.text, "the time: ", 10) == 0);
    device.port = port;
    memset(import.topics[0].key, 7, E4_KEY_SIZE);
    device.port.store = no_store;
    CHECK(import_apply(&device, &import, &outcome, &err) == -1);
    CHECK(err.kind == ERR_STATE && strncmp(err.text, "topic with hash ", 16) == 0);
    import.topic_count = 0;
    import.peers = &peer;
    import.peer_count = 1;
    CHECK(e4_sign_public(peer.key, seed) == E4_OK);
    CHECK(import_apply(&device, &import, &outcome, &err) == -1);
    CHECK(outcome.peers == 0);
    device.port = port;
    remove_device(&device);
}

TEST(a_state_of_many_topics_finds_room_for_twice_as_many)
{
    enum { TOPICS = 520 }; /* more than half of what there is room for at first */
    static struct import_topic topics[TOPICS];
    struct import import = {.topics = topics, .topic_count = TOPICS};
    struct import_outcome outcome;
    struct device device;
    struct err err;
    char folder[64];

    import.identity.mode = E4_SYMMETRIC;
    memset(import.identity.key, 1, E4_KEY_SIZE);
    for (unsigned i = 0; i < TOPICS; i++) {
        topics[i].hash[0] = topics[i].key[0] = (uint8_t)i;
        topics[i].hash[1] = topics[i].key[1] = (uint8_t)(i >> 8);
        topics[i].key[2] = 1;
    }
    live(&device, &import, &outcome, 0);
    CHECK(outcome.topics == TOPICS && device_ready(&device, &err) == 0);
    (void)snprintf(folder, sizeof folder, "%s", device.folder);
    device_close(&device);
    CHECK(device_open(&device, folder, DEVICE_WRITE, &err) == 0);
    CHECK(device.config.topic_count >= 2 * TOPICS);
    remove_device(&device);
}

/* Import two topics with less room for files than they take: nothing of them is stored. */
TEST(all_of_a_state_is_stored_or_nothing)
{
    static struct import_topic topics[] = {{{1}, {2}, {0}, 0}, {{2}, {3}, {0}, 0}};
    struct import import = {.topics = topics, .topic_count = 2};
    const struct device_plan plan = {.identity = {E4_SYMMETRIC, {1}, {1}, {0}}, .topics = 2};
    char folder[] = "/tmp/e4-test-XXXXXX";
    struct import_outcome outcome;
    uint8_t record[E4_RECORD_SIZE];
    struct rlimit limit, tight;
    struct device device;
    struct err err;

    CHECK(mkdtemp(folder) != NULL && signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
    CHECK(device_create(&device, folder, &plan, &err) == 0);
    CHECK(getrlimit(RLIMIT_FSIZE, &limit) == 0);
    tight = limit;
    tight.rlim_cur = 2 * E4_RECORD_SIZE; /* the identity's */
    CHECK(setrlimit(RLIMIT_FSIZE, &tight) == 0);
    CHECK(import_apply(&device, &import, &outcome, &err) == -1 && err.kind == ERR_STATE);
    CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    for (unsigned place = 1; place < 3; place++)
        CHECK_AT(place, device.port.load(device.port.ctx, place, record) == E4_ERR_EMPTY);
    CHECK(device.port.load(device.port.ctx, 0, record) == E4_OK);
    CHECK(e4_posix_batch_begin(&device.state) == E4_OK);
    CHECK(import_apply(&device, &import, &outcome, &err) == -1); /* it is in a batch already */
    remove_device(&device);
}

LAWS(LAW(a_state_brings_id_key_topics_and_nothing_it_does_not_say),
     LAW(a_previous_key_goes_to_its_topic_whatever_the_order),
     LAW(a_previous_key_without_its_topic_is_counted_and_left_out),
     LAW(what_is_damaged_is_refused_in_words_without_keys),
     LAW(what_does_not_belong_together_in_a_signing_client_is_refused),
     LAW(a_previous_key_that_is_none_is_of_no_account),
     LAW(a_previous_key_that_is_another_topics_now_is_left_out),
     LAW(an_import_that_cannot_be_stored_is_an_error),
     LAW(every_beginning_of_a_state_is_refused), LAW(a_receiving_topic_of_its_own_is_kept),
     LAW(a_previous_key_opens_messages_until_its_time_is_over),
     LAW(the_time_of_a_previous_key_runs_from_when_it_was_replaced),
     LAW(a_time_of_replacement_in_the_future_counts_as_now),
     LAW(two_topics_with_one_key_are_refused_and_a_bad_peer_is_left_out),
     LAW(a_state_of_many_topics_finds_room_for_twice_as_many),
     LAW(all_of_a_state_is_stored_or_nothing))
