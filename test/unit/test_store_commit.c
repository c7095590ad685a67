/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of server/store/store.h: a transaction is committed, or was never there. */
#include <pthread.h>

#include "law.h"
#include "store_rig.h"

static struct err err;

static void rolled_back(void)
{
    struct store_client client;
    uint8_t one[STORE_ID_SIZE];

    id(one, 1);
    begin(STORE_WRITE);
    add_client(1);
    CHECK(ask->find_client(tx, &client, one, &err) == 0);
    store_rollback(&tx);
    CHECK(tx == NULL);
    store_rollback(&tx); /* once more does no harm */
    begin(STORE_READ);
    CHECK(ask->find_client(tx, &client, one, &err) == -1 && err.kind == ERR_NOT_FOUND);
    store_rollback(&tx);
}

TEST(what_was_not_committed_was_never_there)
{
    on_each(rolled_back);
}

enum { WRITERS = 4, ROUNDS = 50 };

/* Add one to a setting, again and again. */
static void *count_up(void *ctx)
{
    struct store *shared = ctx;
    struct err error = {.kind = ERR_NONE};

    for (unsigned i = 0; i < ROUNDS; i++) {
        struct tx *mine = NULL;
        uint8_t value = 0;
        size_t len;

        if (shared->begin(shared, &mine, STORE_WRITE, &error) != 0)
            return shared; /* not NULL */
        (void)mine->ask->get(mine, "count", &value, 1, &len, &error);
        value++;
        if (mine->ask->put(mine, "count", &value, 1, &error) != 0 ||
            shared->commit(&mine, &error) != 0)
            return shared;
    }
    return NULL;
}

static void many_writers(void)
{
    pthread_t threads[WRITERS];
    uint8_t value;
    size_t len;

    for (size_t i = 0; i < WRITERS; i++)
        CHECK(pthread_create(&threads[i], NULL, count_up, store) == 0);
    for (size_t i = 0; i < WRITERS; i++) {
        void *failed;

        CHECK(pthread_join(threads[i], &failed) == 0 && failed == NULL);
    }
    begin(STORE_READ);
    CHECK(ask->get(tx, "count", &value, 1, &len, &err) == 0 && value == WRITERS * ROUNDS);
    store_rollback(&tx);
}

TEST(writers_take_turns)
{
    on_each(many_writers);
}

LAWS(LAW(what_was_not_committed_was_never_there), LAW(writers_take_turns))
