/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which AES engines there are, best first. With E4_PORTABLE only those of plain C are built.
 */
#include "aes.h"

static const struct e4_aes *const engines[] = {
#if defined(E4_PORTABLE)
#elif defined(__x86_64__)
    &e4_aes_vaes,     &e4_aes_ni,
#elif defined(__ARM_FEATURE_AES) && defined(__AARCH64EL__) && defined(__linux__)
    &e4_aes_arm,
#endif
    &e4_aes_sliced64,
    &e4_aes_sliced32,
    &e4_aes_sliced16,
};

const struct e4_aes *e4_aes_engine(size_t n)
{
    size_t usable = 0;

    for (size_t i = 0; i < sizeof engines / sizeof engines[0]; i++) {
        usable += engines[i]->usable == NULL ? 1U : (size_t)engines[i]->usable();
        if (usable > n)
            return engines[i];
    }
    return NULL;
}
