/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Secrets, marked undefined, through every function that takes one. Valgrind then reports each
 * branch and each index that depends on a secret; scripts/secrets builds this with several
 * compilers and optimisations and wants no report at all.
 *
 *   secrets CASE...   run cases; without one, name them
 *
 * The case "leak" breaks the law on purpose, to show that a breach is seen. What a function
 * gives away by its contract (a ciphertext, "is authentic") is declared public where it comes
 * out (verdicts.c); what it decides inside by that is named in the file "allowed".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "e4/keys.h"
#include "e4/wire.h"

#include "crypto/aes.h"
#include "crypto/argon2.h"
#include "crypto/ct.h"
#include "crypto/ed25519.h"
#include "crypto/sha3.h"
#include "crypto/sha512.h"
#include "crypto/siv.h"
#include "crypto/x25519.h"

#include "clients.h"
#include "marks.h"

enum { TEXT_MAX = 600 };

static void leak(void)
{
    uint8_t key[1];

    fresh(key, sizeof key);
    if (key[0] == 1)
        puts("a secret decided to print this");
}

static void siv_round(const struct e4_aes *aes, size_t len)
{
    uint8_t raw[E4_AES_RAW_SIZE], text[TEXT_MAX], out[TEXT_MAX], back[TEXT_MAX], tag[16];
    const uint8_t ad[E4_SIV_AD_SIZE] = {1, 2, 3};
    uint32_t key[E4_SIV_KEY_WORDS];

    fresh(raw, sizeof raw);
    fresh(text, len);
    e4_siv_expand(aes, key, raw);
    e4_siv_tag(aes, key, tag, ad, text, len);
    public(tag, sizeof tag);
    e4_siv_crypt(aes, key, out, text, len, tag);
    must(all_secret(out, len), "a ciphertext follows from secrets, until it is sent");
    public(out, len);
    must(e4_siv_open(aes, key, back, out, len, ad, tag), "siv opens what it sealed");
    must(e4_equal(back, text, len), "siv opens to the text");
    tag[0] ^= 1;
    must(!e4_siv_open(aes, key, back, out, len, ad, tag), "siv refuses another tag");
}

static void siv_many(const struct e4_aes *aes)
{
    static uint8_t text[11][TEXT_MAX], out[11][TEXT_MAX], tag[11][16];
    const uint8_t ad[E4_SIV_AD_SIZE] = {9};
    static uint32_t key[11][E4_SIV_KEY_WORDS];
    struct e4_siv_job job[11];

    for (size_t i = 0; i < 11; i++) {
        uint8_t raw[E4_AES_RAW_SIZE];

        fresh(raw, sizeof raw);
        e4_siv_expand(aes, key[i], raw);
        fresh(text[i], i * 9);
        job[i] = (struct e4_siv_job){key[i], ad, tag[i], out[i], text[i], i * 9, false};
    }
    e4_siv_tag_many(aes, job, 11);
    public(tag, sizeof tag);
    e4_siv_crypt_many(aes, job, 11);
    for (size_t i = 0; i < 11; i++) {
        must(all_secret(out[i], job[i].len), "many ciphertexts follow from secrets");
        public(out[i], job[i].len);
        job[i].in = out[i];
    }
    e4_siv_open_many(aes, job, 11);
    for (size_t i = 0; i < 11; i++) {
        must(job[i].ok, "siv opens many");
        must(e4_equal(out[i], text[i], job[i].len), "siv opens many to their texts");
    }
}

static void siv(void)
{
    static const size_t len[] = {0,  1,  15,  16,  17,  31,  32,  63,
                                 64, 65, 127, 128, 129, 257, 512, 600};
    const struct e4_aes *aes;

    for (size_t n = 0; (aes = e4_aes_engine(n)) != NULL; n++) {
        uint8_t raw[E4_AES_RAW_SIZE], mac[16];
        uint32_t key[E4_SIV_KEY_WORDS];

        printf("engine %s\n", e4_aes_name(aes));
        for (size_t i = 0; i < sizeof len / sizeof len[0]; i++)
            siv_round(aes, len[i]);
        siv_many(aes);
        fresh(raw, sizeof raw);
        e4_siv_expand(aes, key, raw);
        e4_cmac(aes, key, mac, raw, sizeof raw);
        must(all_secret(mac, sizeof mac), "a MAC follows from secrets");
    }
}

static void hashes(void)
{
    uint8_t data[400], digest[64];
    struct e4_sha512 state;

    fresh(data, sizeof data);
    e4_sha3_256(digest, data, sizeof data);
    e4_sha512_init(&state);
    e4_sha512_update(&state, data, sizeof data);
    e4_sha512_final(&state, digest);
    must(all_secret(digest, sizeof digest), "a hash follows from a secret");
    e4_fingerprint(digest, data);
    must(!e4_equal(data, data + 1, 100), "equal sees a difference");
    e4_wipe(data, sizeof data);
}

static void signing(void)
{
    uint8_t seed[32], key[32], signature[64], scalar[32];

    for (unsigned i = 0; i < 4; i++) {
        fresh(seed, sizeof seed);
        e4_ed25519_public(key, seed);
        public(key, sizeof key);
        e4_ed25519_sign(signature, seed, key, (const uint8_t *)"a message", i * 3);
        public(signature, sizeof signature);
        must(e4_ed25519_verify(signature, key, (const uint8_t *)"a message", i * 3),
             "a signature verifies");
        e4_ed25519_to_curve_secret(scalar, seed);
    }
}

static void agreement(void)
{
    uint8_t one[32], other[32], one_public[32], other_public[32], a[32], b[32];

    for (unsigned i = 0; i < 4; i++) {
        fresh(one, sizeof one);
        fresh(other, sizeof other);
        e4_x25519_base(one_public, one);
        e4_x25519_base(other_public, other);
        public(one_public, sizeof one_public);
        public(other_public, sizeof other_public);
        must(e4_x25519(a, one, other_public), "x25519 gives a key");
        must(e4_x25519(b, other, one_public), "x25519 gives a key");
        must(all_secret(a, sizeof a) && all_secret(b, sizeof b), "a shared key is secret");
        must(e4_equal(a, b, sizeof a), "both sides agree");
    }
}

static void command_keys(void)
{
    uint8_t seed[32], server[32], seed_public[32], server_public[32], a[32], b[32];

    fresh(seed, sizeof seed);
    fresh(server, sizeof server);
    must(e4_sign_public(seed_public, seed) == E4_OK, "a seed has a public key");
    must(e4_curve_public(server_public, server) == E4_OK, "a scalar has a public key");
    public(seed_public, sizeof seed_public);
    public(server_public, sizeof server_public);
    must(e4_command_key_client(a, seed, server_public) == E4_OK, "a client's command key");
    must(e4_command_key_server(b, server, seed_public) == E4_OK, "a server's command key");
    must(e4_equal(a, b, sizeof a), "both sides have one command key");
}

static void frames(void)
{
    uint8_t key[32], seed[32], public_key[32], text[100], frame[300], back[100];
    const uint8_t sender[16] = {7};
    struct e4_sealing sealing = {key, 1000, sender, seed, public_key};
    struct e4_frame parsed;
    size_t len, back_len;

    fresh(key, sizeof key);
    fresh(seed, sizeof seed);
    fresh(text, sizeof text);
    e4_ed25519_public(public_key, seed);
    public(public_key, sizeof public_key);
    must(e4_frame_seal(frame, sizeof frame, &len, &sealing, text, sizeof text) == E4_OK,
         "seal");
    public(frame, len);
    must(e4_frame_parse(&parsed, E4_SYMMETRIC, frame, len) == E4_OK, "parse");
    must(e4_frame_open(back, sizeof back, &back_len, &parsed, key) == E4_OK, "open");
    must(e4_frame_seal_signed(frame, sizeof frame, &len, &sealing, text, sizeof text) == E4_OK,
         "seal and sign");
    public(frame, len);
    must(e4_frame_parse(&parsed, E4_PUBLIC_KEY, frame, len) == E4_OK, "parse");
    must(e4_frame_verify(&parsed, public_key) == E4_OK, "verify");
    must(e4_frame_open(back, sizeof back, &back_len, &parsed, key) == E4_OK, "open");
}

static void passwords(void)
{
    static uint64_t work[64 * 1024 / 8];
    uint8_t password[20], key[32];
    struct e4_argon2 params = {.type = E4_ARGON2I, .passes = 2, .memory_kib = 64, .lanes = 4};

    fresh(password, sizeof password);
    params.password.data = password;
    params.password.len = sizeof password;
    must(e4_argon2(key, sizeof key, &params, work, sizeof work), "argon2i gives a key");
    must(all_secret(key, sizeof key), "a key from a password is secret");
    params.fill = e4_argon2_fill_portable;
    must(e4_argon2(key, sizeof key, &params, work, sizeof work), "argon2i gives a key");
}

static const struct {
    const char *name;
    void (*run)(void);
} cases[] = {
    {"siv", siv},
    {"hashes", hashes},
    {"signing", signing},
    {"agreement", agreement},
    {"command-keys", command_keys},
    {"frames", frames},
    {"passwords", passwords},
    {"symmetric-client", symmetric_client},
    {"public-key-client", public_key_client},
    {"leak", leak},
};

static int run(const char *name)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (strcmp(cases[i].name, name) == 0) {
            cases[i].run();
            return 0;
        }
    }
    fprintf(stderr, "secrets: no case \"%s\"\n", name);
    return 2;
}

int main(int argc, char **argv)
{
    if (argc == 1) {
        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
            puts(cases[i].name);
        return 0;
    }
    if (!marks_are_watched()) {
        fputs("secrets: this says nothing unless valgrind runs it\n", stderr);
        return 2;
    }
    for (int i = 1; i < argc; i++)
        if (run(argv[i]) != 0)
            return 2;
    return 0;
}
