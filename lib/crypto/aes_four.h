/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CTR for aes_native.h where a register holds one block: four at a time, since AES instructions
 * take longer to finish than to start.
 */
#ifndef E4_CRYPTO_AES_FOUR_H
#define E4_CRYPTO_AES_FOUR_H

INLINE void four_rounds(block a[4], const uint32_t *key, int round)
{
    a[0] = one_round(a[0], key, round);
    a[1] = one_round(a[1], key, round);
    a[2] = one_round(a[2], key, round);
    a[3] = one_round(a[3], key, round);
}

INLINE void crypt_four(const uint32_t *key, uint8_t *out, const uint8_t *in, block count)
{
    block entry = entry_key(key);
    block a[4] = {add(swap_halves(count), entry), add(swap_halves(count_up(count, 1)), entry),
                  add(swap_halves(count_up(count, 2)), entry),
                  add(swap_halves(count_up(count, 3)), entry)};

    four_rounds(a, key, 1);
    four_rounds(a, key, 2);
    four_rounds(a, key, 3);
    four_rounds(a, key, 4);
    four_rounds(a, key, 5);
    four_rounds(a, key, 6);
    four_rounds(a, key, 7);
    four_rounds(a, key, 8);
    four_rounds(a, key, 9);
    four_rounds(a, key, 10);
    four_rounds(a, key, 11);
    four_rounds(a, key, 12);
    four_rounds(a, key, 13);
    store(out, last_round(a[0], key, load(in)));
    store(out + 16, last_round(a[1], key, load(in + 16)));
    store(out + 32, last_round(a[2], key, load(in + 32)));
    store(out + 48, last_round(a[3], key, load(in + 48)));
}

#endif
