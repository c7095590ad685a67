/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Play a tape of recorded vectors on a board: those of the deployed client, and the RFCs'. Says
 * how many cases there were and how many failed; the exit code is 1 if any did.
 */
#include "vectors.h"

#include <stdio.h>
#include <string.h>

#include "crypto/ed25519.h"
#include "crypto/sha3.h"
#include "crypto/x25519.h"
#include "e4/keys.h"
#include "e4/wire.h"
#include "tape.h"

union workplace place;
uint8_t frame[FRAME_MAX];

static struct {
    char name[204];
    unsigned cases;
    unsigned failed;
    bool has_failed;
} now;

void expect(bool holds, const char *what)
{
    if (holds)
        return;
    printf("%s: %s\n", now.name, what);
    now.failed += !now.has_failed;
    now.has_failed = true;
}

int take_result(void)
{
    return (int8_t)tape_u8();
}

void expect_result(enum e4_result got, int want, const char *what)
{
    if (want == ANY_ERROR ? got != E4_OK : (int)got == want)
        return;
    printf("%d, not %d: ", (int)got, want);
    expect(false, what);
}

static void step_case(void)
{
    size_t len = tape_u8();

    tape_take(now.name, len);
    now.name[len] = '\0';
    now.cases++;
    now.has_failed = false;
}

static void step_hash(void)
{
    uint8_t out[32];
    size_t len = tape_take_varied(frame, sizeof frame);

    e4_sha3_256(out, frame, len);
    expect(tape_is(out, sizeof out), "SHA3-256");
}

static void step_name(char operation)
{
    uint8_t out[16];
    size_t len = tape_take_varied(frame, sizeof frame);
    int want = take_result();
    const char *name = (const char *)frame;

    expect_result(operation == 't' ? e4_topic_hash(out, name, len)
                                   : e4_id_from_name(out, name, len),
                  want, "the name");
    if (want == E4_OK)
        expect(tape_is(out, sizeof out), "the hash of the name");
}

static void step_receiving(void)
{
    char name[E4_RECEIVING_TOPIC_SIZE];
    uint8_t id[E4_ID_SIZE];

    tape_take(id, sizeof id);
    e4_receiving_topic(name, id);
    expect(tape_is(name, sizeof name - 1), "the receiving topic");
}

static void step_agreement(void)
{
    uint8_t seed[32];
    uint8_t secret[32];
    uint8_t server[32];
    uint8_t own[32];
    uint8_t key[32];
    uint8_t out[32];

    tape_take(seed, 32);
    tape_take(secret, 32);
    tape_take(server, 32);
    tape_take(own, 32);
    tape_take(key, 32);
    expect(e4_sign_public(out, seed) == E4_OK && memcmp(out, own, 32) == 0, "e4_sign_public");
    expect(e4_sign_check_public(own) == E4_OK, "e4_sign_check_public");
    expect(e4_curve_public(out, secret) == E4_OK && memcmp(out, server, 32) == 0,
           "e4_curve_public");
    expect(e4_command_key_client(out, seed, server) == E4_OK && memcmp(out, key, 32) == 0,
           "e4_command_key_client");
    expect(e4_command_key_server(out, secret, own) == E4_OK && memcmp(out, key, 32) == 0,
           "e4_command_key_server");
    e4_ed25519_to_curve_secret(out, seed);
    expect(tape_is(out, 32), "the Curve25519 secret");
    expect(e4_x25519(out, out, server) && tape_is(out, 32), "X25519");
    expect(e4_ed25519_to_curve_public(out, own) && tape_is(out, 32),
           "the Curve25519 public key");
}

static void step_agreement_refused(void)
{
    uint8_t seed[32];
    uint8_t server[32];
    uint8_t out[32];

    tape_take(seed, 32);
    tape_take(server, 32);
    expect_result(e4_command_key_client(out, seed, server), take_result(),
                  "e4_command_key_client");
}

static void step_public_key(void)
{
    uint8_t key[32];

    tape_take(key, 32);
    expect_result(e4_sign_check_public(key), take_result(), "e4_sign_check_public");
}

static void step_signature(void)
{
    uint8_t seed[32];
    uint8_t public_key[32];
    uint8_t signature[64];
    size_t len;

    tape_take(seed, 32);
    e4_ed25519_public(public_key, seed);
    expect(tape_is(public_key, 32), "the public key");
    len = tape_take_varied(frame, sizeof frame);
    e4_ed25519_sign(signature, seed, public_key, frame, len);
    expect(tape_is(signature, 64), "the signature");
    expect(e4_ed25519_verify(signature, public_key, frame, len), "the signature is refused");
    signature[len % 64] ^= 0x10;
    expect(!e4_ed25519_verify(signature, public_key, frame, len),
           "a changed signature is accepted");
}

static void step_x25519(char operation)
{
    uint8_t scalar[32];
    uint8_t u[32];
    uint8_t out[32];

    tape_take(scalar, 32);
    if (operation == 'X') {
        e4_x25519_base(out, scalar);
    } else {
        tape_take(u, 32);
        expect(e4_x25519(out, scalar, u), "the result is zero");
    }
    expect(tape_is(out, 32), "X25519");
}

/* Compare a frame with the tape; take it apart, and open it where it lies. */
static void expect_frame(size_t len, const struct e4_sealing *sealing, size_t text_len)
{
    bool is_signed = sealing->seed != NULL;
    struct e4_frame parsed;
    size_t opened_len;

    expect(tape_is_varied(frame, len), "the frame");
    expect_result(e4_frame_parse(&parsed, is_signed ? E4_PUBLIC_KEY : E4_SYMMETRIC, frame, len),
                  E4_OK, "e4_frame_parse");
    expect(parsed.sent_s == sealing->sent_s, "the frame's time");
    if (is_signed)
        expect_result(e4_frame_verify(&parsed, sealing->public_key), E4_OK, "e4_frame_verify");
    expect_result(e4_frame_open(frame + (parsed.body - frame), text_len, &opened_len, &parsed,
                                sealing->key),
                  E4_OK, "e4_frame_open");
    expect(opened_len == text_len && memcmp(parsed.body, place.text, text_len) == 0,
           "the text that was opened");
}

static void step_seal(char operation)
{
    uint8_t key[32];
    uint8_t sender[E4_ID_SIZE];
    uint8_t seed[32];
    uint8_t public_key[32];
    struct e4_sealing sealing = {.key = key};
    bool is_signed = operation == 'f';
    size_t text_len;
    size_t len = 0;

    tape_take(key, 32);
    sealing.sent_s = tape_u64();
    if (is_signed) {
        tape_take(sender, sizeof sender);
        tape_take(seed, 32);
        tape_take(public_key, 32);
        sealing.sender = sender;
        sealing.seed = seed;
        sealing.public_key = public_key;
    }
    text_len = tape_take_varied(place.text, sizeof place.text);
    expect_result((is_signed ? e4_frame_seal_signed : e4_frame_seal)(
                      frame, sizeof frame, &len, &sealing, place.text, text_len),
                  E4_OK, "sealing");
    expect_frame(len, &sealing, text_len);
}

static void step_forged(void)
{
    uint8_t key[32];
    struct e4_frame parsed;
    size_t text_len = 99;
    size_t len;
    bool is_clear = true;

    tape_take(key, 32);
    len = tape_take_varied(frame, sizeof frame);
    expect_result(e4_frame_parse(&parsed, E4_SYMMETRIC, frame, len), E4_OK, "e4_frame_parse");
    expect_result(e4_frame_open(frame + E4_OVERHEAD_SK, sizeof frame - E4_OVERHEAD_SK,
                                &text_len, &parsed, key),
                  E4_ERR_FORGED, "e4_frame_open");
    for (size_t i = E4_OVERHEAD_SK; i < len; i++)
        is_clear &= frame[i] == 0;
    expect(is_clear && text_len == 0, "something is left of what is forged");
}

static void step_command(void)
{
    struct e4_command command;
    struct e4_command decoded;
    enum e4_mode mode = (enum e4_mode)tape_u8();
    uint8_t plain[E4_COMMAND_MAX];
    uint8_t out[E4_COMMAND_MAX];
    size_t plain_len;
    size_t len = 0;

    command.type = (enum e4_command_type)tape_u8();
    tape_take(command.topic, sizeof command.topic);
    tape_take(command.id, sizeof command.id);
    tape_take(command.key, sizeof command.key);
    tape_take(command.public_key, sizeof command.public_key);
    plain_len = tape_take_varied(plain, sizeof plain);
    expect_result(e4_command_encode(out, &len, &command, mode), E4_OK, "e4_command_encode");
    expect(len == plain_len && memcmp(out, plain, len) == 0, "the command");
    expect_result(e4_command_decode(&decoded, mode, plain, plain_len), E4_OK,
                  "e4_command_decode");
    expect_result(e4_command_encode(out, &len, &decoded, mode), E4_OK, "encoding it again");
    expect(len == plain_len && memcmp(out, plain, len) == 0, "encode(decode(command))");
}

static void step(char operation)
{
    switch (operation) {
    case 'c':
        step_case();
        break;
    case 'h':
        step_hash();
        break;
    case 't':
    case 'n':
        step_name(operation);
        break;
    case 'r':
        step_receiving();
        break;
    case 'a':
        step_agreement();
        break;
    case 'y':
        step_agreement_refused();
        break;
    case 'p':
        step_public_key();
        break;
    case 'g':
        step_signature();
        break;
    case 'x':
    case 'X':
        step_x25519(operation);
        break;
    case 'F':
    case 'f':
        step_seal(operation);
        break;
    case 'b':
        step_forged();
        break;
    case 'C':
        step_command();
        break;
    default:
        expect(client_step(operation), "a step that nobody knows");
    }
}

int main(void)
{
    unsigned long steps = 0;
    char operation;

    while (tape_next(&operation)) {
        step(operation);
        steps++;
    }
    printf("%u cases in %lu steps, %u failed\n", now.cases, steps - now.cases, now.failed);
    return now.failed > 0 || now.cases == 0 ? 1 : 0;
}
