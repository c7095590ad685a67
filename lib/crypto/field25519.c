/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arithmetic modulo 2^255 - 19 with 32-bit limbs and 64-bit products: what a Cortex-M
 * multiplies in one instruction, and small. Products are summed column by column; a column's
 * carry goes into the next, and the last one comes round to the first times 19, as 2^255 = 19.
 */
#include "field25519.h"

#include "ct.h"
#include "load.h"

enum { LIMBS = 10 };
#define LOW_26 ((uint32_t)0x3ffffff)
#define LOW_25 ((uint32_t)0x1ffffff)

const struct e4_fe e4_fe_zero = {{0}};
const struct e4_fe e4_fe_one = {{1}};

void e4_fe_load(struct e4_fe *out, const uint8_t in[32])
{
    for (unsigned i = 0; i < LIMBS; i++) {
        const unsigned at = (51 * i + 1) / 2;

        out->limb[i] = e4_load_le32(in + at / 8) >> at % 8 & (LOW_26 >> i % 2);
    }
}

/* Give each limb's surplus to the next, all at once: enough for limbs below 2^30. */
static void carry(struct e4_fe *x)
{
    uint32_t over = 19 * (x->limb[LIMBS - 1] >> 25);

    for (unsigned i = 0; i < LIMBS; i += 2) {
        const uint32_t even = x->limb[i];
        const uint32_t odd = x->limb[i + 1];

        x->limb[i] = (even & LOW_26) + over;
        x->limb[i + 1] = (odd & LOW_25) + (even >> 26);
        over = odd >> 25;
    }
}

void e4_fe_add(struct e4_fe *out, const struct e4_fe *a, const struct e4_fe *b)
{
    for (unsigned i = 0; i < LIMBS; i++)
        out->limb[i] = a->limb[i] + b->limb[i];
    carry(out);
}

/* 2p goes in first, limb by limb, so that none falls below 0. */
void e4_fe_sub(struct e4_fe *out, const struct e4_fe *a, const struct e4_fe *b)
{
    for (unsigned i = 0; i < LIMBS; i += 2) {
        out->limb[i] = a->limb[i] + 2 * LOW_26 - b->limb[i];
        out->limb[i + 1] = a->limb[i + 1] + 2 * LOW_25 - b->limb[i + 1];
    }
    out->limb[0] -= 2 * 18;
    carry(out);
}

/* Add a small number and carry one by one; what reaches 2^255 is cut off and returned. */
static uint32_t ripple(struct e4_fe *x, uint32_t add)
{
    for (unsigned i = 0; i < LIMBS; i++) {
        const uint32_t sum = x->limb[i] + add;

        x->limb[i] = sum & (LOW_26 >> i % 2);
        add = sum >> (26 - i % 2);
    }
    return add;
}

/* The number is below 2p. It is p or more if 19 more reach 2^255, and then is cut that way. */
void e4_fe_store(uint8_t out[32], const struct e4_fe *in)
{
    struct e4_fe x = *in;
    const uint32_t too_large = ripple(&x, 19);
    uint64_t bits = 0;
    unsigned held = 0;

    x = *in;
    ripple(&x, 19 * too_large);
    for (unsigned i = 0; i < LIMBS; i++) {
        bits |= (uint64_t)x.limb[i] << held;
        for (held += 26 - i % 2; held >= 8; held -= 8) {
            *out++ = (uint8_t)bits;
            bits >>= 8;
        }
    }
    *out = (uint8_t)bits;
}

bool e4_fe_is_zero(const struct e4_fe *in)
{
    static const uint8_t zero[32] = {0};
    uint8_t bytes[32];

    e4_fe_store(bytes, in);
    return e4_equal(bytes, zero, sizeof bytes);
}

void e4_fe_swap(struct e4_fe *a, struct e4_fe *b, uint32_t bit)
{
    for (unsigned i = 0; i < LIMBS; i++) {
        const uint32_t change = (0 - bit) & (a->limb[i] ^ b->limb[i]);

        a->limb[i] ^= change;
        b->limb[i] ^= change;
    }
}

static inline uint64_t product(uint32_t a, uint32_t b)
{
    return (uint64_t)a * b;
}

static inline uint64_t four_products(const uint32_t *a, const uint32_t *b)
{
    return product(a[0], b[0]) + product(a[1], b[-1]) + product(a[2], b[-2]) +
           product(a[3], b[-3]);
}

/* A column of a product: a[0] to a[9] times b[0] down to b[-9]. Below 2^60. */
static inline uint64_t ten_products(const uint32_t *a, const uint32_t *b)
{
    return product(a[0], b[0]) + product(a[1], b[-1]) + product(a[2], b[-2]) +
           product(a[3], b[-3]) + product(a[4], b[-4]) + product(a[5], b[-5]) +
           product(a[6], b[-6]) + product(a[7], b[-7]) + product(a[8], b[-8]) +
           product(a[9], b[-9]);
}

/*
 * The factors of a product. In an even column two odd limbs may meet, each of which stands for
 * half a bit more than its place says: there the odd limbs of a count twice. Limbs of b that
 * come round count 19 times; they lie before b's own, at indices below 0 so to say.
 */
struct factors {
    uint32_t a[LIMBS];
    uint32_t a_twice[LIMBS];
    uint32_t b[2 * LIMBS];
};

static void prepare(struct factors *out, const struct e4_fe *a, const struct e4_fe *b)
{
    for (unsigned i = 0; i < LIMBS; i++) {
        out->a[i] = a->limb[i];
        out->a_twice[i] = a->limb[i] << i % 2;
        out->b[i] = 19 * b->limb[i];
        out->b[LIMBS + i] = b->limb[i];
    }
}

/* Cut a limb off a sum of columns. */
static inline uint32_t cut(uint64_t *sum, unsigned bits)
{
    const uint32_t limb = (uint32_t)*sum & (((uint32_t)1 << bits) - 1);

    *sum >>= bits;
    return limb;
}

/* What the last column leaves over comes round to the first. */
static inline void come_round(struct e4_fe *x, uint64_t over)
{
    over = 19 * over + x->limb[0];
    x->limb[0] = cut(&over, 26);
    x->limb[1] += (uint32_t)over;
}

void e4_fe_mul(struct e4_fe *out, const struct e4_fe *a, const struct e4_fe *b)
{
    struct factors f;
    uint64_t sum = 0;

    prepare(&f, a, b);
    for (unsigned i = 0; i < LIMBS; i += 2) {
        sum += ten_products(f.a_twice, f.b + LIMBS + i);
        out->limb[i] = cut(&sum, 26);
        sum += ten_products(f.a, f.b + LIMBS + i + 1);
        out->limb[i + 1] = cut(&sum, 25);
    }
    come_round(out, sum);
}

/* Products of two different limbs come in pairs; only even columns have squares of limbs. */
void e4_fe_square(struct e4_fe *out, const struct e4_fe *in)
{
    struct factors f;
    uint64_t sum = 0;

    prepare(&f, in, in);
    for (unsigned i = 0; i < LIMBS / 2; i++) {
        sum += 2 * four_products(f.a_twice + i + 1, f.b + LIMBS + i - 1) +
               product(f.a_twice[i], f.a[i]) + product(f.a_twice[i + 5], f.b[i + 5]);
        out->limb[2 * i] = cut(&sum, 26);
        sum += 2 * (four_products(f.a + i + 1, f.b + LIMBS + i) +
                    product(f.a[i + 5], f.b[LIMBS + i - 4]));
        out->limb[2 * i + 1] = cut(&sum, 25);
    }
    come_round(out, sum);
}

static void square_times(struct e4_fe *out, const struct e4_fe *in, unsigned times)
{
    e4_fe_square(out, in);
    while (--times > 0)
        e4_fe_square(out, out);
}

/* in^(2^250 - 1), and in^11 by the way. */
static void power_250(struct e4_fe *out, struct e4_fe *in_11, const struct e4_fe *in)
{
    struct e4_fe ones_10;
    struct e4_fe ones_50;
    struct e4_fe t;

    square_times(&t, in, 1);
    square_times(in_11, &t, 2);
    e4_fe_mul(out, in_11, in);
    e4_fe_mul(in_11, out, &t);
    square_times(&t, in_11, 1);
    e4_fe_mul(out, &t, out); /* from here "ones_n" is in^(2^n - 1): now out is ones_5 */
    square_times(&t, out, 5);
    e4_fe_mul(&ones_10, &t, out);
    square_times(&t, &ones_10, 10);
    e4_fe_mul(out, &t, &ones_10);
    square_times(&t, out, 20);
    e4_fe_mul(out, &t, out);
    square_times(&t, out, 10);
    e4_fe_mul(&ones_50, &t, &ones_10);
    square_times(&t, &ones_50, 50);
    e4_fe_mul(out, &t, &ones_50);
    square_times(&t, out, 100);
    e4_fe_mul(out, &t, out);
    square_times(&t, out, 50);
    e4_fe_mul(out, &t, &ones_50);
}

void e4_fe_invert(struct e4_fe *out, const struct e4_fe *in)
{
    struct e4_fe in_11;
    struct e4_fe t;

    power_250(&t, &in_11, in);
    square_times(&t, &t, 5);
    e4_fe_mul(out, &t, &in_11);
}

void e4_fe_root(struct e4_fe *out, const struct e4_fe *in)
{
    struct e4_fe in_11;
    struct e4_fe t;

    power_250(&t, &in_11, in);
    square_times(&t, &t, 2);
    e4_fe_mul(out, &t, in);
}
