/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers that follow from a seed: the same script for the same seed, on any machine. */
#ifndef RANDOM_H
#define RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct random {
    uint64_t state;
};

uint64_t random_next(struct random *random);
/* 0 to limit - 1. */
unsigned random_below(struct random *random, unsigned limit);
/* True in percent out of a hundred calls. */
bool random_chance(struct random *random, unsigned percent);

/* Bytes that follow from three numbers, without a state: what names a secret by a number. */
void random_bytes(uint8_t *out, size_t len, uint64_t seed, uint64_t kind, uint64_t number);

#endif
