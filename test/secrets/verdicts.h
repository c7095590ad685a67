/* SPDX-License-Identifier: Apache-2.0 */
/* The names that the linker gives: __real_ is the library's function, __wrap_ what stands for
 * it. */
#ifndef VERDICTS_H
#define VERDICTS_H

#include "crypto/siv.h"
#include "wire/command.h"

bool __real_e4_equal(const void *a, const void *b, size_t len);
bool __wrap_e4_equal(const void *a, const void *b, size_t len);

bool __real_e4_is_zero(const void *memory, size_t len);
bool __wrap_e4_is_zero(const void *memory, size_t len);

bool __real_e4_siv_open(const struct e4_aes *aes, const uint32_t *key, uint8_t *out,
                        const uint8_t *in, size_t len, const uint8_t *ad, const uint8_t *tag);
bool __wrap_e4_siv_open(const struct e4_aes *aes, const uint32_t *key, uint8_t *out,
                        const uint8_t *in, size_t len, const uint8_t *ad, const uint8_t *tag);

bool __real_e4_siv_try(const struct e4_aes *aes, const uint32_t *key, uint8_t *out,
                       const uint8_t *in, size_t len, const uint8_t *ad, const uint8_t *tag);
bool __wrap_e4_siv_try(const struct e4_aes *aes, const uint32_t *key, uint8_t *out,
                       const uint8_t *in, size_t len, const uint8_t *ad, const uint8_t *tag);

void __real_e4_siv_open_many(const struct e4_aes *aes, struct e4_siv_job *jobs, size_t count);
void __wrap_e4_siv_open_many(const struct e4_aes *aes, struct e4_siv_job *jobs, size_t count);

void __real_e4_siv_tag(const struct e4_aes *aes, const uint32_t *key, uint8_t *tag,
                       const uint8_t *ad, const uint8_t *text, size_t len);
void __wrap_e4_siv_tag(const struct e4_aes *aes, const uint32_t *key, uint8_t *tag,
                       const uint8_t *ad, const uint8_t *text, size_t len);

void __real_e4_siv_tag_many(const struct e4_aes *aes, struct e4_siv_job *jobs, size_t count);
void __wrap_e4_siv_tag_many(const struct e4_aes *aes, struct e4_siv_job *jobs, size_t count);

bool __real_e4_x25519(uint8_t *out, const uint8_t *scalar, const uint8_t *u);
bool __wrap_e4_x25519(uint8_t *out, const uint8_t *scalar, const uint8_t *u);

void __real_e4_ed25519_public(uint8_t *public_key, const uint8_t *seed);
void __wrap_e4_ed25519_public(uint8_t *public_key, const uint8_t *seed);

enum e4_result __real_e4_command_split(struct e4_command_parts *parts, enum e4_mode mode,
                                       const uint8_t *in, size_t in_len);
enum e4_result __wrap_e4_command_split(struct e4_command_parts *parts, enum e4_mode mode,
                                       const uint8_t *in, size_t in_len);

#endif
