/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of lib/wire/name.c: names, topics, ids. */
#include <string.h>

#include "crypto/sha3.h"
#include "fixture.h"
#include "law.h"

TEST(the_published_ids_and_topics_come_out)
{
    static const struct {
        const char *name, *receiving;
    } row[] = {
        {"alice", "e4/a7dcef9aef26202fce82a7c7d6672afb"},
        {"bob", "e4/b5d577dc9ce59725e29886632e69ecdf"},
        {"eve", "e4/fcf4908516e5f2aa8d07a01b093fd4ef"},
        {"abc", "e4/3a985da74fe225b2045c172d6bd390bd"},
    };
    char receiving[E4_RECEIVING_TOPIC_SIZE];
    uint8_t id[E4_ID_SIZE];

    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_AT(i, e4_id_from_name(id, row[i].name, strlen(row[i].name)) == E4_OK);
        e4_receiving_topic(receiving, id);
        CHECK_AT(i, strcmp(receiving, row[i].receiving) == 0);
    }
}

/* RFC 3629 by arithmetic: what number does this sequence encode, and is it the shortest way? */
static size_t sequence_len(const uint8_t *b, size_t len)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t need = b[0] < 0x80 ? 1 : b[0] < 0xC0 ? 0 : b[0] < 0xE0 ? 2 : b[0] < 0xF0 ? 3 : 4;
    uint32_t point = need == 1 ? b[0] : need == 0 ? 0 : b[0] & (0xFFU >> (need + 1));

    if (b[0] >= 0xF8 || need == 0 || need > len)
        return 0;
    for (size_t i = 1; i < need; i++) {
        if (b[i] >> 6 != 2)
            return 0;
        point = point << 6 | (b[i] & 0x3F);
    }
    return point < least[need] || point > 0x10FFFF || (point >= 0xD800 && point < 0xE000)
               ? 0
               : need;
}

static bool by_arithmetic(const uint8_t *bytes, size_t len)
{
    for (size_t at = 0; at < len;) {
        size_t step = sequence_len(bytes + at, len - at);

        if (step == 0)
            return false;
        at += step;
    }
    return true;
}

TEST(utf8_is_what_the_rfc_says_for_all_starts_and_edges)
{
    static const uint8_t edge[] = {0x00, 0x41, 0x7F, 0x80, 0x81, 0x8F, 0x90, 0x9F,
                                   0xA0, 0xBF, 0xC0, 0xC2, 0xED, 0xF4, 0xFF};
    char text[4];

    CHECK(e4_is_utf8(NULL, 0));
    for (unsigned first = 0; first < 256; first++) {
        for (unsigned second = 0; second < 256; second++) {
            for (size_t i = 0; i < COUNT(edge) * COUNT(edge); i++) {
                text[0] = (char)first;
                text[1] = (char)second;
                text[2] = (char)edge[i / COUNT(edge)];
                text[3] = (char)edge[i % COUNT(edge)];
                for (size_t len = 1; len <= 4; len++)
                    CHECK_AT(first * 256 + second,
                             e4_is_utf8(text, len) == by_arithmetic((uint8_t *)text, len));
            }
        }
    }
}

TEST(every_code_point_alone_is_utf8_and_surrogates_are_not)
{
    for (uint32_t point = 0; point <= 0x10FFFF; point++) {
        char text[4];
        size_t len = 0;

        if (point < 0x80) {
            text[len++] = (char)point;
        } else if (point < 0x800) {
            text[len++] = (char)(0xC0 | point >> 6);
        } else if (point < 0x10000) {
            text[len++] = (char)(0xE0 | point >> 12);
            text[len++] = (char)(0x80 | (point >> 6 & 0x3F));
        } else {
            text[len++] = (char)(0xF0 | point >> 18);
            text[len++] = (char)(0x80 | (point >> 12 & 0x3F));
            text[len++] = (char)(0x80 | (point >> 6 & 0x3F));
        }
        if (point >= 0x80)
            text[len++] = (char)(0x80 | (point & 0x3F));
        CHECK_AT(point, e4_is_utf8(text, len) == (point < 0xD800 || point > 0xDFFF));
        CHECK_AT(point, len == 1 || !e4_is_utf8(text, len - 1));
    }
}

TEST(names_are_1_to_255_bytes_of_utf8)
{
    static const struct {
        const char *name;
        size_t len;
        enum e4_result want;
    } row[] = {
        {"", 0, E4_ERR_ARGUMENT},
        {"a", 1, E4_OK},
        {"\xC3\xA4", 2, E4_OK},
        {"\xC3", 1, E4_ERR_ARGUMENT},
        {"alice\xFF", 6, E4_ERR_ARGUMENT},
        {"a\0b", 3, E4_OK},
        {"\xED\xA0\x80", 3, E4_ERR_ARGUMENT},
    };
    uint8_t id[E4_ID_SIZE], before[E4_ID_SIZE];
    char name[300];

    memset(before, 0xEE, sizeof before);
    for (size_t i = 0; i < COUNT(row); i++) {
        memset(id, 0xEE, sizeof id);
        CHECK_AT(i, e4_id_from_name(id, row[i].name, row[i].len) == row[i].want);
        CHECK_AT(i, (memcmp(id, before, sizeof id) == 0) == (row[i].want != E4_OK));
    }
    memset(name, 'n', sizeof name);
    for (size_t len = 1; len <= sizeof name; len++)
        CHECK_AT(len, e4_id_from_name(id, name, len) == (len <= 255 ? E4_OK : E4_ERR_ARGUMENT));
}

TEST(topics_are_what_mqtt_publishes_to)
{
    static const struct {
        const char *name;
        size_t len;
        enum e4_result want;
    } row[] = {
        {"", 0, E4_ERR_ARGUMENT},
        {"a", 1, E4_OK},
        {"/", 1, E4_OK},
        {"a/+/b", 5, E4_ERR_ARGUMENT},
        {"+", 1, E4_ERR_ARGUMENT},
        {"a/#", 3, E4_ERR_ARGUMENT},
        {"#", 1, E4_ERR_ARGUMENT},
        {"a\0b", 3, E4_ERR_ARGUMENT},
        {"\0", 1, E4_ERR_ARGUMENT},
        {"$SYS", 4, E4_ERR_ARGUMENT},
        {"$SYS/x", 6, E4_ERR_ARGUMENT},
        {"$SY", 3, E4_OK},
        {"$share/g/t", 10, E4_OK},
        {"a$SYS", 5, E4_OK},
        {"/e4go/demo/messages", 19, E4_OK},
    };
    struct e4_topic topic;
    uint8_t hash[E4_HASH_SIZE], full[32];

    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_AT(i, e4_topic_hash(hash, row[i].name, row[i].len) == row[i].want);
        CHECK_AT(i, e4_topic_init(&topic, row[i].name, row[i].len, NULL) == row[i].want);
        e4_sha3_256(full, row[i].name, row[i].len);
        CHECK_AT(i, row[i].want != E4_OK || memcmp(hash, full, sizeof hash) == 0);
        CHECK_AT(i, row[i].want != E4_OK || memcmp(topic.hash, full, sizeof hash) == 0);
    }
}

TEST(topics_are_up_to_65535_bytes)
{
    static char name[65536];
    uint8_t hash[E4_HASH_SIZE];

    memset(name, 't', sizeof name);
    CHECK(e4_topic_hash(hash, name, 65535) == E4_OK);
    CHECK(e4_topic_hash(hash, name, 65536) == E4_ERR_ARGUMENT);
    name[65534] = '#';
    CHECK(e4_topic_hash(hash, name, 65535) == E4_ERR_ARGUMENT);
    CHECK(e4_topic_hash(hash, name, 65534) == E4_OK);
}

TEST(a_fingerprint_is_half_a_hash_of_the_key)
{
    uint8_t key[E4_KEY_SIZE], print[16], full[32];

    key_of(key, 1);
    e4_fingerprint(print, key);
    e4_sha3_256(full, key, sizeof key);
    CHECK(memcmp(print, full, sizeof print) == 0);
}

TEST(any_bytes_and_none_have_a_hash)
{
    uint8_t hash[E4_HASH_SIZE], full[32], whole[32];

    e4_hash(hash, "+/#\0$SYS\xff", 10);
    e4_sha3_256(full, "+/#\0$SYS\xff", 10);
    CHECK(memcmp(hash, full, sizeof hash) == 0);
    e4_hash_full(whole, "+/#\0$SYS\xff", 10);
    CHECK(memcmp(whole, full, sizeof whole) == 0);
    e4_hash(hash, NULL, 0);
    e4_sha3_256(full, "", 0);
    CHECK(memcmp(hash, full, sizeof hash) == 0);
}

LAWS(LAW(the_published_ids_and_topics_come_out),
     LAW(utf8_is_what_the_rfc_says_for_all_starts_and_edges),
     LAW(every_code_point_alone_is_utf8_and_surrogates_are_not),
     LAW(names_are_1_to_255_bytes_of_utf8), LAW(topics_are_what_mqtt_publishes_to),
     LAW(topics_are_up_to_65535_bytes), LAW(a_fingerprint_is_half_a_hash_of_the_key),
     LAW(any_bytes_and_none_have_a_hash))
