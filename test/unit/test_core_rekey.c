/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of server/core/rekey.c and master.c. With a database and kill -9: server_rekey.sh. */
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "core_rig.h"
#include "law.h"
#include "server/core/audit.h"
#include "server/core/message.h"
#include "server/core/rekey.h"
#include "server/core/seal.h"
#include "server/core/serverkey.h"
#include "server/store/memory.h"

static const uint8_t old_master[CORE_MASTER_SIZE] = {1, 2, 3}; /* the rig's */
static const uint8_t new_master[CORE_MASTER_SIZE] = {9, 8, 7};
static atomic_uint finished;

static int give_new(void *ctx, struct rekey_master *master, struct err *err)
{
    (void)err;
    memcpy(master->key, ctx, sizeof master->key);
    return 0;
}

static int give_none(void *ctx, struct rekey_master *master, struct err *err)
{
    (void)ctx;
    (void)master;
    return err_set(err, ERR_MODE, "there is none");
}

static void note_end(void *ctx)
{
    (void)ctx;
    finished++;
}

static void pause_a_little(void)
{
    static const struct timespec little = {.tv_nsec = 1000 * 1000};

    (void)nanosleep(&little, NULL);
}

static void open_rekey(struct core *core, const uint8_t *master)
{
    uint8_t *next = (uint8_t *)(uintptr_t)master; /* which nobody writes to */
    const struct rekey_options options = {give_new, note_end, next};
    struct err err;

    finished = 0;
    CHECK(rekey_open(core, &options, &err) == 0);
}

static void wait_for_end(void)
{
    while (finished == 0)
        pause_a_little();
}

/* A server with a sealed key of each kind. */
static void fill(struct rig *rig, struct device *alice, struct device *bob)
{
    rig_open(rig, E4_PUBLIC_KEY);
    rig_device(rig, alice, "alice", 1);
    rig_device(rig, bob, "bob", 2);
    CHECK(topic_new(rig->core, "t", "room", &rig->err) == 0);
    CHECK(topic_new(rig->core, "t", "room", &rig->err) == 0); /* which now has an old key */
    CHECK(client_new_key(rig->core, "t", "alice", &rig->err) == 0);
    rig_send(rig); /* it gives no receipts: the key before is kept */
    CHECK(serverkey_new(rig->core, "t", true, &rig->err) == 0);
    CHECK(client_new_key(rig->core, "t", "bob", &rig->err) == 0); /* on its way */
}

/* How many keys of a kind open under a master key alone, and how many there are. */
static size_t count_under(struct store *store, enum store_sealed kind, const uint8_t *master,
                          size_t *all)
{
    static const char *const tables[] = {"client",  "topic",  "topic",  "server_key",
                                         "command", "client", "command"};
    struct store_sealed_key keys[20];
    struct store_sealed_key none = {.number = 0};
    struct seal *seal;
    struct tx *tx = NULL;
    struct err err;
    size_t good = 0;

    CHECK(seal_new(&seal, master, &err) == 0);
    CHECK(store->begin(store, &tx, STORE_READ, &err) == 0);
    CHECK(tx->ask->next_sealed(tx, kind, &none, keys, COUNT(keys), all, &err) == 0);
    for (size_t i = 0; i < *all; i++) {
        const struct seal_place place = {tables[kind], keys[i].id, keys[i].version};
        uint8_t key[E4_KEY_SIZE];

        good += seal_open(seal, key, &place, keys[i].key, &err) == 0;
    }
    store_rollback(&tx);
    seal_free(seal);
    return good;
}

static void check_all_under(struct store *store, const uint8_t *master)
{
    for (unsigned kind = 0; kind < STORE_SEALED_KINDS; kind++) {
        size_t all;
        size_t good = count_under(store, (enum store_sealed)kind, master, &all);

        CHECK_AT(kind, all > 0 && good == all);
    }
}

static int open_core(struct core **core, struct store *store, const uint8_t *master,
                     const uint8_t *next, struct err *err)
{
    const struct core_options how = {.store = store, .master = master, .next_master = next};

    return core_open(core, &how, err);
}

static void check_opens(struct store *store)
{
    struct core *core;
    struct err err;
    uint8_t frame[200];
    uint8_t hash[AUDIT_HASH_SIZE];
    int64_t count;
    size_t len;

    CHECK(open_core(&core, store, old_master, NULL, &err) == -1 && err.kind == ERR_STATE);
    CHECK(strstr(err.text, "another master key") != NULL);
    CHECK(open_core(&core, store, old_master, new_master, &err) == 0);
    CHECK(core_took_next(core) && !core_is_rekeying(core));
    core_close(core);
    CHECK(open_core(&core, store, new_master, NULL, &err) == 0);
    CHECK(!core_took_next(core) && !core_is_rekeying(core));
    CHECK(audit_verify(core, &count, hash, &err) == 0);
    CHECK(message_protect(core, "room", frame, sizeof frame, &len, hash, 1, &err) == 0);
    core_close(core);
}

TEST(afterwards_all_keys_are_under_the_new_master_key_and_the_old_one_opens_nothing)
{
    static struct device alice, bob;
    struct rekey_state state;
    struct rig rig;

    fill(&rig, &alice, &bob);
    check_all_under(rig.store, old_master);
    open_rekey(rig.core, new_master);
    CHECK(rekey_start(rig.core, "me", &rig.err) == 0);
    wait_for_end();
    rekey_look(rig.core, &state);
    CHECK(!state.running && state.resealed >= STORE_SEALED_KINDS);
    check_all_under(rig.store, new_master);
    for (unsigned kind = 0; kind < STORE_SEALED_KINDS; kind++) {
        size_t all;

        CHECK_AT(kind, count_under(rig.store, (enum store_sealed)kind, old_master, &all) == 0);
    }
    check_opens(rig.store);
    CHECK(rig_deliver(&rig, &bob) > 0); /* and what was on its way arrives */
    rig_close(&rig);
}

TEST(two_clients_cannot_have_one_key_whatever_master_key_they_came_under)
{
    static struct device alice, bob;
    uint8_t key[E4_KEY_SIZE];
    struct rig rig;

    rig_open(&rig, E4_SYMMETRIC);
    rig_device(&rig, &alice, "alice", 1);
    memcpy(key, alice.identity.key, sizeof key);
    open_rekey(rig.core, new_master);
    CHECK(rekey_start(rig.core, "me", &rig.err) == 0);
    CHECK(client_new(rig.core, "t", "eve", key, sizeof key, &rig.err) == -1);
    CHECK(rig.err.kind == ERR_CONFLICT);
    wait_for_end();
    CHECK(client_new(rig.core, "t", "eve", key, sizeof key, &rig.err) == -1);
    CHECK(rig.err.kind == ERR_CONFLICT);
    rig_device(&rig, &bob, "bob", 2);
    rig_close(&rig);
}

TEST(what_cannot_be_begun_changes_nothing)
{
    const struct rekey_options none = {give_none, note_end, NULL};
    struct rekey_state state;
    struct core *core;
    struct rig rig;

    rig_open(&rig, E4_SYMMETRIC);
    CHECK(rekey_start(rig.core, "me", &rig.err) == -1 && rig.err.kind == ERR_MODE);
    rekey_look(rig.core, &state);
    CHECK(!state.running && state.resealed == 0);
    open_rekey(rig.core, old_master);
    CHECK(rekey_start(rig.core, "me", &rig.err) == -1 && rig.err.kind == ERR_INPUT);
    rekey_close(rig.core);
    CHECK(rekey_open(rig.core, &none, &rig.err) == 0);
    CHECK(rekey_start(rig.core, "me", &rig.err) == -1 && rig.err.kind == ERR_MODE);
    CHECK(strcmp(rig.err.text, "there is none") == 0);
    CHECK(open_core(&core, rig.store, old_master, NULL, &rig.err) == 0);
    CHECK(!core_is_rekeying(core));
    core_close(core);
    rig_close(&rig);
}

TEST(a_server_that_was_not_told_of_the_new_master_key_seals_nothing_more)
{
    static struct device alice;
    struct dispatch *dispatch;
    struct core *told;
    struct bus *bus;
    struct rig rig;

    rig_open(&rig, E4_SYMMETRIC);
    rig_device(&rig, &alice, "alice", 1);
    CHECK(client_new_key(rig.core, "t", "alice", &rig.err) == 0);
    CHECK(open_core(&told, rig.store, old_master, NULL, &rig.err) == 0);
    open_rekey(told, new_master);
    CHECK(rekey_start(told, "me", &rig.err) == 0);
    wait_for_end();
    CHECK(topic_new(rig.core, "t", "room", &rig.err) == -1 && rig.err.kind == ERR_STATE);
    CHECK(strstr(rig.err.text, "another server has changed the master key") != NULL);
    open_rekey(rig.core, new_master);
    CHECK(rekey_start(rig.core, "t", &rig.err) == -1 && rig.err.kind == ERR_STATE);
    /* It neither sends nor puts off what is to be sent; the other one does. */
    CHECK(dispatch_step(rig.dispatch, 0, &rig.err) == -1 && rig.err.kind == ERR_STATE);
    CHECK(bus_memory_count(rig.bus) == 0);
    CHECK(bus_memory_open(&bus, &rig.err) == 0);
    CHECK(dispatch_new(&dispatch, told, bus, &(struct dispatch_options){true}, &rig.err) == 0);
    CHECK(dispatch_step(dispatch, 0, &rig.err) == 0 && bus_memory_count(bus) == 1);
    CHECK(topic_new(told, "t", "room", &rig.err) == 0);
    dispatch_free(dispatch);
    bus->close(bus);
    core_close(told);
    rig_close(&rig);
}

/* A store that is cut off after so many commits. */
struct cut {
    struct store store;
    struct store *real;
    atomic_uint left;   /* commits */
    atomic_uint failed; /* how often it was asked after that */
};

static struct cut cut;

static int cut_begin(struct store *store, struct tx **tx, enum store_access access,
                     struct err *err)
{
    (void)store;
    if (cut.left > 0 || access == STORE_READ)
        return cut.real->begin(cut.real, tx, access, err);
    cut.failed++;
    return err_set(err, ERR_UNAVAILABLE, "cut off");
}

static int cut_commit(struct tx **tx, struct err *err)
{
    int rc = cut.real->commit(tx, err);

    cut.left--;
    return rc;
}

TEST(a_change_that_is_cut_off_after_any_commit_goes_on_at_the_next_start)
{
    static struct device alice, bob;
    bool whole = false;
    unsigned cuts = 0;

    while (!whole) {
        struct core *core;
        struct rig rig;

        fill(&rig, &alice, &bob);
        cut = (struct cut){
            .store = {cut_begin, cut_commit, NULL, NULL}, .real = rig.store, .left = 1000};
        CHECK(open_core(&core, &cut.store, old_master, NULL, &rig.err) == 0);
        open_rekey(core, new_master);
        cut.left = cuts;
        if (rekey_start(core, "me", &rig.err) == 0) {
            while (cut.failed == 0 && finished == 0)
                pause_a_little();
            whole = finished > 0;
        }
        core_close(core);
        /* The next start knows both. */
        CHECK_AT(cuts, open_core(&core, rig.store, old_master, new_master, &rig.err) == 0);
        CHECK_AT(cuts, core_took_next(core) == (cuts > 0));
        CHECK_AT(cuts, core_is_rekeying(core) == (cuts > 0 && !whole));
        if (!whole) {
            open_rekey(core, new_master);
            if (cuts == 0)
                CHECK(rekey_start(core, "me", &rig.err) == 0);
            wait_for_end();
        }
        core_close(core);
        check_all_under(rig.store, new_master);
        check_opens(rig.store);
        rig_close(&rig);
        cuts++;
    }
    CHECK(cuts > STORE_SEALED_KINDS);
}

TEST(a_passphrase_opens_with_the_salt_that_the_state_has_and_another_is_called_wrong)
{
    struct rekey_master made = {.from_passphrase = true};
    struct core_options how = {.stretch = &made.how};
    struct seal_stretch found;
    uint8_t again[CORE_MASTER_SIZE];
    struct core *core;
    struct rig rig = {.now_s = T0};
    bool is_there;

    CHECK(memory_open(&rig.store, &rig.err) == 0);
    CHECK(core_stretch(rig.store, &found, &is_there, &rig.err) == 0 && !is_there);
    made.how = (struct seal_stretch){{1, 2}, 64, 1}; /* cheap */
    CHECK(seal_stretch(made.key, &made.how, "correct horse", 13, &rig.err) == 0);
    how.store = rig.store;
    how.master = made.key;
    CHECK(core_open(&core, &how, &rig.err) == 0);
    core_close(core);
    CHECK(core_stretch(rig.store, &found, &is_there, &rig.err) == 0 && is_there);
    CHECK(found.memory_kib == 64 && found.passes == 1 && found.salt[1] == 2);
    CHECK(seal_stretch(again, &found, "correct horse", 13, &rig.err) == 0);
    CHECK(open_core(&core, rig.store, again, NULL, &rig.err) == 0);
    core_close(core);
    CHECK(seal_stretch(again, &found, "correct horsf", 13, &rig.err) == 0);
    CHECK(open_core(&core, rig.store, again, NULL, &rig.err) == -1);
    CHECK(rig.err.kind == ERR_STATE && strstr(rig.err.text, "wrong passphrase") != NULL);
    CHECK(open_core(&core, rig.store, again, again, &rig.err) == -1);
    rig.store->close(rig.store);
}

LAWS(LAW(afterwards_all_keys_are_under_the_new_master_key_and_the_old_one_opens_nothing),
     LAW(two_clients_cannot_have_one_key_whatever_master_key_they_came_under),
     LAW(what_cannot_be_begun_changes_nothing),
     LAW(a_server_that_was_not_told_of_the_new_master_key_seals_nothing_more),
     LAW(a_change_that_is_cut_off_after_any_commit_goes_on_at_the_next_start),
     LAW(a_passphrase_opens_with_the_salt_that_the_state_has_and_another_is_called_wrong))
