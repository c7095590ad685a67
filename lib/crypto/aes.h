/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AES-256, encryption only, by one of several engines. An engine is a constant object; whoever
 * makes state that lasts chooses one (e4_aes_choose()) and remembers the pointer beside the
 * keys expanded by it. e4/aes.h says what every engine has and how a firmware brings its own;
 * here is what engines for hosts have besides.
 */
#ifndef E4_CRYPTO_AES_H
#define E4_CRYPTO_AES_H

#include "e4/aes.h"

enum { E4_AES_LANES = 8 };

/* One of several CBC-MACs that advance together, each under its own key. */
struct e4_aes_lane {
    const uint32_t *key;
    const uint8_t *in; /* the next block */
    uint8_t mac[E4_AES_BLOCK_SIZE];
};

/*
 * Faster ways to do what siv.c and siv_many.c compose of encrypt(). The key is that of
 * e4_siv_expand().
 */
struct e4_aes_whole {
    void (*tag)(const uint32_t *key, uint8_t tag[16], const uint8_t ad[8], const uint8_t *text,
                size_t len);
    void (*crypt)(const uint32_t *key, uint8_t *out, const uint8_t *in, size_t len,
                  const uint8_t tag[16]);
    /* Decrypt, and say whether the tag is right. */
    bool (*open)(const uint32_t *key, uint8_t *out, const uint8_t *in, size_t len,
                 const uint8_t ad[8], const uint8_t tag[16]);
};

struct e4_aes_lanes {
    /* All E4_AES_LANES lanes can be read and written, the results of count of them matter. */
    void (*chain)(struct e4_aes_lane lane[E4_AES_LANES], size_t count, size_t blocks);
    /* The last blocks of the text's CMAC, as e4_siv_last() after the ad; may be NULL. */
    size_t (*last)(const uint32_t *key, uint8_t last[32], const uint8_t ad[8],
                   const uint8_t *text, size_t len);
};

/*
 * Constant time without instructions for it: bitsliced, no tables, for any CPU. They differ in
 * how many blocks go side by side: four, two, one. The first, for hosts, goes with batches of
 * messages; the others are for microcontrollers of 32 bits, and of 16 or 8: they have the least
 * code, and the last one the least stack.
 */
extern const struct e4_aes e4_aes_sliced64;
extern const struct e4_aes e4_aes_sliced32;
extern const struct e4_aes e4_aes_sliced16;

/* Only built where the compiler's target is of that kind, and not with E4_PORTABLE. */
extern const struct e4_aes e4_aes_ni;   /* x86-64 with AES-NI */
extern const struct e4_aes e4_aes_vaes; /* x86-64 with AVX2 and VAES */
extern const struct e4_aes e4_aes_arm;  /* AArch64 with the cryptographic extension */

/* The engines that this CPU can run, best first; NULL past the last. e4_aes_choose() takes the
 * first, and in a library for devices (E4_SMALL) the smallest. */
const struct e4_aes *e4_aes_engine(size_t n);

const char *e4_aes_name(const struct e4_aes *aes);

/* One block; out may be in. */
void e4_aes_encrypt(const struct e4_aes *aes, const uint32_t key[E4_AES_KEY_WORDS],
                    uint8_t out[E4_AES_BLOCK_SIZE], const uint8_t in[E4_AES_BLOCK_SIZE]);

#endif
