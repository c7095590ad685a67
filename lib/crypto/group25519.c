/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Points of the curve of Ed25519, added and doubled by the formulas of Hisil, Wong, Carter and
 * Dawson ("Twisted Edwards curves revisited", 2008), which hold for every pair of points.
 *
 * Multiples of B come from a comb: the scalar, written with digits +1 and -1, is cut into four
 * teeth of 64 digits, so that one table of eight points and 64 doublings serve for all.
 */
#include "group25519.h"

#include <string.h>

#include "ct.h"
#include "scalar25519.h"

enum { COLUMNS = 64, ENTRIES = 8, ODD_MULTIPLES = 4, A_BITS = 253 };

/* A point made ready for adding; z is 1 and not kept. */
struct addend {
    struct e4_fe sum;     /* y + x */
    struct e4_fe diff;    /* y - x */
    struct e4_fe product; /* 2 d x y */
};

static const struct e4_fe curve_d = {{0x35978a3, 0x0d37284, 0x3156ebd, 0x06a0a0e, 0x001c029,
                                      0x179e898, 0x3a03cbb, 0x1ce7198, 0x2e2b6ff, 0x1480db3}};
static const struct e4_fe twice_d = {{0x2b2f159, 0x1a6e509, 0x22add7a, 0x0d4141d, 0x0038052,
                                      0x0f3d130, 0x3407977, 0x19ce331, 0x1c56dff, 0x0901b67}};
static const struct e4_fe root_of_minus_1 = {{0x20ea0b0, 0x186c9d2, 0x08f189d, 0x035697f,
                                              0x0bd0c60, 0x1fbd7a7, 0x2804c9e, 0x1e16569,
                                              0x004fc1d, 0x0ae0c92}};

/* Entry j is 2^192 B, and 2^(64 k) B more for each bit k that is set in j, or less if not. */
static const struct addend comb[ENTRIES] = {
    {{{0x073383e, 0x028b209, 0x10a8976, 0x0e69cd2, 0x22e4f64, 0x0458b51, 0x1e17755, 0x104ec90,
       0x0648086, 0x12f3a51}},
     {{0x388d0ad, 0x0aa04f6, 0x1b83c7c, 0x1eadd8a, 0x1bd02c4, 0x11e2bd2, 0x0aa12aa, 0x12db8ce,
       0x2ec4643, 0x10016de}},
     {{0x3ec791c, 0x0386096, 0x2c4b990, 0x0857b6b, 0x382d2a7, 0x1bb2e98, 0x29abe97, 0x07b4c29,
       0x3663a64, 0x071deed}}},
    {{{0x23e68e7, 0x0ad566b, 0x197a2da, 0x19ac23d, 0x1bf1589, 0x0290875, 0x08faa4b, 0x14cd731,
       0x0f6ff38, 0x10ea3f7}},
     {{0x17134b0, 0x1b49d67, 0x141bd3b, 0x09aa3d8, 0x39ef2d6, 0x07344fb, 0x232f801, 0x014ebd7,
       0x0f89bc8, 0x1993cd6}},
     {{0x315ebb4, 0x10e5919, 0x07e27ba, 0x189df25, 0x045364b, 0x1d4c159, 0x1c5b3ab, 0x190bc28,
       0x1c7cef6, 0x146d5f2}}},
    {{{0x0044781, 0x10f816b, 0x0ca5322, 0x1363394, 0x15603f6, 0x015bcd2, 0x2426c86, 0x0cae7de,
       0x1e48ce2, 0x0767670}},
     {{0x20dd5c9, 0x0c6d956, 0x17a63e6, 0x10e4c31, 0x02d517d, 0x1737833, 0x3c4d98a, 0x08b8732,
       0x107743d, 0x04d41ce}},
     {{0x1ad1eab, 0x0218bfd, 0x22f427c, 0x1cc838e, 0x3fbe98e, 0x1828ceb, 0x3b349f9, 0x0ab5b06,
       0x314a5d0, 0x0295b9e}}},
    {{{0x15f8c9c, 0x1f39a89, 0x11dd5b9, 0x00e4a24, 0x22f61dd, 0x0445bfd, 0x14a6a02, 0x0914127,
       0x33fce91, 0x1ec9447}},
     {{0x3235b3e, 0x091bdef, 0x3b96248, 0x0a0f6c3, 0x3a1f9b9, 0x1385592, 0x1761a60, 0x1e26f0a,
       0x0865425, 0x1f0616a}},
     {{0x2d9afef, 0x1e063a7, 0x38332e9, 0x00b5833, 0x00ccce4, 0x165f0a5, 0x24d6ed0, 0x0f6a88f,
       0x2014185, 0x1659012}}},
    {{{0x0bf0c8d, 0x046c7f6, 0x1d93ef1, 0x05cf85d, 0x2cd489e, 0x0cde233, 0x30b9cd6, 0x10b8104,
       0x14f2d9c, 0x1b9a21d}},
     {{0x0944a2d, 0x0e3e461, 0x200904c, 0x16cbc11, 0x18552ba, 0x1c0acee, 0x1a4ef97, 0x1380f14,
       0x2447e05, 0x046ab76}},
     {{0x254cfb9, 0x0ccf67c, 0x07b546c, 0x0a06f7e, 0x2fbe0f1, 0x16fcaa2, 0x37c61fa, 0x1b771d2,
       0x234b77a, 0x10b32c8}}},
    {{{0x3fdd933, 0x0bf5a1d, 0x3c8599a, 0x1f21bac, 0x209ddbb, 0x097c374, 0x27a4ff2, 0x1835bd8,
       0x1748248, 0x17911a5}},
     {{0x39a71ab, 0x020310b, 0x0c74c7f, 0x1848810, 0x1142e46, 0x0291bd1, 0x0be416a, 0x16dc8dd,
       0x33f8a8f, 0x10f4bfa}},
     {{0x3091ffe, 0x1459d25, 0x0e10517, 0x084ea5d, 0x1c0a657, 0x100ed94, 0x3e98d2f, 0x0579f66,
       0x2f9f141, 0x0553bef}}},
    {{{0x16053a2, 0x0cbb205, 0x22520af, 0x13797ec, 0x036b2d0, 0x110ddd5, 0x2c6905e, 0x065dc61,
       0x1d079bb, 0x09ede5a}},
     {{0x31a119d, 0x19d2c09, 0x3e8410f, 0x1385870, 0x19f0380, 0x12b648f, 0x241ce86, 0x1517ddb,
       0x16fb9c8, 0x1ab9a82}},
     {{0x08d8281, 0x10f96a4, 0x19a34e4, 0x0d47a8c, 0x1cb8633, 0x18ddcac, 0x1f41d8f, 0x1679e5c,
       0x3abd8f7, 0x1c344f6}}},
    {{{0x3fbb842, 0x1bad9d1, 0x351626f, 0x1ab0408, 0x1e77d71, 0x1f8c89a, 0x1d3b7b8, 0x1f84b45,
       0x163bc8f, 0x02654a9}},
     {{0x07ef83c, 0x032d2f7, 0x044d455, 0x1d2fc9e, 0x25ad71b, 0x064e3a5, 0x1f58d83, 0x1e5fa9d,
       0x1ce5c6c, 0x1026d2b}},
     {{0x34350c4, 0x14f6e60, 0x0b6889a, 0x02d2fa8, 0x224a64c, 0x149ff2f, 0x17d512c, 0x1ac9f64,
       0x2704657, 0x1a6e5a2}}},
};

/* A point of a small table, with the z that its addend leaves out. */
struct multiple {
    struct addend point;
    struct e4_fe z;
};

static const struct e4_point neutral = {{{0}}, {{1}}, {{1}}, {{0}}};

static uint32_t bit_of(const uint8_t *bytes, unsigned i)
{
    return (uint32_t)bytes[i / 8] >> i % 8 & 1;
}

static void double_point(struct e4_point *p)
{
    struct e4_fe e;
    struct e4_fe f;
    struct e4_fe g;
    struct e4_fe h;

    e4_fe_add(&e, &p->x, &p->y);
    e4_fe_square(&e, &e);
    e4_fe_square(&f, &p->x);
    e4_fe_square(&g, &p->y);
    e4_fe_add(&h, &g, &f);
    e4_fe_sub(&g, &g, &f);
    e4_fe_sub(&e, &e, &h); /* 2 x y */
    e4_fe_square(&f, &p->z);
    e4_fe_add(&f, &f, &f);
    e4_fe_sub(&f, &f, &g); /* 2 z^2 - y^2 + x^2 */
    e4_fe_mul(&p->x, &e, &f);
    e4_fe_mul(&p->y, &g, &h);
    e4_fe_mul(&p->z, &f, &g);
    e4_fe_mul(&p->t, &e, &h);
}

/* p += q. z is the product of the two points' z. */
static void add(struct e4_point *p, const struct addend *q, const struct e4_fe *z)
{
    struct e4_fe e;
    struct e4_fe f;
    struct e4_fe g;
    struct e4_fe h;

    e4_fe_sub(&e, &p->y, &p->x);
    e4_fe_mul(&e, &e, &q->diff);
    e4_fe_add(&h, &p->y, &p->x);
    e4_fe_mul(&h, &h, &q->sum);
    e4_fe_mul(&f, &p->t, &q->product);
    e4_fe_add(&g, z, z);
    e4_fe_sub(&p->t, &h, &e);
    e4_fe_add(&h, &h, &e);
    e = p->t;
    e4_fe_sub(&p->t, &g, &f);
    e4_fe_add(&g, &g, &f);
    f = p->t;
    e4_fe_mul(&p->x, &e, &f);
    e4_fe_mul(&p->y, &g, &h);
    e4_fe_mul(&p->z, &f, &g);
    e4_fe_mul(&p->t, &e, &h);
}

/* Read one entry of the comb, or its negative, touching all of them. */
static void pick(struct addend *out, uint32_t index, uint32_t negative)
{
    struct e4_fe negated;

    memset(out, 0, sizeof *out);
    for (uint32_t j = 0; j < ENTRIES; j++) {
        const uint32_t mask = 0 - (((j ^ index) - 1) >> 31);

        for (unsigned i = 0; i < 10; i++) {
            out->sum.limb[i] |= mask & comb[j].sum.limb[i];
            out->diff.limb[i] |= mask & comb[j].diff.limb[i];
            out->product.limb[i] |= mask & comb[j].product.limb[i];
        }
    }
    e4_fe_sub(&negated, &e4_fe_zero, &out->product);
    e4_fe_swap(&out->product, &negated, negative);
    e4_fe_swap(&out->sum, &out->diff, negative);
}

/* Add what one column of the comb stands for: the signs 64 apart. */
static void add_column(struct e4_point *p, const uint8_t signs[32], unsigned column)
{
    const uint32_t negative = 1 ^ bit_of(signs, 3 * COLUMNS + column);
    const uint32_t index = bit_of(signs, column) | bit_of(signs, COLUMNS + column) << 1 |
                           bit_of(signs, 2 * COLUMNS + column) << 2;
    struct addend q;

    pick(&q, index ^ (7 & (0 - negative)), negative);
    add(p, &q, &p->z);
    e4_wipe(&q, sizeof q);
}

void e4_point_mul_base(struct e4_point *out, const uint8_t scalar[32])
{
    uint8_t signs[32];

    e4_scalar_to_signs(signs, scalar);
    *out = neutral;
    for (unsigned column = COLUMNS; column-- > 0;) {
        double_point(out);
        add_column(out, signs, column);
    }
    e4_wipe(signs, sizeof signs);
}

static void prepare_multiple(struct multiple *out, const struct e4_point *p)
{
    e4_fe_add(&out->point.sum, &p->y, &p->x);
    e4_fe_sub(&out->point.diff, &p->y, &p->x);
    e4_fe_mul(&out->point.product, &p->t, &twice_d);
    out->z = p->z;
}

static void add_multiple(struct e4_point *p, const struct multiple *q)
{
    struct e4_fe z;

    e4_fe_mul(&z, &p->z, &q->z);
    add(p, &q->point, &z);
}

/* 1, 3, 5 and 7 times a point */
static void odd_multiples(struct multiple out[ODD_MULTIPLES], const struct e4_point *point)
{
    struct e4_point p = *point;
    struct multiple twice;

    double_point(&p);
    prepare_multiple(&twice, &p);
    p = *point;
    prepare_multiple(&out[0], &p);
    for (unsigned i = 1; i < ODD_MULTIPLES; i++) {
        add_multiple(&p, &twice);
        prepare_multiple(&out[i], &p);
    }
}

/* The odd number that up to three bits of a make, from a set bit down; low is where it ends. */
static unsigned window(const uint8_t a[32], unsigned top, unsigned *low)
{
    unsigned digit = 0;

    *low = top < 2 ? 0 : top - 2;
    while (bit_of(a, *low) == 0)
        (*low)++;
    for (unsigned i = top + 1; i-- > *low;)
        digit = 2 * digit + (unsigned)bit_of(a, i);
    return digit;
}

/* One run of doublings for both: windows of a on the way, the comb's columns at the end. */
void e4_point_mul_public(struct e4_point *out, const uint8_t a[32],
                         const struct e4_point *point, const uint8_t b[32])
{
    struct multiple odd[ODD_MULTIPLES];
    uint8_t signs[32];
    unsigned digit = 0;
    unsigned low = 0;

    odd_multiples(odd, point);
    e4_scalar_to_signs(signs, b);
    *out = neutral;
    for (unsigned i = A_BITS; i-- > 0;) {
        double_point(out);
        if (digit == 0 && bit_of(a, i) == 1)
            digit = window(a, i, &low);
        if (digit != 0 && i == low) {
            add_multiple(out, &odd[digit / 2]);
            digit = 0;
        }
        if (i < COLUMNS)
            add_column(out, signs, i);
    }
}

void e4_point_negate(struct e4_point *point)
{
    e4_fe_sub(&point->x, &e4_fe_zero, &point->x);
    e4_fe_sub(&point->t, &e4_fe_zero, &point->t);
}

bool e4_point_has_small_order(const struct e4_point *point)
{
    struct e4_point p = *point;

    double_point(&p);
    double_point(&p);
    double_point(&p);
    return e4_fe_is_zero(&p.x); /* the other such point, (0, -1), is not 8 times anything */
}

void e4_point_store(uint8_t out[32], const struct e4_point *in)
{
    struct e4_fe inverse;
    struct e4_fe t;
    uint8_t x[32];

    e4_fe_invert(&inverse, &in->z);
    e4_fe_mul(&t, &in->x, &inverse);
    e4_fe_store(x, &t);
    e4_fe_mul(&t, &in->y, &inverse);
    e4_fe_store(out, &t);
    out[31] = (uint8_t)(out[31] | (x[0] & 1) << 7);
}

/* x with v x^2 = u, by RFC 8032, section 5.1.3, steps 2 and 3. False if there is none. */
static bool root_of_ratio(struct e4_fe *x, const struct e4_fe *u, const struct e4_fe *v)
{
    struct e4_fe t;
    struct e4_fe v3;

    e4_fe_square(&v3, v);
    e4_fe_mul(&v3, &v3, v);
    e4_fe_square(&t, &v3);
    e4_fe_mul(&t, &t, v);
    e4_fe_mul(&t, &t, u);
    e4_fe_root(&t, &t); /* (u v^7)^((p - 5) / 8) */
    e4_fe_mul(&t, &t, &v3);
    e4_fe_mul(x, &t, u);

    e4_fe_square(&t, x);
    e4_fe_mul(&t, &t, v);
    e4_fe_sub(&v3, &t, u);
    if (e4_fe_is_zero(&v3))
        return true;
    e4_fe_mul(x, x, &root_of_minus_1);
    e4_fe_add(&t, &t, u);
    return e4_fe_is_zero(&t);
}

bool e4_point_load(struct e4_point *out, const uint8_t in[32])
{
    const uint8_t sign = in[31] >> 7;
    struct e4_fe u;
    struct e4_fe v;
    uint8_t bytes[32];

    e4_fe_load(&out->y, in);
    e4_fe_store(bytes, &out->y);
    bytes[31] = (uint8_t)(bytes[31] | sign << 7);
    if (!e4_equal(bytes, in, sizeof bytes))
        return false;
    e4_fe_square(&u, &out->y);
    e4_fe_mul(&v, &u, &curve_d);
    e4_fe_sub(&u, &u, &e4_fe_one);
    e4_fe_add(&v, &v, &e4_fe_one);
    if (!root_of_ratio(&out->x, &u, &v))
        return false;
    e4_fe_store(bytes, &out->x);
    if ((bytes[0] & 1) != sign) {
        if (e4_fe_is_zero(&out->x))
            return false;
        e4_fe_sub(&out->x, &e4_fe_zero, &out->x);
    }
    out->z = e4_fe_one;
    e4_fe_mul(&out->t, &out->x, &out->y);
    return true;
}
