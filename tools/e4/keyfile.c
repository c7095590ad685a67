/* SPDX-License-Identifier: Apache-2.0 */
/* See keyfile.h. */
#include "tools/e4/keyfile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/secret.h"
#include "e4/password.h"

enum { FILE_MAX = 4096 }; /* longer than any key, so that errors can say what was found */

static const struct {
    const char *name;
    const char *words;
    size_t len; /* of the private file */
} kinds[] = {
    [KEYFILE_SYMMETRIC] = {"symmetric", "symmetric key", E4_KEY_SIZE},
    [KEYFILE_ED25519] = {"ed25519", "Ed25519 private key", E4_PRIVATE_KEY_SIZE},
    [KEYFILE_CURVE25519] = {"curve25519", "Curve25519 secret key", E4_KEY_SIZE},
};

const char *keyfile_kind_name(enum keyfile_kind kind)
{
    return kinds[kind].name;
}

const char *keyfile_kind_words(enum keyfile_kind kind)
{
    return kinds[kind].words;
}

int keyfile_kind_parse(enum keyfile_kind *kind, const char *name, struct err *err)
{
    for (unsigned i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(name, kinds[i].name) == 0) {
            *kind = (enum keyfile_kind)i;
            return 0;
        }
    }
    return err_set(err, ERR_USAGE, "%s: no type of key; it is symmetric, ed25519 or curve25519",
                   name);
}

static bool is_zero(const uint8_t *bytes, size_t len)
{
    uint8_t any = 0;

    for (size_t i = 0; i < len; i++)
        any |= bytes[i];
    return any == 0;
}

static bool ends_with(const char *text, const char *ending)
{
    size_t len = strlen(text);
    size_t ending_len = strlen(ending);

    return len > ending_len && strcmp(text + len - ending_len, ending) == 0;
}

/* path.pub; the caller frees it. */
static char *public_path(const char *path, struct err *err)
{
    size_t cap = strlen(path) + sizeof ".pub";
    char *result = malloc(cap);

    if (result == NULL)
        (void)err_set(err, ERR_SYSTEM, "out of memory");
    else
        (void)snprintf(result, cap, "%s.pub", path);
    return result;
}

bool keyfile_public_is_good(const uint8_t key[E4_KEY_SIZE], enum keyfile_kind kind)
{
    static const uint8_t any_seed[E4_KEY_SIZE] = {1};
    uint8_t shared[E4_KEY_SIZE];
    bool good;

    if (kind == KEYFILE_ED25519)
        return e4_sign_check_public(key) == E4_OK;
    good = e4_command_key_client(shared, any_seed, key) == E4_OK;
    e4_wipe(shared, sizeof shared);
    return good;
}

int keyfile_complete(struct keyfile *key, struct err *err)
{
    enum e4_result result = E4_OK;

    memset(key->public_key, 0, sizeof key->public_key);
    if (is_zero(key->secret, sizeof key->secret))
        return err_set(err, ERR_INPUT, "the key is all zero, which is no key");
    if (key->kind == KEYFILE_ED25519)
        result = e4_sign_public(key->public_key, key->secret);
    if (key->kind == KEYFILE_CURVE25519)
        result = e4_curve_public(key->public_key, key->secret);
    if (result != E4_OK)
        return err_set(err, ERR_INPUT, "the key has no public half: %s", e4_strerror(result));
    return 0;
}

/* Do these bytes look like hexadecimal text where raw bytes belong? */
static bool is_hex_text(const uint8_t *bytes, size_t len)
{
    while (len > 0 && (bytes[len - 1] == '\n' || bytes[len - 1] == '\r'))
        len--;
    for (size_t i = 0; i < len; i++) {
        if (memchr("0123456789abcdefABCDEF", bytes[i], 22) == NULL)
            return false;
    }
    return len >= 2 * E4_KEY_SIZE;
}

static const char *article(const char *words)
{
    return words[0] == 'E' ? "an" : "a"; /* Ed25519 */
}

static int wrong_length(const char *path, size_t len, size_t want, const char *words,
                        const uint8_t *bytes, struct err *err)
{
    const char *hint = "";

    if (is_hex_text(bytes, len))
        hint = "; it looks like hexadecimal text: convert it with xxd -r -p";
    else if (len == E4_PRIVATE_KEY_SIZE)
        hint = "; this is the length of an Ed25519 private key (public-key mode)";
    else if (len == E4_KEY_SIZE)
        hint = "; this is the length of a symmetric key or of a public half";
    return err_set(err, ERR_INPUT, "%s: %zu bytes, but a file with %s %s has %zu%s", path, len,
                   article(words), words, want, hint);
}

/* The file's bytes, which came in whole, become a key. */
static int take_bytes(struct keyfile *key, const uint8_t *bytes, size_t len, const char *path,
                      struct err *err)
{
    if (len != kinds[key->kind].len)
        return wrong_length(path, len, kinds[key->kind].len, kinds[key->kind].words, bytes,
                            err);
    memcpy(key->secret, bytes, sizeof key->secret);
    if (is_zero(bytes, len))
        return err_set(err, ERR_INPUT, "%s: all bytes are zero, which is no key", path);
    if (keyfile_complete(key, err) != 0)
        return err_prefix(err, "%s", path);
    if (key->kind == KEYFILE_ED25519 &&
        !e4_equal(bytes + E4_KEY_SIZE, key->public_key, E4_KEY_SIZE))
        return err_set(err, ERR_INPUT,
                       "%s: its second half is not the public half of its first; the file is "
                       "damaged or of another format",
                       path);
    return 0;
}

/* 1: FILE.pub is there and bytes are in half; 0: it is not there. */
static int read_beside(uint8_t half[E4_KEY_SIZE], const char *path, struct err *err)
{
    char *beside = NULL;
    size_t len;
    int rc = -1;

    if (strcmp(path, "-") == 0)
        return 0;
    beside = public_path(path, err);
    if (beside == NULL)
        return -1;
    if (access(beside, F_OK) != 0) {
        rc = 0;
    } else if (file_read(beside, half, E4_KEY_SIZE, &len, err) == 0) {
        if (len == E4_KEY_SIZE)
            rc = 1;
        else
            (void)err_set(err, ERR_INPUT, "%s: %zu bytes, but a public half has %d", beside,
                          len, E4_KEY_SIZE);
    }
    free(beside);
    return rc;
}

static int check_beside(const struct keyfile *key, const char *path, struct err *err)
{
    uint8_t half[E4_KEY_SIZE];
    int found = key->kind == KEYFILE_SYMMETRIC ? 0 : read_beside(half, path, err);

    if (found < 0)
        return -1;
    if (found == 1 && !e4_equal(half, key->public_key, sizeof half))
        return err_set(err, ERR_INPUT,
                       "%s.pub: not the public half of %s; one of them was replaced", path,
                       path);
    return 0;
}

/* Read a private file's bytes. A public half given by mistake is told by its name. */
static int read_private(uint8_t bytes[FILE_MAX], size_t *len, const char *path,
                        const char *words, struct err *err)
{
    if (ends_with(path, ".pub"))
        return err_set(err, ERR_INPUT,
                       "%s: by its name a public half, but %s %s is wanted here", path,
                       article(words), words);
    return secret_read(path, bytes, FILE_MAX, len, err);
}

int keyfile_read(struct keyfile *key, enum keyfile_kind kind, const char *path, struct err *err)
{
    uint8_t bytes[FILE_MAX];
    size_t len;
    int rc = -1;

    memset(key, 0, sizeof *key);
    key->kind = kind;
    if (read_private(bytes, &len, path, kinds[kind].words, err) == 0 &&
        take_bytes(key, bytes, len, path, err) == 0)
        rc = check_beside(key, path, err);
    e4_wipe(bytes, sizeof bytes);
    if (rc != 0)
        e4_wipe(key, sizeof *key);
    return rc;
}

/* A file of 32 bytes is a Curve25519 secret if what lies beside it says so. */
static int guess_kind(struct keyfile *key, const uint8_t bytes[E4_KEY_SIZE], const char *path,
                      struct err *err)
{
    uint8_t half[E4_KEY_SIZE];
    int found = read_beside(half, path, err);

    if (found < 0)
        return -1;
    key->kind = found == 1 ? KEYFILE_CURVE25519 : KEYFILE_SYMMETRIC;
    memcpy(key->secret, bytes, sizeof key->secret);
    return 0;
}

int keyfile_read_any(struct keyfile *key, const char *path, struct err *err)
{
    uint8_t bytes[FILE_MAX];
    size_t len;
    int rc = -1;

    memset(key, 0, sizeof *key);
    key->kind = KEYFILE_ED25519;
    if (read_private(bytes, &len, path, "private or symmetric key", err) != 0)
        goto done;
    if (len == E4_KEY_SIZE && guess_kind(key, bytes, path, err) != 0)
        goto done;
    if (len != E4_KEY_SIZE && len != E4_PRIVATE_KEY_SIZE) {
        (void)err_set(err, ERR_INPUT, "%s: %zu bytes, but key files have 32 or 64%s", path, len,
                      is_hex_text(bytes, len)
                          ? "; it looks like hexadecimal text: convert it with xxd -r -p"
                          : "");
        goto done;
    }
    if (take_bytes(key, bytes, len, path, err) == 0)
        rc = check_beside(key, path, err);

done:
    e4_wipe(bytes, sizeof bytes);
    if (rc != 0)
        e4_wipe(key, sizeof *key);
    return rc;
}

int keyfile_read_public(uint8_t key[E4_KEY_SIZE], enum keyfile_kind kind, const char *path,
                        struct err *err)
{
    const char *words =
        kind == KEYFILE_ED25519 ? "Ed25519 public key" : "Curve25519 public key";
    uint8_t bytes[FILE_MAX];
    uint8_t beside[E4_KEY_SIZE];
    size_t len;
    int rc = -1;

    if (file_read(path, bytes, sizeof bytes, &len, err) != 0)
        return -1;
    if (len != E4_KEY_SIZE)
        (void)wrong_length(path, len, E4_KEY_SIZE, words, bytes, err);
    else if (is_zero(bytes, len))
        (void)err_set(err, ERR_INPUT, "%s: all bytes are zero, which is no key", path);
    else if (read_beside(beside, path, err) == 1)
        (void)err_set(err, ERR_INPUT,
                      "%s: the private key, by the %s.pub beside it; give that file instead",
                      path, path);
    else if (!keyfile_public_is_good(bytes, kind))
        (void)err_set(err, ERR_INPUT, "%s: not a good %s", path, words);
    else
        rc = 0;
    if (rc == 0)
        memcpy(key, bytes, E4_KEY_SIZE);
    e4_wipe(bytes, sizeof bytes);
    return rc;
}

void keyfile_bytes(uint8_t bytes[E4_PRIVATE_KEY_SIZE], size_t *len, const struct keyfile *key)
{
    *len = kinds[key->kind].len;
    memcpy(bytes, key->secret, E4_KEY_SIZE);
    memcpy(bytes + E4_KEY_SIZE, key->public_key, E4_KEY_SIZE);
}

int keyfile_write_public(const uint8_t key[E4_KEY_SIZE], const char *path, bool force,
                         struct err *err)
{
    const struct file_options options = {0644, force};

    return file_write(path, key, E4_KEY_SIZE, &options, err);
}

/* Put the public half beside a key; a symmetric key has none, so that none may lie there. */
static int write_beside(const struct keyfile *key, const char *beside, bool force,
                        struct err *err)
{
    if (key->kind != KEYFILE_SYMMETRIC)
        return keyfile_write_public(key->public_key, beside, force, err);
    if (unlink(beside) != 0 && errno != ENOENT)
        return err_system(err, ERR_SYSTEM, errno, "cannot remove %s", beside);
    return 0;
}

int keyfile_write(const struct keyfile *key, const char *path, bool force, struct err *err)
{
    const struct file_options options = {0600, force};
    char *beside;
    uint8_t bytes[E4_PRIVATE_KEY_SIZE];
    size_t len;
    int rc = -1;

    if (ends_with(path, ".pub"))
        return err_set(err, ERR_INPUT,
                       "%s: names that end in .pub are for public halves; take another", path);
    beside = public_path(path, err);
    if (beside == NULL)
        return -1;
    keyfile_bytes(bytes, &len, key);
    if (!force && access(beside, F_OK) == 0) {
        (void)err_set(err, ERR_INPUT, "%s is there already; --force replaces it", beside);
    } else if (file_write(path, bytes, len, &options, err) == 0) {
        rc = write_beside(key, beside, force, err);
        if (rc != 0 && !force)
            (void)unlink(path); /* made a moment ago, and of no use without the other */
    }
    e4_wipe(bytes, sizeof bytes);
    free(beside);
    return rc;
}

int keyfile_from_password(struct keyfile *key, enum keyfile_kind kind, const char *password,
                          size_t password_len, struct err *err)
{
    void *work;
    enum e4_result result;

    memset(key, 0, sizeof *key);
    key->kind = kind;
    if (password_len < E4_PASSWORD_MIN)
        return err_set(err, ERR_INPUT,
                       "the password is too short: %zu bytes, at least %d are needed",
                       password_len, E4_PASSWORD_MIN);
    if (!e4_is_utf8(password, password_len))
        return err_set(err, ERR_INPUT, "the password is not UTF-8");
    work = secret_alloc(E4_PASSWORD_WORK, err);
    if (work == NULL)
        return -1;
    result = e4_key_from_password(key->secret, password, password_len, work, E4_PASSWORD_WORK);
    secret_free(work, E4_PASSWORD_WORK);
    if (result != E4_OK)
        return err_set(err, ERR_INPUT, "no key from this password: %s", e4_strerror(result));
    return keyfile_complete(key, err);
}
