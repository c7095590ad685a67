/* SPDX-License-Identifier: Apache-2.0 */
/* The copies of copy.h for those callers that they are no part of. */
#include "copy.h"

extern inline void e4_copy16(void *out, const void *in);
extern inline void e4_copy32(void *out, const void *in);
