/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tokens: by which it is known who asks, and what they may. The server keeps a hash of each, so
 * that whoever reads the database cannot ask. The rules of core.h hold.
 */
#ifndef SERVER_CORE_TOKEN_H
#define SERVER_CORE_TOKEN_H

#include "server/core/core.h"

/* Each may do what the ones before it may. The numbers are stored. */
enum role { ROLE_ANYONE, ROLE_VIEWER, ROLE_OPERATOR, ROLE_ADMIN };

enum {
    TOKEN_SIZE = sizeof "e4t_" + 64, /* as text, with its NUL */
    TOKEN_CERTIFICATE_SIZE = sizeof "certificate:" + 64,
    TOKEN_SCOPE_SIZE = 256, /* UTF-8 */
    TOKEN_NAME_SIZE = 65    /* of 1 to 64 letters, digits, '.', '_' and '-' */
};

struct token {
    char name[TOKEN_NAME_SIZE];
    char scope[TOKEN_SCOPE_SIZE]; /* what names of clients and topics it is for begin with */
    enum role role;
    int64_t made_s;    /* Unix time */
    int64_t expires_s; /* 0: never */
};

/* A fresh random token, as text. The caller wipes it. */
int token_make(char text[TOKEN_SIZE], struct err *err);

/* Is it a text that token_make() makes? */
bool token_is_text(const char *text);

/*
 * What stands for a token where a client shows a certificate that is vouched for: its common
 * name. ERR_INPUT: that has not 1 to 64 bytes.
 */
int token_of_certificate(char text[TOKEN_CERTIFICATE_SIZE], const char *common_name,
                         struct err *err);

/*
 * Let whoever has this token be known by its name. ERR_CONFLICT: another token has the name;
 * ERR_INPUT: the name, role, scope or time is no good. made_s is not looked at.
 */
int token_add(struct core *core, const char *who, const struct token *token, const char *text,
              struct err *err);

/* The token that a text is. ERR_STRANGER: none, or it has expired. */
int token_find(struct core *core, struct token *token, const char *text, struct err *err);

/* From now on the token of this name is none. ERR_NOT_FOUND; ERR_CONFLICT: it is the last
 * administrator's that does not expire. */
int token_remove(struct core *core, const char *who, const char *name, struct err *err);

/* All tokens, in the order of their names. -1 with err from each: stop. */
typedef int (*token_each)(void *ctx, const struct token *token, struct err *err);
int token_list(struct core *core, token_each each, void *ctx, struct err *err);

#endif
