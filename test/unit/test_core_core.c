/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of server/core/core.c, state.c and audit.c. */
#include <stdio.h>
#include <string.h>

#include "core_rig.h"
#include "law.h"
#include "server/core/audit.h"

static const uint8_t master[CORE_MASTER_SIZE] = {1, 2, 3};

TEST(a_state_keeps_its_mode_and_its_master_key)
{
    static const uint8_t other[CORE_MASTER_SIZE] = {3, 2, 1};
    struct core_options how = {.master = master};
    struct core *core;
    struct rig rig;

    rig_open(&rig, E4_PUBLIC_KEY);
    how.store = rig.store;
    CHECK(core_open(&core, &how, &rig.err) == 0 && core_mode(core) == E4_PUBLIC_KEY);
    CHECK(core_health(core, &rig.err) == 0);
    core_close(core);
    how.mode = E4_SYMMETRIC;
    CHECK(core_open(&core, &how, &rig.err) == -1 && rig.err.kind == ERR_STATE);
    CHECK(strstr(rig.err.text, "mode") != NULL);
    how.mode = E4_PUBLIC_KEY;
    how.master = other;
    CHECK(core_open(&core, &how, &rig.err) == -1 && rig.err.kind == ERR_STATE);
    CHECK(strstr(rig.err.text, "master key") != NULL);
    rig_close(&rig);
    core_close(NULL);
}

TEST(a_state_with_a_damaged_mode_is_refused)
{
    static const struct {
        const uint8_t value[2];
        size_t len;
    } bad[] = {{{0}, 1}, {{3}, 1}, {{1, 1}, 2}};
    struct core_options how = {.master = master};
    struct core *core;

    for (size_t i = 0; i < COUNT(bad); i++) {
        struct rig rig;
        struct tx *tx = NULL;

        rig_open(&rig, E4_SYMMETRIC);
        CHECK(rig.store->begin(rig.store, &tx, STORE_WRITE, &rig.err) == 0);
        CHECK(tx->ask->put(tx, "mode", bad[i].value, bad[i].len, &rig.err) == 0);
        CHECK(rig.store->commit(&tx, &rig.err) == 0);
        how.store = rig.store;
        CHECK_AT(i, core_open(&core, &how, &rig.err) == -1 && rig.err.kind == ERR_STATE);
        rig_close(&rig);
    }
}

static void count_change(void *ctx)
{
    ++*(unsigned *)ctx;
}

TEST(who_listens_is_called_after_each_change_and_after_no_failure)
{
    struct rig rig;
    unsigned first = 0, second = 0;

    rig_open(&rig, E4_SYMMETRIC);
    core_on_change(rig.core, count_change, &first);
    core_on_change(rig.core, count_change, &second);
    CHECK(topic_new(rig.core, "t", "room", &rig.err) == 0 && first == 1 && second == 1);
    CHECK(topic_new(rig.core, "t", "#", &rig.err) == -1 && first == 1);
    core_forget_change(rig.core, &first);
    CHECK(topic_new(rig.core, "t", "room", &rig.err) == 0 && first == 1 && second == 2);
    rig_close(&rig);
}

static int append(void *ctx, const struct audit *audit, struct err *err)
{
    char *all = ctx;

    (void)err;
    (void)sprintf(all + strlen(all), "%d:%s:%s:%s:%s ", (int)audit->number, audit->who,
                  audit->what, audit->first, audit->second);
    return 0;
}

TEST(each_change_has_one_record_and_what_failed_has_none)
{
    static struct device alice;
    struct rig rig;
    char all[500] = "";
    uint8_t hash[AUDIT_HASH_SIZE];
    int64_t count;

    rig_open(&rig, E4_SYMMETRIC);
    CHECK(audit_verify(rig.core, &count, hash, &rig.err) == 0 && count == 0);
    rig_device(&rig, &alice, "alice", 1);
    CHECK(topic_new(rig.core, "me", "room", &rig.err) == 0);
    CHECK(topic_remove(rig.core, "me", "hall", &rig.err) == -1);
    CHECK(link_topic(rig.core, "you", "alice", "room", &rig.err) == 0);
    CHECK(audit_read(rig.core, 0, 99, append, all, &rig.err) == 0);
    CHECK(strcmp(all, "1:test:NewClient:alice: 2:me:NewTopic:room: "
                      "3:you:NewTopicClient:alice:room ") == 0);
    CHECK(audit_read(rig.core, 2, 99, append, strcpy(all, ""), &rig.err) == 0);
    CHECK(strcmp(all, "3:you:NewTopicClient:alice:room ") == 0);
    CHECK(audit_read(rig.core, -1, 9, append, all, &rig.err) == -1);
    CHECK(audit_read(rig.core, 0, -9, append, all, &rig.err) == -1);
    CHECK(audit_verify(rig.core, &count, hash, &rig.err) == 0 && count == 3);
    rig_close(&rig);
}

/* Add a record as somebody would who has the database but does not know the chain. */
static void forge(struct rig *rig, int64_t number)
{
    struct store_audit forged = {number, T0, "t", "NewTopic", "x", "", {0}};
    struct tx *tx = NULL;

    CHECK(rig->store->begin(rig->store, &tx, STORE_WRITE, &rig->err) == 0);
    CHECK(tx->ask->add_audit(tx, &forged, &rig->err) == 0);
    CHECK(rig->store->commit(&tx, &rig->err) == 0);
}

TEST(a_record_that_was_changed_or_lost_is_found)
{
    struct rig rig;
    uint8_t hash[AUDIT_HASH_SIZE];
    int64_t count;

    rig_open(&rig, E4_SYMMETRIC);
    CHECK(topic_new(rig.core, "t", "room", &rig.err) == 0);
    forge(&rig, 2);
    CHECK(audit_verify(rig.core, &count, hash, &rig.err) == -1 && rig.err.kind == ERR_STATE);
    CHECK(strstr(rig.err.text, "record 2 was changed") != NULL);
    rig_close(&rig);
    rig_open(&rig, E4_SYMMETRIC);
    forge(&rig, 2);
    CHECK(audit_verify(rig.core, &count, hash, &rig.err) == -1);
    CHECK(strstr(rig.err.text, "record 1 is missing") != NULL);
    rig_close(&rig);
}

LAWS(LAW(a_state_keeps_its_mode_and_its_master_key),
     LAW(a_state_with_a_damaged_mode_is_refused),
     LAW(who_listens_is_called_after_each_change_and_after_no_failure),
     LAW(each_change_has_one_record_and_what_failed_has_none),
     LAW(a_record_that_was_changed_or_lost_is_found))
