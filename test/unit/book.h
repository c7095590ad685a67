/* SPDX-License-Identifier: Apache-2.0 */
/* AES-256 as FIPS 197 writes it, to compare engines with. */
#ifndef TEST_BOOK_H
#define TEST_BOOK_H

#include <stdint.h>

#include "crypto/aes.h"

/* The key schedule, words in little-endian order. */
void schedule_by_the_book(uint32_t key[E4_AES_KEY_WORDS], const uint8_t raw[32]);

/* One block; out may be in. */
void by_the_book(uint8_t out[16], const uint8_t in[16], const uint8_t raw[32]);

#endif
