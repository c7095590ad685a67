/* SPDX-License-Identifier: Apache-2.0 */
/* What can be set of the key server: e4d.conf(5). */
#ifndef SERVER_SETTINGS_H
#define SERVER_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

struct err;

/* In the order of their words in e4d.conf(5). */
enum settings_mode { SETTINGS_ANY_MODE, SETTINGS_SYMMETRIC, SETTINGS_PUBLIC_KEY };
enum settings_protocol { SETTINGS_MQTT_5, SETTINGS_MQTT_3_1_1 };

struct settings {
    int64_t mode;
    char *database;               /* NULL: SQLite, in the state's folder */
    int64_t database_timeout_s;   /* 0: the usual one */
    char *master_key_file;        /* at most one of these two; neither: master.key in the */
    char *master_passphrase_file; /* state's folder, or what systemd hands over */
    char *new_master_key_file;    /* likewise, for e4ctl rekey */
    char *new_master_passphrase_file;
    bool send_new_public_keys;
    char *audit_file; /* NULL: audit.jsonl in the state's folder */

    char *broker_host;
    int64_t broker_port; /* 0: the usual one */
    int64_t broker_protocol;
    char *broker_user;
    char *broker_password_file;
    char *broker_client_id;
    bool broker_tls;
    char *broker_ca_file;
    char *broker_certificate;
    char *broker_key;
    bool retain;
    int64_t command_expiry_s;

    char *http_address; /* NULL: nowhere */
    int64_t http_port;
    char *grpc_address;
    int64_t grpc_port;
    char *tls_certificate; /* NULL: server.crt and server.key in the state's folder */
    char *tls_key;
    char *tls_client_ca;
    int64_t request_rate; /* 0: no limit */

    int64_t log_level; /* enum log_level */
    bool log_json;
};

/*
 * The settings without a file, then what the file at path says (NULL: none), then the
 * environment. ERR_INPUT says where and what is wrong. The caller calls settings_free().
 */
int settings_read(struct settings *settings, const char *path, struct err *err);
/* ERR_INPUT: a variable that begins with E4D_ is no setting; perhaps it was meant to be one. */
int settings_environment(struct err *err);

void settings_free(struct settings *settings);

#endif
