/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Laws of lib/wire/command.c: commands as bytes. What a client does with them is in
 * test_apply.c and test_order.c.
 */
#include <string.h>

#include "fixture.h"
#include "law.h"

static const enum e4_mode both_modes[] = {E4_SYMMETRIC, E4_PUBLIC_KEY};

/* Length of each command, 0 where it does not exist in that mode. */
static const struct {
    const char *name;
    size_t len[2];
    bool public_key_only;
} kind[] = {
    {"RemoveTopic", {17, 17}, false}, {"ResetTopics", {1, 1}, false},
    {"SetIDKey", {33, 65}, false},    {"SetTopicKey", {49, 49}, false},
    {"RemovePubKey", {0, 17}, true},  {"ResetPubKeys", {0, 1}, true},
    {"SetPubKey", {0, 49}, true},     {"SetC2Key", {0, 33}, true},
};

/* Bytes that are all different. */
static void number(uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        bytes[i] = (uint8_t)(i + 100);
}

TEST(each_first_byte_and_length_is_a_command_or_refused_as_the_table_says)
{
    uint8_t bytes[71];
    struct e4_command command;

    number(bytes, sizeof bytes);
    for (size_t m = 0; m < COUNT(both_modes); m++) {
        for (unsigned first = 0; first < 256; first++) {
            for (size_t len = 0; len <= 70; len++) {
                enum e4_result want = E4_ERR_COMMAND;

                bytes[0] = (uint8_t)first;
                if (len > 0 && first < COUNT(kind)) {
                    if (kind[first].len[m] == 0)
                        want = E4_ERR_MODE;
                    else if (kind[first].len[m] == len)
                        want = E4_OK;
                }
                memset(&command, 0xA5, sizeof command);
                CHECK_AT(first * 100 + len,
                         e4_command_decode(&command, both_modes[m], bytes, len) == want);
                CHECK_AT(first * 100 + len,
                         want == E4_OK || all_zero(&command, sizeof command));
            }
        }
    }
}

TEST(what_is_decoded_encodes_to_the_same_bytes)
{
    uint8_t bytes[E4_COMMAND_MAX], again[E4_COMMAND_MAX];
    struct e4_command command;
    size_t again_len;

    number(bytes, sizeof bytes);
    for (size_t m = 0; m < COUNT(both_modes); m++) {
        for (unsigned first = 0; first < COUNT(kind); first++) {
            size_t len = kind[first].len[m];

            if (len == 0)
                continue;
            bytes[0] = (uint8_t)first;
            CHECK_AT(first, e4_command_decode(&command, both_modes[m], bytes, len) == E4_OK);
            CHECK_AT(first, (unsigned)command.type == first);
            CHECK_AT(first,
                     e4_command_encode(again, &again_len, &command, both_modes[m]) == E4_OK);
            CHECK_AT(first, again_len == len && memcmp(again, bytes, len) == 0);
        }
    }
}

TEST(what_is_encoded_decodes_to_the_same_command)
{
    static const struct e4_command_parts {
        bool topic, id, key, public_key[2];
    } part[] = {
        {.topic = true},
        {.topic = false},
        {.key = true, .public_key = {false, true}},
        {.topic = true, .key = true},
        {.id = true},
        {.id = false},
        {.id = true, .key = true},
        {.key = true},
    };
    uint8_t bytes[E4_COMMAND_MAX];
    size_t len;

    for (size_t m = 0; m < COUNT(both_modes); m++) {
        for (unsigned type = 0; type < COUNT(part); type++) {
            struct e4_command command, again;

            if (kind[type].len[m] == 0)
                continue;
            memset(&command, 0, sizeof command);
            command.type = (enum e4_command_type)type;
            if (part[type].topic)
                number(command.topic, sizeof command.topic);
            if (part[type].id)
                number(command.id, sizeof command.id);
            if (part[type].key)
                key_of(command.key, 1);
            if (part[type].public_key[m])
                key_of(command.public_key, 2);
            CHECK_AT(type, e4_command_encode(bytes, &len, &command, both_modes[m]) == E4_OK);
            CHECK_AT(type, e4_command_decode(&again, both_modes[m], bytes, len) == E4_OK);
            CHECK_AT(type, memcmp(&command, &again, sizeof command) == 0);
        }
    }
}

TEST(keys_stand_before_what_they_are_for)
{
    struct e4_command command = set_topic("a", 1);
    uint8_t bytes[E4_COMMAND_MAX];
    size_t len;

    CHECK(e4_command_encode(bytes, &len, &command, E4_SYMMETRIC) == E4_OK);
    CHECK(bytes[0] == 3 && memcmp(bytes + 1, command.key, 32) == 0);
    CHECK(memcmp(bytes + 33, command.topic, 16) == 0);
    command = set_peer("bob", 2);
    CHECK(e4_command_encode(bytes, &len, &command, E4_PUBLIC_KEY) == E4_OK);
    CHECK(bytes[0] == 6 && memcmp(bytes + 1, command.key, 32) == 0);
    CHECK(memcmp(bytes + 33, command.id, 16) == 0);
    command = set_id_key(3);
    CHECK(e4_command_encode(bytes, &len, &command, E4_PUBLIC_KEY) == E4_OK);
    CHECK(bytes[0] == 2 && memcmp(bytes + 1, command.key, 32) == 0);
    CHECK(memcmp(bytes + 33, command.public_key, 32) == 0);
}

TEST(what_is_no_command_of_the_mode_is_not_encoded)
{
    uint8_t bytes[E4_COMMAND_MAX];
    struct e4_command command;

    memset(&command, 0, sizeof command);
    for (unsigned type = 0; type < 300; type++) {
        size_t len = 99;
        enum e4_result want = type >= COUNT(kind)          ? E4_ERR_COMMAND
                              : kind[type].public_key_only ? E4_ERR_MODE
                                                           : E4_OK;

        command.type = (enum e4_command_type)type;
        if ((unsigned)command.type != type)
            continue; /* an enum may have one byte */
        CHECK_AT(type, e4_command_encode(bytes, &len, &command, E4_SYMMETRIC) == want);
        CHECK_AT(type, len == (want == E4_OK ? kind[type].len[0] : 0));
    }
}

TEST(names_and_modes_of_commands_are_those_of_the_table)
{
    for (unsigned type = 0; type < COUNT(kind); type++) {
        CHECK_AT(type, strcmp(e4_command_name(type), kind[type].name) == 0);
        CHECK_AT(type, e4_command_needs_public_key((enum e4_command_type)type) ==
                           kind[type].public_key_only);
    }
    for (unsigned type = COUNT(kind); type < 300; type++) {
        CHECK_AT(type, e4_command_name(type) == NULL);
        if ((unsigned)(enum e4_command_type)type == type) /* an enum may have one byte */
            CHECK_AT(type, !e4_command_needs_public_key((enum e4_command_type)type));
    }
    CHECK(e4_command_name(UINT32_MAX) == NULL);
}

LAWS(LAW(each_first_byte_and_length_is_a_command_or_refused_as_the_table_says),
     LAW(what_is_decoded_encodes_to_the_same_bytes),
     LAW(what_is_encoded_decodes_to_the_same_command), LAW(keys_stand_before_what_they_are_for),
     LAW(what_is_no_command_of_the_mode_is_not_encoded),
     LAW(names_and_modes_of_commands_are_those_of_the_table))
