/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See token.h. A token is 256 random bits, so that its hash needs no salt and no slowness, and
 * looking it up by that hash gives nothing away.
 */
#include "server/core/token.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/hex.h"
#include "base/secret.h"
#include "e4/keys.h"
#include "server/core/state.h"

#define PREFIX "e4t_" /* so that people and programs see what it is when it lies about */

int token_make(char text[TOKEN_SIZE], struct err *err)
{
    uint8_t bytes[32];

    if (secret_random(bytes, sizeof bytes, err) != 0)
        return -1;
    memcpy(text, PREFIX, sizeof PREFIX - 1);
    hex_encode(text + sizeof PREFIX - 1, bytes, sizeof bytes);
    e4_wipe(bytes, sizeof bytes);
    return 0;
}

bool token_is_text(const char *text)
{
    return strlen(text) == TOKEN_SIZE - 1 && memcmp(text, PREFIX, sizeof PREFIX - 1) == 0;
}

int token_of_certificate(char text[TOKEN_CERTIFICATE_SIZE], const char *common_name,
                         struct err *err)
{
    size_t len = strlen(common_name);

    if (len == 0 || len > TOKEN_CERTIFICATE_SIZE - sizeof "certificate:")
        return err_set(err, ERR_INPUT, "certificate: a common name has 1 to 64 bytes");
    (void)snprintf(text, TOKEN_CERTIFICATE_SIZE, "certificate:%s", common_name);
    return 0;
}

static int check_name(const char *name, struct err *err)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789._-";
    size_t len = strlen(name);

    if (len == 0 || len >= TOKEN_NAME_SIZE || strspn(name, letters) != len)
        return err_set(err, ERR_INPUT,
                       "name: a token's has 1 to %d letters, digits, '.', '_' and '-'",
                       TOKEN_NAME_SIZE - 1);
    return 0;
}

int token_add(struct core *core, const char *who, const struct token *token, const char *text,
              struct err *err)
{
    struct store_token row = {.role = token->role, .expires_s = token->expires_s};
    struct change change;
    int rc = -1;

    if (check_name(token->name, err) != 0)
        return -1;
    if (token->role < ROLE_VIEWER || token->role > ROLE_ADMIN)
        return err_set(err, ERR_INPUT, "role: it is viewer, operator or admin");
    if (token->scope[0] != '\0' && token->role == ROLE_ADMIN)
        return err_set(err, ERR_INPUT, "scope: an admin's token has none");
    if (!e4_is_utf8(token->scope, strlen(token->scope)))
        return err_set(err, ERR_INPUT, "scope: not UTF-8");
    if (change_begin(&change, core, who, err) != 0)
        return -1;
    e4_hash(row.hash, text, strlen(text));
    memcpy(row.name, token->name, sizeof row.name);
    memcpy(row.scope, token->scope, sizeof row.scope);
    row.made_s = change.now_s;
    if (token->expires_s != 0 && token->expires_s <= change.now_s)
        (void)err_set(err, ERR_INPUT, "expires: that is over");
    else if (change.tx->ask->add_token(change.tx, &row, err) == 0)
        rc = change_commit(&change, "NewToken", token->name, token->scope, err);
    else if (err->kind == ERR_CONFLICT)
        (void)err_set(err, ERR_CONFLICT, "name, or certificate: another token has it");
    change_end(&change);
    return rc;
}

static void from_row(struct token *token, const struct store_token *row)
{
    memcpy(token->name, row->name, sizeof token->name);
    memcpy(token->scope, row->scope, sizeof token->scope);
    token->role = (enum role)row->role;
    token->made_s = row->made_s;
    token->expires_s = row->expires_s;
}

int token_find(struct core *core, struct token *token, const char *text, struct err *err)
{
    uint8_t hash[STORE_ID_SIZE];
    struct store_token row;
    struct tx *tx = NULL;
    int rc;

    e4_hash(hash, text, strlen(text));
    if (state_begin_read(core, &tx, err) != 0)
        return -1;
    rc = tx->ask->find_token(tx, &row, hash, err);
    store_rollback(&tx);
    if (rc != 0 && err->kind == ERR_NOT_FOUND)
        return err_set(err, ERR_STRANGER, "no such token");
    if (rc != 0)
        return -1;
    if (row.expires_s != 0 && row.expires_s <= state_now(core))
        return err_set(err, ERR_STRANGER, "the token %s has expired", row.name);
    from_row(token, &row);
    return 0;
}

/* What there is besides the token of this name. */
struct others {
    const char *name;
    bool is_such;  /* it is an administrator's, for ever */
    bool has_such; /* and so is another */
};

static int look_at_token(void *ctx, const struct store_token *row, struct err *err)
{
    struct others *others = ctx;
    bool is_such = row->role == ROLE_ADMIN && row->expires_s == 0;

    (void)err;
    if (strcmp(row->name, others->name) == 0)
        others->is_such = is_such;
    else if (is_such)
        others->has_such = true;
    return 0;
}

/* Not the last one that never expires: nobody could make another. */
static int refuse_the_last(struct tx *tx, const char *name, struct err *err)
{
    struct others others = {.name = name};

    if (tx->ask->read_tokens(tx, look_at_token, &others, err) != 0)
        return -1;
    if (!others.is_such || others.has_such)
        return 0;
    return err_set(err, ERR_CONFLICT,
                   "%s: the last administrator; make another first, which does not expire",
                   name);
}

int token_remove(struct core *core, const char *who, const char *name, struct err *err)
{
    struct change change;
    int rc = -1;

    if (check_name(name, err) != 0 || change_begin(&change, core, who, err) != 0)
        return -1;
    if (refuse_the_last(change.tx, name, err) == 0 &&
        change.tx->ask->remove_token(change.tx, name, err) == 0)
        rc = change_commit(&change, "RemoveToken", name, "", err);
    change_end(&change);
    return rc;
}

struct reading {
    token_each each;
    void *ctx;
};

static int hand_on(void *ctx, const struct store_token *row, struct err *err)
{
    const struct reading *reading = ctx;
    struct token token;

    from_row(&token, row);
    return reading->each(reading->ctx, &token, err);
}

int token_list(struct core *core, token_each each, void *ctx, struct err *err)
{
    struct reading reading = {each, ctx};
    struct tx *tx = NULL;
    int rc;

    if (state_begin_read(core, &tx, err) != 0)
        return -1;
    rc = tx->ask->read_tokens(tx, hand_on, &reading, err);
    store_rollback(&tx);
    return rc;
}
