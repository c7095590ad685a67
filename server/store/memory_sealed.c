/* SPDX-License-Identifier: Apache-2.0 */
/* Of memory.c: sealed keys wherever they stand, and how far commands reach. */
#include <string.h>

#include "server/store/memory_table.h"

/* A place for a sealed key in a row; NULL: the row has none. */
struct place {
    const uint8_t *id; /* NULL: zeros */
    int64_t number;
    int64_t version;
    uint8_t *key;
};

static struct place in_topic(struct memory_topic *row, bool old)
{
    struct store_topic *topic = &row->topic;

    return old ? (struct place){topic->hash, 0, topic->key_version - 1,
                                topic->has_old_key ? topic->old_key : NULL}
               : (struct place){topic->hash, 0, topic->key_version, topic->key};
}

static struct place in_former(struct store_former *former, bool next)
{
    return next ? (struct place){former->client, former->number, former->next_version,
                                 former->has_next_key ? former->next_key : NULL}
                : (struct place){former->client, former->number, former->key_version,
                                 former->key};
}

static struct table *table_of(struct tx *tx, enum store_sealed kind)
{
    struct memory_tables *tables = memory_tables_of(tx);
    struct table *const all[] = {&tables->clients,     &tables->topics,   &tables->topics,
                                 &tables->server_keys, &tables->commands, &tables->formers,
                                 &tables->formers};

    return all[kind];
}

static struct place place_in(void *row, enum store_sealed kind)
{
    struct store_client *client = &((struct memory_client *)row)->client;
    struct store_server_key *server = row;
    struct store_command *command = &((struct memory_command *)row)->command;

    switch (kind) {
    case STORE_SEALED_CLIENT:
        return (struct place){client->id, 0, client->key_version, client->key};
    case STORE_SEALED_SERVER_KEY:
        return (struct place){NULL, server->version, server->version, server->secret};
    case STORE_SEALED_COMMAND:
        return (struct place){command->client, command->number, command->version,
                              command->has_key ? command->key : NULL};
    case STORE_SEALED_FORMER:
    case STORE_SEALED_FORMER_NEXT:
        return in_former(row, kind == STORE_SEALED_FORMER_NEXT);
    case STORE_SEALED_TOPIC:
    case STORE_SEALED_TOPIC_OLD:
    case STORE_SEALED_KINDS:
        break;
    }
    return in_topic(row, kind == STORE_SEALED_TOPIC_OLD);
}

/* Their order: by number, or, where there is none, by id. */
static int compare(const struct place *place, const struct store_sealed_key *key)
{
    if (place->number != key->number)
        return place->number < key->number ? -1 : 1;
    return place->number != 0 ? 0 : memcmp(place->id, key->id, STORE_ID_SIZE);
}

/* The first one that follows on key goes there; false: there is none. */
static bool advance(struct tx *tx, enum store_sealed kind, struct store_sealed_key *key)
{
    const struct table *table = table_of(tx, kind);
    struct store_sealed_key found = {.number = 0};
    bool any = false;

    for (size_t i = 0; i < table->count; i++) {
        struct place place = place_in(memory_row(table, i), kind);

        if (place.key == NULL || compare(&place, key) <= 0 ||
            (any && compare(&place, &found) >= 0))
            continue;
        any = true;
        memset(&found, 0, sizeof found);
        if (place.id != NULL)
            memcpy(found.id, place.id, sizeof found.id);
        found.number = place.number;
        found.version = place.version;
        memcpy(found.key, place.key, sizeof found.key);
    }
    if (any)
        *key = found;
    return any;
}

static int next_sealed(struct tx *tx, enum store_sealed kind,
                       const struct store_sealed_key *after, struct store_sealed_key *keys,
                       size_t cap, size_t *count, struct err *err)
{
    struct store_sealed_key key = *after;

    (void)err;
    for (*count = 0; *count < cap && advance(tx, kind, &key); ++*count)
        keys[*count] = key;
    return 0;
}

static int put_sealed(struct tx *tx, enum store_sealed kind, const struct store_sealed_key *key,
                      struct err *err)
{
    const struct table *table = table_of(tx, kind);

    (void)err;
    for (size_t i = 0; i < table->count; i++) {
        struct place place = place_in(memory_row(table, i), kind);

        if (place.key != NULL && compare(&place, key) == 0)
            memcpy(place.key, key->key, STORE_SEALED_SIZE);
    }
    return 0;
}

static int span_commands(struct tx *tx, int64_t *oldest, int64_t *newest, struct err *err)
{
    const struct table *commands = &memory_tables_of(tx)->commands;

    (void)err;
    *oldest = *newest = 0;
    for (size_t i = 0; i < commands->count; i++) {
        const struct memory_command *row = memory_row(commands, i);

        *newest = row->command.number; /* they stand in this order */
        if (*oldest == 0)
            *oldest = *newest;
    }
    return 0;
}

void memory_sealed_questions(struct store_questions *questions)
{
    questions->next_sealed = next_sealed;
    questions->put_sealed = put_sealed;
    questions->span_commands = span_commands;
}
