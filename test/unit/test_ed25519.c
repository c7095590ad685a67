/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ed25519 against RFC 8032 and keys of the deployed clients, and exactly what it refuses.
 * Whichever implementation the build has picked, these are its laws. What was made for them
 * here was made from the key of the RFC's first example, by other code.
 */
#include "hex.h"

#include "crypto/ed25519.h"

/* The RFC's first example */
static const char seed_hex[] =
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
static const char public_hex[] =
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

/* That key plus a point of order 8 */
static const char mixed_hex[] =
    "3b5b475c4b82dd1572799fc546f4c6c03e478c6654aa4c7f945b347ea32af60d";

/* The points of order 1, 2, 4, 4, 8, 8, 8, 8, then encodings of such that are not canonical */
static const char *const small[] = {
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
};

/* L, the order of the group, least significant byte first */
static const uint8_t order[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,       0xd6,
                                  0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, [31] = 0x10};

static bool verify_hex(const char *sig_hex, const char *key_hex, const char *msg)
{
    uint8_t sig[64];
    uint8_t key[32];

    from_hex(sig, sizeof sig, sig_hex);
    from_hex(key, sizeof key, key_hex);
    return e4_ed25519_verify(sig, key, (const uint8_t *)msg, strlen(msg));
}

TEST(keys_and_signatures_are_those_of_the_rfc)
{
    static const struct {
        const char *seed;
        const char *public_key;
        const char *msg;
        const char *sig;
    } row[] = {
        {seed_hex, public_hex, "",
         "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e"
         "39701cf9b46bd25bf5f0595bbe24655141438e7a100b"},
        {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
         "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
         "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f"
         "3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
        {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
         "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
         "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67"
         "f760984dc6594a7c15e9716ed28dc027beceea1ec40a"},
        {"833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
         "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
         "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba"
         "3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
         "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfb"
         "c7c66431e0303dca179c138ac17ad9bef1177331a704"},
    };
    uint8_t seed[32];
    uint8_t key[32];
    uint8_t msg[64];
    uint8_t sig[64];

    for (size_t i = 0; i < COUNT(row); i++) {
        const size_t len = strlen(row[i].msg) / 2;

        from_hex(seed, sizeof seed, row[i].seed);
        from_hex(msg, len, row[i].msg);
        e4_ed25519_public(key, seed);
        CHECK_AT(i, is_hex(key, sizeof key, row[i].public_key));
        CHECK_AT(i, e4_ed25519_check_public(key));
        e4_ed25519_sign(sig, seed, key, len == 0 ? NULL : msg, len);
        CHECK_AT(i, is_hex(sig, sizeof sig, row[i].sig));
        CHECK_AT(i, e4_ed25519_verify(sig, key, len == 0 ? NULL : msg, len));
    }
}

/* 64 keys, each the seed of the next: every corner of the arithmetic comes up. */
TEST(a_chain_of_keys_comes_out_right)
{
    uint8_t key[32] = {0};

    for (unsigned i = 0; i < 64; i++)
        e4_ed25519_public(key, key);
    CHECK(is_hex(key, sizeof key,
                 "cdf8bc26991fb093b1b49997e86d1c11ae42e48370ef4b51be6af9b2a6484a03"));
}

TEST(what_is_signed_verifies_at_every_length)
{
    uint8_t msg[260];
    uint8_t key[32];
    uint8_t sig[64];

    for (size_t i = 0; i < sizeof msg; i++)
        msg[i] = (uint8_t)(3 * i);
    for (size_t len = 0; len <= sizeof msg; len += 20) {
        e4_ed25519_public(key, msg);
        e4_ed25519_sign(sig, msg, key, msg, len);
        CHECK_AT(len, e4_ed25519_verify(sig, key, msg, len));
    }
}

TEST(one_flipped_bit_anywhere_fails)
{
    uint8_t seed[32];
    uint8_t part[3][64] = {{0}, {0}, "on"}; /* signature, public key, message */
    static const size_t len[3] = {64, 32, 2};

    from_hex(seed, sizeof seed, seed_hex);
    e4_ed25519_public(part[1], seed);
    e4_ed25519_sign(part[0], seed, part[1], part[2], len[2]);
    for (size_t i = 0; i < COUNT(part); i++) {
        for (size_t bit = 0; bit < 8 * len[i]; bit++) {
            part[i][bit / 8] ^= (uint8_t)(1 << bit % 8);
            CHECK_AT(bit, !e4_ed25519_verify(part[0], part[1], part[2], len[2]));
            part[i][bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
    }
    CHECK(e4_ed25519_verify(part[0], part[1], part[2], len[2]));
    CHECK(!e4_ed25519_verify(part[0], part[1], part[2], 1));
}

/* S + L, S + 2 L, and so on while 256 bits hold it, satisfy the equation as S does. */
TEST(an_s_of_l_or_more_is_refused)
{
    uint8_t seed[32];
    uint8_t key[32];
    uint8_t sig[64];

    from_hex(seed, sizeof seed, seed_hex);
    e4_ed25519_public(key, seed);
    e4_ed25519_sign(sig, seed, key, seed, 5);
    CHECK(e4_ed25519_verify(sig, key, seed, 5));
    for (unsigned times = 1; times < 15; times++) {
        unsigned sum = 0;

        for (unsigned i = 0; i < 32; i++) {
            sum += (unsigned)sig[32 + i] + order[i];
            sig[32 + i] = (uint8_t)sum;
            sum >>= 8;
        }
        CHECK_AT(times, !e4_ed25519_verify(sig, key, seed, 5));
    }
    memcpy(sig + 32, order, sizeof order);
    CHECK(!e4_ed25519_verify(sig, key, seed, 5));
}

/* With A neutral, R = S B is all that the equation asks. */
TEST(a_key_of_small_order_is_refused_though_the_equation_holds)
{
    static const char sig[] =
        "1d84c09c915b1e355f4130b3950f6754270b37696f36f1b6ca5d4a9b4cf48860"
        "0903000000000000000000000000000000000000000000000000000000000000";

    for (size_t i = 0; i < COUNT(small); i++)
        CHECK_AT(i, !verify_hex(sig, small[i], "any message"));
}

TEST(an_r_of_small_order_is_refused_though_the_equation_holds)
{
    static const struct {
        const char *key;
        const char *msg;
        const char *sig;
    } row[] = {
        {public_hex, "e4",
         "0100000000000000000000000000000000000000000000000000000000000000"
         "ffbe296f5e266e007d74225013bd1b341d92087a10e613847faee816028bab03"},
        {mixed_hex, "e4 5",
         "0100000000000000000000000000000000000000000000000000000000000000"
         "d6f51c272843d67059eb80c33dbbc61a607442ac022e87fdb59b8263a04a8a0d"},
        {mixed_hex, "e4 3",
         "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
         "a8605d0d1ace5a61807479f9e1bd558f04ac8bb91f32b32503703b3ecb626603"},
        {mixed_hex, "e4 1",
         "0000000000000000000000000000000000000000000000000000000000000000"
         "6629fc493da1363d428b719d90fe73bb4076667d4ab6af871540fd6f09d1ed07"},
        {mixed_hex, "e4 2",
         "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"
         "2f09f8bafa8b52c652d531e269a6e40dee05bb3c5f7528990edcb484ee3e2105"},
    };

    for (size_t i = 0; i < COUNT(row); i++)
        CHECK_AT(i, !verify_hex(row[i].sig, row[i].key, row[i].msg));
}

/* The equation is checked as it stands. Times 8, both signatures would pass. */
TEST(no_cofactor_is_multiplied_in)
{
    CHECK(verify_hex("ef4f62f8479733ad879cfaced3c89a9c39dd4fc795ef2efa1c3eafe4d729a081"
                     "3a6270f27c77793c0643ba3ef627ecaa8338ce7a2ac3f874ad1181b2776b000c",
                     mixed_hex, "e4 4"));
    CHECK(!verify_hex("ef4f62f8479733ad879cfaced3c89a9c39dd4fc795ef2efa1c3eafe4d729a081"
                      "a0bb60c35c13d9b5de27f5c5d28ff8b9e383d388f6b8cd25b5c8a0dbd949150d",
                      mixed_hex, "e4 0"));
}

static void check_is_no_public_key(const char *hex)
{
    uint8_t key[32];
    uint8_t u[32];
    uint8_t untouched[32];

    from_hex(key, sizeof key, hex);
    memset(u, 0xaa, sizeof u);
    memset(untouched, 0xaa, sizeof untouched);
    CHECK(!e4_ed25519_check_public(key));
    CHECK(!e4_ed25519_to_curve_public(u, key));
    CHECK(memcmp(u, untouched, sizeof u) == 0);
}

TEST(only_points_of_order_l_are_public_keys)
{
    /* The RFC's key plus each point of small order but the neutral one */
    static const char *const mixed[] = {
        mixed_hex,
        "40c7570f4dd54835b9131184410ed4a0cc93e7d9ad053cbc6d07a62426999582",
        "9158312a9a8d6e3b34c891d6d61444f8b8211c5117ebad15bdb0bd68b07e0245",
        "16a567fe7d4ef5482ab4012c369bf8c5f11e8d0c2559dcda50fde59708f8aee5",
        "b2a4b8a3b47d22ea8d86603ab90b393fc1b87399ab55b3806ba4cb815cd509f2",
        "ad38a8f0b22ab7ca46ecee7bbef12b5f336c182652fac34392f859dbd9666a7d",
        "5ca7ced5657291c4cb376e2929ebbb0747dee3aee81452ea424f42974f81fdba",
    };

    for (size_t i = 0; i < COUNT(small); i++)
        check_is_no_public_key(small[i]);
    for (size_t i = 0; i < COUNT(mixed); i++)
        check_is_no_public_key(mixed[i]);
}

/* y = 2, 7 and 8 belong to no point; p + 3 would be a second encoding of 3. */
TEST(only_canonical_encodings_of_points_are_public_keys)
{
    check_is_no_public_key("0200000000000000000000000000000000000000000000000000000000000000");
    check_is_no_public_key("0700000000000000000000000000000000000000000000000000000000000080");
    check_is_no_public_key("0800000000000000000000000000000000000000000000000000000000000000");
    check_is_no_public_key("f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
    check_is_no_public_key("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff");
}

TEST(keys_convert_as_in_the_deployed_clients)
{
    static const struct {
        const char *seed, *public_key, *curve_secret, *curve_public;
    } row[] = {
        {"562321fe91f61d0cf6b560a199bce510624333c1e0167ebb886dab88d95946fe",
         "1c4832dfd76f12b4c96fd18411f9b7d5181286afcb05e7af35456cffa5264d82",
         "b07421688d955d6d8be901cc711d665863f1f56c8c140b9fde1888dd59318d4b",
         "61d24fcb59147caa6d7d229d973aa8c462666ba526113f463ea8808f7b75df5a"},
        {"d2b0ab7f6d424634fe108c5cced219daa497aa05ebd66ec5ab32772d0c3f2606",
         "e757bf7c330ced2dbd51e0de4cd5bcaac7e9a1262cbfbbafef16b63da2d0751a",
         "18a9a57c74fedf29c0d89ab55bf7a6dfbd7078664daff2a864a8e3946eebfb55",
         "8b4ae12d7bbcb99e99e606cf62a3bf8bb4f39a094e9a45311314c5d551d41a32"},
    };
    uint8_t seed[32];
    uint8_t out[32];

    for (size_t i = 0; i < COUNT(row); i++) {
        from_hex(seed, sizeof seed, row[i].seed);
        e4_ed25519_to_curve_secret(out, seed);
        CHECK_AT(i, is_hex(out, sizeof out, row[i].curve_secret));
        e4_ed25519_public(out, seed);
        CHECK_AT(i, is_hex(out, sizeof out, row[i].public_key));
        CHECK_AT(i, e4_ed25519_to_curve_public(out, out));
        CHECK_AT(i, is_hex(out, sizeof out, row[i].curve_public));
    }
}

LAWS(LAW(keys_and_signatures_are_those_of_the_rfc), LAW(a_chain_of_keys_comes_out_right),
     LAW(what_is_signed_verifies_at_every_length), LAW(one_flipped_bit_anywhere_fails),
     LAW(an_s_of_l_or_more_is_refused),
     LAW(a_key_of_small_order_is_refused_though_the_equation_holds),
     LAW(an_r_of_small_order_is_refused_though_the_equation_holds),
     LAW(no_cofactor_is_multiplied_in), LAW(only_points_of_order_l_are_public_keys),
     LAW(only_canonical_encodings_of_points_are_public_keys),
     LAW(keys_convert_as_in_the_deployed_clients))
