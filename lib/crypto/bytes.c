/* SPDX-License-Identifier: Apache-2.0 */
/* The functions of bytes.h for those callers that they are no part of. */
#include "bytes.h"

extern inline void e4_copy16(void *out, const void *in);
extern inline void e4_copy32(void *out, const void *in);
extern inline void e4_xor(void *out, const void *in, size_t len);
