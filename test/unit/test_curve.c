/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of lib/wire/curve.c: public keys and what is agreed with them. */
#include <string.h>

#include "fixture.h"
#include "law.h"

static void from_hex(uint8_t out[E4_KEY_SIZE], const char *hex)
{
    for (size_t i = 0; i < E4_KEY_SIZE; i++) {
        unsigned value = 0;

        for (size_t j = 0; j < 2; j++) {
            char digit = hex[2 * i + j];

            value = value * 16 + (unsigned)(digit <= '9' ? digit - '0' : digit - 'a' + 10);
        }
        out[i] = (uint8_t)value;
    }
}

TEST(public_halves_are_those_of_the_rfcs)
{
    uint8_t secret[E4_KEY_SIZE], want[E4_KEY_SIZE], got[E4_KEY_SIZE];

    /* RFC 8032, 7.1, test 1 */
    from_hex(secret, "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
    from_hex(want, "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    CHECK(e4_sign_public(got, secret) == E4_OK && memcmp(got, want, sizeof got) == 0);
    /* RFC 7748, 6.1, Alice */
    from_hex(secret, "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
    from_hex(want, "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
    CHECK(e4_curve_public(got, secret) == E4_OK && memcmp(got, want, sizeof got) == 0);
}

TEST(client_and_server_agree_on_one_key)
{
    uint8_t seed[E4_KEY_SIZE], sign_public[E4_KEY_SIZE], secret[E4_KEY_SIZE];
    uint8_t server_public[E4_KEY_SIZE], of_client[E4_KEY_SIZE], of_server[E4_KEY_SIZE];
    uint8_t before[E4_KEY_SIZE] = {0};

    for (unsigned n = 0; n < 20; n++) {
        key_of(seed, n);
        public_of(sign_public, n);
        key_of(secret, 1000 + n);
        curve_public_of(server_public, 1000 + n);
        CHECK_AT(n, e4_command_key_client(of_client, seed, server_public) == E4_OK);
        CHECK_AT(n, e4_command_key_server(of_server, secret, sign_public) == E4_OK);
        CHECK_AT(n, memcmp(of_client, of_server, sizeof of_client) == 0);
        CHECK_AT(n, memcmp(of_client, before, sizeof of_client) != 0);
        memcpy(before, of_client, sizeof before);
    }
}

TEST(server_keys_of_low_order_are_refused)
{
    static const char *const low[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    };
    uint8_t point[E4_KEY_SIZE], seed[E4_KEY_SIZE], key[E4_KEY_SIZE];

    key_of(seed, 1);
    for (size_t i = 0; i < COUNT(low); i++) {
        from_hex(point, low[i]);
        for (int top = 0; top < 2; top++) {
            CHECK_AT(i, e4_command_key_client(key, seed, point) == E4_ERR_ARGUMENT);
            point[31] |= 0x80; /* the bit that X25519 ignores */
        }
    }
}

static const char *const bad_sign_public[] = {
    /* of order 1, 2, 4, 8 */
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    /* not canonical: y = p, p + 1, 2^255 - 1; x = 0 with its sign set */
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0100000000000000000000000000000000000000000000000000000000000080",
    /* not on the curve: y = 2 */
    "0200000000000000000000000000000000000000000000000000000000000000",
};

TEST(bad_ed25519_public_keys_are_refused)
{
    uint8_t point[E4_KEY_SIZE], secret[E4_KEY_SIZE], key[E4_KEY_SIZE];

    key_of(secret, 1);
    for (size_t i = 0; i < COUNT(bad_sign_public); i++) {
        from_hex(point, bad_sign_public[i]);
        CHECK_AT(i, e4_sign_check_public(point) == E4_ERR_ARGUMENT);
        CHECK_AT(i, e4_command_key_server(key, secret, point) == E4_ERR_ARGUMENT);
    }
}

TEST(public_keys_of_seeds_are_good)
{
    uint8_t public_key[E4_KEY_SIZE];

    for (unsigned n = 0; n < 20; n++) {
        public_of(public_key, n);
        CHECK_AT(n, e4_sign_check_public(public_key) == E4_OK);
    }
}

TEST(equality_and_wiping_are_of_every_byte)
{
    uint8_t a[41], b[41];

    memset(a, 7, sizeof a);
    memset(b, 7, sizeof b);
    for (size_t len = 0; len <= sizeof a; len++) {
        CHECK_AT(len, e4_equal(a, b, len));
        for (size_t i = 0; i < len; i++) {
            b[i] ^= 0x80;
            CHECK_AT(i, !e4_equal(a, b, len));
            b[i] ^= 0x80;
        }
    }
    e4_wipe(b, 40);
    CHECK(all_zero(b, 40) && b[40] == 7);
    e4_wipe(NULL, 0);
}

LAWS(LAW(public_halves_are_those_of_the_rfcs), LAW(client_and_server_agree_on_one_key),
     LAW(server_keys_of_low_order_are_refused), LAW(bad_ed25519_public_keys_are_refused),
     LAW(public_keys_of_seeds_are_good), LAW(equality_and_wiping_are_of_every_byte))
