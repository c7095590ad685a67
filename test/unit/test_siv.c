/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AES-SIV by every engine of this CPU, and by one that has nothing but single blocks, as a chip
 * would: against the deployed clients' values, and against RFC 5297 written down plainly.
 */
#include "hex.h"

#include "crypto/load.h"
#include "crypto/siv.h"

enum { LONGEST = 600, MOST_JOBS = 20, ROOM = LONGEST + 32, CHIP_BLOCKS = 4 };

/* Bytes that look random and are the same in every run. */
static void scramble(uint8_t *out, size_t len, uint32_t seed)
{
    uint32_t x = seed * 2654435761u + 1;

    for (size_t i = 0; i < len; i++) {
        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
        out[i] = (uint8_t)(x >> 9);
    }
}

/* A chip: its block is a bitsliced one's, and it does no more than a block needs. */
static void chip_expand(uint32_t *key, const uint8_t *raw)
{
    e4_aes_sliced64.expand(key, raw);
}

static void chip_encrypt(const uint32_t *key, uint8_t *out, const uint8_t *in, size_t count)
{
    CHECK(count >= 1 && count <= CHIP_BLOCKS);
    e4_aes_sliced64.encrypt(key, out, in, count);
}

static const struct e4_aes chip = {
    .name = "chip",
    .expand = chip_expand,
    .encrypt = chip_encrypt,
};

/* This CPU's engines, then the chip; NULL past it. */
static const struct e4_aes *engine(size_t n)
{
    const struct e4_aes *aes = e4_aes_engine(n);

    if (aes == NULL && (n == 0 || e4_aes_engine(n - 1) != NULL))
        return &chip;
    return aes;
}

/* One message, sealed. */
struct message {
    uint8_t raw[32], ad[8], tag[16];
    uint8_t text[LONGEST], sealed[LONGEST];
    size_t len;
};

/* RFC 5297, 2.3. */
static void dbl(uint8_t block[16])
{
    uint8_t carry = block[0] >> 7;

    for (size_t i = 0; i < 15; i++)
        block[i] = (uint8_t)(block[i] << 1 | block[i + 1] >> 7);
    block[15] = (uint8_t)(block[15] << 1 ^ (carry ? 0x87 : 0));
}

static void exclusive_or(uint8_t *out, const uint8_t *in, size_t len)
{
    for (size_t i = 0; i < len; i++)
        out[i] ^= in[i];
}

/* RFC 5297, 2.4, of the associated data and the text. */
static void s2v_by_the_book(const struct e4_aes *aes, const uint32_t *key,
                            struct message *message)
{
    uint8_t d[16] = {0}, mac[16], last[LONGEST] = {0};
    size_t len = message->len;

    e4_cmac(aes, key, d, d, sizeof d);
    dbl(d);
    e4_cmac(aes, key, mac, message->ad, sizeof message->ad);
    exclusive_or(d, mac, sizeof d);
    memcpy(last, message->text, len);
    if (len >= 16) {
        exclusive_or(last + len - 16, d, 16);
    } else {
        dbl(d);
        last[len] = 0x80;
        len = 16;
        exclusive_or(last, d, 16);
    }
    e4_cmac(aes, key, message->tag, last, len);
}

/* RFC 5297, 2.5: the whole block counts. */
static void ctr_by_the_book(const struct e4_aes *aes, const uint32_t *key,
                            struct message *message)
{
    uint8_t q[16], pad[16];

    memcpy(q, message->tag, sizeof q);
    q[8] &= 0x7f;
    q[12] &= 0x7f;
    memcpy(message->sealed, message->text, message->len);
    for (size_t at = 0; at < message->len; at += 16) {
        size_t now = message->len - at < 16 ? message->len - at : 16;

        e4_aes_encrypt(aes, key, pad, q);
        exclusive_or(message->sealed + at, pad, now);
        for (size_t i = 16; i-- > 0 && ++q[i] == 0;)
            ;
    }
}

static void make_message(struct message *message, size_t len, uint32_t seed)
{
    uint32_t key[E4_SIV_KEY_WORDS];

    scramble(message->raw, sizeof message->raw, seed);
    scramble(message->ad, sizeof message->ad, seed + 1);
    scramble(message->text, len, seed + 2);
    message->len = len;
    e4_siv_expand(&e4_aes_sliced64, key, message->raw);
    s2v_by_the_book(&e4_aes_sliced64, key, message);
    ctr_by_the_book(&e4_aes_sliced64, key, message);
}

static bool all_zero(const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (bytes[i] != 0)
            return false;
    return true;
}

/* What is around out[at], at + len is as it was. */
static bool untouched(const uint8_t out[ROOM], size_t at, size_t len)
{
    for (size_t i = 0; i < ROOM; i++)
        if ((i < at || i >= at + len) && out[i] != 0xa5)
            return false;
    return true;
}

/* Seal and open the message, with everything at addresses that are off by shift. */
static void check_at(const struct e4_aes *aes, const struct message *message, size_t shift,
                     bool in_place)
{
    size_t len = message->len;
    uint32_t key[E4_SIV_KEY_WORDS];
    uint8_t in[ROOM], out[ROOM], tag[16 + 16], ad[8 + 16];
    uint8_t *to = (in_place ? in : out) + shift;

    e4_siv_expand(aes, key, message->raw);
    memset(in, 0xa5, sizeof in);
    memset(out, 0xa5, sizeof out);
    memcpy(in + shift, message->text, len);
    memcpy(ad + shift, message->ad, 8);
    e4_siv_tag(aes, key, tag + shift, ad + shift, in + shift, len);
    CHECK_AT(len, memcmp(tag + shift, message->tag, 16) == 0);
    e4_siv_crypt(aes, key, to, in + shift, len, tag + shift);
    CHECK_AT(len, memcmp(to, message->sealed, len) == 0);
    CHECK_AT(len, untouched(in, shift, len) && untouched(out, shift, in_place ? 0 : len));

    memcpy(in + shift, message->sealed, len);
    CHECK_AT(len, e4_siv_open(aes, key, to, in + shift, len, ad + shift, tag + shift));
    CHECK_AT(len, memcmp(to, message->text, len) == 0);
    CHECK_AT(len, untouched(in, shift, len) && untouched(out, shift, in_place ? 0 : len));
}

TEST(messages_of_the_deployed_clients_seal_and_open)
{
    static const struct {
        size_t len;
        const char *key, *ad, *text, *sealed;
    } row[] = {
        {0, "b8933af2acbe7ea360c5035aa9962ff8c156b738e11947060451472aabb4f9f0",
         "69895df9f29bd43d", "", "229bb7fc1aa1b6debbdf2a072b0283ea"},
        {15, "dd027845ed2acb8b51b5270666056ee459a08162943e45fe055dc6b53727f6a4",
         "ac627e951f6eb4cd", "67a8dc4fbc89bb0ae8151729d418dd",
         "163c5789c90697aa463870e90e0633a905daa5461024ef8b60be5dfd9b2d6e"},
        {16, "3fd7b5df36fa03ce26ad700a43fa6b613754a42b1ca4f50f16593c83a87fec7c",
         "360e654cddff1c61", "ab7aaa22ce45c3da1d085198f5bd8859",
         "3d0cffd7d54bf6e1d9f8c90ab5084ee48ac15e259c57ac1a7baa53ad704ecf6d"},
        {33, "6d7a3951368daf50d35739347c8753ef6876f83af78f91e1c551eeec2926f703",
         "178998fc3424172d",
         "7f43719798737f86b6af35da7ef6061c93f87bd67aa8090f5223b108878054a216",
         "d83c991a5cb1440a9f588b40ad494e94963e6610431fa33526bf7139068476fe"
         "922449151baa078b726636de048cba882e"},
    };
    const struct e4_aes *aes;

    for (size_t i = 0; i < COUNT(row); i++) {
        struct message message = {.len = row[i].len};
        uint8_t sealed[16 + 33];

        from_hex(message.raw, sizeof message.raw, row[i].key);
        from_hex(message.ad, sizeof message.ad, row[i].ad);
        from_hex(message.text, message.len, row[i].text);
        from_hex(sealed, 16 + message.len, row[i].sealed);
        memcpy(message.tag, sealed, 16);
        memcpy(message.sealed, sealed + 16, message.len);
        for (size_t n = 0; (aes = engine(n)) != NULL; n++)
            check_at(aes, &message, 0, false);
    }
}

TEST(any_length_seals_and_opens_anywhere_in_place_and_apart)
{
    const struct e4_aes *aes;

    for (size_t len = 0; len <= LONGEST; len++) {
        struct message message;

        make_message(&message, len, (uint32_t)len);
        for (size_t n = 0; (aes = engine(n)) != NULL; n++) {
            check_at(aes, &message, 0, false);
            check_at(aes, &message, len % 16, len % 2 == 0);
            check_at(aes, &message, (len + 5) % 16, len % 2 != 0);
        }
    }
}

TEST(no_bytes_of_text_may_be_no_memory)
{
    const struct e4_aes *aes;

    for (size_t n = 0; (aes = engine(n)) != NULL; n++) {
        static const uint8_t raw[32] = {1}, ad[8] = {2};
        uint32_t key[E4_SIV_KEY_WORDS];
        uint8_t tag[16];

        e4_siv_expand(aes, key, raw);
        e4_siv_tag(aes, key, tag, ad, NULL, 0);
        e4_siv_crypt(aes, key, NULL, NULL, 0, tag);
        CHECK_AT(n, e4_siv_open(aes, key, NULL, NULL, 0, ad, tag));
        tag[0] ^= 1;
        CHECK_AT(n, !e4_siv_open(aes, key, NULL, NULL, 0, ad, tag));
    }
}

TEST(a_counter_at_its_highest_counts_on)
{
    const struct e4_aes *aes;

    for (size_t n = 0; (aes = engine(n)) != NULL; n++) {
        uint32_t key[E4_SIV_KEY_WORDS];
        struct message message = {.len = LONGEST};
        uint8_t out[LONGEST];

        memset(message.tag, 0xff, sizeof message.tag);
        e4_siv_expand(aes, key, message.raw);
        ctr_by_the_book(aes, key, &message);
        e4_siv_crypt(aes, key, out, message.text, LONGEST, message.tag);
        CHECK_AT(n, memcmp(out, message.sealed, LONGEST) == 0);
    }
}

/* Flip one bit: of the tag, then of the associated data, then of the ciphertext. */
static void flip(struct message *message, size_t bit)
{
    uint8_t mask = (uint8_t)(1 << bit % 8);
    size_t at = bit / 8;

    if (at < 16)
        message->tag[at] ^= mask;
    else if (at < 24)
        message->ad[at - 16] ^= mask;
    else
        message->sealed[at - 24] ^= mask;
}

static void check_forgeries(const struct e4_aes *aes, struct message *message, bool in_place)
{
    size_t len = message->len;
    uint32_t key[E4_SIV_KEY_WORDS];
    uint8_t in[LONGEST], out[LONGEST];

    e4_siv_expand(aes, key, message->raw);
    for (size_t bit = 0; bit < 8 * (24 + len); bit++) {
        uint8_t *to = in_place ? in : out;

        flip(message, bit);
        memcpy(in, message->sealed, len);
        memset(out, 0xa5, sizeof out);
        CHECK_AT(bit, !e4_siv_open(aes, key, to, in, len, message->ad, message->tag));
        CHECK_AT(bit, all_zero(to, len) && out[len] == 0xa5);
        flip(message, bit);
    }
}

TEST(one_flipped_bit_anywhere_is_refused_and_leaves_zeros)
{
    static const size_t length[] = {0, 1, 15, 16, 17, 31, 32, 33, 64, 65};
    const struct e4_aes *aes;

    for (size_t i = 0; i < COUNT(length); i++) {
        struct message message;

        make_message(&message, length[i], (uint32_t)i);
        for (size_t n = 0; (aes = engine(n)) != NULL; n++)
            check_forgeries(aes, &message, i % 2 == 0);
    }
}

/* Many messages, and room for what comes of them. */
struct many {
    struct message message[MOST_JOBS];
    uint32_t key[MOST_JOBS][E4_SIV_KEY_WORDS];
    uint8_t out[MOST_JOBS][ROOM];
    uint8_t tag[MOST_JOBS][16];
    struct e4_siv_job job[MOST_JOBS];
};

/* How long message n of count is. Pattern 0: all alike, 1: eight at a time, others: mixed. */
static size_t length_of(size_t n, size_t count, unsigned pattern)
{
    static const size_t alike[] = {0, 2, 5, 8, 10, 13, 16, 17, 31, 48, 64, 101, LONGEST};
    uint8_t random[2];

    if (pattern == 0)
        return alike[count % COUNT(alike)];
    if (pattern == 1)
        n /= E4_SIV_LANES;
    scramble(random, sizeof random, (uint32_t)(n + 100 * count + 10000 * pattern));
    if (pattern == 2)
        return random[0] % 50;
    return (random[0] + 256u * random[1]) % (LONGEST + 1);
}

static void make_many(struct many *many, const struct e4_aes *aes, size_t count,
                      unsigned pattern)
{
    for (size_t i = 0; i < count; i++) {
        struct message *message = &many->message[i];
        uint32_t seed = (uint32_t)count * 8 + pattern;

        make_message(message, length_of(i, count, pattern), seed + (uint32_t)i * 1000);
        e4_siv_expand(aes, many->key[i], message->raw);
        memset(many->out[i], 0xa5, ROOM);
        memset(many->tag[i], 0xa5, 16);
        many->job[i] = (struct e4_siv_job){
            .key = many->key[i],
            .ad = message->ad,
            .tag = many->tag[i],
            .out = many->out[i] + i % 16,
            .in = message->text,
            .len = message->len,
        };
    }
}

static void check_sealed(struct many *many, const struct e4_aes *aes, size_t count)
{
    e4_siv_tag_many(aes, many->job, count);
    e4_siv_crypt_many(aes, many->job, count);
    for (size_t i = 0; i < count; i++) {
        const struct message *message = &many->message[i];

        CHECK_AT(i, memcmp(many->tag[i], message->tag, 16) == 0);
        CHECK_AT(i, memcmp(many->job[i].out, message->sealed, message->len) == 0);
        CHECK_AT(i, untouched(many->out[i], i % 16, message->len));
    }
}

/* Open in place or apart; every third message, from the one that is named on, is forged. */
static void check_opened(struct many *many, const struct e4_aes *aes, size_t count,
                         size_t forged, bool in_place)
{
    for (size_t i = 0; i < count; i++) {
        struct message *message = &many->message[i];

        if (i % 3 == forged)
            many->tag[i][i % 16] ^= 0x10;
        many->job[i].in = message->sealed;
        if (in_place) {
            memcpy(many->job[i].out, message->sealed, message->len);
            many->job[i].in = many->job[i].out;
        }
    }
    e4_siv_open_many(aes, many->job, count);
    for (size_t i = 0; i < count; i++) {
        const struct message *message = &many->message[i];
        const uint8_t *out = many->job[i].out;

        CHECK_AT(i, many->job[i].ok == (i % 3 != forged));
        CHECK_AT(i, untouched(many->out[i], i % 16, message->len));
        if (many->job[i].ok)
            CHECK_AT(i, memcmp(out, message->text, message->len) == 0);
        else
            CHECK_AT(i, all_zero(out, message->len));
    }
}

TEST(many_messages_come_out_as_one_by_one)
{
    static struct many many;
    const struct e4_aes *aes;

    for (size_t n = 0; (aes = engine(n)) != NULL; n++) {
        for (size_t count = 0; count <= MOST_JOBS; count++) {
            for (unsigned pattern = 0; pattern < 4; pattern++) {
                make_many(&many, aes, count, pattern);
                check_sealed(&many, aes, count);
                check_opened(&many, aes, count, count % 4, pattern % 2 == 0);
            }
        }
    }
}

TEST(cmac_is_that_of_the_standard)
{
    /* NIST SP 800-38B, D.3 */
    static const char text[] =
        "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
        "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710";
    static const struct {
        size_t len;
        const char *mac;
    } row[] = {
        {0, "028962f61b7bf89efc6b551f4667d983"},
        {16, "28a7023f452e8f82bd4bf28d8c37c35c"},
        {40, "aaf3d8f1de5640c232f5b169b9c911e6"},
        {64, "e1992190549f6ed5696a2c056c315410"},
    };
    const struct e4_aes *aes;
    uint8_t raw[32], data[64];

    from_hex(raw, sizeof raw,
             "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4");
    from_hex(data, sizeof data, text);
    for (size_t n = 0; (aes = engine(n)) != NULL; n++) {
        uint32_t key[E4_SIV_KEY_WORDS];
        uint8_t mac[16];

        e4_siv_expand(aes, key, raw);
        for (size_t i = 0; i < COUNT(row); i++) {
            e4_cmac(aes, key, mac, row[i].len > 0 ? data : NULL, row[i].len);
            CHECK(is_hex(mac, sizeof mac, row[i].mac));
        }
    }
}

LAWS(LAW(messages_of_the_deployed_clients_seal_and_open),
     LAW(any_length_seals_and_opens_anywhere_in_place_and_apart),
     LAW(no_bytes_of_text_may_be_no_memory), LAW(a_counter_at_its_highest_counts_on),
     LAW(one_flipped_bit_anywhere_is_refused_and_leaves_zeros),
     LAW(many_messages_come_out_as_one_by_one), LAW(cmac_is_that_of_the_standard))
