/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of tools/e4/settings.c: device.json. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "e4/keys.h"
#include "law.h"
#include "tools/e4/settings.h"

#define ID "01020304050607080900000000000000"

TEST(what_was_written_is_read)
{
    static char name[] = "alice \"\xc3\xa9\"";
    static char topic[] = "up/here";
    struct settings_file out = {.settings = {name, topic}, .ready = true}, in;
    char folder[] = "/tmp/e4-test-XXXXXX";
    char path[64];
    struct err err;

    CHECK(e4_id_from_name(out.id, name, strlen(name)) == E4_OK);
    CHECK(mkdtemp(folder) != NULL);
    (void)snprintf(path, sizeof path, "%s/device.json", folder);
    CHECK(settings_read(&in, folder, &err) == 0 && !in.present && in.ready);
    for (int ready = 0; ready < 2; ready++) {
        out.ready = ready;
        CHECK(settings_write(&out, folder, &err) == 0);
        CHECK(settings_read(&in, folder, &err) == 0 && in.present && in.ready == ready);
        assert_string_equal(in.settings.name, name);
        assert_string_equal(in.settings.receiving_topic, topic);
        CHECK(memcmp(in.id, out.id, sizeof in.id) == 0);
        settings_free(&in.settings);
    }
    CHECK(remove(path) == 0 && rmdir(folder) == 0);
}

TEST(what_may_be_missing_is_missing)
{
    static const char text[] = "{\"format\":1,\"id\":\"" ID "\",\"name\":null}";
    struct settings_file in;
    struct err err;

    CHECK(settings_parse(&in, text, sizeof text - 1, &err) == 0);
    CHECK(in.settings.name == NULL && in.settings.receiving_topic == NULL && in.ready);
    CHECK(in.id[0] == 1 && in.id[8] == 9);
}

TEST(what_is_damaged_or_newer_is_refused)
{
    static const char *const row[] = {
        "",
        "[]",
        "{}",
        "{\"format\":1}",
        "{\"format\":\"1\",\"id\":\"" ID "\"}",
        "{\"format\":0,\"id\":\"" ID "\"}",
        "{\"format\":2,\"id\":\"" ID "\"}",
        "{\"format\":1,\"id\":\"01\"}",
        "{\"format\":1,\"id\":\"" ID "\",\"name\":7}",
        "{\"format\":1,\"id\":\"" ID "\",\"name\":\"alice\"}",
        "{\"format\":1,\"id\":\"" ID "\",\"name\":\"\"}",
        "{\"format\":1,\"id\":\"" ID "\",\"receiving_topic\":\"\"}",
        "{\"format\":1,\"id\":\"" ID "\",\"receiving_topic\":\"a/#\"}",
        "{\"format\":1,\"id\":\"" ID "\"",
    };

    for (size_t i = 0; i < COUNT(row); i++) {
        struct settings_file in;
        struct err err = {0};

        CHECK_AT(i, settings_parse(&in, row[i], strlen(row[i]), &err) == -1);
        CHECK_AT(i, err.kind == ERR_STATE && in.settings.name == NULL);
    }
}

LAWS(LAW(what_was_written_is_read), LAW(what_may_be_missing_is_missing),
     LAW(what_is_damaged_or_newer_is_refused))
