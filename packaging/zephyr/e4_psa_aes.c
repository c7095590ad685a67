/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PSA Crypto as the engine of the library. A key's handle would have to be given back, and the
 * library's copies of keys are simply wiped: so the raw key is kept, and imported each time.
 */
#include "e4.h"

#include <psa/crypto.h>
#include <string.h>
#include <zephyr/kernel.h>

enum { PIECE = 4 * E4_AES_BLOCK_SIZE };

static void keep_raw(uint32_t key[E4_AES_KEY_WORDS], const uint8_t raw[E4_AES_RAW_SIZE])
{
    memcpy(key, raw, E4_AES_RAW_SIZE);
}

static psa_status_t import(psa_key_id_t *id, const uint8_t *raw)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_status_t status = psa_crypto_init(); /* nothing, from the second time on */

    psa_set_key_type(&attributes, PSA_KEY_TYPE_AES);
    psa_set_key_bits(&attributes, 8 * E4_AES_RAW_SIZE);
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_ENCRYPT);
    psa_set_key_algorithm(&attributes, PSA_ALG_ECB_NO_PADDING);
    if (status == PSA_SUCCESS)
        status = psa_import_key(&attributes, raw, E4_AES_RAW_SIZE, id);
    return status;
}

/* Through a copy: PSA need not bear that a piece is encrypted where it lies. */
static psa_status_t encrypt_piece(psa_key_id_t id, uint8_t *out, const uint8_t *in, size_t len)
{
    uint8_t piece[PIECE];
    psa_status_t status;
    size_t done = 0;

    memcpy(piece, in, len);
    status = psa_cipher_encrypt(id, PSA_ALG_ECB_NO_PADDING, piece, len, out, len, &done);
    e4_wipe(piece, sizeof piece);
    return status == PSA_SUCCESS && done != len ? PSA_ERROR_GENERIC_ERROR : status;
}

/* What is not encrypted must not leave: rather the system stops. */
static void encrypt(const uint32_t key[E4_AES_KEY_WORDS], uint8_t *out, const uint8_t *in,
                    size_t count)
{
    psa_key_id_t id;
    psa_status_t status = import(&id, (const uint8_t *)key);
    size_t len = count * E4_AES_BLOCK_SIZE;

    if (status != PSA_SUCCESS)
        k_panic();
    while (len > 0 && status == PSA_SUCCESS) {
        size_t now = len < PIECE ? len : PIECE;

        status = encrypt_piece(id, out, in, now);
        len -= now;
        in += now;
        out += now;
    }
    if (psa_destroy_key(id) != PSA_SUCCESS || status != PSA_SUCCESS)
        k_panic();
}

static const struct e4_aes psa = {"PSA Crypto", keep_raw, encrypt, NULL, NULL, NULL};

const struct e4_aes *e4_aes_choose(void)
{
    return &psa;
}
