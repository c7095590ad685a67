/* SPDX-License-Identifier: Apache-2.0 */
/* See special.h. */
#include "tools/e4ctl/special.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/hex.h"
#include "base/json_in.h"
#include "base/secret.h"
#include "e4/e4.h"
#include "e4/keys.h"
#include "e4/password.h"
#include "tools/e4ctl/exit.h"
#include "tools/e4ctl/run.h"

enum { MESSAGE_MAX = 3 << 20 }; /* bytes: in base64 the server still takes them */

/* Whether the server is in public-key mode. */
static int ask_mode(bool *public_key, const struct line *line, struct err *err)
{
    const struct request request = {.method = "GetCryptoMode"};
    char *mode;

    if (run_ask(&mode, &request, line, "CryptoMode", err) != 0)
        return -1;
    *public_key = strcmp(mode, "CRYPTOMODE_PUBKEY") == 0;
    free(mode);
    return 0;
}

/* A public key may be read by anybody; a symmetric one, with its owner's eyes only. */
static int key_from_file(uint8_t key[E4_KEY_SIZE], const char *path, bool public_key,
                         struct err *err)
{
    size_t len;
    int rc = public_key ? file_read(path, key, E4_KEY_SIZE, &len, err)
                        : secret_read(path, key, E4_KEY_SIZE, &len, err);

    if (rc == 0 && len != E4_KEY_SIZE)
        rc = err_set(err, ERR_INPUT, "%s: %zu bytes, not the %d of a key", path, len,
                     E4_KEY_SIZE);
    return rc;
}

static int key_from_password(uint8_t key[E4_KEY_SIZE], const char *path, bool public_key,
                             struct err *err)
{
    const struct secret_source source = {.file = path};
    char password[SECRET_PASSWORD_MAX + 1];
    uint8_t seed[E4_KEY_SIZE];
    size_t len;
    void *work;
    int rc = -1;

    if (secret_password(password, &len, &source, err) != 0)
        return -1;
    work = secret_alloc(E4_PASSWORD_WORK, err);
    if (work == NULL)
        goto done;
    if (e4_key_from_password(seed, password, len, work, E4_PASSWORD_WORK) != E4_OK) {
        (void)err_set(err, ERR_INPUT, "%s: a password is UTF-8 and has at least %d bytes", path,
                      E4_PASSWORD_MIN);
        goto done;
    }
    if (public_key)
        e4_sign_public(key, seed);
    else
        memcpy(key, seed, sizeof seed);
    rc = 0;

done:
    secret_free(work, E4_PASSWORD_WORK);
    e4_wipe(seed, sizeof seed);
    e4_wipe(password, sizeof password);
    return rc;
}

int special_create(const struct command *command, const struct line *line, struct err *err)
{
    const char *file = line->option[OPTION_KEY];
    const char *password = line->option[OPTION_PASSWORD_FILE];
    struct request request;
    uint8_t key[E4_KEY_SIZE];
    char text[BASE64_SIZE(E4_KEY_SIZE)];
    bool public_key;
    int rc;

    if ((file == NULL) == (password == NULL))
        return err_set(err, ERR_USAGE,
                       "the client's key: say --key FILE or --password-file FILE");
    if (ask_mode(&public_key, line, err) != 0)
        return -1;
    rc = file != NULL ? key_from_file(key, file, public_key, err)
                      : key_from_password(key, password, public_key, err);
    if (rc == 0) {
        base64_encode(text, key, sizeof key);
        run_start(&request, command, line);
        request_add(&request, "key", text);
        rc = run_finish(&request, line, err);
    }
    e4_wipe(text, sizeof text);
    e4_wipe(key, sizeof key);
    return rc;
}

/* Call, and show one member of the answer: base64 as it is, or as the bytes that it means. */
static int show_member(const struct request *request, const struct line *line,
                       const char *member, bool as_bytes, struct err *err)
{
    uint8_t *bytes = NULL;
    char *answer;
    size_t size;
    size_t len;
    int rc;

    if (run_ask(&answer, request, line, member, err) != 0)
        return -1;
    size = strlen(answer) + 1;
    if (as_bytes)
        bytes = malloc(size);
    if (!as_bytes)
        rc = puts(answer) < 0 ? err_set(err, ERR_SYSTEM, "cannot write") : 0;
    else if (bytes == NULL)
        rc = err_set(err, ERR_SYSTEM, "out of memory");
    else if (base64_decode(bytes, size, &len, answer, size - 1) != 0)
        rc = err_set(err, ERR_SYSTEM, "the server's answer is not what it should be");
    else
        rc = file_write_fd(STDOUT_FILENO, bytes, len, "standard output", err);
    request_free((char *)bytes, size);
    request_free(answer, size);
    return rc;
}

/* The request with a message as its last field; the answer's member is shown. */
static int convert(const struct command *command, const struct line *line, const char *field,
                   const char *text, const char *member, bool as_bytes, struct err *err)
{
    struct request request;

    run_start(&request, command, line);
    request_add(&request, field, text);
    return line->json ? run_finish(&request, line, err)
                      : show_member(&request, line, member, as_bytes, err);
}

int special_server_key(const struct command *command, const struct line *line, struct err *err)
{
    struct request request;

    run_start(&request, command, line);
    return line->option[OPTION_RAW] == NULL
               ? run_finish(&request, line, err)
               : show_member(&request, line, "serverKey", true, err);
}

/* Standard input; the caller frees MESSAGE_MAX + 1 bytes by request_free(). */
static char *read_input(size_t *len, struct err *err)
{
    char *bytes = calloc(1, MESSAGE_MAX + 1);

    if (bytes == NULL) {
        (void)err_set(err, ERR_SYSTEM, "out of memory");
        return NULL;
    }
    if (file_read("-", bytes, MESSAGE_MAX, len, err) == 0)
        return bytes;
    free(bytes);
    return NULL;
}

static int convert_bytes(const struct command *command, const struct line *line,
                         const char *field, const char *data, size_t len, const char *member,
                         bool as_bytes, struct err *err)
{
    size_t size = BASE64_SIZE(len);
    char *text = malloc(size);
    int rc;

    if (text == NULL)
        return err_set(err, ERR_SYSTEM, "out of memory");
    base64_encode(text, (const uint8_t *)data, len);
    rc = convert(command, line, field, text, member, as_bytes, err);
    request_free(text, size);
    return rc;
}

int special_protect(const struct command *command, const struct line *line, struct err *err)
{
    const char *message = line->option[OPTION_MESSAGE];
    const bool raw = line->option[OPTION_RAW] != NULL;
    char *bytes;
    size_t len;
    int rc;

    if (message != NULL)
        return convert_bytes(command, line, "binaryData", message, strlen(message),
                             "protectedBinaryData", raw, err);
    bytes = read_input(&len, err);
    if (bytes == NULL)
        return -1;
    rc =
        convert_bytes(command, line, "binaryData", bytes, len, "protectedBinaryData", raw, err);
    request_free(bytes, MESSAGE_MAX + 1);
    return rc;
}

int special_unprotect(const struct command *command, const struct line *line, struct err *err)
{
    char *bytes;
    size_t len;
    int rc;

    bytes = read_input(&len, err);
    if (bytes == NULL)
        return -1;
    if (line->option[OPTION_RAW] != NULL) {
        rc = convert_bytes(command, line, "protectedBinaryData", bytes, len, "binaryData", true,
                           err);
    } else {
        while (len > 0 && isspace((unsigned char)bytes[len - 1]))
            bytes[--len] = '\0';
        rc = convert(command, line, "protectedBinaryData", bytes, "binaryData", true, err);
    }
    request_free(bytes, MESSAGE_MAX + 1);
    return rc;
}

enum { TIME_SIZE = sizeof "2026-12-31T00:00:00Z" + 16 };

/* "90d" from now on, as a point in time; anything else as it is. */
static void point_in_time(char text[TIME_SIZE], const char *given)
{
    char *end;
    const long count = strtol(given, &end, 10);
    const long unit_s = *end == 'd' ? 86400 : *end == 'h' ? 3600 : *end == 'm' ? 60 : 0;
    time_t when;
    struct tm tm;

    (void)snprintf(text, TIME_SIZE, "%.*s", TIME_SIZE - 1, given);
    if (end == given || unit_s == 0 || end[1] != '\0' || count <= 0 || count > 1000000)
        return;
    when = time(NULL) + (time_t)count * unit_s;
    if (gmtime_r(&when, &tm) != NULL)
        (void)strftime(text, TIME_SIZE, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

int special_token(const struct command *command, const struct line *line, struct err *err)
{
    const char *role = line->option[OPTION_ROLE];
    const char *expires = line->option[OPTION_EXPIRES];
    struct request request;
    char upper[16] = "";
    char when[TIME_SIZE];

    if (role == NULL)
        return err_set(err, ERR_USAGE, "--role: viewer, operator or admin");
    for (size_t i = 0; role[i] != '\0' && i + 1 < sizeof upper; i++)
        upper[i] = (char)toupper((unsigned char)role[i]);
    run_start(&request, command, line);
    request_add(&request, "role", upper);
    if (line->option[OPTION_CERTIFICATE] != NULL)
        request_add(&request, "certificate", line->option[OPTION_CERTIFICATE]);
    if (line->option[OPTION_SCOPE] != NULL)
        request_add(&request, "scope", line->option[OPTION_SCOPE]);
    if (expires != NULL) {
        point_in_time(when, expires);
        request_add(&request, "expires", when);
    }
    if (line->option[OPTION_CERTIFICATE] != NULL && !line->json)
        return run_silently(&request, line, err);
    return run_finish(&request, line, err);
}

/* A line of the stream on its way. */
struct watching {
    bool json;
    char line[1 << 19]; /* a topic may have 65,535 bytes, each of which six in JSON */
    size_t len;
};

static void print_member(const struct json_in *event, const char *name, const char *end)
{
    size_t len;
    const char *text = json_in_text(json_in_get(event, name), &len);

    exit_print(stdout, text != NULL ? text : "-", text != NULL ? len : 1);
    (void)fputs(end, stdout);
}

/* A line "data: {...}"; others are of no interest here. */
static int watch_line(const struct watching *watching, struct err *err)
{
    static const char lead[] = "data: ";
    const char *text = watching->line + sizeof lead - 1;
    struct json_in *event;

    if (strncmp(watching->line, lead, sizeof lead - 1) != 0)
        return 0;
    if (watching->json) {
        (void)printf("%s\n", text);
    } else {
        event = json_in_read_whole(text, strlen(text), err);
        if (event == NULL)
            return -1;
        print_member(event, "timestamp", "  ");
        print_member(event, "type", "  ");
        print_member(event, "source", "  ");
        print_member(event, "target", "\n");
        json_in_free(event);
    }
    return fflush(stdout) == 0 ? 0 : err_set(err, ERR_SYSTEM, "cannot write");
}

static int watch(void *ctx, const char *data, size_t len, struct err *err)
{
    struct watching *watching = ctx;

    for (size_t i = 0; i < len; i++) {
        if (data[i] != '\n' && watching->len + 1 < sizeof watching->line) {
            watching->line[watching->len++] = data[i];
            continue;
        }
        if (data[i] != '\n')
            return err_set(err, ERR_SYSTEM, "a line of the server's is too long");
        watching->line[watching->len] = '\0';
        if (watch_line(watching, err) != 0)
            return -1;
        watching->len = 0;
    }
    return 0;
}

int special_events(const struct command *command, const struct line *line, struct err *err)
{
    struct watching *watching = calloc(1, sizeof *watching);
    struct request request;
    int rc;

    if (watching == NULL)
        return err_set(err, ERR_SYSTEM, "out of memory");
    watching->json = line->json;
    run_start(&request, command, line);
    rc = request_stream(&request, &line->target, watch, watching, err);
    if (rc == 0) /* nobody asked it to */
        rc = err_set(err, ERR_NETWORK, "the server ended the stream of events");
    free(watching);
    return rc;
}
