/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The 1,024 signatures of ed25519.cr.yp.to. A line is "secret:public:message:signature:",
 * where the secret is seed and public key, and the signature is followed by the message.
 */
#include "suite.h"

#include "collections.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/ed25519.h"

static void run_line(char *line)
{
    struct bytes field[4];
    uint8_t public_key[32];
    uint8_t signature[64];

    for (size_t i = 0; i < COUNT(field); i++) {
        char *colon = strchr(line, ':');

        if (colon == NULL)
            fail_msg("%s: field %zu does not end", case_name(), i);
        *colon = '\0';
        field[i] = case_hex(line);
        line = colon + 1;
    }
    expect(field[0].len == 64 && field[1].len == 32 && field[3].len == 64 + field[2].len,
           "fields of odd lengths");

    e4_ed25519_public(public_key, field[0].data);
    expect_bytes(public_key, sizeof public_key, field[1], "the public key");
    expect(e4_ed25519_check_public(public_key), "the public key is refused");
    e4_ed25519_sign(signature, field[0].data, public_key, field[2].data, field[2].len);
    field[3].len = sizeof signature;
    expect_bytes(signature, sizeof signature, field[3], "the signature");
    expect(e4_ed25519_verify(signature, public_key, field[2].data, field[2].len),
           "the signature is refused");
    signature[field[2].len % 64] ^= 1;
    expect(!e4_ed25519_verify(signature, public_key, field[2].data, field[2].len),
           "a changed signature is accepted");
}

static void ed25519_signs_as_its_authors_say(void **state)
{
    static const char file[] = "djb/ed25519_sign.input";
    char *text = suite_load_text(file);
    size_t count = 0;
    char *next;

    (void)state;
    suite_begin(file);
    for (char *line = text; line != NULL && *line != '\0'; line = next) {
        next = strchr(line, '\n');
        if (next != NULL)
            *next++ = '\0';
        count++;
        if (case_begin("line %zu", count))
            run_line(line);
    }
    suite_end();
    assert_int_equal(count, 1024);
    free(text);
    suite_check_lists(file);
}

int run_djb(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ed25519_signs_as_its_authors_say),
    };

    return cmocka_run_group_tests_name("djb", tests, NULL, NULL);
}
