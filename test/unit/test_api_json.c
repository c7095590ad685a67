/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of server/api/json_decode.c and json_encode.c. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "google/protobuf/timestamp.pb-c.h"
#include "law.h"
#include "server/api/arena.h"
#include "server/api/json.h"

#define NEW_CLIENT    &pb__new_client_request__descriptor
#define CLIENT_PAGE   &pb__client_page_request__descriptor
#define FORCE         &pb__force_request__descriptor
#define TOPICS        &pb__topics_reply__descriptor
#define CLIENTS       &pb__clients_reply__descriptor
#define MODE          &pb__crypto_mode_reply__descriptor
#define EVENT         &pb__event__descriptor
#define EMPTY         &pb__empty__descriptor
#define SECONDS_NANOS &google__protobuf__timestamp__descriptor

/* The caller frees it. */
static char *encoded(const ProtobufCMessage *message)
{
    struct err err;
    char *text = NULL;
    size_t len;
    FILE *out = open_memstream(&text, &len);

    CHECK(out != NULL && json_encode(out, message, &err) == 0 && fclose(out) == 0);
    return text;
}

TEST(what_is_taken_comes_out_in_full_and_one_form)
{
    static const struct {
        const ProtobufCMessageDescriptor *type;
        const char *in;
        const char *out;
    } row[] = {
        {EMPTY, "{}", "{}"},
        {EMPTY, " {\n} ", "{}"},
        {NEW_CLIENT, "{}", "{\"client\":null,\"key\":\"\"}"},
        {NEW_CLIENT, "{\"client\":{},\"key\":null}",
         "{\"client\":{\"name\":\"\"},\"key\":\"\"}"},
        {NEW_CLIENT, "{\"key\":\"AP8Q\",\"client\":{\"name\":\"\\u00e9\\\"\\n\"}}",
         "{\"client\":{\"name\":\"\xc3\xa9\\\"\\u000a\"},\"key\":\"AP8Q\"}"},
        {CLIENT_PAGE, "{\"offset\":7,\"count\":\"-8\"}",
         "{\"client\":null,\"offset\":\"7\",\"count\":\"-8\"}"},
        {CLIENT_PAGE, "{\"offset\":9223372036854775807,\"count\":\"-9223372036854775808\"}",
         "{\"client\":null,\"offset\":\"9223372036854775807\",\"count\":\"-"
         "9223372036854775808\"}"},
        {FORCE, "{\"force\":true}", "{\"force\":true}"},
        {FORCE, "{\"force\":false}", "{\"force\":false}"},
        {TOPICS, "{\"topics\":[]}", "{\"topics\":[]}"},
        {TOPICS, "{\"topics\":[\"a\",\"\",\"b\"]}", "{\"topics\":[\"a\",\"\",\"b\"]}"},
        {CLIENTS, "{\"clients\":[{\"name\":\"a\"},{}]}",
         "{\"clients\":[{\"name\":\"a\"},{\"name\":\"\"}]}"},
        {MODE, "{\"CryptoMode\":\"CRYPTOMODE_PUBKEY\"}",
         "{\"CryptoMode\":\"CRYPTOMODE_PUBKEY\"}"},
        {EVENT, "{\"type\":\"CLIENT_SUBSCRIBED\",\"timestamp\":\"1970-01-01T00:00:01.5Z\"}",
         "{\"type\":\"CLIENT_SUBSCRIBED\",\"source\":\"\",\"target\":\"\","
         "\"timestamp\":\"1970-01-01T00:00:01.500Z\"}"},
        {SECONDS_NANOS, "{\"seconds\":1,\"nanos\":-2147483648}",
         "{\"seconds\":\"1\",\"nanos\":-2147483648}"},
        {SECONDS_NANOS, "{\"nanos\":\"2147483647\"}",
         "{\"seconds\":\"0\",\"nanos\":2147483647}"},
    };

    for (size_t i = 0; i < COUNT(row); i++) {
        struct arena arena;
        struct err err = {.text = ""};
        ProtobufCMessage *message;
        char *text;

        arena_start(&arena, 1 << 16);
        if (json_decode(&message, row[i].type, &arena, row[i].in, strlen(row[i].in), &err) != 0)
            fail_msg("row %zu: %s", i, err.text);
        text = encoded(message);
        assert_string_equal(text, row[i].out);
        free(text);
        arena_end(&arena);
    }
}

TEST(what_is_refused_is_named)
{
    static const struct {
        const ProtobufCMessageDescriptor *type;
        const char *in;
        const char *why;
    } row[] = {
        {EMPTY, "", "not JSON from line 1, column 0 on"},
        {EMPTY, "[]", "not a JSON object"},
        {EMPTY, "null", "not a JSON object"},
        {EMPTY, "{} {}", "not JSON from line 1, column 4 on"},
        {EMPTY, "{\"a\":1}", "a: there is no such field"},
        {NEW_CLIENT, "{\"client\":{\"nam\":\"\"}}", "client: nam: there is no such field"},
        {NEW_CLIENT, "{\"client\":[]}", "client: not of the right type"},
        {NEW_CLIENT, "{\"client\":\"alice\"}",
         "client: a text where there must be something else"},
        {NEW_CLIENT, "{\"client\":{\"name\":1}}", "client: name: not of the right type"},
        {NEW_CLIENT, "{\"client\":{\"name\":\"\\u0000\"}}",
         "not JSON from line 1, column 26 on"},
        {NEW_CLIENT, "{\"key\":\"AP8\"}", "key: not standard base64 with padding"},
        {NEW_CLIENT, "{\"key\":\"A_8=\"}", "key: not standard base64 with padding"},
        {NEW_CLIENT, "{\"key\":[1]}", "key: not of the right type"},
        {NEW_CLIENT, "{\"key\":\"\",\"key\":\"\"}",
         "a name that occurs twice, in line 1, column 15"},
        {CLIENT_PAGE, "{\"count\":1.5}", "count: not of the right type"},
        {CLIENT_PAGE, "{\"count\":true}", "count: not of the right type"},
        {CLIENT_PAGE, "{\"count\":\"\"}", "count: not a whole number of 64 bits"},
        {CLIENT_PAGE, "{\"count\":\"-\"}", "count: not a whole number of 64 bits"},
        {CLIENT_PAGE, "{\"count\":\" 1\"}", "count: not a whole number of 64 bits"},
        {CLIENT_PAGE, "{\"count\":\"1e3\"}", "count: not a whole number of 64 bits"},
        {CLIENT_PAGE, "{\"count\":\"9223372036854775808\"}",
         "count: not a whole number of 64 bits"},
        {CLIENT_PAGE, "{\"count\":\"-9223372036854775809\"}",
         "count: not a whole number of 64 bits"},
        {CLIENT_PAGE, "{\"count\":\"99999999999999999999\"}",
         "count: not a whole number of 64 bits"},
        {CLIENT_PAGE, "{\"count\":9223372036854775808}",
         "a number that is too large, in line 1, column 28"},
        {FORCE, "{\"force\":\"true\"}", "force: a text where there must be something else"},
        {FORCE, "{\"force\":1}", "force: not of the right type"},
        {TOPICS, "{\"topics\":\"a\"}", "topics: not a list"},
        {TOPICS, "{\"topics\":[\"a\",7]}", "topics: 1: not of the right type"},
        {TOPICS, "{\"topics\":[null]}", "topics: 0: not of the right type"},
        {MODE, "{\"CryptoMode\":\"PUBKEY\"}", "CryptoMode: none of the names of pb.CryptoMode"},
        {MODE, "{\"CryptoMode\":2}", "CryptoMode: not of the right type"},
        {EVENT, "{\"timestamp\":\"yesterday\"}",
         "timestamp: not a point in time as 2006-01-02T15:04:05Z"},
        {EVENT, "{\"timestamp\":{\"seconds\":1}}", "timestamp: not of the right type"},
        {SECONDS_NANOS, "{\"nanos\":2147483648}", "nanos: not a whole number of 32 bits"},
    };

    for (size_t i = 0; i < COUNT(row); i++) {
        struct arena arena;
        struct err err = {.text = ""};
        ProtobufCMessage *message;

        arena_start(&arena, 1 << 16);
        CHECK_AT(i, json_decode(&message, row[i].type, &arena, row[i].in, strlen(row[i].in),
                                &err) == -1);
        assert_string_equal(err.text, row[i].why);
        CHECK_AT(i, err.kind == ERR_INPUT);
        arena_end(&arena);
    }
}

TEST(a_request_takes_no_more_than_its_arena_has)
{
    static char list[40000];
    static char bytes[40000];
    static const char *const in[] = {list, bytes};
    static const ProtobufCMessageDescriptor *const type[] = {TOPICS, NEW_CLIENT};

    (void)strcpy(list, "{\"topics\":[\"\"");
    for (size_t i = 0; i < 10000; i++)
        (void)strcpy(list + 13 + 3 * i, ",\"\"");
    (void)strcat(list + 30000, "]}");
    (void)strcpy(bytes, "{\"key\":\"");
    memset(bytes + 8, 'A', 36000);
    (void)strcpy(bytes + 36008, "\"}");
    for (size_t i = 0; i < COUNT(in); i++) {
        struct arena arena;
        struct err err;
        ProtobufCMessage *message;

        arena_start(&arena, 1 << 14);
        CHECK_AT(i, json_decode(&message, type[i], &arena, in[i], strlen(in[i]), &err) == -1);
        CHECK_AT(i, err.kind == ERR_BUSY);
        arena_end(&arena);
        arena_start(&arena, 1 << 20);
        CHECK_AT(i, json_decode(&message, type[i], &arena, in[i], strlen(in[i]), &err) == 0);
        arena_end(&arena);
    }
}

/* Fields from a URL: set, or refused, in a message that has a name already. */
TEST(a_field_is_set_by_its_path_once)
{
    static const struct {
        const char *name;
        const char *text;
        const char *why; /* NULL: taken */
    } row[] = {
        {"client.name", "alice", NULL},
        {"client.name", "bob", "given twice, and not the same"},
        {"offset", "5", NULL},
        {"offset", "5", NULL},
        {"offset", "6", "given twice, and not the same"},
        {"count", "x", "not a whole number of 64 bits"},
        {"count", "", "not a whole number of 64 bits"},
        {"count", "-1", NULL},
        {"client", "alice", "there is no such field"},
        {"client.nam", "alice", "there is no such field"},
        {"client.name.first", "alice", "there is no such field"},
        {"offset.x", "1", "there is no such field"},
        {"", "", "there is no such field"},
        {".", "", "there is no such field"},
        {"a_name_that_is_much_too_long_for_any_field", "", "there is no such field"},
    };
    struct arena arena;
    struct err err;
    ProtobufCMessage *message;
    char *text;

    arena_start(&arena, 1 << 16);
    CHECK(json_decode(&message, CLIENT_PAGE, &arena, "{}", 2, &err) == 0);
    for (size_t i = 0; i < COUNT(row); i++) {
        int rc = json_set(message, &arena, row[i].name, row[i].text, strlen(row[i].text), &err);

        CHECK_AT(i, (rc == 0) == (row[i].why == NULL));
        if (rc != 0)
            assert_string_equal(err.text, row[i].why);
    }
    text = encoded(message);
    assert_string_equal(text,
                        "{\"client\":{\"name\":\"alice\"},\"offset\":\"5\",\"count\":\"-1\"}");
    free(text);
    CHECK(json_set(message, &arena, "client.name", "a\0b", 3, &err) == -1);
    CHECK(json_set(message, &arena, "client.name", "\xff", 1, &err) == -1);
    CHECK(json_decode(&message, NEW_CLIENT, &arena, "{}", 2, &err) == 0);
    CHECK(json_set(message, &arena, "key", "AAAA", 4, &err) == -1);
    CHECK(json_decode(&message, EVENT, &arena, "{}", 2, &err) == 0);
    CHECK(json_set(message, &arena, "timestamp", "1970-01-01T00:00:00Z", 20, &err) == -1);
    CHECK(json_set(message, &arena, "type", "CLIENT_SUBSCRIBED", 17, &err) == 0);
    arena_end(&arena);
}

TEST(a_time_that_is_none_is_an_error_and_an_unknown_number_a_number)
{
    Google__Protobuf__Timestamp time = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    Pb__Event event;
    struct err err;
    char *text;
    size_t len;
    FILE *out = open_memstream(&text, &len);

    pb__event__init(&event);
    event.type = (Pb__EventType)77;
    event.timestamp = &time;
    time.nanos = -1;
    CHECK(json_encode(out, &event.base, &err) == -1 && err.kind == ERR_STATE);
    CHECK(fclose(out) == 0);
    free(text);
    time.nanos = 0;
    text = encoded(&event.base);
    CHECK(strstr(text, "\"type\":77,") != NULL);
    free(text);
}

LAWS(LAW(what_is_taken_comes_out_in_full_and_one_form), LAW(what_is_refused_is_named),
     LAW(a_request_takes_no_more_than_its_arena_has), LAW(a_field_is_set_by_its_path_once),
     LAW(a_time_that_is_none_is_an_error_and_an_unknown_number_a_number))
