/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the fuzz targets share: taking a fuzzer's bytes as numbers and pieces, and laws that
 * end the program when they are broken, so that the fuzzer keeps the input.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* libFuzzer calls it with every input. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The rest of an input. */
struct input {
    const uint8_t *data;
    size_t len;
};

/* What is not there reads as zero. */
uint8_t take_byte(struct input *input);
uint64_t take_number(struct input *input, unsigned bytes);
void take_bytes(struct input *input, uint8_t *out, size_t len);
/* A length byte, and so many bytes or as many as there are; their memory is the input's. */
struct input take_piece(struct input *input);

/* A law. If it does not hold, it is printed, and the program aborts. */
void law(bool holds, const char *what);

bool all_zero(const void *memory, size_t len);

#endif
