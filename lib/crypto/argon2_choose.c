/* SPDX-License-Identifier: Apache-2.0 */
/* Which block function of Argon2 is the fastest on this machine. */
#include "argon2_block.h"

#if defined(__x86_64__) && !defined(E4_PORTABLE)

e4_argon2_fill *e4_argon2_choose_fill(void)
{
    static e4_argon2_fill *const fill[2] = {e4_argon2_fill_portable, e4_argon2_fill_avx2};

    return fill[__builtin_cpu_supports("avx2") != 0];
}

#else

e4_argon2_fill *e4_argon2_choose_fill(void)
{
    return e4_argon2_fill_portable;
}

#endif
