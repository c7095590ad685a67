/* SPDX-License-Identifier: Apache-2.0 */
/* See seal.h: XChaCha20-Poly1305 (nonce ‖ ciphertext ‖ tag), keyed BLAKE2b, and Argon2id. */
#include "server/core/seal.h"

#include <assert.h>
#include <pthread.h>
#include <string.h>

#include <sodium.h>

#include "base/err.h"
#include "base/secret.h"
#include "e4/keys.h"

enum {
    NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES,
    BOUND_MAX = 64,
    MEMORY_KIB = 64 * 1024, /* RFC 9106, section 4, its second choice */
    PASSES = 3,
    MEMORY_KIB_MAX = 4 * 1024 * 1024, /* what is in a database may be anything */
    PASSES_MAX = 100
};

/* A master key, and the one for sealing that comes from it. */
struct keys {
    uint8_t master[E4_KEY_SIZE];
    uint8_t sealing[crypto_aead_xchacha20poly1305_ietf_KEYBYTES];
};

struct seal {
    pthread_rwlock_t own_lock;
    pthread_rwlock_t *lock; /* that one, also of a seal which is const */
    struct keys now;
    struct keys other;
    bool has_other;
    uint8_t printing[crypto_generichash_KEYBYTES];
};

static_assert(STORE_SEALED_SIZE == NONCE + E4_KEY_SIZE + TAG, "a sealed key's size");
static_assert(STORE_HASH_SIZE == crypto_generichash_BYTES, "a hash's size");
static_assert(sizeof((struct seal_stretch *)0)->salt == crypto_pwhash_SALTBYTES,
              "a salt's size");

void seal_derive(uint8_t key[STORE_HASH_SIZE], const uint8_t from[E4_KEY_SIZE],
                 const char *purpose)
{
    (void)crypto_generichash(key, STORE_HASH_SIZE, (const uint8_t *)purpose, strlen(purpose),
                             from, E4_KEY_SIZE);
}

static void use_master(struct keys *keys, const uint8_t master[E4_KEY_SIZE])
{
    memcpy(keys->master, master, E4_KEY_SIZE);
    seal_derive(keys->sealing, master, "e4d: keys at rest");
}

int seal_new(struct seal **seal, const uint8_t master[E4_KEY_SIZE], struct err *err)
{
    struct seal *made;

    if (sodium_init() < 0)
        return err_set(err, ERR_SYSTEM, "libsodium does not start");
    made = secret_alloc(sizeof *made, err);
    if (made == NULL)
        return -1;
    made->lock = &made->own_lock;
    (void)pthread_rwlock_init(made->lock, NULL);
    use_master(&made->now, master);
    seal_derive(made->printing, master, "e4d: which keys are equal");
    *seal = made;
    return 0;
}

void seal_free(struct seal *seal)
{
    if (seal != NULL)
        (void)pthread_rwlock_destroy(seal->lock);
    secret_free(seal, sizeof *seal);
}

static void lock(const struct seal *seal)
{
    (void)pthread_rwlock_rdlock(seal->lock);
}

static void unlock(const struct seal *seal)
{
    (void)pthread_rwlock_unlock(seal->lock);
}

/* What a key is bound to, as bytes: the table's name with its NUL, the row, the version. */
static size_t bound_of(uint8_t bound[BOUND_MAX], const struct seal_place *place)
{
    size_t len = strlen(place->table) + 1;
    uint64_t version = (uint64_t)place->version;

    assert(len + STORE_ID_SIZE + 8 <= BOUND_MAX);
    memcpy(bound, place->table, len);
    memcpy(bound + len, place->id, STORE_ID_SIZE);
    len += STORE_ID_SIZE;
    for (unsigned i = 0; i < 8; i++)
        bound[len++] = (uint8_t)(version >> (8 * i));
    return len;
}

int seal_key(const struct seal *seal, uint8_t sealed[STORE_SEALED_SIZE],
             const struct seal_place *place, const uint8_t key[E4_KEY_SIZE], struct err *err)
{
    uint8_t bound[BOUND_MAX];
    size_t bound_len = bound_of(bound, place);

    if (secret_random(sealed, NONCE, err) != 0)
        return -1;
    lock(seal);
    (void)crypto_aead_xchacha20poly1305_ietf_encrypt(sealed + NONCE, NULL, key, E4_KEY_SIZE,
                                                     bound, bound_len, NULL, sealed,
                                                     seal->now.sealing);
    unlock(seal);
    return 0;
}

static bool opens(const struct keys *keys, uint8_t key[E4_KEY_SIZE],
                  const struct seal_place *place, const uint8_t sealed[STORE_SEALED_SIZE])
{
    uint8_t bound[BOUND_MAX];
    size_t bound_len = bound_of(bound, place);

    return crypto_aead_xchacha20poly1305_ietf_decrypt(key, NULL, NULL, sealed + NONCE,
                                                      E4_KEY_SIZE + TAG, bound, bound_len,
                                                      sealed, keys->sealing) == 0;
}

/* The same, telling whether it was the one that seals now. */
static int open_either(const struct seal *seal, uint8_t key[E4_KEY_SIZE], bool *by_now,
                       const struct seal_place *place, const uint8_t sealed[STORE_SEALED_SIZE],
                       struct err *err)
{
    bool by_other;

    lock(seal);
    *by_now = opens(&seal->now, key, place, sealed);
    by_other = !*by_now && seal->has_other && opens(&seal->other, key, place, sealed);
    unlock(seal);
    if (*by_now || by_other)
        return 0;
    e4_wipe(key, E4_KEY_SIZE);
    return err_set(err, ERR_STATE,
                   "a key in table %s does not open: it was changed, or sealed with another "
                   "master key",
                   place->table);
}

int seal_open(const struct seal *seal, uint8_t key[E4_KEY_SIZE], const struct seal_place *place,
              const uint8_t sealed[STORE_SEALED_SIZE], struct err *err)
{
    bool by_now;

    return open_either(seal, key, &by_now, place, sealed, err);
}

int seal_renew(const struct seal *seal, uint8_t sealed[STORE_SEALED_SIZE], bool *renewed,
               const struct seal_place *place, struct err *err)
{
    uint8_t key[E4_KEY_SIZE];
    bool by_now;
    int rc;

    if (open_either(seal, key, &by_now, place, sealed, err) != 0)
        return -1;
    rc = by_now ? 0 : seal_key(seal, sealed, place, key, err);
    e4_wipe(key, sizeof key);
    *renewed = !by_now;
    return rc;
}

void seal_print(const struct seal *seal, uint8_t print[STORE_PRINT_SIZE],
                const uint8_t key[E4_KEY_SIZE])
{
    (void)crypto_generichash(print, STORE_PRINT_SIZE, key, E4_KEY_SIZE, seal->printing,
                             sizeof seal->printing);
}

void seal_hash(uint8_t hash[STORE_HASH_SIZE], const uint8_t *key, const void *data, size_t len)
{
    (void)crypto_generichash(hash, STORE_HASH_SIZE, data, len, key,
                             key != NULL ? STORE_HASH_SIZE : 0);
}

int seal_next(struct seal **next, const struct seal *seal, const uint8_t master[E4_KEY_SIZE],
              struct err *err)
{
    if (seal_new(next, master, err) != 0)
        return -1;
    lock(seal);
    (*next)->other = seal->now;
    (*next)->has_other = true;
    memcpy((*next)->printing, seal->printing, sizeof seal->printing);
    unlock(seal);
    return 0;
}

bool seal_is_under(const struct seal *seal, const uint8_t master[E4_KEY_SIZE])
{
    bool same;

    lock(seal);
    same = e4_equal(seal->now.master, master, E4_KEY_SIZE);
    unlock(seal);
    return same;
}

void seal_add(struct seal *seal, const uint8_t master[E4_KEY_SIZE])
{
    (void)pthread_rwlock_wrlock(seal->lock);
    use_master(&seal->other, master);
    seal->has_other = true;
    unlock(seal);
}

void seal_swap(struct seal *seal)
{
    struct keys keys;

    (void)pthread_rwlock_wrlock(seal->lock);
    keys = seal->now;
    seal->now = seal->other;
    seal->other = keys;
    unlock(seal);
    e4_wipe(&keys, sizeof keys);
}

void seal_forget(struct seal *seal)
{
    (void)pthread_rwlock_wrlock(seal->lock);
    e4_wipe(&seal->other, sizeof seal->other);
    seal->has_other = false;
    unlock(seal);
}

int seal_keep(const struct seal *seal, uint8_t sealed[STORE_SEALED_SIZE], enum seal_own what,
              const struct seal_place *place, struct err *err)
{
    return seal_key(seal, sealed, place,
                    what == SEAL_PRINTING ? seal->printing : seal->other.master, err);
}

int seal_take(struct seal *seal, enum seal_own what, const struct seal_place *place,
              const uint8_t sealed[STORE_SEALED_SIZE], struct err *err)
{
    uint8_t key[E4_KEY_SIZE];

    if (seal_open(seal, key, place, sealed, err) != 0)
        return -1;
    if (what == SEAL_PRINTING)
        memcpy(seal->printing, key, sizeof seal->printing);
    else
        seal_add(seal, key);
    e4_wipe(key, sizeof key);
    return 0;
}

int seal_stretch_new(struct seal_stretch *how, struct err *err)
{
    *how = (struct seal_stretch){.memory_kib = MEMORY_KIB, .passes = PASSES};
    return secret_random(how->salt, sizeof how->salt, err);
}

int seal_stretch(uint8_t master[E4_KEY_SIZE], const struct seal_stretch *how,
                 const char *passphrase, size_t len, struct err *err)
{
    if (sodium_init() >= 0 &&
        crypto_pwhash(master, E4_KEY_SIZE, passphrase, len, how->salt, how->passes,
                      (size_t)how->memory_kib * 1024, crypto_pwhash_ALG_ARGON2ID13) == 0)
        return 0;
    return err_set(err, ERR_SYSTEM, "a passphrase needs %u MiB of memory for a moment",
                   how->memory_kib / 1024);
}

static void put_le32(uint8_t *out, uint32_t number)
{
    for (unsigned i = 0; i < 4; i++)
        out[i] = (uint8_t)(number >> (8 * i));
}

static uint32_t get_le32(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
           (uint32_t)bytes[3] << 24;
}

void seal_stretch_write(uint8_t bytes[SEAL_STRETCH_SIZE], const struct seal_stretch *how)
{
    memcpy(bytes, how->salt, sizeof how->salt);
    put_le32(bytes + 16, how->memory_kib);
    put_le32(bytes + 20, how->passes);
}

int seal_stretch_read(struct seal_stretch *how, const uint8_t *bytes, size_t len,
                      struct err *err)
{
    if (len == SEAL_STRETCH_SIZE) {
        memcpy(how->salt, bytes, sizeof how->salt);
        how->memory_kib = get_le32(bytes + 16);
        how->passes = get_le32(bytes + 20);
        if (how->memory_kib >= 8 && how->memory_kib <= MEMORY_KIB_MAX && how->passes >= 1 &&
            how->passes <= PASSES_MAX)
            return 0;
    }
    return err_set(err, ERR_STATE, "database: how the passphrase is stretched is damaged");
}
