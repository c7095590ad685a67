/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine of a device, in place of aes_choose.c: the one whose words are not wider than the
 * processor's. The compiler sees which, and no other engine is linked.
 */
#include "aes.h"

const struct e4_aes *e4_aes_choose(void)
{
    return sizeof(size_t) < 4 ? &e4_aes_sliced16 : &e4_aes_sliced32;
}
