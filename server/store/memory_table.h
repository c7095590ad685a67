/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of memory.c: arrays that grow, searched from one end to the other. */
#ifndef SERVER_STORE_MEMORY_TABLE_H
#define SERVER_STORE_MEMORY_TABLE_H

#include "server/store/store.h"

struct table {
    void *rows;
    size_t row_size;
    size_t count;
    size_t cap;
};

/* Texts are never freed while the store is open, so that rows can be copied as they are. */
struct memory_text {
    struct memory_text *next;
    char text[];
};

struct memory_setting {
    char name[16];
    uint8_t value[256];
    size_t len;
};

struct memory_client {
    struct store_client client;
    struct store_pace pace;
    int64_t due_s;
};

struct memory_topic {
    struct store_topic topic;
    const char *name;
};

struct memory_link {
    uint8_t from[STORE_ID_SIZE];
    uint8_t to[STORE_ID_SIZE];
};

struct memory_retired {
    uint8_t print[STORE_PRINT_SIZE];
    int64_t issued_s;
};

struct memory_command {
    struct store_command command;
    bool claimed;
};

struct memory_tables {
    struct table settings;
    struct table clients;
    struct table topics;
    struct table links[STORE_LINKS];
    struct table server_keys;
    struct table commands;
    struct table formers;
    struct table retired;
    struct table events;
    struct table audits;
    struct table tokens;
    int64_t last_command;
    int64_t last_former;
    int64_t last_event;
};

/* What is in a transaction. */
struct memory_tx {
    struct tx tx; /* first: a pointer to it is one to this */
    struct memory_tables *tables;
    struct memory_text **texts;
};

/* Add a row, a copy of this one. */
int memory_add(struct table *table, const void *row, struct err *err);
/* Take a row out; those after it move up. */
void memory_remove(struct table *table, size_t at);
/* Row number at, which there is. */
void *memory_row(const struct table *table, size_t at);

/* A copy of a text that lives as long as the store. NULL: err. */
const char *memory_text(struct tx *tx, const char *text, struct err *err);

struct memory_tables *memory_tables_of(struct tx *tx);
/* NULL: there is none. */
struct memory_client *memory_client_of(struct tx *tx, const uint8_t *id);

/* The name of the topic or client of this hash or id; "": there is none. */
const char *memory_name_of(struct tx *tx, const uint8_t *id);

/* Remove links that lead from or to an id; NULL: whichever. How many there were. */
size_t memory_unlink(struct table *links, const uint8_t *from, const uint8_t *to);
bool memory_is_linked(struct tx *tx, enum store_link link, const uint8_t *from,
                      const uint8_t *to);

/* memory_link.c: the questions about links. */
void memory_link_questions(struct store_questions *questions);

/* memory_outbox.c: the questions about what is on its way and what happened. */
void memory_outbox_questions(struct store_questions *questions);
/* memory_sealed.c: those about sealed keys wherever they stand. */
void memory_sealed_questions(struct store_questions *questions);

/* memory_token.c: those about tokens. */
void memory_token_questions(struct store_questions *questions);

#endif
