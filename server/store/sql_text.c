/* SPDX-License-Identifier: Apache-2.0 */
/* All SQL that is asked after the start, as SQLite and PostgreSQL both understand it. */
#include "server/store/sql_text.h"

#define CLIENT_COLUMNS "id, name, key, key_version, print, server_version, receipts"
#define PACE_COLUMNS                                                                           \
    "issued_s, touched, refresh_s, refresh_wait_s, misses, forgot_s, heard_s, hello_s, "       \
    "answered_s"
#define COMMAND_COLUMNS "number, client, type, object, key, version, again, attempts"
#define FORMER_COLUMNS                                                                         \
    "number, client, key, key_version, server_version, type, next_key, next_version"
#define TOKEN_COLUMNS "hash, name, role, made_s, expires_s, scope"
#define WITHIN        " WHERE name >= ?1 AND name < ?2"
/* When a client's commands are due; and a command for each of those that from has. */
#define DUE(client) "coalesce((SELECT due_s FROM client AS whom WHERE whom.id = " client "), 0)"
#define ADD(each, from)                                                                        \
    "INSERT INTO command (client, type, object, key, version, again, due_s) "                  \
    "SELECT " each ", ?2, ?3, ?4, ?5, ?6, " DUE(each) " FROM " from
#define HOLDERS                                                                                \
    "SELECT target FROM target_source WHERE source = ?1 "                                      \
    "UNION SELECT target FROM held WHERE source = ?1"

const char *const sql_text[SQL_QUERIES] = {
    [GET] = "SELECT value FROM meta WHERE name = ?1",
    [PUT] = "INSERT INTO meta (name, value) VALUES (?1, ?2) "
            "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    [FIND_CLIENT] = "SELECT " CLIENT_COLUMNS " FROM client WHERE id = ?1",
    [FIND_PRINT] = "SELECT " CLIENT_COLUMNS " FROM client WHERE print = ?1",
    [PUT_CLIENT] =
        "INSERT INTO client (" CLIENT_COLUMNS ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) "
        "ON CONFLICT (id) DO UPDATE SET key = excluded.key, "
        "key_version = excluded.key_version, print = excluded.print, "
        "server_version = excluded.server_version, receipts = excluded.receipts",
    [REMOVE_CLIENT] = "DELETE FROM client WHERE id = ?1",
    [FIND_TOPIC] =
        "SELECT hash, key, key_version, old_key, changed_s FROM topic WHERE hash = ?1",
    [PUT_TOPIC] = "INSERT INTO topic (hash, name, key, key_version, old_key, changed_s) "
                  "VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (hash) DO UPDATE SET key = "
                  "excluded.key, key_version = excluded.key_version, old_key = "
                  "excluded.old_key, changed_s = excluded.changed_s",
    [REMOVE_TOPIC] = "DELETE FROM topic WHERE hash = ?1",
    [ADD_LINK + STORE_UNCONFIRMED] =
        "INSERT INTO unconfirmed (client, tag) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
    [ADD_LINK + STORE_CLIENT_TOPIC] =
        "INSERT INTO client_topic (client, topic) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
    [ADD_LINK + STORE_TARGET_SOURCE] =
        "INSERT INTO target_source (target, source) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
    [ADD_LINK + STORE_HELD] =
        "INSERT INTO held (target, source) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
    [ADD_LINK + STORE_GONE] =
        "INSERT INTO gone (client, topic) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
    [ADD_LINK + STORE_FORGOTTEN] =
        "INSERT INTO forgotten (target, source) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
    [REMOVE_LINK + STORE_UNCONFIRMED] =
        "DELETE FROM unconfirmed WHERE client = ?1 AND tag = ?2",
    [REMOVE_LINK + STORE_CLIENT_TOPIC] =
        "DELETE FROM client_topic WHERE client = ?1 AND topic = ?2",
    [REMOVE_LINK + STORE_TARGET_SOURCE] =
        "DELETE FROM target_source WHERE target = ?1 AND source = ?2",
    [REMOVE_LINK + STORE_HELD] = "DELETE FROM held WHERE target = ?1 AND source = ?2",
    [REMOVE_LINK + STORE_GONE] = "DELETE FROM gone WHERE client = ?1 AND topic = ?2",
    [REMOVE_LINK + STORE_FORGOTTEN] = "DELETE FROM forgotten WHERE target = ?1 AND source = ?2",
    [FIND_LINK + STORE_UNCONFIRMED] =
        "SELECT 1 FROM unconfirmed WHERE client = ?1 AND tag = ?2",
    [FIND_LINK + STORE_CLIENT_TOPIC] =
        "SELECT 1 FROM client_topic WHERE client = ?1 AND topic = ?2",
    [FIND_LINK + STORE_TARGET_SOURCE] =
        "SELECT 1 FROM target_source WHERE target = ?1 AND source = ?2",
    [FIND_LINK + STORE_HELD] = "SELECT 1 FROM held WHERE target = ?1 AND source = ?2",
    [FIND_LINK + STORE_GONE] = "SELECT 1 FROM gone WHERE client = ?1 AND topic = ?2",
    [FIND_LINK + STORE_FORGOTTEN] = "SELECT 1 FROM forgotten WHERE target = ?1 AND source = ?2",
    [DROP_LINKS + STORE_UNCONFIRMED] = "DELETE FROM unconfirmed WHERE client = ?1",
    [DROP_LINKS + STORE_CLIENT_TOPIC] = "DELETE FROM client_topic WHERE client = ?1",
    [DROP_LINKS + STORE_TARGET_SOURCE] = "DELETE FROM target_source WHERE target = ?1",
    [DROP_LINKS + STORE_HELD] = "DELETE FROM held WHERE target = ?1",
    [DROP_LINKS + STORE_GONE] = "DELETE FROM gone WHERE client = ?1",
    [DROP_LINKS + STORE_FORGOTTEN] = "DELETE FROM forgotten WHERE target = ?1",
    [LIST_LINKS + STORE_UNCONFIRMED] =
        "SELECT tag FROM unconfirmed WHERE client = ?1 ORDER BY tag",
    [LIST_LINKS + STORE_CLIENT_TOPIC] =
        "SELECT topic FROM client_topic WHERE client = ?1 ORDER BY topic",
    [LIST_LINKS + STORE_TARGET_SOURCE] =
        "SELECT source FROM target_source WHERE target = ?1 ORDER BY source",
    [LIST_LINKS + STORE_HELD] = "SELECT source FROM held WHERE target = ?1 ORDER BY source",
    [LIST_LINKS + STORE_GONE] = "SELECT topic FROM gone WHERE client = ?1 ORDER BY topic",
    [LIST_LINKS + STORE_FORGOTTEN] =
        "SELECT source FROM forgotten WHERE target = ?1 ORDER BY source",
    [BURY_TOPIC] = "INSERT INTO gone (client, topic) SELECT client, topic FROM client_topic "
                   "WHERE topic = ?1 ON CONFLICT DO NOTHING",
    [BURY_SOURCE] = "INSERT INTO forgotten (target, source) SELECT target, ?1 FROM (" HOLDERS
                    ") AS holders WHERE true ON CONFLICT DO NOTHING",
    [DROP_HOLDERS] = "DELETE FROM held WHERE source = ?1",
    [COUNT_LIST + STORE_CLIENTS] = "SELECT count(*) FROM client",
    [COUNT_LIST + STORE_TOPICS] = "SELECT count(*) FROM topic",
    [COUNT_LIST + STORE_TOPICS_OF_CLIENT] =
        "SELECT count(*) FROM client_topic WHERE client = ?1",
    [COUNT_LIST + STORE_CLIENTS_OF_TOPIC] =
        "SELECT count(*) FROM client_topic WHERE topic = ?1",
    [COUNT_LIST + STORE_SOURCES_OF_TARGET] =
        "SELECT count(*) FROM target_source WHERE target = ?1",
    [COUNT_LIST + STORE_HOLDERS_OF_SOURCE] = "SELECT count(*) FROM (" HOLDERS ") AS holders",
    [READ_LIST + STORE_CLIENTS] = "SELECT name FROM client ORDER BY name LIMIT ?2 OFFSET ?3",
    [READ_LIST + STORE_TOPICS] = "SELECT name FROM topic ORDER BY name LIMIT ?2 OFFSET ?3",
    [READ_LIST + STORE_TOPICS_OF_CLIENT] =
        "SELECT name FROM client_topic JOIN topic ON hash = topic WHERE client = ?1 "
        "ORDER BY name LIMIT ?2 OFFSET ?3",
    [READ_LIST + STORE_CLIENTS_OF_TOPIC] =
        "SELECT name FROM client_topic JOIN client ON id = client WHERE topic = ?1 "
        "ORDER BY name LIMIT ?2 OFFSET ?3",
    [READ_LIST + STORE_SOURCES_OF_TARGET] =
        "SELECT name FROM target_source JOIN client ON id = source WHERE target = ?1 "
        "ORDER BY name LIMIT ?2 OFFSET ?3",
    [READ_LIST + STORE_HOLDERS_OF_SOURCE] =
        "SELECT name FROM (" HOLDERS
        ") AS holders JOIN client ON id = target ORDER BY name LIMIT ?2 OFFSET ?3",
    [COUNT_FROM + STORE_CLIENTS] = "SELECT count(*) FROM client WHERE name >= ?1",
    [COUNT_FROM + STORE_TOPICS] = "SELECT count(*) FROM topic WHERE name >= ?1",
    [COUNT_WITHIN + STORE_CLIENTS] = "SELECT count(*) FROM client" WITHIN,
    [COUNT_WITHIN + STORE_TOPICS] = "SELECT count(*) FROM topic" WITHIN,
    [READ_FROM + STORE_CLIENTS] =
        "SELECT name FROM client WHERE name >= ?1 ORDER BY name LIMIT ?2 OFFSET ?3",
    [READ_FROM + STORE_TOPICS] =
        "SELECT name FROM topic WHERE name >= ?1 ORDER BY name LIMIT ?2 OFFSET ?3",
    [READ_WITHIN + STORE_CLIENTS] =
        "SELECT name FROM client" WITHIN " ORDER BY name LIMIT ?3 OFFSET ?4",
    [READ_WITHIN + STORE_TOPICS] =
        "SELECT name FROM topic" WITHIN " ORDER BY name LIMIT ?3 OFFSET ?4",
    [ADD_COMMANDS + STORE_CLIENTS] = ADD("client.id", "client"),
    [ADD_COMMANDS + STORE_CLIENTS_OF_TOPIC] =
        ADD("client_topic.client", "client_topic WHERE topic = ?1"),
    [ADD_COMMANDS + STORE_SOURCES_OF_TARGET] =
        ADD("target_source.source", "target_source WHERE target = ?1"),
    [ADD_COMMANDS + STORE_HOLDERS_OF_SOURCE] =
        ADD("holders.target", "(" HOLDERS ") AS holders"),
    [FIND_SERVER_KEY] = "SELECT version, secret, public_key, made_s FROM server_key "
                        "WHERE version = ?1 OR ?1 = 0 ORDER BY version DESC LIMIT 1",
    [ADD_SERVER_KEY] =
        "INSERT INTO server_key (version, secret, public_key, made_s) VALUES (?1, ?2, ?3, ?4)",
    [ADD_COMMAND] =
        "INSERT INTO command (client, type, object, key, version, again, due_s) VALUES "
        "(?1, ?2, ?3, ?4, ?5, ?6, " DUE("?1") ")",
    [DROP_COMMANDS] = "DELETE FROM command WHERE client = ?1 AND type = ?2 AND object = ?3",
    [DROP_COMMANDS_OF_ALL] = "DELETE FROM command WHERE type = ?2 AND object = ?3",
    [DROP_TYPE] = "DELETE FROM command WHERE client = ?1 AND type = ?2",
    /* Commands of one client have one due_s, and so are in the order of their numbers. */
    [NEXT_COMMANDS] =
        "SELECT " COMMAND_COLUMNS " FROM command AS c WHERE claimed = 0 AND due_s <= ?1 "
        "AND NOT EXISTS (SELECT 1 FROM command AS k WHERE k.client = c.client "
        "AND k.claimed <> 0 AND (k.claimed <> ?3 OR k.type IN (2, 7))) "
        "ORDER BY due_s, number LIMIT ?2",
    [CLAIM_COMMAND] =
        "UPDATE command SET claimed = ?2, attempts = attempts + 1 WHERE number = ?1",
    [UNCLAIM_COMMAND] = "UPDATE command SET claimed = 0, due_s = " DUE(
        "command.client") " WHERE number = ?1 AND claimed = ?2",
    [UNCLAIM_COMMANDS] =
        "UPDATE command SET claimed = 0, due_s = " DUE("command.client") " WHERE claimed = ?1",
    [FIND_COMMAND] = "SELECT " COMMAND_COLUMNS " FROM command WHERE number = ?1",
    [OLDEST_COMMAND] =
        "SELECT " COMMAND_COLUMNS " FROM command WHERE client = ?1 AND type = ?2 "
        "ORDER BY number LIMIT 1",
    [NEWEST_COMMAND] =
        "SELECT " COMMAND_COLUMNS " FROM command WHERE client = ?1 AND type = ?2 "
        "ORDER BY number DESC LIMIT 1",
    [REMOVE_COMMAND] = "DELETE FROM command WHERE number = ?1",
    [COUNT_COMMANDS] = "SELECT count(*) FROM command",
    [COUNT_COMMANDS_OF] = "SELECT count(*) FROM command WHERE client = ?1",
    [COUNT_ABOUT] = "SELECT count(*) FROM command WHERE object = ?1",
    [READ_WAITING] = "SELECT type, attempts, claimed, coalesce(topic.name, source.name, '') "
                     "FROM command AS c LEFT JOIN topic ON topic.hash = c.object "
                     "LEFT JOIN client AS source ON source.id = c.object "
                     "WHERE c.client = ?1 ORDER BY c.number LIMIT ?2",
    [COUNT_CONFIRMED] = "SELECT count(*) FROM client_topic AS l JOIN client ON id = l.client "
                        "WHERE topic = ?1 AND refresh_s = 0 AND NOT EXISTS "
                        "(SELECT 1 FROM command AS c WHERE c.client = id)",
    [FIND_PACE] = "SELECT " PACE_COLUMNS " FROM client WHERE id = ?1",
    [FIND_RECIPIENT] = "SELECT " CLIENT_COLUMNS ", " PACE_COLUMNS ", EXISTS (SELECT 1 FROM "
                       "former WHERE former.client = client.id) FROM client WHERE id = ?1",
    [SPAN_COMMANDS] = "SELECT coalesce((SELECT min(number) FROM command), 0), "
                      "coalesce((SELECT max(number) FROM command), 0)",
    [PUT_PACE] = "UPDATE client SET issued_s = ?1, touched = ?2, refresh_s = ?3, "
                 "refresh_wait_s = ?4, misses = ?5, forgot_s = ?6, heard_s = ?7, hello_s = ?8, "
                 "answered_s = ?9 WHERE id = ?10",
    [RETIRE_KEY] = "INSERT INTO retired (print, issued_s) VALUES (?1, ?2) "
                   "ON CONFLICT (print) DO UPDATE SET issued_s = excluded.issued_s",
    [RETIRED_KEY] = "SELECT issued_s FROM retired WHERE print = ?1",
    [DELAY_CLIENT] = "UPDATE client SET due_s = ?1 WHERE id = ?2",
    [DELAY_COMMANDS] = "UPDATE command SET due_s = ?1 WHERE client = ?2 AND claimed = 0 "
                       "AND due_s <> ?1",
    [DUE_CLIENTS] = "SELECT id FROM client WHERE refresh_s > 0 AND refresh_s <= ?1 ORDER BY "
                    "refresh_s LIMIT ?2",
    [ADD_FORMER] = "INSERT INTO former (client, key, key_version, server_version, type, "
                   "next_key, next_version) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    [FIND_FORMER] = "SELECT " FORMER_COLUMNS " FROM former WHERE client = ?1 "
                    "AND (number = ?2 OR ?2 = 0) ORDER BY number DESC LIMIT 1",
    [READ_FORMERS] = "SELECT " FORMER_COLUMNS " FROM former WHERE client = ?1 ORDER BY number",
    [DROP_FORMERS] = "DELETE FROM former WHERE client = ?1 AND number NOT IN (SELECT number "
                     "FROM former WHERE client = ?1 ORDER BY number DESC LIMIT ?2)",
    [ADD_EVENT] = "INSERT INTO event (type, source, target, time_s) VALUES (?1, ?2, ?3, ?4)",
    [NEWEST_EVENT] = "SELECT coalesce(max(number), 0) FROM event",
    [READ_EVENTS] = "SELECT number, type, source, target, time_s FROM event WHERE number > ?1 "
                    "ORDER BY number LIMIT ?2",
    [DROP_EVENTS] = "DELETE FROM event WHERE number <= ?1",
    [ADD_AUDIT] = "INSERT INTO audit (number, time_s, who, what, first, second, hash) "
                  "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    [NEWEST_AUDIT] = "SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1",
    [READ_AUDIT] = "SELECT number, time_s, who, what, first, second, hash FROM audit "
                   "WHERE number > ?1 ORDER BY number LIMIT ?2",
    [ADD_TOKEN] = "INSERT INTO token (" TOKEN_COLUMNS ") VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    [FIND_TOKEN] = "SELECT " TOKEN_COLUMNS " FROM token WHERE hash = ?1",
    [REMOVE_TOKEN] = "DELETE FROM token WHERE name = ?1",
    [READ_TOKENS] = "SELECT " TOKEN_COLUMNS " FROM token ORDER BY name",
    [NEWEST_SCHEMA] = "SELECT coalesce(max(number), 0) FROM schema",
    [NEXT_SEALED + STORE_SEALED_CLIENT] =
        "SELECT id, 0, key_version, key FROM client WHERE id > ?1 ORDER BY id LIMIT ?2",
    [NEXT_SEALED + STORE_SEALED_TOPIC] =
        "SELECT hash, 0, key_version, key FROM topic WHERE hash > ?1 ORDER BY hash LIMIT ?2",
    [NEXT_SEALED + STORE_SEALED_TOPIC_OLD] =
        "SELECT hash, 0, key_version - 1, old_key FROM topic "
        "WHERE hash > ?1 AND old_key IS NOT NULL ORDER BY hash LIMIT ?2",
    [NEXT_SEALED + STORE_SEALED_SERVER_KEY] =
        "SELECT NULL, version, version, secret FROM server_key WHERE version > ?1 "
        "ORDER BY version LIMIT ?2",
    [NEXT_SEALED + STORE_SEALED_COMMAND] =
        "SELECT client, number, version, key FROM command "
        "WHERE number > ?1 AND key IS NOT NULL ORDER BY number LIMIT ?2",
    [NEXT_SEALED + STORE_SEALED_FORMER] =
        "SELECT client, number, key_version, key FROM former WHERE number > ?1 "
        "ORDER BY number LIMIT ?2",
    [NEXT_SEALED + STORE_SEALED_FORMER_NEXT] =
        "SELECT client, number, next_version, next_key FROM former "
        "WHERE number > ?1 AND next_key IS NOT NULL ORDER BY number LIMIT ?2",
    [PUT_SEALED + STORE_SEALED_CLIENT] = "UPDATE client SET key = ?1 WHERE id = ?2",
    [PUT_SEALED + STORE_SEALED_TOPIC] = "UPDATE topic SET key = ?1 WHERE hash = ?2",
    [PUT_SEALED + STORE_SEALED_TOPIC_OLD] = "UPDATE topic SET old_key = ?1 WHERE hash = ?2",
    [PUT_SEALED + STORE_SEALED_SERVER_KEY] =
        "UPDATE server_key SET secret = ?1 WHERE version = ?2",
    [PUT_SEALED + STORE_SEALED_COMMAND] = "UPDATE command SET key = ?1 WHERE number = ?2",
    [PUT_SEALED + STORE_SEALED_FORMER] = "UPDATE former SET key = ?1 WHERE number = ?2",
    [PUT_SEALED + STORE_SEALED_FORMER_NEXT] =
        "UPDATE former SET next_key = ?1 WHERE number = ?2",
    [NEXT_SERVER] = "SELECT nextval('replica')",
    [LOCK_SERVER] = "SELECT pg_try_advisory_lock(" SQL_SERVERS ", ?1::integer)",
    [LEAD] = "SELECT pg_try_advisory_lock(6632550)",
    [FOLLOW] = "SELECT pg_advisory_unlock(6632550)",
};
