/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of server/core/core.c and state.c. */
#include <string.h>

#include "core_rig.h"
#include "law.h"

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

LAWS(LAW(a_state_keeps_its_mode_and_its_master_key),
     LAW(a_state_with_a_damaged_mode_is_refused),
     LAW(who_listens_is_called_after_each_change_and_after_no_failure))
