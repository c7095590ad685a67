/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of packaging/zephyr's engine, by a real PSA Crypto: that of Mbed TLS. */
#include <psa/crypto.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crypto/aes.h"
#include "test/unit/fixture.h"
#include "test/unit/law.h"

enum { BLOCKS = 11 };

static struct device alice, bob;

TEST(psa_encrypts_as_the_librarys_own_engine_does_and_in_place)
{
    const struct e4_aes *psa = e4_aes_choose(), *ours = &e4_aes_sliced32;
    uint32_t key[E4_AES_KEY_WORDS], own[E4_AES_KEY_WORDS];
    uint8_t raw[E4_AES_RAW_SIZE], in[16 * BLOCKS], got[16 * BLOCKS], want[16 * BLOCKS];

    CHECK(strcmp(psa->name, "PSA Crypto") == 0);
    for (uint8_t n = 0; n <= BLOCKS; n++) {
        memset(raw, n + 1, sizeof raw);
        memset(in, 3 * n, sizeof in);
        in[n] ^= 0x80;
        memcpy(got, in, sizeof got);
        memcpy(want, in, sizeof want);
        psa->expand(key, raw);
        ours->expand(own, raw);
        ours->encrypt(own, want, in, n);
        psa->encrypt(key, got, in, n);
        CHECK_AT(n, memcmp(got, want, sizeof got) == 0);
        memcpy(got, in, sizeof got);
        psa->encrypt(key, got, got, n);
        CHECK_AT(n, memcmp(got, want, sizeof got) == 0);
    }
}

TEST(a_thousand_keys_leave_no_handle_behind)
{
    const struct e4_aes *psa = e4_aes_choose();
    uint32_t key[E4_AES_KEY_WORDS];
    uint8_t raw[E4_AES_RAW_SIZE] = {1}, block[16] = {0};

    for (unsigned n = 0; n < 1000; n++) {
        raw[0] = (uint8_t)n;
        psa->expand(key, raw);
        psa->encrypt(key, block, block, 1);
    }
}

TEST(devices_exchange_commands_and_messages_through_psa)
{
    struct e4_command topic = set_topic("t", 10);
    uint8_t frame[FRAME_MAX];
    size_t len;

    device_make(&alice, E4_SYMMETRIC, "alice");
    device_make(&bob, E4_SYMMETRIC, "bob");
    CHECK(order(&alice, &topic) == E4_OK && order(&bob, &topic) == E4_OK);
    CHECK(send_text(&alice, "t", "through PSA", frame, &len) == E4_OK);
    CHECK(receive_text(&bob, "t", "through PSA", frame, len) == E4_OK);
}

/* With every slot for keys in use nothing can be imported. */
TEST(a_psa_that_fails_stops_the_system)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    static const uint8_t raw[E4_AES_RAW_SIZE] = {1};
    int status;
    pid_t child = fork();

    CHECK(child >= 0);
    if (child == 0) {
        uint32_t key[E4_AES_KEY_WORDS];
        uint8_t block[16] = {0};
        psa_key_id_t id;

        if (psa_crypto_init() != PSA_SUCCESS)
            _exit(0);
        psa_set_key_type(&attributes, PSA_KEY_TYPE_AES);
        while (psa_import_key(&attributes, raw, sizeof raw, &id) == PSA_SUCCESS)
            ;
        e4_aes_choose()->expand(key, raw);
        e4_aes_choose()->encrypt(key, block, block, 1);
        _exit(0);
    }
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

LAWS(LAW(psa_encrypts_as_the_librarys_own_engine_does_and_in_place),
     LAW(a_thousand_keys_leave_no_handle_behind),
     LAW(devices_exchange_commands_and_messages_through_psa),
     LAW(a_psa_that_fails_stops_the_system))
