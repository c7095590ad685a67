/* SPDX-License-Identifier: Apache-2.0 */
/* See seal.h: XChaCha20-Poly1305 (nonce ‖ ciphertext ‖ tag), and keyed BLAKE2b. */
#include "server/core/seal.h"

#include <assert.h>
#include <string.h>

#include <sodium.h>

#include "base/err.h"
#include "base/secret.h"
#include "e4/keys.h"

enum {
    NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES,
    BOUND_MAX = 64
};

struct seal {
    uint8_t sealing[crypto_aead_xchacha20poly1305_ietf_KEYBYTES];
    uint8_t printing[crypto_generichash_KEYBYTES];
};

static_assert(STORE_SEALED_SIZE == NONCE + E4_KEY_SIZE + TAG, "a sealed key's size");
static_assert(STORE_HASH_SIZE == crypto_generichash_BYTES, "a hash's size");

void seal_derive(uint8_t key[STORE_HASH_SIZE], const uint8_t from[E4_KEY_SIZE],
                 const char *purpose)
{
    (void)crypto_generichash(key, STORE_HASH_SIZE, (const uint8_t *)purpose, strlen(purpose),
                             from, E4_KEY_SIZE);
}

int seal_new(struct seal **seal, const uint8_t master[E4_KEY_SIZE], struct err *err)
{
    struct seal *made;

    if (sodium_init() < 0)
        return err_set(err, ERR_SYSTEM, "libsodium does not start");
    made = secret_alloc(sizeof *made, err);
    if (made == NULL)
        return -1;
    seal_derive(made->sealing, master, "e4d: keys at rest");
    seal_derive(made->printing, master, "e4d: which keys are equal");
    *seal = made;
    return 0;
}

void seal_free(struct seal *seal)
{
    secret_free(seal, sizeof *seal);
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
    (void)crypto_aead_xchacha20poly1305_ietf_encrypt(
        sealed + NONCE, NULL, key, E4_KEY_SIZE, bound, bound_len, NULL, sealed, seal->sealing);
    return 0;
}

int seal_open(const struct seal *seal, uint8_t key[E4_KEY_SIZE], const struct seal_place *place,
              const uint8_t sealed[STORE_SEALED_SIZE], struct err *err)
{
    uint8_t bound[BOUND_MAX];
    size_t bound_len = bound_of(bound, place);

    if (crypto_aead_xchacha20poly1305_ietf_decrypt(key, NULL, NULL, sealed + NONCE,
                                                   E4_KEY_SIZE + TAG, bound, bound_len, sealed,
                                                   seal->sealing) == 0)
        return 0;
    e4_wipe(key, E4_KEY_SIZE);
    return err_set(err, ERR_STATE,
                   "a key in table %s does not open: it was changed, or sealed with another "
                   "master key",
                   place->table);
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
