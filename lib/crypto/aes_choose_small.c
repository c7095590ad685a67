/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine of a device, in place of aes_choose.c: the one that the firmware wants, by default
 * the one whose words are not wider than the processor's. The compiler sees which, and no other
 * engine is linked.
 */
#include "aes.h"

#include "e4/options.h"

const struct e4_aes *e4_aes_choose(void)
{
    return E4_AES_BITS == 16 ? &e4_aes_sliced16 : &e4_aes_sliced32;
}
