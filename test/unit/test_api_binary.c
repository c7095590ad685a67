/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of server/api/binary.c. */
#include <string.h>

#include "base/err.h"
#include "law.h"
#include "server/api/arena.h"
#include "server/api/binary.h"

#define REQUEST                                                                                \
    &pb__client_topic_request__descriptor /* {Client client = 1; string topic = 2} */
#define ROW(bytes, why)                                                                        \
    {                                                                                          \
        (const uint8_t *)(bytes), sizeof(bytes) - 1, why                                       \
    }

TEST(what_is_no_message_or_no_text_is_refused_and_named)
{
    static const struct {
        const uint8_t *bytes;
        size_t len;
        const char *why; /* NULL: taken */
    } row[] = {
        ROW("", NULL),
        ROW("\x12\x01t", NULL),
        ROW("\x0a\x03\x0a\x01"
            "a\x12\x01t",
            NULL),
        ROW("\x12\x00", NULL),
        ROW("\x12\x02\xc3\xa9", NULL),
        ROW("\x18\x05\x12\x01t", NULL),                    /* a field that we do not have */
        ROW("\x1d\x01\x02\x03\x04", NULL),                 /* of 32 bits */
        ROW("\x19\x01\x02\x03\x04\x05\x06\x07\x08", NULL), /* of 64 bits */
        ROW("\x1a\x02\xff\x00", NULL),                     /* of bytes */
        ROW("\x12\x03t\x00u", "topic: not text in UTF-8 without NUL"),
        ROW("\x12\x01\xff", "topic: not text in UTF-8 without NUL"),
        ROW("\x0a\x04\x0a\x02"
            "a\x00",
            "client: name: not text in UTF-8 without NUL"),
        ROW("\x12\x02t", "not a message of protocol buffers"),
        ROW("\x12", "not a message of protocol buffers"),
        ROW("\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
            "not a message of protocol buffers"),
        ROW("\x12\xff\xff\xff\xff\xff\xff\xff\xff\x7f"
            "t",
            "not a message of protocol buffers"),
        ROW("\x80", "not a message of protocol buffers"),
        ROW("\x13", "not a message of protocol buffers"), /* a group */
        ROW("\x1d\x01", "not a message of protocol buffers"),
        ROW("\x18", "not a message of protocol buffers"),
        ROW("\xff\xff\xff\xff\xff\x01\x01", "not a message of protocol buffers"),
        ROW("\x81\x00\x0a\x00,\x0a\x03\x0a\x01\x61",
            "not a message of protocol buffers"),             /* field 0 */
        ROW("\x10\x05", "not a message of protocol buffers"), /* a number for a text */
        ROW("\x0a\x02\x12\x05", "client: not a message of protocol buffers"),
    };

    for (size_t i = 0; i < COUNT(row); i++) {
        struct arena arena;
        struct err err = {.text = ""};
        ProtobufCMessage *message;
        int rc;

        arena_start(&arena, 1 << 16);
        rc = binary_decode(&message, REQUEST, &arena, row[i].bytes, row[i].len, &err);
        if ((rc == 0) != (row[i].why == NULL))
            fail_msg("row %zu: %s", i, err.text);
        if (rc != 0) {
            assert_string_equal(err.text, row[i].why);
            CHECK_AT(i, err.kind == ERR_INPUT);
        }
        arena_end(&arena);
    }
}

TEST(what_is_packed_is_unpacked_as_the_same)
{
    Pb__Client client;
    Pb__ClientTopicRequest request;
    char name[] = "alice";
    char topic[] = "a/b";
    uint8_t bytes[64];
    struct arena arena;
    struct err err;
    ProtobufCMessage *message;
    const Pb__ClientTopicRequest *got;

    pb__client__init(&client);
    pb__client_topic_request__init(&request);
    client.name = name;
    request.client = &client;
    request.topic = topic;
    CHECK(protobuf_c_message_get_packed_size(&request.base) <= sizeof bytes);
    arena_start(&arena, 1 << 16);
    CHECK(binary_decode(&message, REQUEST, &arena, bytes,
                        protobuf_c_message_pack(&request.base, bytes), &err) == 0);
    got = (const Pb__ClientTopicRequest *)message;
    assert_string_equal(got->client->name, name);
    assert_string_equal(got->topic, topic);
    arena_end(&arena);
}

TEST(a_message_takes_no_more_than_its_arena_has)
{
    static uint8_t bytes[20000]; /* 10,000 clients without a name */
    struct arena arena;
    struct err err;
    ProtobufCMessage *message;

    for (size_t i = 0; i < sizeof bytes; i += 2)
        bytes[i] = 0x0a;
    arena_start(&arena, 1 << 15);
    CHECK(binary_decode(&message, &pb__clients_reply__descriptor, &arena, bytes, sizeof bytes,
                        &err) == -1);
    arena_end(&arena);
    arena_start(&arena, 1 << 20);
    CHECK(binary_decode(&message, &pb__clients_reply__descriptor, &arena, bytes, sizeof bytes,
                        &err) == 0);
    CHECK(((const Pb__ClientsReply *)message)->n_clients == sizeof bytes / 2);
    arena_end(&arena);
}

LAWS(LAW(what_is_no_message_or_no_text_is_refused_and_named),
     LAW(what_is_packed_is_unpacked_as_the_same),
     LAW(a_message_takes_no_more_than_its_arena_has))
