/* SPDX-License-Identifier: Apache-2.0 */
/* See settings.h. */
#include "tools/e4/settings.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/hex.h"
#include "base/json_in.h"
#include "base/json_out.h"
#include "e4/keys.h"

#define FILE_NAME "device.json"
#define FILE_MAX  (512UL * 1024) /* a topic of 65,535 bytes, each written as \uXXXX */
enum { FORMAT = 1 };

void settings_free(struct device_settings *settings)
{
    free(settings->name);
    free(settings->receiving_topic);
    memset(settings, 0, sizeof *settings);
}

/* A copy of a member that is text; absent or null is NULL. */
static int take_text(char **out, const struct json_in *object, const char *name,
                     struct err *err)
{
    const struct json_in *value = json_in_get(object, name);
    size_t len;
    const char *text = json_in_text(value, &len);

    if (value == NULL || json_in_is_null(value))
        return 0;
    if (text == NULL)
        return err_set(err, ERR_STATE, "\"%s\" is no text", name);
    *out = strdup(text);
    return *out != NULL ? 0 : err_set(err, ERR_SYSTEM, "out of memory");
}

static int take(struct settings_file *out, const struct json_in *object, struct err *err)
{
    size_t id_len;
    const char *id = json_in_text(json_in_get(object, "id"), &id_len);
    int64_t format;
    uint8_t hash[E4_HASH_SIZE];
    const char *name;
    const char *topic;

    if (!json_in_number(json_in_get(object, "format"), &format) || format < FORMAT)
        return err_set(err, ERR_STATE, "no \"format\"");
    if (format > FORMAT)
        return err_set(err, ERR_STATE, "written by a newer version of e4");
    if (id == NULL || hex_decode(out->id, sizeof out->id, id, id_len) != 0)
        return err_set(err, ERR_STATE, "no good \"id\"");
    if (take_text(&out->settings.name, object, "name", err) != 0 ||
        take_text(&out->settings.receiving_topic, object, "receiving_topic", err) != 0)
        return -1;
    name = out->settings.name;
    if (name != NULL && (e4_id_from_name(hash, name, strlen(name)) != E4_OK ||
                         memcmp(hash, out->id, sizeof hash) != 0))
        return err_set(err, ERR_STATE, "\"id\" is not that of \"name\"");
    topic = out->settings.receiving_topic;
    if (topic != NULL && e4_topic_hash(hash, topic, strlen(topic)) != E4_OK)
        return err_set(err, ERR_STATE, "\"receiving_topic\" is no topic");
    out->ready = json_in_get(object, "unfinished") == NULL;
    return 0;
}

int settings_parse(struct settings_file *out, const char *text, size_t len, struct err *err)
{
    struct json_in *object = json_in_read(text, len, err);
    int rc = -1;

    memset(out, 0, sizeof *out);
    if (object == NULL) {
        err->kind = ERR_STATE;
        return -1;
    }
    if (json_in_is_object(object))
        rc = take(out, object, err);
    else
        (void)err_set(err, ERR_STATE, "no JSON object");
    json_in_free(object);
    if (rc != 0)
        settings_free(&out->settings);
    return rc;
}

static int read_file(struct settings_file *out, const char *path, struct err *err)
{
    char *text = malloc(FILE_MAX);
    size_t len;
    int rc = -1;

    if (text == NULL)
        return err_set(err, ERR_SYSTEM, "out of memory");
    if (file_read(path, text, FILE_MAX, &len, err) != 0)
        err->kind = ERR_STATE;
    else if (settings_parse(out, text, len, err) != 0)
        (void)err_prefix(err, "%s", path);
    else
        rc = 0;
    free(text);
    return rc;
}

int settings_read(struct settings_file *out, const char *folder, struct err *err)
{
    char *path = file_join(folder, FILE_NAME, err);
    int rc = 0;

    memset(out, 0, sizeof *out);
    out->ready = true;
    if (path == NULL)
        return -1;
    if (access(path, F_OK) == 0) {
        rc = read_file(out, path, err);
        out->present = rc == 0;
    }
    free(path);
    return rc;
}

static void print(const struct settings_file *file, FILE *out)
{
    const struct device_settings *settings = &file->settings;
    struct json_out json;

    json_out_start(&json, out, true);
    json_out_open(&json, NULL, '{');
    json_out_number(&json, "format", FORMAT);
    json_out_hex(&json, "id", file->id, sizeof file->id);
    if (settings->name != NULL)
        json_out_string(&json, "name", settings->name);
    if (settings->receiving_topic != NULL)
        json_out_string(&json, "receiving_topic", settings->receiving_topic);
    if (!file->ready)
        json_out_bool(&json, "unfinished", true);
    json_out_close(&json, '}');
    json_out_end(&json);
}

int settings_write(const struct settings_file *file, const char *folder, struct err *err)
{
    const struct file_options options = {0600, true};
    char *path = file_join(folder, FILE_NAME, err);
    char *text = NULL;
    size_t len;
    FILE *out = open_memstream(&text, &len);
    bool good = out != NULL;
    int rc = -1;

    if (good) {
        print(file, out);
        good = fflush(out) == 0 && ferror(out) == 0;
        good = fclose(out) == 0 && good;
    }
    if (!good)
        (void)err_set(err, ERR_SYSTEM, "out of memory");
    else if (path != NULL)
        rc = file_write(path, text, len, &options, err);
    free(text);
    free(path);
    if (rc != 0 && good)
        err->kind = ERR_STATE; /* where it is to be written is at fault */
    return rc;
}
