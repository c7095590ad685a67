/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NIST's response files for AES-256, SHA3-256 and SHA-512: lines of "NAME = value", and a
 * case wherever the result has been read.
 */
#include "suite.h"

#include "collections.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/aes.h"
#include "crypto/sha3.h"
#include "crypto/sha512.h"

enum { FIELDS_MAX = 5 };

/* The fields of the case being read, as text. */
struct record {
    const char *name[FIELDS_MAX];
    const char *value[FIELDS_MAX];
    size_t count;
    char section[32]; /* "[ENCRYPT]" */
};

static const char *record_find(const struct record *record, const char *name)
{
    for (size_t i = 0; i < record->count; i++)
        if (strcmp(record->name[i], name) == 0)
            return record->value[i];
    fail_msg("no %s in this record", name);
    return NULL;
}

static void record_add(struct record *record, char *line)
{
    char *equals = strstr(line, " = ");

    if (line[0] == '[')
        snprintf(record->section, sizeof record->section, "%s", line);
    if (line[0] == '[' || line[0] == '#' || equals == NULL)
        return;
    if (record->count == FIELDS_MAX)
        fail_msg("too many fields: %s", line);
    *equals = '\0';
    record->name[record->count] = line;
    record->value[record->count++] = equals + 3;
}

/* Call run for each record, whose last field is an empty line. */
static void run_file(const char *file, void (*run)(const struct record *record))
{
    char *text = suite_load_text(file);
    struct record record = {.count = 0};
    char *next;

    suite_begin(file);
    for (char *line = text; line != NULL; line = next) {
        next = strchr(line, '\n');
        if (next != NULL)
            *next++ = '\0';
        line[strcspn(line, "\r")] = '\0';
        record_add(&record, line);
        if ((line[0] == '\0' || next == NULL) && record.count > 0) {
            run(&record);
            record.count = 0;
        }
    }
    suite_end();
    free(text);
    suite_check_lists(file);
}

/* Files list each pair of blocks for decryption as well: they are pairs all the same. */
static void run_ecb(const struct record *record)
{
    const struct e4_aes *aes;
    uint32_t key[E4_AES_KEY_WORDS];
    struct bytes raw;
    struct bytes in;

    if (!case_begin("%s %s", record->section, record_find(record, "COUNT")))
        return;
    raw = case_hex(record_find(record, "KEY"));
    in = case_hex(record_find(record, "PLAINTEXT"));
    expect(raw.len == E4_AES_RAW_SIZE && in.len % 16 == 0, "not AES-256");
    for (size_t n = 0; (aes = e4_aes_engine(n)) != NULL; n++) {
        struct bytes out = {case_alloc(in.len), in.len};

        aes->expand(key, raw.data);
        aes->encrypt(key, out.data, in.data, in.len / 16);
        expect_bytes(out.data, out.len, case_hex(record_find(record, "CIPHERTEXT")),
                     e4_aes_name(aes));
        for (size_t at = 0; at < in.len; at += 16)
            e4_aes_encrypt(aes, key, out.data + at, in.data + at);
        expect_bytes(out.data, out.len, case_hex(record_find(record, "CIPHERTEXT")),
                     e4_aes_name(aes));
    }
}

/* In one piece, and in two cut anywhere. */
static void expect_sha3(struct bytes in, struct bytes want)
{
    uint8_t out[32];

    e4_sha3_256(out, in.data, in.len);
    expect_bytes(out, sizeof out, want, "SHA3-256");
    for (size_t cut = 0; cut <= in.len; cut++) {
        struct e4_sha3 state;

        e4_sha3_init(&state);
        e4_sha3_update(&state, in.data, cut);
        e4_sha3_update(&state, in.data + cut, in.len - cut);
        e4_sha3_final(&state, out, 32);
        expect_bytes(out, sizeof out, want, "SHA3-256 in two pieces");
    }
}

/* A message of no bits is written as one byte. */
static struct bytes message_of(const struct record *record)
{
    struct bytes message = case_hex(record_find(record, "Msg"));
    unsigned long bits = strtoul(record_find(record, "Len"), NULL, 10);

    if (bits / 8 > message.len || bits % 8 != 0)
        fail_msg("a message of %lu bits", bits);
    message.len = bits / 8;
    return message;
}

static void run_sha3(const struct record *record)
{
    if (case_begin("Len=%s", record_find(record, "Len")))
        expect_sha3(message_of(record), case_hex(record_find(record, "MD")));
}

/* Each value is the thousandth hash of the one before. */
static void run_sha3_monte(const struct record *record)
{
    static uint8_t seed[32];

    if (strcmp(record->name[0], "Seed") == 0) {
        memcpy(seed, case_hex(record->value[0]).data, sizeof seed);
        return;
    }
    if (!case_begin("COUNT=%s", record_find(record, "COUNT")))
        return;
    for (int i = 0; i < 1000; i++)
        e4_sha3_256(seed, seed, sizeof seed);
    expect_bytes(seed, sizeof seed, case_hex(record_find(record, "MD")), "SHA3-256");
}

static void run_sha512(const struct record *record)
{
    struct bytes in;

    if (!case_begin("Len=%s", record_find(record, "Len")))
        return;
    in = message_of(record);
    for (size_t cut = 0; cut <= in.len; cut++) {
        struct e4_sha512 state;
        uint8_t out[64];

        e4_sha512_init(&state);
        e4_sha512_update(&state, in.data, cut);
        e4_sha512_update(&state, in.data + cut, in.len - cut);
        e4_sha512_final(&state, out);
        expect_bytes(out, sizeof out, case_hex(record_find(record, "MD")), "SHA-512");
    }
}

static void aes_256_encrypts_as_nist_says(void **state)
{
    (void)state;
    run_file("nist/ECBGFSbox256.rsp", run_ecb);
    run_file("nist/ECBKeySbox256.rsp", run_ecb);
    run_file("nist/ECBVarKey256.rsp", run_ecb);
    run_file("nist/ECBVarTxt256.rsp", run_ecb);
    run_file("nist/ECBMMT256.rsp", run_ecb);
}

static void sha3_256_hashes_as_nist_says(void **state)
{
    (void)state;
    run_file("nist/SHA3_256ShortMsg.rsp", run_sha3);
    run_file("nist/SHA3_256Monte.rsp", run_sha3_monte);
}

static void sha_512_hashes_as_nist_says(void **state)
{
    (void)state;
    run_file("nist/SHA512ShortMsg.rsp", run_sha512);
}

int run_nist(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(aes_256_encrypts_as_nist_says),
        cmocka_unit_test(sha3_256_hashes_as_nist_says),
        cmocka_unit_test(sha_512_hashes_as_nist_says),
    };

    return cmocka_run_group_tests_name("nist", tests, NULL, NULL);
}
