/* SPDX-License-Identifier: Apache-2.0 */
/* See settings.h. */
#include "server/settings.h"

#include <ctype.h>
#include <errno.h>
#include <netdb.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/err.h"
#include "base/log.h"

extern char **environ; /* POSIX has it in no header */

static const char *const modes[] = {"any", "symmetric-key", "public-key", NULL};
static const char *const protocols[] = {"5", "3.1.1", NULL};
static const char *const levels[] = {"error", "warning", "info", "debug", NULL};

#define PREFIX    "E4D_"
#define AT(field) offsetof(struct settings, field)
#define PORTS     0, 65535, NULL
#define ANY       0, 0, NULL

static const struct conf_key keys[] = {
    {"mode", CONF_CHOICE, AT(mode), 0, 0, modes},
    {"database", CONF_TEXT, AT(database), ANY},
    {"database-timeout-s", CONF_NUMBER, AT(database_timeout_s), 2, 3600, NULL},
    {"master-key-file", CONF_TEXT, AT(master_key_file), ANY},
    {"master-passphrase-file", CONF_TEXT, AT(master_passphrase_file), ANY},
    {"new-master-key-file", CONF_TEXT, AT(new_master_key_file), ANY},
    {"new-master-passphrase-file", CONF_TEXT, AT(new_master_passphrase_file), ANY},
    {"send-new-public-keys", CONF_BOOL, AT(send_new_public_keys), ANY},
    {"audit-file", CONF_TEXT, AT(audit_file), ANY},
    {"broker-host", CONF_TEXT, AT(broker_host), ANY},
    {"broker-port", CONF_NUMBER, AT(broker_port), PORTS},
    {"broker-protocol", CONF_CHOICE, AT(broker_protocol), 0, 0, protocols},
    {"broker-user", CONF_TEXT, AT(broker_user), ANY},
    {"broker-password-file", CONF_TEXT, AT(broker_password_file), ANY},
    {"broker-client-id", CONF_TEXT, AT(broker_client_id), ANY},
    {"broker-tls", CONF_BOOL, AT(broker_tls), ANY},
    {"broker-ca-file", CONF_TEXT, AT(broker_ca_file), ANY},
    {"broker-certificate", CONF_TEXT, AT(broker_certificate), ANY},
    {"broker-key", CONF_TEXT, AT(broker_key), ANY},
    {"retain", CONF_BOOL, AT(retain), ANY},
    {"command-expiry-s", CONF_NUMBER, AT(command_expiry_s), 0, UINT32_MAX, NULL},
    {"http-address", CONF_TEXT, AT(http_address), ANY},
    {"http-port", CONF_NUMBER, AT(http_port), PORTS},
    {"grpc-address", CONF_TEXT, AT(grpc_address), ANY},
    {"grpc-port", CONF_NUMBER, AT(grpc_port), PORTS},
    {"tls-certificate", CONF_TEXT, AT(tls_certificate), ANY},
    {"tls-key", CONF_TEXT, AT(tls_key), ANY},
    {"tls-client-ca", CONF_TEXT, AT(tls_client_ca), ANY},
    {"request-rate", CONF_NUMBER, AT(request_rate), 0, 1000000, NULL},
    {"log-level", CONF_CHOICE, AT(log_level), 0, 0, levels},
    {"log-json", CONF_BOOL, AT(log_json), ANY},
};
enum { KEYS = sizeof keys / sizeof keys[0] };

static int defaults(struct settings *settings, struct err *err)
{
    *settings = (struct settings){.send_new_public_keys = true,
                                  .retain = true,
                                  .command_expiry_s = 86400,
                                  .http_port = 8888,
                                  .grpc_port = 5555,
                                  .log_level = LOG_LEVEL_INFO};
    settings->broker_host = strdup("localhost");
    settings->http_address = strdup("127.0.0.1");
    settings->grpc_address = strdup("127.0.0.1");
    if (settings->broker_host == NULL || settings->http_address == NULL ||
        settings->grpc_address == NULL)
        return err_set(err, ERR_SYSTEM, "out of memory");
    return 0;
}

/* NULL is fine: nowhere. */
static int check_address(const char *key, const char *address, struct err *err)
{
    const struct addrinfo numbers = {.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;

    if (address == NULL)
        return 0;
    if (getaddrinfo(address, NULL, &numbers, &found) != 0)
        return err_set(err, ERR_INPUT, "%s: %.100s: not an address of IPv4 or IPv6", key,
                       address);
    freeaddrinfo(found);
    return 0;
}

/* Whoever may write to the settings may have the server do anything. */
static int check_file(const char *path, struct err *err)
{
    struct stat status;

    if (stat(path, &status) != 0)
        return err_system(err, ERR_INPUT, errno, "cannot read %s", path);
    if (!S_ISREG(status.st_mode))
        return 0;
    if ((status.st_mode & 022) != 0)
        return err_set(err, ERR_STATE, "%s: others may write to it (mode %03o); chmod go-w %s",
                       path, (unsigned)status.st_mode & 0777U, path);
    if (status.st_uid != 0 && status.st_uid != geteuid())
        return err_set(err, ERR_STATE, "%s: it is another user's", path);
    return 0;
}

/* What only makes sense together. */
static int check(const struct settings *settings, struct err *err)
{
    if ((settings->tls_certificate == NULL) != (settings->tls_key == NULL))
        return err_set(err, ERR_INPUT, "tls-certificate and tls-key: one without the other");
    if ((settings->broker_certificate == NULL) != (settings->broker_key == NULL))
        return err_set(err, ERR_INPUT,
                       "broker-certificate and broker-key: one without the other");
    if (settings->master_key_file != NULL && settings->master_passphrase_file != NULL)
        return err_set(err, ERR_INPUT, "master-key-file and master-passphrase-file: only one");
    if (settings->new_master_key_file != NULL && settings->new_master_passphrase_file != NULL)
        return err_set(err, ERR_INPUT,
                       "new-master-key-file and new-master-passphrase-file: only one");
    if (settings->broker_password_file != NULL && settings->broker_user == NULL)
        return err_set(err, ERR_INPUT, "broker-password-file: needs broker-user");
    return 0;
}

/* An address of "none" is nowhere. */
static void forget_none(char **address)
{
    if (*address != NULL && strcmp(*address, "none") == 0) {
        free(*address);
        *address = NULL;
    }
}

int settings_read(struct settings *settings, const char *path, struct err *err)
{
    if (defaults(settings, err) != 0 ||
        (path != NULL && (check_file(path, err) != 0 ||
                          conf_read_file(settings, keys, KEYS, path, err) != 0)) ||
        conf_environment(settings, keys, KEYS, PREFIX, err) != 0 || check(settings, err) != 0) {
        settings_free(settings);
        return -1;
    }
    forget_none(&settings->http_address);
    forget_none(&settings->grpc_address);
    if (check_address("http-address", settings->http_address, err) != 0 ||
        check_address("grpc-address", settings->grpc_address, err) != 0) {
        settings_free(settings);
        return -1;
    }
    return 0;
}

/* Does this variable, without its prefix, set what is called so? */
static bool is_named(const char *variable, const char *name)
{
    size_t at = 0;

    for (; name[at] != '\0'; at++) {
        int letter = (toupper)((unsigned char)name[at]); /* the function: small to read */

        if (variable[at] != (letter == '-' ? '_' : letter))
            return false;
    }
    return variable[at] == '=';
}

/* Is this variable, "E4D_LOG_LEVEL=...", one of the settings, or of e4ctl? */
static bool is_known(const char *variable)
{
    static const char of_e4ctl[] = "E4D_STATE=";

    if (strncmp(variable, of_e4ctl, sizeof of_e4ctl - 1) == 0)
        return true;
    for (size_t i = 0; i < KEYS; i++) {
        if (is_named(variable + sizeof PREFIX - 1, keys[i].name))
            return true;
    }
    return false;
}

int settings_environment(struct err *err)
{
    for (char **variable = environ; *variable != NULL; variable++) {
        if (strncmp(*variable, PREFIX, sizeof PREFIX - 1) == 0 && !is_known(*variable))
            return err_set(err, ERR_INPUT, "%.*s in the environment: there is no such setting",
                           (int)strcspn(*variable, "="), *variable);
    }
    return 0;
}

void settings_free(struct settings *settings)
{
    conf_free(settings, keys, KEYS);
}
