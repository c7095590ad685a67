/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Laws of tools/e4/handover.c, and of the other side of its lines, examples/firmware/factory.c
 * (PROTOCOL.md §13).
 */
#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "e4/port_memory.h"
#include "examples/firmware/factory.h"
#include "law.h"
#include "tools/e4/handover.h"

enum { TOPICS = 2, PLACES = 1 + 2 * TOPICS };

/* A device at the factory. */
static struct {
    struct e4_topic_slot topics[TOPICS];
    struct e4_peer_slot peers[TOPICS];
    struct e4_signer signer;
    struct e4_seen_slot seen[9];
    struct e4_sent_slot sent[2];
    uint8_t records[PLACES][E4_RECORD_SIZE];
    bool stored[PLACES];
    struct e4_memory memory;
    struct e4_port port;
    struct e4_config config;
    struct e4_client client;
    struct factory factory;
    bool formats; /* can it make damaged storage usable? */
    char answer[FACTORY_ANSWER_SIZE];
} device;

static enum e4_result format(void *ctx)
{
    (void)ctx;
    if (!device.formats)
        return E4_ERR_STORAGE;
    memset(device.stored, 0, sizeof device.stored);
    return E4_OK;
}

static void restart(void)
{
    e4_close(&device.client);
    memset(&device.factory, 0, sizeof device.factory);
    device.factory.client = &device.client;
    device.factory.config = &device.config;
    device.factory.format = format;
    device.factory.opened = e4_open(&device.client, &device.config);
}

static void make_empty(void)
{
    memset(&device, 0, sizeof device);
    device.formats = true;
    device.memory.records = device.records;
    device.memory.stored = device.stored;
    device.memory.count = PLACES;
    e4_memory_port(&device.port, &device.memory);
    device.config.port = &device.port;
    device.config.topics = device.topics;
    device.config.topic_count = TOPICS;
    device.config.seen = device.seen;
    device.config.seen_count = 9;
    device.config.sent = device.sent;
    device.config.sent_count = 2;
    device.config.public_key = &e4_public_key_mode;
    device.config.signer = &device.signer;
    device.config.peers = device.peers;
    device.config.peer_count = TOPICS;
    restart();
}

static void make_damaged(void)
{
    make_empty();
    device.stored[0] = true;
    restart();
}

/* Say bytes to the device. Is there an answer? It is in device.answer. */
static bool say_bytes(const char *bytes, size_t len)
{
    bool answered = false;

    for (size_t i = 0; i < len; i++)
        answered |= factory_byte(&device.factory, bytes[i], device.answer);
    return answered;
}

/* Say a line; the answer must be this one, or none if it is NULL. */
static bool says(const char *line, const char *want)
{
    bool answered = say_bytes(line, strlen(line));

    answered |= say_bytes("\n", 1);
    return want == NULL ? !answered : answered && strcmp(device.answer, want) == 0;
}

static struct e4_identity identity_of(enum e4_mode mode, uint8_t number)
{
    struct e4_identity identity = {.mode = mode};

    memset(identity.id, number, sizeof identity.id);
    memset(identity.key, number + 1, sizeof identity.key);
    if (mode == E4_PUBLIC_KEY)
        memset(identity.server_key, 9, sizeof identity.server_key);
    return identity;
}

/* Who a device with this identity is. */
static struct handover_who who_of(const struct e4_identity *identity)
{
    struct handover_who who = {.mode = identity->mode};
    uint8_t public_key[E4_KEY_SIZE];

    memcpy(who.id, identity->id, sizeof who.id);
    CHECK(e4_sign_public(public_key, identity->key) == E4_OK);
    e4_fingerprint(who.print, who.mode == E4_SYMMETRIC ? identity->key : public_key);
    return who;
}

/* Does the device answer this request as said, and that it is who? */
static bool store_gives(const char *replaces, const struct e4_identity *identity,
                        enum handover_kind kind)
{
    char line[HANDOVER_LINE_SIZE];
    struct handover_answer answer;
    struct handover_who who = who_of(identity);

    handover_store_line(line, replaces, identity);
    strcat(line, "\n");
    if (!say_bytes(line, strlen(line)) || !handover_parse(&answer, device.answer))
        return false;
    return answer.kind == kind &&
           (kind == HANDOVER_REFUSED || handover_same(&answer.who, &who));
}

/* A request that is refused, with this word. */
static bool refuses(const char *replaces, const struct e4_identity *identity, const char *why)
{
    struct handover_answer answer;

    return store_gives(replaces, identity, HANDOVER_REFUSED) &&
           handover_parse(&answer, device.answer) && strcmp(answer.why, why) == 0;
}

static bool holds(const struct e4_identity *identity)
{
    struct handover_answer answer;
    struct handover_who who = who_of(identity);

    return say_bytes("e4 hello 1\n", 11) && handover_parse(&answer, device.answer) &&
           answer.kind == HANDOVER_HOLDS && handover_same(&answer.who, &who);
}

TEST(a_device_becomes_who_the_factory_says_and_stays_so)
{
    static const enum e4_mode modes[] = {E4_SYMMETRIC, E4_PUBLIC_KEY};

    for (size_t m = 0; m < COUNT(modes); m++) {
        struct e4_identity identity = identity_of(modes[m], 3);

        make_empty();
        CHECK(says("e4 hello 1", "e4 empty 1"));
        CHECK(store_gives("none", &identity, HANDOVER_STORED));
        CHECK(device.factory.stored);
        CHECK(holds(&identity));
        restart();
        CHECK(device.factory.opened == E4_OK && holds(&identity));
    }
}

TEST(a_device_is_replaced_only_by_name)
{
    struct e4_identity first = identity_of(E4_SYMMETRIC, 3);
    struct e4_identity second = identity_of(E4_PUBLIC_KEY, 5);

    make_empty();
    CHECK(refuses("damaged", &first, "taken"));
    CHECK(refuses("03030303030303030303030303030303", &first, "taken"));
    CHECK(says("e4 hello 1", "e4 empty 1"));
    CHECK(store_gives("none", &first, HANDOVER_STORED));
    CHECK(refuses("none", &second, "taken"));
    CHECK(refuses("damaged", &second, "taken"));
    CHECK(refuses("03030303030303030303030303030304", &second, "taken"));
    CHECK(refuses("0303030303030303030303030303030", &second, "taken"));
    CHECK(holds(&first));
    CHECK(store_gives("03030303030303030303030303030303", &second, HANDOVER_STORED));
    CHECK(holds(&second));
    restart();
    CHECK(holds(&second));
}

TEST(damaged_storage_is_erased_only_when_asked_to)
{
    struct e4_identity identity = identity_of(E4_SYMMETRIC, 3);

    make_damaged();
    CHECK(says("e4 hello 1", "e4 damaged 1"));
    CHECK(refuses("none", &identity, "taken"));
    CHECK(refuses("03030303030303030303030303030303", &identity, "taken"));
    CHECK(says("e4 hello 1", "e4 damaged 1"));
    device.formats = false;
    CHECK(refuses("damaged", &identity, "storage"));
    CHECK(says("e4 hello 1", "e4 damaged 1"));
    device.formats = true;
    CHECK(store_gives("damaged", &identity, HANDOVER_STORED));
    CHECK(holds(&identity));
}

TEST(what_a_device_cannot_be_changes_nothing)
{
    struct e4_identity first = identity_of(E4_SYMMETRIC, 3);
    struct e4_identity other = identity_of(E4_PUBLIC_KEY, 5);

    make_empty();
    CHECK(store_gives("none", &first, HANDOVER_STORED));
    memset(other.server_key, 0, sizeof other.server_key);
    CHECK(refuses("03030303030303030303030303030303", &other, "key"));
    CHECK(holds(&first));
    other = identity_of(E4_PUBLIC_KEY, 5);
    device.config.public_key = NULL;
    CHECK(refuses("03030303030303030303030303030303", &other, "mode"));
    CHECK(holds(&first));
    device.memory.fail_store = true;
    other = identity_of(E4_SYMMETRIC, 5);
    CHECK(refuses("03030303030303030303030303030303", &other, "storage"));
    CHECK(holds(&first));
    CHECK(device.memory.stores > 0);
    restart();
    CHECK(holds(&first));
}

TEST(one_changed_character_of_a_request_is_noticed)
{
    struct e4_identity identity = identity_of(E4_PUBLIC_KEY, 3);
    char line[HANDOVER_LINE_SIZE];
    size_t len;

    handover_store_line(line, "none", &identity);
    len = strlen(line);
    line[len] = '\n';
    for (size_t i = 0; i < len; i++) {
        struct handover_answer answer;

        make_empty();
        line[i] ^= 1;
        if (say_bytes(line, len + 1))
            CHECK_AT(i,
                     handover_parse(&answer, device.answer) && answer.kind == HANDOVER_REFUSED);
        CHECK_AT(i, says("e4 hello 1", "e4 empty 1") && !device.stored[0]);
        line[i] ^= 1;
    }
    CHECK(store_gives("none", &identity, HANDOVER_STORED));
}

/* A request whose check is right, whatever its words are. */
static void with_check(char line[FACTORY_LINE_MAX + 64], const char *words)
{
    uint8_t hash[E4_HASH_SIZE];
    char check[2 * E4_HASH_SIZE + 1];

    e4_hash(hash, words, strlen(words));
    hex_encode(check, hash, sizeof hash);
    (void)snprintf(line, FACTORY_LINE_MAX + 64, "%s %s", words, check);
}

#define ID  "03030303030303030303030303030303"
#define KEY ID ID

TEST(a_request_has_one_form)
{
    static const char *const bad[] = {
        "e4 store 1 none symmetric " ID " " KEY,
        "e4 store 1 none symmetric " ID " " KEY " none none",
        "e4 store 1 none symmetric " ID " " KEY " " KEY,
        "e4 store 1 none public-key " ID " " KEY " none",
        "e4 store 1 none both " ID " " KEY " none",
        "e4 store 1 none symmetric " ID "0 " KEY " none",
        "e4 store 1 none symmetric " ID " " KEY "00 none",
        "e4 store 1 none symmetric  " ID " " KEY " none",
        "e4 store 1 none symmetric 0303030303030303030303030303030A " KEY " none",
        "e4 store 1 none symmetric 0303030303030303030303030303030g " KEY " none",
        "e4 store 1 none symmetric 0303030303030303030303030303030/ " KEY " none",
        "e4 store 1 none symmetric 0303030303030303030303030303030: " KEY " none",
        "e4 store 1 none symmetric 0303030303030303030303030303030` " KEY " none",
        "e4 store 1 none public-key " ID " " KEY " " KEY "0",
        "e4 store 1  symmetric " ID " " KEY " none none",
    };
    char line[FACTORY_LINE_MAX + 64];

    for (size_t i = 0; i < COUNT(bad); i++) {
        make_empty();
        with_check(line, bad[i]);
        CHECK_AT(i, says(line, "e4 refused 1 form") && !device.stored[0]);
    }
    CHECK(says("e4 hello 1 x", "e4 refused 1 form"));
    CHECK(says("e4 store 1", "e4 refused 1 form"));
    CHECK(says("e4 hello 2", "e4 refused 1 version"));
    CHECK(says("e4 hello ", "e4 refused 1 version"));
    with_check(line, "e4 store 2 none symmetric " ID " " KEY " none");
    CHECK(says(line, "e4 refused 1 version"));
    with_check(line, "e4 store 1 none symmetric " ID " " KEY " none");
    CHECK(says(line, "e4 stored 1 symmetric " ID " b4a856909aaea0085e8ceddabe553143"));
}

TEST(what_is_no_request_gets_no_answer)
{
    static const char *const other[] = {
        "",
        "e4",
        "e4 ",
        "e4 hello",
        "e5 hello 1",
        " e4 hello 1",
        "E4 hello 1",
        "boot: ok",
        "e4 empty 1",
        "e4 refused 1 form",
        "e4 holds 1 symmetric " ID " " ID,
    };
    char longest[3 * FACTORY_LINE_MAX];

    make_empty();
    for (size_t i = 0; i < COUNT(other); i++)
        CHECK_AT(i, says(other[i], NULL));
    memset(longest, 'x', sizeof longest);
    CHECK(!say_bytes(longest, sizeof longest) && !say_bytes("\n", 1));
    CHECK(says("\re4 hello\r 1\r", "e4 empty 1"));
    /* As long as a line may be, and one byte more. */
    memcpy(longest, "e4 hello 1", 10);
    longest[FACTORY_LINE_MAX + 1] = '\0';
    CHECK(says(longest, "e4 refused 1 form"));
    CHECK(says("e4 hello 1", "e4 empty 1"));
}

TEST(an_answer_has_one_form)
{
    static const char *const bad[] = {
        "",
        "e4",
        "e4 empty",
        "e4 empty 1.0",
        "e4 empty two",
        "e4 unknown 2",
        "e5 empty 2",
        "e4 empty 1 x",
        " e4 empty 1",
        "e4  empty 1",
        "e4 empty 1 ",
        "e4 hello 1",
        "e4 refused 1",
        "e4 refused 1 a b",
        "e4 unknown 1",
        "e4 holds 1",
        "e4 holds 1 symmetric " ID,
        "e4 holds 1 both " ID " " ID,
        "e4 holds 1 symmetric " ID " " ID " x",
        "e4 holds 1 symmetric " ID "0 " ID,
        "e4 holds 1 symmetric " ID " 0303030303030303030303030303030g",
        "e4 stored 1 symmetric " ID ID " " ID,
        "e4 store 1 symmetric " ID " " ID,
    };
    struct handover_answer answer;

    for (size_t i = 0; i < COUNT(bad); i++)
        CHECK_AT(i, !handover_parse(&answer, bad[i]));
    CHECK(handover_parse(&answer, "e4 empty 2") && answer.kind == HANDOVER_OTHER);
    CHECK(handover_parse(&answer, "e4 stored 10 whatever") && answer.kind == HANDOVER_OTHER);
    CHECK(handover_parse(&answer, "e4 damaged 1") && answer.kind == HANDOVER_DAMAGED);
    CHECK(handover_parse(&answer, "e4 refused 1 form") && strcmp(answer.why, "form") == 0);
    CHECK(handover_parse(&answer, "e4 refused 1 averyveryverylongword") &&
          strcmp(answer.why, "averyveryverylo") == 0);
    CHECK(handover_parse(&answer, "e4 holds 1 public-key " ID " " ID));
    CHECK(answer.kind == HANDOVER_HOLDS && answer.who.mode == E4_PUBLIC_KEY);
}

TEST(a_label_says_who_and_the_name_in_one_line)
{
    struct e4_identity identity = identity_of(E4_PUBLIC_KEY, 3);
    struct handover_who who = who_of(&identity);
    char text[HANDOVER_LABEL_SIZE];
    char name[E4_NAME_MAX + 1];
    char print[33];
    char want[HANDOVER_LABEL_SIZE];

    hex_encode(print, who.print, sizeof who.print);
    (void)snprintf(want, sizeof want, "e4 device 1 public-key " ID " %s", print);
    handover_label(text, &who, NULL);
    assert_string_equal(text, want);
    handover_label(text, &who, "Lamp-7._~ /\n");
    strcat(want, " Lamp-7._~%20%2F%0A");
    assert_string_equal(text, want);
    memset(name, 0xc3, E4_NAME_MAX); /* the longest there can be */
    name[E4_NAME_MAX] = '\0';
    handover_label(text, &who, name);
    CHECK(strlen(text) == strlen("e4 device 1 public-key ") + 65 + 1 + 3 * E4_NAME_MAX);
}

LAWS(LAW(a_device_becomes_who_the_factory_says_and_stays_so),
     LAW(a_device_is_replaced_only_by_name), LAW(damaged_storage_is_erased_only_when_asked_to),
     LAW(what_a_device_cannot_be_changes_nothing),
     LAW(one_changed_character_of_a_request_is_noticed), LAW(a_request_has_one_form),
     LAW(what_is_no_request_gets_no_answer), LAW(an_answer_has_one_form),
     LAW(a_label_says_who_and_the_name_in_one_line))
