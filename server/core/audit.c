/* SPDX-License-Identifier: Apache-2.0 */
/* See audit.h and audit_trail.h. */
#include "server/core/audit.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "server/core/audit_trail.h"
#include "server/core/seal.h"
#include "server/core/state.h"

static void put_number(uint8_t *out, uint64_t number)
{
    for (unsigned i = 0; i < 8; i++)
        out[i] = (uint8_t)(number >> (8 * i));
}

/*
 * BLAKE2b over: the hash before it (32) ‖ number (8) ‖ time (8) ‖ for each text its length (8)
 * and its bytes. The lengths keep one text from being read as the end of another.
 */
static int hash_of(uint8_t hash[STORE_HASH_SIZE], const uint8_t before[STORE_HASH_SIZE],
                   const struct store_audit *audit, struct err *err)
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
    seal_hash(hash, bytes, len);
    free(bytes);
    return 0;
}

int audit_add(struct tx *tx, struct store_audit *audit, struct err *err)
{
    uint8_t before[STORE_HASH_SIZE];

    if (tx->ask->newest_audit(tx, &audit->number, before, err) != 0)
        return -1;
    audit->number++;
    if (hash_of(audit->hash, before, audit, err) != 0)
        return -1;
    return tx->ask->add_audit(tx, audit, err);
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
    int64_t count;
    uint8_t hash[STORE_HASH_SIZE];
};

static int verify_one(void *ctx, const struct store_audit *audit, struct err *err)
{
    struct verifying *verifying = ctx;
    uint8_t hash[STORE_HASH_SIZE];

    if (audit->number != verifying->count + 1)
        return err_set(err, ERR_STATE, "audit: record %lld is missing",
                       (long long)verifying->count + 1);
    if (hash_of(hash, verifying->hash, audit, err) != 0)
        return -1;
    if (memcmp(hash, audit->hash, sizeof hash) != 0)
        return err_set(err, ERR_STATE, "audit: record %lld was changed or moved",
                       (long long)audit->number);
    verifying->count++;
    memcpy(verifying->hash, hash, sizeof hash);
    return 0;
}

int audit_verify(struct core *core, int64_t *count, uint8_t hash[AUDIT_HASH_SIZE],
                 struct err *err)
{
    struct verifying verifying = {0};
    struct tx *tx = NULL;
    int rc;

    if (state_begin_read(core, &tx, err) != 0)
        return -1;
    rc = tx->ask->read_audit(tx, 0, INT64_MAX, verify_one, &verifying, err);
    store_rollback(&tx);
    if (rc != 0)
        return -1;
    *count = verifying.count;
    memcpy(hash, verifying.hash, AUDIT_HASH_SIZE);
    return 0;
}
