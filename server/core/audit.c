/* SPDX-License-Identifier: Apache-2.0 */
/* See audit.h and audit_trail.h. */
#include "server/core/audit.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/log.h"
#include "base/secret.h"
#include "e4/keys.h"
#include "server/core/audit_file.h"
#include "server/core/audit_trail.h"
#include "server/core/seal.h"
#include "server/core/state.h"

#define HEAD "audit"     /* the setting with the head */
#define KEY  "audit-key" /* and the one with the sealed key */

struct audit_trail {
    uint8_t records[STORE_HASH_SIZE]; /* the key of the chain */
    uint8_t head[STORE_HASH_SIZE];    /* and of the head */
    atomic_uint_fast64_t generation;  /* of the master key that this server has */
};

/*
 * Where the trail ends. border: where records begin whose hashes have the key; those before it,
 * of a state that is older than the key, are held by the hash of the last of them.
 */
struct head {
    uint64_t border;
    uint8_t border_hash[STORE_HASH_SIZE];
    uint64_t number;
    uint8_t hash[STORE_HASH_SIZE];
    uint64_t generation; /* how often the master key was changed */
};

enum { HEAD_BYTES = 2 * (8 + STORE_HASH_SIZE) + 8, HEAD_SIZE = HEAD_BYTES + STORE_HASH_SIZE };

static const struct seal_place key_place = {"audit", state_nobody, 1};

static void put_number(uint8_t *out, uint64_t number)
{
    for (unsigned i = 0; i < 8; i++)
        out[i] = (uint8_t)(number >> (8 * i));
}

static uint64_t get_number(const uint8_t *bytes)
{
    uint64_t number = 0;

    for (unsigned i = 0; i < 8; i++)
        number |= (uint64_t)bytes[i] << (8 * i);
    return number;
}

/*
 * BLAKE2b, with a key or NULL, over: the hash before it (32) ‖ number (8) ‖ time (8) ‖ for each
 * text its length (8) and its bytes. The lengths keep one text from being read as the end of
 * another.
 */
static int hash_of(uint8_t hash[STORE_HASH_SIZE], const uint8_t *key,
                   const uint8_t before[STORE_HASH_SIZE], const struct store_audit *audit,
                   struct err *err)
{
    const char *text[] = {audit->who, audit->what, audit->first, audit->second};
    enum { TEXTS = sizeof text / sizeof text[0] };
    size_t len = STORE_HASH_SIZE + 16;
    uint8_t *bytes;

    for (size_t i = 0; i < TEXTS; i++)
        len += 8 + strlen(text[i]);
    bytes = malloc(len);
    if (bytes == NULL)
        return err_set(err, ERR_SYSTEM, "out of memory");
    memcpy(bytes, before, STORE_HASH_SIZE);
    put_number(bytes + STORE_HASH_SIZE, (uint64_t)audit->number);
    put_number(bytes + STORE_HASH_SIZE + 8, (uint64_t)audit->time_s);
    len = STORE_HASH_SIZE + 16;
    for (size_t i = 0; i < TEXTS; i++) {
        size_t text_len = strlen(text[i]);

        put_number(bytes + len, text_len);
        memcpy(bytes + len + 8, text[i], text_len);
        len += 8 + text_len;
    }
    seal_hash(hash, key, bytes, len);
    free(bytes);
    return 0;
}

/* border (8) ‖ its hash (32) ‖ number (8) ‖ its hash (32) ‖ generation (8) ‖ BLAKE2b of this,
 * with the head's key. */
static int put_head(const struct audit_trail *trail, struct tx *tx, const struct head *head,
                    struct err *err)
{
    uint8_t bytes[HEAD_SIZE];

    put_number(bytes, head->border);
    memcpy(bytes + 8, head->border_hash, STORE_HASH_SIZE);
    put_number(bytes + 8 + STORE_HASH_SIZE, head->number);
    memcpy(bytes + 16 + STORE_HASH_SIZE, head->hash, STORE_HASH_SIZE);
    put_number(bytes + HEAD_BYTES - 8, head->generation);
    seal_hash(bytes + HEAD_BYTES, trail->head, bytes, HEAD_BYTES);
    return tx->ask->put(tx, HEAD, bytes, sizeof bytes, err);
}

static int get_head(const struct audit_trail *trail, struct head *head, struct tx *tx,
                    struct err *err)
{
    uint8_t bytes[HEAD_SIZE] = {0};
    uint8_t mac[STORE_HASH_SIZE];
    size_t len = 0;

    if (tx->ask->get(tx, HEAD, bytes, sizeof bytes, &len, err) != 0 &&
        err->kind != ERR_NOT_FOUND && err->kind != ERR_STATE)
        return -1;
    seal_hash(mac, trail->head, bytes, HEAD_BYTES);
    if (len != sizeof bytes || !e4_equal(mac, bytes + HEAD_BYTES, sizeof mac))
        return err_set(err, ERR_TAMPERED, "audit: what says where it ends was changed or lost");
    head->border = get_number(bytes);
    memcpy(head->border_hash, bytes + 8, STORE_HASH_SIZE);
    head->number = get_number(bytes + 8 + STORE_HASH_SIZE);
    memcpy(head->hash, bytes + 16 + STORE_HASH_SIZE, STORE_HASH_SIZE);
    head->generation = get_number(bytes + HEAD_BYTES - 8);
    return 0;
}

static int use_key(struct audit_trail **trail, const uint8_t key[E4_KEY_SIZE], struct err *err)
{
    struct audit_trail *made = secret_alloc(sizeof *made, err);

    if (made == NULL)
        return -1;
    seal_derive(made->records, key, "e4d: audit records");
    seal_derive(made->head, key, "e4d: audit head");
    *trail = made;
    return 0;
}

int audit_trail_make(struct audit_trail **trail, const struct seal *seal, struct tx *tx,
                     struct err *err)
{
    struct head head = {0};
    uint8_t sealed[STORE_SEALED_SIZE];
    uint8_t key[E4_KEY_SIZE];
    int64_t number;
    int rc = -1;

    if (tx->ask->newest_audit(tx, &number, head.hash, err) != 0)
        return -1;
    head.border = head.number = (uint64_t)number;
    memcpy(head.border_hash, head.hash, sizeof head.border_hash);
    if (secret_random(key, sizeof key, err) == 0 &&
        seal_key(seal, sealed, &key_place, key, err) == 0 &&
        tx->ask->put(tx, KEY, sealed, sizeof sealed, err) == 0 && use_key(trail, key, err) == 0)
        rc = put_head(*trail, tx, &head, err);
    e4_wipe(key, sizeof key);
    return rc;
}

/* A head that is not what was written is for verifying to find, and for the first change. */
static int note_generation(struct audit_trail *trail, struct tx *tx, struct err *err)
{
    struct head head;

    if (get_head(trail, &head, tx, err) == 0)
        trail->generation = head.generation;
    else if (err->kind != ERR_TAMPERED)
        return -1;
    return 0;
}

int audit_trail_open(struct audit_trail **trail, const struct seal *seal, struct tx *tx,
                     struct err *err)
{
    uint8_t sealed[STORE_SEALED_SIZE];
    uint8_t key[E4_KEY_SIZE];
    size_t len;
    int rc = -1;

    if (tx->ask->get(tx, KEY, sealed, sizeof sealed, &len, err) != 0)
        return err->kind != ERR_NOT_FOUND
                   ? -1
                   : err_set(err, ERR_STATE, "database: the audit trail's key is missing");
    if (len != sizeof sealed)
        return err_set(err, ERR_STATE, "database: the audit trail's key is damaged");
    if (seal_open(seal, key, &key_place, sealed, err) == 0 && use_key(trail, key, err) == 0)
        rc = note_generation(*trail, tx, err);
    e4_wipe(key, sizeof key);
    return rc;
}

static int is_current(struct audit_trail *trail, const struct head *head, struct err *err)
{
    if (head->generation == trail->generation)
        return 0;
    return err_set(err, ERR_STATE,
                   "another server has changed the master key: start this one again, with the "
                   "new one");
}

int audit_trail_check(struct audit_trail *trail, struct tx *tx, struct err *err)
{
    struct head head;

    if (get_head(trail, &head, tx, err) == 0)
        return is_current(trail, &head, err);
    return err->kind == ERR_TAMPERED ? 0 : -1; /* which is for the next change to refuse */
}

int audit_trail_rekey(struct audit_trail *trail, const struct seal *next, struct tx *tx,
                      struct err *err)
{
    struct head head;

    if (state_reseal(next, tx, KEY, &key_place, err) != 0 ||
        get_head(trail, &head, tx, err) != 0 || is_current(trail, &head, err) != 0)
        return -1;
    head.generation++;
    if (put_head(trail, tx, &head, err) != 0)
        return -1;
    trail->generation++;
    return 0;
}

void audit_trail_not_rekeyed(struct audit_trail *trail)
{
    trail->generation--;
}

void audit_trail_free(struct audit_trail *trail)
{
    secret_free(trail, sizeof *trail);
}

int audit_add(struct audit_trail *trail, struct tx *tx, struct store_audit *audit,
              struct err *err)
{
    struct head head;

    /* Not the newest record that there is: if some were cut off, that is to stay visible. */
    if (get_head(trail, &head, tx, err) != 0 || is_current(trail, &head, err) != 0)
        return -1;
    audit->number = (int64_t)++head.number;
    if (hash_of(audit->hash, trail->records, head.hash, audit, err) != 0)
        return -1;
    memcpy(head.hash, audit->hash, sizeof head.hash);
    if (tx->ask->add_audit(tx, audit, err) == 0)
        return put_head(trail, tx, &head, err);
    if (err->kind != ERR_CONFLICT)
        return -1;
    return err_set(err, ERR_TAMPERED, "audit: there is a record %lld that nobody wrote",
                   (long long)audit->number);
}

struct reading {
    audit_each each;
    void *ctx;
};

static int hand_on(void *ctx, const struct store_audit *found, struct err *err)
{
    const struct reading *reading = ctx;
    struct audit audit = {found->number, found->time_s, found->who, found->what,
                          found->first,  found->second, {0}};

    memcpy(audit.hash, found->hash, sizeof audit.hash);
    return reading->each(reading->ctx, &audit, err);
}

int audit_read(struct core *core, int64_t after, int64_t count, audit_each each, void *ctx,
               struct err *err)
{
    struct reading reading = {each, ctx};
    struct tx *tx = NULL;
    int rc;

    if (after < 0 || count < 0)
        return err_set(err, ERR_INPUT, "%s: negative", after < 0 ? "after" : "count");
    if (state_begin_read(core, &tx, err) != 0)
        return -1;
    rc = tx->ask->read_audit(tx, after, count, hand_on, &reading, err);
    store_rollback(&tx);
    return rc;
}

struct verifying {
    const struct audit_trail *trail;
    struct head head;
    struct audit_reader *file; /* NULL: there is none */
    uint64_t count;
    uint8_t hash[STORE_HASH_SIZE];
};

static int verify_one(void *ctx, const struct store_audit *audit, struct err *err)
{
    struct verifying *verifying = ctx;
    const struct head *head = &verifying->head;
    const uint64_t number = verifying->count + 1;
    const bool keyed = number > head->border;
    uint8_t hash[STORE_HASH_SIZE];

    if ((uint64_t)audit->number != number)
        return err_set(err, ERR_TAMPERED, "audit: record %llu is missing",
                       (unsigned long long)number);
    if (number > head->number)
        return err_set(err, ERR_TAMPERED, "audit: record %llu is one that nobody wrote",
                       (unsigned long long)number);
    if (hash_of(hash, keyed ? verifying->trail->records : NULL, verifying->hash, audit, err) !=
        0)
        return -1;
    if (!e4_equal(hash, audit->hash, sizeof hash) ||
        (number == head->border && !e4_equal(hash, head->border_hash, sizeof hash)) ||
        (number == head->number && !e4_equal(hash, head->hash, sizeof hash)))
        return err_set(err, ERR_TAMPERED, "audit: record %llu was changed or moved",
                       (unsigned long long)number);
    verifying->count = number;
    memcpy(verifying->hash, hash, sizeof hash);
    return audit_reader_compare(verifying->file, audit, err);
}

static int verify_all(struct verifying *verifying, struct tx *tx, struct err *err)
{
    const struct head *head = &verifying->head;

    if (get_head(verifying->trail, &verifying->head, tx, err) != 0 ||
        tx->ask->read_audit(tx, 0, INT64_MAX, verify_one, verifying, err) != 0)
        return -1;
    if (verifying->count == head->number)
        return audit_reader_end(verifying->file, err);
    return err_set(err, ERR_TAMPERED, "audit: records %llu to %llu are missing",
                   (unsigned long long)verifying->count + 1, (unsigned long long)head->number);
}

int audit_verify(struct core *core, int64_t *count, uint8_t hash[AUDIT_HASH_SIZE],
                 struct err *err)
{
    struct verifying verifying = {.trail = core->trail};
    struct tx *tx = NULL;
    int rc = -1;

    /* The file first: what is in it is in the database by then. */
    if (audit_reader_open(&verifying.file, core->audit_file, err) == 0 &&
        state_begin_read(core, &tx, err) == 0)
        rc = verify_all(&verifying, tx, err);
    store_rollback(&tx);
    audit_reader_close(verifying.file);
    if (rc != 0) {
        log_error("audit", "%s", err->text);
        return -1;
    }
    *count = (int64_t)verifying.count;
    memcpy(hash, verifying.hash, AUDIT_HASH_SIZE);
    return 0;
}
