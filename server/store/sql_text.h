/* SPDX-License-Identifier: Apache-2.0 */
/* The numbers of the queries in sql_text.c. Where there is one for each list, link or kind of
 * sealed key, that is added to the number. */
#ifndef SERVER_STORE_SQL_TEXT_H
#define SERVER_STORE_SQL_TEXT_H

#include "server/store/store.h"

enum sql_query {
    GET,
    PUT,
    FIND_CLIENT,
    FIND_PRINT,
    PUT_CLIENT,
    REMOVE_CLIENT,
    FIND_TOPIC,
    PUT_TOPIC,
    REMOVE_TOPIC,
    ADD_LINK,
    REMOVE_LINK = ADD_LINK + STORE_LINKS,
    FIND_LINK = REMOVE_LINK + STORE_LINKS,
    DROP_LINKS = FIND_LINK + STORE_LINKS,
    LIST_LINKS = DROP_LINKS + STORE_LINKS,
    COUNT_LIST = LIST_LINKS + STORE_LINKS,
    READ_LIST = COUNT_LIST + STORE_LISTS,
    COUNT_FROM = READ_LIST + STORE_LISTS, /* each of these four for two lists */
    COUNT_WITHIN = COUNT_FROM + STORE_TOPICS + 1,
    READ_FROM = COUNT_WITHIN + STORE_TOPICS + 1,
    READ_WITHIN = READ_FROM + STORE_TOPICS + 1,
    ADD_COMMANDS = READ_WITHIN + STORE_TOPICS + 1,
    FIND_SERVER_KEY = ADD_COMMANDS + STORE_LISTS,
    ADD_SERVER_KEY,
    ADD_COMMAND,
    DROP_COMMANDS,
    DROP_COMMANDS_OF_ALL,
    DROP_TYPE,
    NEXT_COMMANDS,
    CLAIM_COMMAND,
    UNCLAIM_COMMAND,
    UNCLAIM_COMMANDS,
    FIND_COMMAND,
    OLDEST_COMMAND,
    NEWEST_COMMAND,
    REMOVE_COMMAND,
    COUNT_COMMANDS,
    COUNT_COMMANDS_OF,
    COUNT_ABOUT,
    READ_WAITING,
    COUNT_CONFIRMED,
    SPAN_COMMANDS,
    FIND_PACE,
    FIND_RECIPIENT,
    PUT_PACE,
    RETIRE_KEY,
    RETIRED_KEY,
    DELAY_CLIENT,
    DELAY_COMMANDS,
    DUE_CLIENTS,
    BURY_TOPIC,
    BURY_SOURCE,
    DROP_HOLDERS,
    ADD_FORMER,
    FIND_FORMER,
    READ_FORMERS,
    DROP_FORMERS,
    ADD_EVENT,
    NEWEST_EVENT,
    READ_EVENTS,
    DROP_EVENTS,
    ADD_AUDIT,
    NEWEST_AUDIT,
    READ_AUDIT,
    ADD_TOKEN,
    FIND_TOKEN,
    REMOVE_TOKEN,
    READ_TOKENS,
    NEXT_SEALED,
    PUT_SEALED = NEXT_SEALED + STORE_SEALED_KINDS,
    /* This and what follows is for PostgreSQL alone. */
    NEWEST_SCHEMA = PUT_SEALED + STORE_SEALED_KINDS,
    NEXT_SERVER,
    LOCK_SERVER,
    LEAD,
    FOLLOW,
    SQL_QUERIES
};

/* "e4d" in bytes, and one more: the locks of servers, by their numbers. */
#define SQL_SERVERS "6632549"

/* The text of each, with ?1, ?2 and so on for its values; NULL: there is none of this number.
 */
extern const char *const sql_text[SQL_QUERIES];

#endif
