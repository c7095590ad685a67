/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keccak-f[1600], the permutation of FIPS 202, section 3: written to be fast (keccak.c), or to
 * be small (keccak_small.c, for devices). One of the two is in a library.
 */
#ifndef E4_KECCAK_H
#define E4_KECCAK_H

#include <stdint.h>

void e4_keccak(uint64_t lane[25]);

#endif
