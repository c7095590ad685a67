/* SPDX-License-Identifier: Apache-2.0 */
/*
 * X25519 against RFC 7748 and an exchange of the deployed clients. Whichever implementation the
 * build has picked, these are its laws.
 */
#include "hex.h"

#include "crypto/x25519.h"

static const char alice_secret[] =
    "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a";
static const char alice_public[] =
    "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a";
static const char bob_secret[] =
    "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb";
static const char bob_public[] =
    "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f";
static const char shared[] = "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742";

TEST(multiples_are_those_of_the_rfc)
{
    static const struct {
        const char *scalar;
        const char *u;
        const char *result;
    } row[] = {
        {"a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
         "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
         "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552"},
        {"4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
         "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
         "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957"},
        {alice_secret, bob_public, shared},
        {bob_secret, alice_public, shared},
        /* A client's and its server's key, from the vectors of the deployed clients */
        {"b07421688d955d6d8be901cc711d665863f1f56c8c140b9fde1888dd59318d4b",
         "9b07b64a3ac6091ad4508c92d8058aabc1e443722c9418346b4e7c44dfd7a27e",
         "3f7b6c6059d75a19e288643f1897e9cc0b3f49f3fc9d24820c26416572087825"},
    };
    uint8_t scalar[32];
    uint8_t u[32];
    uint8_t out[32];

    for (size_t i = 0; i < COUNT(row); i++) {
        from_hex(scalar, 32, row[i].scalar);
        from_hex(u, 32, row[i].u);
        CHECK(e4_x25519(out, scalar, u));
        CHECK(is_hex(out, 32, row[i].result));
    }
}

TEST(a_thousand_rounds_of_the_rfc_come_out_right)
{
    uint8_t k[32] = {9};
    uint8_t u[32] = {9};
    uint8_t out[32];

    for (unsigned i = 0; i < 1000; i++) {
        CHECK(e4_x25519(out, k, u));
        memcpy(u, k, sizeof u);
        memcpy(k, out, sizeof k);
    }
    CHECK(is_hex(k, 32, "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51"));
}

TEST(public_halves_are_multiples_of_9)
{
    static const uint8_t nine[32] = {9};
    uint8_t secret[32];
    uint8_t out[32];
    uint8_t again[32];

    from_hex(secret, 32, alice_secret);
    e4_x25519_base(out, secret);
    CHECK(is_hex(out, 32, alice_public));
    from_hex(secret, 32, bob_secret);
    e4_x25519_base(out, secret);
    CHECK(is_hex(out, 32, bob_public));
    for (unsigned i = 0; i < 16; i++) {
        memcpy(secret, out, sizeof secret);
        e4_x25519_base(out, secret);
        CHECK(e4_x25519(again, secret, nine));
        CHECK(memcmp(out, again, sizeof out) == 0);
    }
}

/* 0, 1, -1, the two of order 8, and those of them that have a second encoding below 2^255. */
TEST(points_of_low_order_are_refused_and_give_zeros)
{
    static const char *const low[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    };
    static const uint8_t zero[32];
    uint8_t scalar[32];
    uint8_t u[32];
    uint8_t out[32];

    from_hex(scalar, 32, alice_secret);
    for (size_t i = 0; i < 2 * COUNT(low); i++) {
        from_hex(u, 32, low[i / 2]);
        if (i % 2 == 1)
            u[31] |= 0x80;
        memset(out, 0xaa, sizeof out);
        CHECK(!e4_x25519(out, scalar, u));
        CHECK(memcmp(out, zero, sizeof out) == 0);
    }
}

TEST(the_top_bit_of_u_and_the_clamped_bits_of_a_scalar_do_not_count)
{
    uint8_t scalar[32];
    uint8_t u[32];
    uint8_t out[32];

    from_hex(scalar, 32, alice_secret);
    from_hex(u, 32, bob_public);
    u[31] |= 0x80;
    scalar[0] ^= 7;
    scalar[31] ^= 0xc0;
    CHECK(e4_x25519(out, scalar, u));
    CHECK(is_hex(out, 32, shared));
    e4_x25519_base(out, scalar);
    CHECK(is_hex(out, 32, alice_public));
}

/* p + k and k are the same point, for all k that leave p + k below 2^255. */
TEST(a_u_that_is_not_canonical_is_taken)
{
    uint8_t scalar[32];
    uint8_t over[32];
    uint8_t out[32];
    uint8_t again[32];

    from_hex(scalar, 32, alice_secret);
    memset(over, 0xff, sizeof over);
    over[31] = 0x7f;
    for (uint8_t k = 2; k < 19; k++) {
        uint8_t u[32] = {k};

        over[0] = (uint8_t)(0xed + k);
        CHECK(e4_x25519(out, scalar, u));
        CHECK(e4_x25519(again, scalar, over));
        CHECK(memcmp(out, again, sizeof out) == 0);
    }
}

TEST(the_result_may_replace_an_input)
{
    uint8_t scalar[32];
    uint8_t u[32];

    from_hex(scalar, 32, alice_secret);
    from_hex(u, 32, bob_public);
    CHECK(e4_x25519(u, scalar, u));
    CHECK(is_hex(u, 32, shared));
    from_hex(u, 32, bob_public);
    CHECK(e4_x25519(scalar, scalar, u));
    CHECK(is_hex(scalar, 32, shared));
    from_hex(scalar, 32, bob_secret);
    e4_x25519_base(scalar, scalar);
    CHECK(is_hex(scalar, 32, bob_public));
}

LAWS(LAW(multiples_are_those_of_the_rfc), LAW(a_thousand_rounds_of_the_rfc_come_out_right),
     LAW(public_halves_are_multiples_of_9), LAW(points_of_low_order_are_refused_and_give_zeros),
     LAW(the_top_bit_of_u_and_the_clamped_bits_of_a_scalar_do_not_count),
     LAW(a_u_that_is_not_canonical_is_taken), LAW(the_result_may_replace_an_input))
