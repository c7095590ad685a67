/* SPDX-License-Identifier: Apache-2.0 */
/* See auth.h. */
#include "server/api/auth.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "base/file.h"
#include "base/log.h"
#include "base/monotonic.h"
#include "e4/keys.h"
#include "server/api/rate.h"
#include "server/core/token.h"

struct auth {
    struct auth_options options;
    struct rate *rate; /* NULL: there is no limit */
};

int auth_open(struct auth **auth, const struct auth_options *options, struct err *err)
{
    struct auth *made = calloc(1, sizeof *made);

    if (made == NULL)
        return err_set(err, ERR_SYSTEM, "out of memory");
    made->options = *options;
    if (options->request_rate > 0 && rate_new(&made->rate, options->request_rate, err) != 0) {
        free(made);
        return -1;
    }
    *auth = made;
    return 0;
}

void auth_close(struct auth *auth)
{
    if (auth == NULL)
        return;
    rate_free(auth->rate);
    free(auth);
}

bool auth_is_open(const struct auth *auth)
{
    return auth->options.no_auth;
}

static int note_administrator(void *ctx, const struct token *token, struct err *err)
{
    bool *any = ctx;

    (void)err;
    if (token->role == ROLE_ADMIN && token->expires_s == 0)
        *any = true;
    return 0;
}

/* The file first: a token that nobody knows would lock everybody out. */
static int make_first(struct auth *auth, const char *path, struct err *err)
{
    static const struct file_options options = {.mode = 0600, .replace = true};
    struct token token = {.name = "admin", .role = ROLE_ADMIN};
    char text[TOKEN_SIZE];
    int rc = -1;

    /* One of this name that is no administrator's, or not for ever, makes room. */
    if (token_remove(auth->options.core, "e4d", token.name, err) != 0 &&
        err->kind != ERR_NOT_FOUND)
        return -1;
    if (token_make(text, err) != 0)
        return -1;
    if (file_write(path, text, strlen(text), &options, err) == 0)
        rc = token_add(auth->options.core, "e4d", &token, text, err);
    e4_wipe(text, sizeof text);
    return rc;
}

int auth_first_token(struct auth *auth, const char *path, bool *made, struct err *err)
{
    bool any = false;

    if (token_list(auth->options.core, note_administrator, &any, err) != 0)
        return -1;
    if (!any && make_first(auth, path, err) != 0)
        return -1;
    *made = !any;
    return 0;
}

/* The token in a header "Bearer TOKEN"; NULL: it is something else. */
static const char *bearer(const char *authorization)
{
    static const char scheme[] = "Bearer ";

    if (strncasecmp(authorization, scheme, sizeof scheme - 1) != 0)
        return NULL;
    authorization += sizeof scheme - 1;
    return authorization + strspn(authorization, " ");
}

static void known_as(struct asker *asker, const struct token *token, const char *proof)
{
    (void)snprintf(asker->name, sizeof asker->name, "%s", token->name);
    (void)snprintf(asker->scope, sizeof asker->scope, "%s", token->scope);
    asker->role = token->role;
    if (proof != asker->proof)
        (void)snprintf(asker->proof, sizeof asker->proof, "%s", proof);
}

/* Known by a certificate. ERR_STRANGER: nobody has said what its owner may. */
static int identify_certificate(struct asker *asker, struct auth *auth, const char *certificate,
                                struct err *err)
{
    char text[TOKEN_CERTIFICATE_SIZE];
    struct token token;

    if (token_of_certificate(text, certificate, err) != 0 ||
        token_find(auth->options.core, &token, text, err) != 0) {
        if (err->kind == ERR_STRANGER || err->kind == ERR_INPUT)
            return err_set(err, ERR_STRANGER, "the certificate of %s allows nothing here",
                           certificate);
        return -1;
    }
    known_as(asker, &token, text);
    return 0;
}

/* Known by a header. */
static int identify_bearer(struct asker *asker, struct auth *auth, const char *authorization,
                           struct err *err)
{
    const char *text = bearer(authorization);
    struct token token;

    if (text == NULL)
        return err_set(err, ERR_STRANGER, "Authorization: not of the form: Bearer TOKEN");
    if (!token_is_text(text))
        return err_set(err, ERR_STRANGER, "no such token");
    if (token_find(auth->options.core, &token, text, err) != 0)
        return -1;
    known_as(asker, &token, text);
    return 0;
}

/* A browser gives a token to nobody's pages but those that have it; a certificate, or nothing,
 * it sends along with whatever any page asks for. */
static int refuse_foreign(const struct credentials *credentials, struct err *err)
{
    return credentials->foreign == NULL ? 0
                                        : err_set(err, ERR_DENIED, "%s", credentials->foreign);
}

/* Who asks: what the header says, or else the certificate. */
static int identify(struct asker *asker, struct auth *auth,
                    const struct credentials *credentials, struct err *err)
{
    if (auth->options.no_auth) {
        if (refuse_foreign(credentials, err) != 0)
            return -1;
        (void)snprintf(asker->name, sizeof asker->name, "anyone");
        asker->role = ROLE_ADMIN;
        return 0;
    }
    if (credentials->authorization != NULL)
        return identify_bearer(asker, auth, credentials->authorization, err);
    if (credentials->certificate != NULL) {
        if (refuse_foreign(credentials, err) != 0)
            return -1;
        return identify_certificate(asker, auth, credentials->certificate, err);
    }
    return err_set(err, ERR_STRANGER, "a token is needed: Authorization: Bearer TOKEN");
}

static const char *role_name(enum role role)
{
    static const char *const names[] = {"anyone", "viewer", "operator", "admin"};

    return names[role];
}

static int has_role(const struct asker *asker, const struct method *method, struct err *err)
{
    if (asker->role < method->role)
        return err_set(err, ERR_DENIED, "%s has the role %s; %s needs %s", asker->name,
                       role_name(asker->role), method->name, role_name(method->role));
    if (asker->scope[0] != '\0' && method->function == NULL)
        return err_set(err, ERR_DENIED, "%s is for some names only, and events are of all",
                       asker->name);
    return 0;
}

static int is_too_often(const struct asker *asker, struct auth *auth, struct err *err)
{
    if (auth->rate == NULL || rate_take(auth->rate, asker->name, monotonic_ms()))
        return 0;
    return err_set(err, ERR_BUSY, "%s: more than %u requests a second", asker->name,
                   auth->options.request_rate);
}

static int admit(struct asker *asker, struct auth *auth, const struct credentials *credentials,
                 const struct method *method, struct err *err)
{
    (void)snprintf(asker->name, sizeof asker->name, "nobody");
    asker->role = ROLE_ANYONE;
    asker->proof[0] = asker->scope[0] = '\0';
    if (method->role == ROLE_ANYONE)
        return 0;
    if (identify(asker, auth, credentials, err) != 0 || is_too_often(asker, auth, err) != 0)
        return -1;
    return has_role(asker, method, err);
}

int auth_admit(struct asker *asker, struct auth *auth, const struct credentials *credentials,
               const struct method *method, struct err *err)
{
    if (admit(asker, auth, credentials, method, err) == 0)
        return 0;
    if (err->kind == ERR_STRANGER || err->kind == ERR_DENIED || err->kind == ERR_BUSY)
        log_warning("auth", "refused %s %s: %s", credentials->peer, method->name, err->text);
    return -1;
}

int auth_again(struct asker *asker, struct auth *auth, const struct method *method,
               struct err *err)
{
    struct token token;

    if (method->role == ROLE_ANYONE || auth->options.no_auth)
        return 0;
    if (token_find(auth->options.core, &token, asker->proof, err) != 0)
        return -1;
    known_as(asker, &token, asker->proof);
    return has_role(asker, method, err);
}

void auth_forget(struct asker *asker)
{
    e4_wipe(asker->proof, sizeof asker->proof);
}
