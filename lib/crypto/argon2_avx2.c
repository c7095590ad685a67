/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The compression function of Argon2 with AVX2: four words a register, two rows or two pairs
 * of columns at once. Empty for other processors.
 */
#include "argon2_block.h"

#if defined(__x86_64__) && !defined(E4_PORTABLE)

#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))

/* The 4 by 4 words that permutation P works on, row by row. */
struct square {
    __m256i a, b, c, d;
};

static inline AVX2 __m256i sum_and_product(__m256i x, __m256i y)
{
    const __m256i product = _mm256_mul_epu32(x, y);

    return _mm256_add_epi64(_mm256_add_epi64(x, y), _mm256_add_epi64(product, product));
}

static inline AVX2 __m256i turned_32(__m256i x)
{
    return _mm256_shuffle_epi32(x, 0xb1);
}

static inline AVX2 __m256i turned_24(__m256i x)
{
    return _mm256_shuffle_epi8(x, _mm256_setr_epi8(3, 4, 5, 6, 7, 0, 1, 2, 11, 12, 13, 14, 15,
                                                   8, 9, 10, 3, 4, 5, 6, 7, 0, 1, 2, 11, 12, 13,
                                                   14, 15, 8, 9, 10));
}

static inline AVX2 __m256i turned_16(__m256i x)
{
    return _mm256_shuffle_epi8(x, _mm256_setr_epi8(2, 3, 4, 5, 6, 7, 0, 1, 10, 11, 12, 13, 14,
                                                   15, 8, 9, 2, 3, 4, 5, 6, 7, 0, 1, 10, 11, 12,
                                                   13, 14, 15, 8, 9));
}

static inline AVX2 __m256i turned_63(__m256i x)
{
    return _mm256_xor_si256(_mm256_srli_epi64(x, 63), _mm256_add_epi64(x, x));
}

/* Mix the columns of two squares; two, so that one can wait while the other works. */
static inline AVX2 void mix(struct square *p, struct square *q)
{
    p->a = sum_and_product(p->a, p->b);
    q->a = sum_and_product(q->a, q->b);
    p->d = turned_32(_mm256_xor_si256(p->d, p->a));
    q->d = turned_32(_mm256_xor_si256(q->d, q->a));
    p->c = sum_and_product(p->c, p->d);
    q->c = sum_and_product(q->c, q->d);
    p->b = turned_24(_mm256_xor_si256(p->b, p->c));
    q->b = turned_24(_mm256_xor_si256(q->b, q->c));
    p->a = sum_and_product(p->a, p->b);
    q->a = sum_and_product(q->a, q->b);
    p->d = turned_16(_mm256_xor_si256(p->d, p->a));
    q->d = turned_16(_mm256_xor_si256(q->d, q->a));
    p->c = sum_and_product(p->c, p->d);
    q->c = sum_and_product(q->c, q->d);
    p->b = turned_63(_mm256_xor_si256(p->b, p->c));
    q->b = turned_63(_mm256_xor_si256(q->b, q->c));
}

/* P on a row, which fills four registers: turned rows make columns of the diagonals. */
static inline AVX2 void turn_rows(struct square *p)
{
    p->b = _mm256_permute4x64_epi64(p->b, 0x39);
    p->c = _mm256_permute4x64_epi64(p->c, 0x4e);
    p->d = _mm256_permute4x64_epi64(p->d, 0x93);
}

static inline AVX2 void turn_rows_back(struct square *p)
{
    p->b = _mm256_permute4x64_epi64(p->b, 0x93);
    p->c = _mm256_permute4x64_epi64(p->c, 0x4e);
    p->d = _mm256_permute4x64_epi64(p->d, 0x39);
}

/* P on columns: p and q are the left and the right halves of two squares, 128 bits each. */
static inline AVX2 void turn_halves(struct square *p, struct square *q)
{
    const struct square left = *p;
    const struct square right = *q;

    p->b = _mm256_alignr_epi8(right.b, left.b, 8);
    q->b = _mm256_alignr_epi8(left.b, right.b, 8);
    p->c = right.c;
    q->c = left.c;
    p->d = _mm256_alignr_epi8(left.d, right.d, 8);
    q->d = _mm256_alignr_epi8(right.d, left.d, 8);
}

static inline AVX2 void turn_halves_back(struct square *p, struct square *q)
{
    const struct square left = *p;
    const struct square right = *q;

    p->b = _mm256_alignr_epi8(left.b, right.b, 8);
    q->b = _mm256_alignr_epi8(right.b, left.b, 8);
    p->c = right.c;
    q->c = left.c;
    p->d = _mm256_alignr_epi8(right.d, left.d, 8);
    q->d = _mm256_alignr_epi8(left.d, right.d, 8);
}

static inline AVX2 __m256i load(const uint64_t *in, unsigned i)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)(in + 4 * i));
}

static inline AVX2 void store(uint64_t *out, unsigned i, __m256i x)
{
    _mm256_storeu_si256((__m256i *)(void *)(out + 4 * i), x);
}

static inline AVX2 __m256i load_both(const uint64_t *x, const uint64_t *y, unsigned i)
{
    return _mm256_xor_si256(load(x, i), load(y, i));
}

static inline AVX2 struct square load_row(const uint64_t *x, const uint64_t *y, unsigned i)
{
    const struct square row = {load_both(x, y, i), load_both(x, y, i + 1),
                               load_both(x, y, i + 2), load_both(x, y, i + 3)};

    return row;
}

static inline AVX2 void store_row(uint64_t *out, unsigned i, const struct square *row)
{
    store(out, i, row->a);
    store(out, i + 1, row->b);
    store(out, i + 2, row->c);
    store(out, i + 3, row->d);
}

/* Give out one register of G: what P made of it, with its input once more. */
static inline AVX2 void finish(uint64_t *next, unsigned i, __m256i x, __m256i input,
                               __m256i keep)
{
    const __m256i old = _mm256_and_si256(load(next, i), keep);

    store(next, i, _mm256_xor_si256(_mm256_xor_si256(x, input), old));
}

AVX2 void e4_argon2_fill_avx2(uint64_t next[E4_ARGON2_WORDS],
                              const uint64_t previous[E4_ARGON2_WORDS],
                              const uint64_t reference[E4_ARGON2_WORDS],
                              uint64_t scratch[E4_ARGON2_WORDS], bool add)
{
    const __m256i keep = _mm256_set1_epi64x(0 - (long long)add);

    for (unsigned i = 0; i < 32; i += 8) {
        struct square p = load_row(previous, reference, i);
        struct square q = load_row(previous, reference, i + 4);

        mix(&p, &q);
        turn_rows(&p);
        turn_rows(&q);
        mix(&p, &q);
        turn_rows_back(&p);
        turn_rows_back(&q);
        store_row(scratch, i, &p);
        store_row(scratch, i + 4, &q);
    }
    for (unsigned i = 0; i < 4; i++) {
        struct square p = {load(scratch, i), load(scratch, i + 8), load(scratch, i + 16),
                           load(scratch, i + 24)};
        struct square q = {load(scratch, i + 4), load(scratch, i + 12), load(scratch, i + 20),
                           load(scratch, i + 28)};

        mix(&p, &q);
        turn_halves(&p, &q);
        mix(&p, &q);
        turn_halves_back(&p, &q);
        finish(next, i, p.a, load_both(previous, reference, i), keep);
        finish(next, i + 4, q.a, load_both(previous, reference, i + 4), keep);
        finish(next, i + 8, p.b, load_both(previous, reference, i + 8), keep);
        finish(next, i + 12, q.b, load_both(previous, reference, i + 12), keep);
        finish(next, i + 16, p.c, load_both(previous, reference, i + 16), keep);
        finish(next, i + 20, q.c, load_both(previous, reference, i + 20), keep);
        finish(next, i + 24, p.d, load_both(previous, reference, i + 24), keep);
        finish(next, i + 28, q.d, load_both(previous, reference, i + 28), keep);
    }
}

#endif
