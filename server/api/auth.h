/* SPDX-License-Identifier: Apache-2.0 */
/* Who asks, and may they: bearer tokens and clients' certificates. Every refusal is logged. */
#ifndef SERVER_API_AUTH_H
#define SERVER_API_AUTH_H

#include <stdbool.h>

#include "server/api/methods.h"

struct auth;
struct core;
struct err;

struct auth_options {
    struct core *core;
    bool no_auth;          /* whoever asks may do everything; for listeners on loopback only */
    unsigned request_rate; /* requests a second of one token; 0: as many as they like */
};

int auth_open(struct auth **auth, const struct auth_options *options, struct err *err);
void auth_close(struct auth *auth); /* NULL is fine */

/* May whoever asks do everything? */
bool auth_is_open(const struct auth *auth);

/*
 * Make an administrator's token that does not expire, and write it to a file of mode 0600, if
 * there is none: at the first start, and when all others are gone. *made: it was.
 */
int auth_first_token(struct auth *auth, const char *path, bool *made, struct err *err);

/* What a request came with. NULL: without. */
struct credentials {
    const char *authorization; /* the header, "Bearer TOKEN" */
    const char *certificate;   /* a client's, proved good: its common name */
    const char *foreign;       /* why it may be a page of another site that asks, if it may */
    const char *peer;          /* its address, for the log */
};

enum { AUTH_NAME_SIZE = 256 };

struct asker {
    char name[AUTH_NAME_SIZE];
    char scope[TOKEN_SCOPE_SIZE];
    enum role role;
    char proof[TOKEN_CERTIFICATE_SIZE]; /* private; the token, or what stands for it */
};

/*
 * ERR_STRANGER: it is not known who asks. ERR_DENIED: they may not. ERR_BUSY: they ask more
 * often than they may. The asker's name is set
 * even if nobody needs to be anybody for this method.
 */
int auth_admit(struct asker *asker, struct auth *auth, const struct credentials *credentials,
               const struct method *method, struct err *err);

/* May an asker who was admitted still do this? For what goes on for long. Errors as above. */
int auth_again(struct asker *asker, struct auth *auth, const struct method *method,
               struct err *err);

/* Wipe what proved who it is. */
void auth_forget(struct asker *asker);

#endif
