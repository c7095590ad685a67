/* SPDX-License-Identifier: Apache-2.0 */
/* What memory.c knows of links. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "server/store/memory_table.h"

size_t memory_unlink(struct table *links, const uint8_t *from, const uint8_t *to)
{
    size_t before = links->count;

    for (size_t i = links->count; i-- > 0;) {
        const struct memory_link *link = memory_row(links, i);

        if ((from == NULL || memcmp(link->from, from, STORE_ID_SIZE) == 0) &&
            (to == NULL || memcmp(link->to, to, STORE_ID_SIZE) == 0))
            memory_remove(links, i);
    }
    return before - links->count;
}

static int add_link(struct tx *tx, enum store_link link, const uint8_t *from, const uint8_t *to,
                    struct err *err)
{
    struct table *links = &memory_tables_of(tx)->links[link];
    struct memory_link fresh;

    memcpy(fresh.from, from, sizeof fresh.from);
    memcpy(fresh.to, to, sizeof fresh.to);
    (void)memory_unlink(links, from, to);
    return memory_add(links, &fresh, err);
}

static int remove_link(struct tx *tx, enum store_link link, const uint8_t *from,
                       const uint8_t *to, struct err *err)
{
    if (memory_unlink(&memory_tables_of(tx)->links[link], from, to) == 0)
        return err_set(err, ERR_NOT_FOUND, "no such link");
    return 0;
}

bool memory_is_linked(struct tx *tx, enum store_link link, const uint8_t *from,
                      const uint8_t *to)
{
    const struct table *links = &memory_tables_of(tx)->links[link];

    for (size_t i = 0; i < links->count; i++) {
        const struct memory_link *row = memory_row(links, i);

        if (memcmp(row->from, from, STORE_ID_SIZE) == 0 &&
            memcmp(row->to, to, STORE_ID_SIZE) == 0)
            return true;
    }
    return false;
}

static int find_link(struct tx *tx, enum store_link link, const uint8_t *from,
                     const uint8_t *to, struct err *err)
{
    return memory_is_linked(tx, link, from, to) ? 0
                                                : err_set(err, ERR_NOT_FOUND, "no such link");
}

static int drop_links(struct tx *tx, enum store_link link, const uint8_t *from, struct err *err)
{
    (void)err;
    (void)memory_unlink(&memory_tables_of(tx)->links[link], from, NULL);
    return 0;
}

static int drop_holders(struct tx *tx, const uint8_t *source, struct err *err)
{
    (void)err;
    (void)memory_unlink(&memory_tables_of(tx)->links[STORE_HELD], NULL, source);
    return 0;
}

static int bury_topic(struct tx *tx, const uint8_t *topic, struct err *err)
{
    const struct table *links = &memory_tables_of(tx)->links[STORE_CLIENT_TOPIC];

    for (size_t i = 0; i < links->count; i++) {
        const struct memory_link *link = memory_row(links, i);

        if (memcmp(link->to, topic, STORE_ID_SIZE) == 0 &&
            add_link(tx, STORE_GONE, link->from, topic, err) != 0)
            return -1;
    }
    return 0;
}

static int bury_source(struct tx *tx, const uint8_t *source, struct err *err)
{
    const struct table *clients = &memory_tables_of(tx)->clients;

    for (size_t i = 0; i < clients->count; i++) {
        const uint8_t *id = ((const struct memory_client *)memory_row(clients, i))->client.id;

        if ((memory_is_linked(tx, STORE_TARGET_SOURCE, id, source) ||
             memory_is_linked(tx, STORE_HELD, id, source)) &&
            add_link(tx, STORE_FORGOTTEN, id, source, err) != 0)
            return -1;
    }
    return 0;
}

static int by_bytes(const void *a, const void *b)
{
    return memcmp(a, b, STORE_ID_SIZE);
}

static int list_links(struct tx *tx, enum store_link link, const uint8_t *from,
                      store_id_each each, void *ctx, struct err *err)
{
    const struct table *links = &memory_tables_of(tx)->links[link];
    struct table found = {.row_size = STORE_ID_SIZE};
    int rc = 0;

    for (size_t i = 0; i < links->count && rc == 0; i++) {
        const struct memory_link *row = memory_row(links, i);

        if (memcmp(row->from, from, STORE_ID_SIZE) == 0)
            rc = memory_add(&found, row->to, err);
    }
    if (found.count > 0)
        qsort(found.rows, found.count, STORE_ID_SIZE, by_bytes);
    for (size_t i = 0; i < found.count && rc == 0; i++)
        rc = each(ctx, memory_row(&found, i), err);
    free(found.rows);
    return rc;
}

void memory_link_questions(struct store_questions *questions)
{
    questions->add_link = add_link;
    questions->remove_link = remove_link;
    questions->find_link = find_link;
    questions->bury_topic = bury_topic;
    questions->bury_source = bury_source;
    questions->drop_holders = drop_holders;
    questions->drop_links = drop_links;
    questions->list_links = list_links;
}
