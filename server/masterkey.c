/* SPDX-License-Identifier: Apache-2.0 */
/* See masterkey.h. */
#include "server/masterkey.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/hex.h"
#include "base/log.h"
#include "base/secret.h"
#include "e4/keys.h"
#include "server/store/store.h"

#define OWN  "master.key"     /* in the state's folder */
#define NEXT "master.key.new" /* beside it, while it is being changed */

/* The file's form: 64 hexadecimal digits and the end of the line. */
enum { TEXT = 2 * CORE_MASTER_SIZE, PASSPHRASE_MIN = 16 };

/* Where one comes from: one of the two, or neither. The caller frees the paths. */
struct source {
    char *key_file;
    char *passphrase_file;
    bool is_own; /* the file is in the state's folder, and ours to make */
};

static void source_free(struct source *source)
{
    free(source->key_file);
    free(source->passphrase_file);
}

static int copy(char **out, const char *path, struct err *err)
{
    *out = path != NULL ? strdup(path) : NULL;
    return path == NULL || *out != NULL ? 0 : err_set(err, ERR_SYSTEM, "out of memory");
}

/* What the service manager hands over under this name; NULL: nothing, or err is set. */
static int credential(char **path, const char *name, struct err *err)
{
    const char *folder = getenv("CREDENTIALS_DIRECTORY");

    if (folder == NULL)
        return 0;
    *path = file_join(folder, name, err);
    if (*path == NULL)
        return -1;
    if (access(*path, F_OK) != 0) {
        free(*path);
        *path = NULL;
    }
    return 0;
}

/* The settings first, then the service manager, then the state's folder. */
static int find_source(struct source *source, const struct settings *settings,
                       const char *folder, struct err *err)
{
    *source = (struct source){NULL, NULL, false};
    if (copy(&source->key_file, settings->master_key_file, err) != 0 ||
        copy(&source->passphrase_file, settings->master_passphrase_file, err) != 0)
        return -1;
    if (source->key_file == NULL && source->passphrase_file == NULL &&
        (credential(&source->key_file, OWN, err) != 0 ||
         (source->key_file == NULL &&
          credential(&source->passphrase_file, "master.passphrase", err) != 0)))
        return -1;
    if (source->key_file != NULL || source->passphrase_file != NULL)
        return 0;
    source->is_own = true;
    source->key_file = file_join(folder, OWN, err);
    return source->key_file != NULL ? 0 : -1;
}

static int make_key(uint8_t key[CORE_MASTER_SIZE], const char *path, struct err *err)
{
    static const struct file_options fresh = {0600, false};
    char text[TEXT + 2];
    int rc = -1;

    if (secret_random(key, CORE_MASTER_SIZE, err) == 0) {
        hex_encode(text, key, CORE_MASTER_SIZE);
        text[TEXT] = '\n';
        rc = file_write(path, text, TEXT + 1, &fresh, err);
        e4_wipe(text, sizeof text);
    }
    if (rc == 0)
        log_info("e4d", "made %s; without it the state cannot be read: keep a copy elsewhere",
                 path);
    return rc;
}

static int read_key(uint8_t key[CORE_MASTER_SIZE], const char *path, struct err *err)
{
    char text[TEXT + 2];
    size_t len;
    int rc = -1;

    if (secret_read(path, text, sizeof text, &len, err) != 0)
        return -1;
    if (len > 0 && text[len - 1] == '\n')
        len--;
    if (hex_decode(key, CORE_MASTER_SIZE, text, len) == 0)
        rc = 0;
    else
        (void)err_set(err, ERR_STATE, "%s: not %d hexadecimal digits", path, TEXT);
    e4_wipe(text, sizeof text);
    return rc;
}

/* The key of a passphrase, as how says. */
static int read_passphrase(struct rekey_master *master, const char *path, struct err *err)
{
    const struct secret_source source = {.file = path};
    char passphrase[SECRET_PASSWORD_MAX + 1];
    size_t len;
    int rc = -1;

    master->from_passphrase = true;
    if (secret_password(passphrase, &len, &source, err) != 0)
        return -1;
    if (len < PASSPHRASE_MIN)
        (void)err_set(err, ERR_INPUT, "%s: a passphrase has at least %d bytes", path,
                      PASSPHRASE_MIN);
    else
        rc = seal_stretch(master->key, &master->how, passphrase, len, err);
    e4_wipe(passphrase, sizeof passphrase);
    return rc;
}

/* A source's key for a state that is there, whose own says how, if it is a passphrase's.
 * *has: it can be that. */
static int read_source(struct rekey_master *master, bool *has, const struct source *source,
                       const struct seal_stretch *how, struct err *err)
{
    *has = (source->passphrase_file != NULL) == (how != NULL);
    if (!*has)
        return 0;
    if (source->passphrase_file == NULL)
        return read_key(master->key, source->key_file, err);
    master->how = *how;
    return read_passphrase(master, source->passphrase_file, err);
}

static int make_source(struct rekey_master *master, const struct source *source,
                       struct err *err)
{
    if (source->passphrase_file != NULL)
        return seal_stretch_new(&master->how, err) != 0
                   ? -1
                   : read_passphrase(master, source->passphrase_file, err);
    if (source->is_own && access(source->key_file, F_OK) != 0)
        return make_key(master->key, source->key_file, err);
    return read_key(master->key, source->key_file, err);
}

/* The source of the one that follows on now, if there is any: neither otherwise. */
static int find_next_source(struct source *source, const struct source *now,
                            const struct settings *settings, const char *folder,
                            struct err *err)
{
    *source = (struct source){NULL, NULL, false};
    if (copy(&source->key_file, settings->new_master_key_file, err) != 0 ||
        copy(&source->passphrase_file, settings->new_master_passphrase_file, err) != 0)
        return -1;
    if (source->key_file != NULL || source->passphrase_file != NULL || !now->is_own)
        return 0;
    source->is_own = true;
    source->key_file = file_join(folder, NEXT, err);
    return source->key_file != NULL ? 0 : -1;
}

static int read_both(struct masterkeys *keys, const struct source *now,
                     const struct source *next, const struct seal_stretch *how, struct err *err)
{
    const bool is_next = next->passphrase_file != NULL ||
                         (next->key_file != NULL && access(next->key_file, F_OK) == 0);

    if (is_next && read_source(&keys->next, &keys->has_next, next, how, err) != 0)
        return -1;
    keys->is_next_own = next->is_own;
    if (read_source(&keys->now, &keys->has_now, now, how, err) != 0) {
        if (!keys->has_next)
            return -1;
        log_warning("e4d", "%s; perhaps the new master key is the one", err->text);
        keys->has_now = false;
    }
    if (keys->has_now || keys->has_next)
        return 0;
    return err_set(err, ERR_STATE,
                   how != NULL ? "the state's master key comes from a passphrase: say where "
                                 "it is with master-passphrase-file"
                               : "the state's master key comes from no passphrase, but from a "
                                 "file");
}

int masterkey_find(struct masterkeys *keys, const struct settings *settings, const char *folder,
                   struct store *store, struct err *err)
{
    struct source now;
    struct source next = {NULL, NULL, false};
    struct seal_stretch how;
    bool stretched;
    bool is_new;
    int rc = -1;

    if (core_is_new(store, &is_new, err) != 0 ||
        core_stretch(store, &how, &stretched, err) != 0)
        return -1;
    if (find_source(&now, settings, folder, err) == 0 &&
        find_next_source(&next, &now, settings, folder, err) == 0) {
        keys->has_now = is_new;
        rc = is_new ? make_source(&keys->now, &now, err)
                    : read_both(keys, &now, &next, stretched ? &how : NULL, err);
    }
    source_free(&now);
    source_free(&next);
    return rc;
}

int masterkey_next(struct rekey_master *next, bool *own, const struct settings *settings,
                   const char *folder, struct err *err)
{
    struct source now;
    struct source source = {NULL, NULL, false};
    int rc = find_source(&now, settings, folder, err);

    if (rc == 0)
        rc = find_next_source(&source, &now, settings, folder, err);
    if (rc == 0 && source.key_file == NULL && source.passphrase_file == NULL)
        rc = err_set(err, ERR_MODE,
                     "say where the new master key is: new-master-key-file or "
                     "new-master-passphrase-file");
    if (rc == 0)
        rc = make_source(next, &source, err);
    *own = source.is_own;
    source_free(&now);
    source_free(&source);
    return rc;
}

/* Ours takes the place of the one before; others are not ours to move. */
static int move_own(const char *folder, struct err *err)
{
    char *from = file_join(folder, NEXT, err);
    char *to = file_join(folder, OWN, err);
    int rc = -1;

    if (from != NULL && to != NULL && rename(from, to) == 0)
        rc = 0;
    else if (from != NULL && to != NULL)
        rc = err_system(err, ERR_SYSTEM, errno, "cannot rename %s to %s", from, to);
    free(from);
    free(to);
    return rc;
}

void masterkey_changed(bool own, const char *folder)
{
    struct err err;

    if (!own)
        log_warning("e4d", "the new master key is the only one now: in the settings, put what "
                           "new-master-... names in the place of the one before");
    else if (move_own(folder, &err) != 0)
        log_error("e4d", "%s", err.text);
    else
        log_info("e4d", "%s/" OWN " is the new master key: keep a copy elsewhere", folder);
}

int masterkey_check(const struct settings *settings, struct err *err)
{
    const char *const keys[] = {settings->master_key_file, settings->new_master_key_file};
    const char *const passphrases[] = {settings->master_passphrase_file,
                                       settings->new_master_passphrase_file};
    char passphrase[SECRET_PASSWORD_MAX + 1];
    uint8_t key[CORE_MASTER_SIZE];
    size_t len;
    int rc = 0;

    for (size_t i = 0; i < 2 && rc == 0; i++) {
        const struct secret_source source = {.file = passphrases[i]};

        if (keys[i] != NULL && strcmp(keys[i], "-") != 0)
            rc = read_key(key, keys[i], err);
        if (rc == 0 && passphrases[i] != NULL && strcmp(passphrases[i], "-") != 0) {
            rc = secret_password(passphrase, &len, &source, err);
            if (rc == 0 && len < PASSPHRASE_MIN)
                rc = err_set(err, ERR_INPUT, "%s: a passphrase has at least %d bytes",
                             passphrases[i], PASSPHRASE_MIN);
        }
    }
    e4_wipe(passphrase, sizeof passphrase);
    e4_wipe(key, sizeof key);
    return rc;
}
