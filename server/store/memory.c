/* SPDX-License-Identifier: Apache-2.0 */
/* See memory.h. A transaction that writes keeps a copy of all tables, for the way back. */
#include "server/store/memory.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "server/store/memory_table.h"
#include "server/store/store.h"

struct memory {
    struct store store; /* first: a pointer to it is one to this */
    struct store_questions questions;
    pthread_mutex_t busy;
    struct memory_tx tx;
    bool writing;
    struct memory_tables tables;
    struct memory_tables before;
    struct memory_text *texts;
};

/* All tables, one after another. */
static struct table *table_at(struct memory_tables *tables, size_t at)
{
    struct table *all[] = {&tables->settings,    &tables->clients,  &tables->topics,
                           &tables->server_keys, &tables->commands, &tables->events,
                           &tables->audits,      &tables->tokens,   &tables->formers,
                           &tables->retired};
    enum { OTHERS = sizeof all / sizeof all[0] };

    if (at < OTHERS)
        return all[at];
    return at < OTHERS + STORE_LINKS ? &tables->links[at - OTHERS] : NULL;
}

int memory_add(struct table *table, const void *row, struct err *err)
{
    if (table->count == table->cap) {
        size_t cap = table->cap == 0 ? 8 : 2 * table->cap;
        void *rows = realloc(table->rows, cap * table->row_size);

        if (rows == NULL)
            return err_set(err, ERR_SYSTEM, "out of memory");
        table->rows = rows;
        table->cap = cap;
    }
    memcpy((char *)table->rows + table->count * table->row_size, row, table->row_size);
    table->count++;
    return 0;
}

void *memory_row(const struct table *table, size_t at)
{
    return (char *)table->rows + at * table->row_size;
}

void memory_remove(struct table *table, size_t at)
{
    table->count--;
    memmove(memory_row(table, at), memory_row(table, at + 1),
            (table->count - at) * table->row_size);
}

const char *memory_text(struct tx *tx, const char *text, struct err *err)
{
    struct memory_text **texts = ((struct memory_tx *)tx)->texts;
    size_t size = strlen(text) + 1;
    struct memory_text *copy = malloc(sizeof *copy + size);

    if (copy == NULL) {
        (void)err_set(err, ERR_SYSTEM, "out of memory");
        return NULL;
    }
    memcpy(copy->text, text, size);
    copy->next = *texts;
    *texts = copy;
    return copy->text;
}

struct memory_tables *memory_tables_of(struct tx *tx)
{
    return ((struct memory_tx *)tx)->tables;
}

struct memory_client *memory_client_of(struct tx *tx, const uint8_t *id)
{
    struct table *clients = &memory_tables_of(tx)->clients;

    for (size_t i = 0; i < clients->count; i++) {
        struct memory_client *row = memory_row(clients, i);

        if (memcmp(row->client.id, id, STORE_ID_SIZE) == 0)
            return row;
    }
    return NULL;
}

static struct memory_setting *find_setting(struct tx *tx, const char *name)
{
    struct table *settings = &memory_tables_of(tx)->settings;

    for (size_t i = 0; i < settings->count; i++) {
        struct memory_setting *row = memory_row(settings, i);

        if (strcmp(row->name, name) == 0)
            return row;
    }
    return NULL;
}

static int get(struct tx *tx, const char *name, uint8_t *value, size_t cap, size_t *len,
               struct err *err)
{
    const struct memory_setting *row = find_setting(tx, name);

    if (row == NULL)
        return err_set(err, ERR_NOT_FOUND, "no setting %s", name);
    if (row->len > cap)
        return err_set(err, ERR_STATE, "setting %s is too long", name);
    memcpy(value, row->value, row->len);
    *len = row->len;
    return 0;
}

static int put(struct tx *tx, const char *name, const uint8_t *value, size_t len,
               struct err *err)
{
    struct memory_setting *row = find_setting(tx, name);
    struct memory_setting fresh = {.len = len};

    if (len > sizeof fresh.value || strlen(name) >= sizeof fresh.name)
        return err_set(err, ERR_STATE, "setting %s is too long", name);
    memcpy(fresh.name, name, strlen(name) + 1);
    memcpy(fresh.value, value, len);
    if (row == NULL)
        return memory_add(&memory_tables_of(tx)->settings, &fresh, err);
    *row = fresh;
    return 0;
}

static int find_client(struct tx *tx, struct store_client *client, const uint8_t *id,
                       struct err *err)
{
    const struct memory_client *row = memory_client_of(tx, id);

    if (row == NULL)
        return err_set(err, ERR_NOT_FOUND, "no such client");
    *client = row->client;
    return 0;
}

static int find_print(struct tx *tx, struct store_client *client, const uint8_t *print,
                      struct err *err)
{
    const struct table *clients = &memory_tables_of(tx)->clients;

    for (size_t i = 0; i < clients->count; i++) {
        const struct memory_client *row = memory_row(clients, i);

        if (memcmp(row->client.print, print, STORE_PRINT_SIZE) == 0) {
            *client = row->client;
            return 0;
        }
    }
    return err_set(err, ERR_NOT_FOUND, "no such client");
}

static int put_client(struct tx *tx, const struct store_client *client, struct err *err)
{
    struct memory_client *row = memory_client_of(tx, client->id);
    struct memory_client fresh = {.client = *client};
    struct store_client other;

    if (find_print(tx, &other, client->print, err) == 0 &&
        memcmp(other.id, client->id, STORE_ID_SIZE) != 0)
        return err_set(err, ERR_CONFLICT, "another client has this key");
    if (row == NULL)
        return memory_add(&memory_tables_of(tx)->clients, &fresh, err);
    row->client = *client;
    return 0;
}

static int remove_client(struct tx *tx, const uint8_t *id, struct err *err)
{
    struct memory_tables *tables = memory_tables_of(tx);
    const struct memory_client *row = memory_client_of(tx, id);

    if (row == NULL)
        return err_set(err, ERR_NOT_FOUND, "no such client");
    for (size_t i = 0; i < STORE_LINKS; i++)
        (void)memory_unlink(&tables->links[i], id, NULL);
    (void)memory_unlink(&tables->links[STORE_TARGET_SOURCE], NULL, id);
    if (tx->ask->drop_formers(tx, id, 0, err) != 0)
        return -1;
    memory_remove(&tables->clients,
                  (size_t)(row - (const struct memory_client *)tables->clients.rows));
    return 0;
}

static struct memory_topic *topic_of(struct tx *tx, const uint8_t *hash)
{
    struct table *topics = &memory_tables_of(tx)->topics;

    for (size_t i = 0; i < topics->count; i++) {
        struct memory_topic *row = memory_row(topics, i);

        if (memcmp(row->topic.hash, hash, STORE_ID_SIZE) == 0)
            return row;
    }
    return NULL;
}

const char *memory_name_of(struct tx *tx, const uint8_t *id)
{
    const struct memory_topic *topic = topic_of(tx, id);
    const struct memory_client *client = memory_client_of(tx, id);

    if (topic != NULL)
        return topic->name;
    return client != NULL ? client->client.name : "";
}

static int find_topic(struct tx *tx, struct store_topic *topic, const uint8_t *hash,
                      struct err *err)
{
    const struct memory_topic *row = topic_of(tx, hash);

    if (row == NULL)
        return err_set(err, ERR_NOT_FOUND, "no such topic");
    *topic = row->topic;
    return 0;
}

static int put_topic(struct tx *tx, const struct store_topic *topic, const char *name,
                     struct err *err)
{
    struct memory_topic *row = topic_of(tx, topic->hash);
    struct memory_topic fresh = {.topic = *topic};

    if (row != NULL) {
        row->topic = *topic;
        return 0;
    }
    fresh.name = memory_text(tx, name, err);
    return fresh.name == NULL ? -1 : memory_add(&memory_tables_of(tx)->topics, &fresh, err);
}

static int remove_topic(struct tx *tx, const uint8_t *hash, struct err *err)
{
    struct memory_tables *tables = memory_tables_of(tx);
    const struct memory_topic *row = topic_of(tx, hash);

    if (row == NULL)
        return err_set(err, ERR_NOT_FOUND, "no such topic");
    (void)memory_unlink(&tables->links[STORE_CLIENT_TOPIC], NULL, hash);
    memory_remove(&tables->topics,
                  (size_t)(row - (const struct memory_topic *)tables->topics.rows));
    return 0;
}

/* Does a client or topic of this id belong to a list? */
static bool is_listed(struct tx *tx, enum store_list list, const uint8_t *of, const uint8_t *id)
{
    switch (list) {
    case STORE_TOPICS_OF_CLIENT:
        return memory_is_linked(tx, STORE_CLIENT_TOPIC, of, id);
    case STORE_CLIENTS_OF_TOPIC:
        return memory_is_linked(tx, STORE_CLIENT_TOPIC, id, of);
    case STORE_SOURCES_OF_TARGET:
        return memory_is_linked(tx, STORE_TARGET_SOURCE, of, id);
    case STORE_HOLDERS_OF_SOURCE:
        return memory_is_linked(tx, STORE_TARGET_SOURCE, id, of) ||
               memory_is_linked(tx, STORE_HELD, id, of);
    case STORE_CLIENTS:
    case STORE_TOPICS:
    case STORE_LISTS:
        break;
    }
    return true;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names of a list, in order: pointers that the caller frees, not the names. */
static int names_of(struct tx *tx, struct table *names, enum store_list list, const uint8_t *of,
                    struct err *err)
{
    bool topics = list == STORE_TOPICS || list == STORE_TOPICS_OF_CLIENT;
    const struct memory_tables *tables = memory_tables_of(tx);
    const struct table *from = topics ? &tables->topics : &tables->clients;

    *names = (struct table){.row_size = sizeof(const char *)};
    for (size_t i = 0; i < from->count; i++) {
        const void *row = memory_row(from, i);
        const struct memory_topic *topic = row;
        const struct memory_client *client = row;
        const char *name = topics ? topic->name : client->client.name;

        if (is_listed(tx, list, of, topics ? topic->topic.hash : client->client.id) &&
            memory_add(names, &name, err) != 0)
            return -1;
    }
    if (names->count > 0)
        qsort(names->rows, names->count, sizeof(const char *), by_name);
    return 0;
}

static int count_names(struct tx *tx, int64_t *count, enum store_list list, const uint8_t *of,
                       struct err *err)
{
    struct table names;
    int rc = names_of(tx, &names, list, of, err);

    *count = (int64_t)names.count;
    free(names.rows);
    return rc;
}

static int list_names(struct tx *tx, enum store_list list, const uint8_t *of, int64_t offset,
                      int64_t count, store_name_each each, void *ctx, struct err *err)
{
    struct table names;
    int rc = names_of(tx, &names, list, of, err);

    for (size_t i = 0; i < names.count && rc == 0; i++) {
        if ((int64_t)i >= offset && (int64_t)i - offset < count)
            rc = each(ctx, *(const char **)memory_row(&names, i), err);
    }
    free(names.rows);
    return rc;
}

/* Names as they come, those within bounds handed on. */
struct filter {
    const struct store_bounds *bounds;
    int64_t offset;
    int64_t count;
    store_name_each each;
    void *ctx;
};

static int hand_on(void *ctx, const char *name, struct err *err)
{
    struct filter *filter = ctx;
    const char *before = filter->bounds->before;

    if (strcmp(name, filter->bounds->from) < 0 ||
        (before != NULL && strcmp(name, before) >= 0) || filter->offset-- > 0 ||
        filter->count-- <= 0)
        return 0;
    return filter->each(filter->ctx, name, err);
}

static int list_within(struct tx *tx, enum store_list list, const struct store_bounds *bounds,
                       int64_t offset, int64_t count, store_name_each each, void *ctx,
                       struct err *err)
{
    struct filter filter = {bounds, offset, count, each, ctx};

    return list_names(tx, list, NULL, 0, INT64_MAX, hand_on, &filter, err);
}

static int count_one(void *ctx, const char *name, struct err *err)
{
    (void)name;
    (void)err;
    ++*(int64_t *)ctx;
    return 0;
}

static int count_within(struct tx *tx, int64_t *count, enum store_list list,
                        const struct store_bounds *bounds, struct err *err)
{
    *count = 0;
    return list_within(tx, list, bounds, 0, INT64_MAX, count_one, count, err);
}

static int find_server_key(struct tx *tx, struct store_server_key *key, int64_t version,
                           struct err *err)
{
    const struct table *keys = &memory_tables_of(tx)->server_keys;

    for (size_t i = keys->count; i-- > 0;) {
        const struct store_server_key *row = memory_row(keys, i);

        if (version == 0 || row->version == version) {
            *key = *row;
            return 0;
        }
    }
    return err_set(err, ERR_NOT_FOUND, "no such server key");
}

static int add_server_key(struct tx *tx, const struct store_server_key *key, struct err *err)
{
    return memory_add(&memory_tables_of(tx)->server_keys, key, err);
}

static void free_tables(struct memory_tables *tables)
{
    struct table *table;

    for (size_t i = 0; (table = table_at(tables, i)) != NULL; i++)
        free(table->rows);
}

/* A copy of all tables, for the way back. */
static int copy_tables(struct memory_tables *to, struct memory_tables *from, struct err *err)
{
    struct table *table;

    *to = *from;
    for (size_t i = 0; (table = table_at(to, i)) != NULL; i++)
        table->rows = NULL;
    for (size_t i = 0; (table = table_at(to, i)) != NULL; i++) {
        size_t size = table->count * table->row_size;

        table->cap = table->count;
        if (size == 0)
            continue;
        table->rows = malloc(size);
        if (table->rows == NULL) {
            free_tables(to);
            return err_set(err, ERR_SYSTEM, "out of memory");
        }
        memcpy(table->rows, table_at(from, i)->rows, size);
    }
    return 0;
}

static int begin(struct store *store, struct tx **tx, enum store_access access, struct err *err)
{
    struct memory *memory = (struct memory *)store;

    (void)pthread_mutex_lock(&memory->busy);
    memory->writing = access == STORE_WRITE;
    if (memory->writing && copy_tables(&memory->before, &memory->tables, err) != 0) {
        (void)pthread_mutex_unlock(&memory->busy);
        return -1;
    }
    *tx = &memory->tx.tx;
    return 0;
}

static int commit(struct tx **tx, struct err *err)
{
    struct memory *memory = (struct memory *)(*tx)->store;

    (void)err;
    if (memory->writing)
        free_tables(&memory->before);
    *tx = NULL;
    (void)pthread_mutex_unlock(&memory->busy);
    return 0;
}

static void rollback(struct tx **tx)
{
    struct memory *memory;

    if (*tx == NULL)
        return;
    memory = (struct memory *)(*tx)->store;
    if (memory->writing) {
        free_tables(&memory->tables);
        memory->tables = memory->before;
    }
    *tx = NULL;
    (void)pthread_mutex_unlock(&memory->busy);
}

static void close_store(struct store *store)
{
    struct memory *memory = (struct memory *)store;

    free_tables(&memory->tables);
    while (memory->texts != NULL) {
        struct memory_text *next = memory->texts->next;

        free(memory->texts);
        memory->texts = next;
    }
    (void)pthread_mutex_destroy(&memory->busy);
    free(memory);
}

static void set_sizes(struct memory_tables *tables)
{
    tables->settings.row_size = sizeof(struct memory_setting);
    tables->clients.row_size = sizeof(struct memory_client);
    tables->topics.row_size = sizeof(struct memory_topic);
    tables->server_keys.row_size = sizeof(struct store_server_key);
    tables->commands.row_size = sizeof(struct memory_command);
    tables->events.row_size = sizeof(struct store_event);
    tables->audits.row_size = sizeof(struct store_audit);
    tables->formers.row_size = sizeof(struct store_former);
    tables->retired.row_size = sizeof(struct memory_retired);
    tables->tokens.row_size = sizeof(struct store_token);
    for (size_t i = 0; i < STORE_LINKS; i++)
        tables->links[i].row_size = sizeof(struct memory_link);
}

static const struct store_questions own_questions = {
    .get = get,
    .put = put,
    .find_client = find_client,
    .find_print = find_print,
    .put_client = put_client,
    .remove_client = remove_client,
    .find_topic = find_topic,
    .put_topic = put_topic,
    .remove_topic = remove_topic,
    .count = count_names,
    .list = list_names,
    .count_within = count_within,
    .list_within = list_within,
    .find_server_key = find_server_key,
    .add_server_key = add_server_key,
};

int memory_open(struct store **store, struct err *err)
{
    struct memory *memory = calloc(1, sizeof *memory);

    if (memory == NULL)
        return err_set(err, ERR_SYSTEM, "out of memory");
    memory->store = (struct store){begin, commit, rollback, close_store};
    memory->questions = own_questions;
    memory_link_questions(&memory->questions);
    memory_outbox_questions(&memory->questions);
    memory_token_questions(&memory->questions);
    memory_sealed_questions(&memory->questions);
    (void)pthread_mutex_init(&memory->busy, NULL);
    set_sizes(&memory->tables);
    memory->tx = (struct memory_tx){
        {&memory->questions, &memory->store}, &memory->tables, &memory->texts};
    *store = &memory->store;
    return 0;
}
