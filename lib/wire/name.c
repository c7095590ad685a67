/* SPDX-License-Identifier: Apache-2.0 */
/* From names and topics to ids and hashes (PROTOCOL.md §1). */
#include "e4/keys.h"

#include <string.h>

#include "crypto/sha3.h"

/* Length of the well-formed UTF-8 sequence at text (RFC 3629, section 4), 0 if there is none.
 */
static size_t utf8_sequence(const uint8_t *text, size_t len)
{
    uint8_t low = 0x80, high = 0xBF; /* bounds of the second byte */
    size_t need;

    if (text[0] < 0x80)
        return 1;
    if (text[0] >= 0xC2 && text[0] <= 0xDF)
        need = 2;
    else if ((text[0] & 0xF0) == 0xE0)
        need = 3;
    else if (text[0] >= 0xF0 && text[0] <= 0xF4)
        need = 4;
    else
        return 0;
    if (text[0] == 0xE0)
        low = 0xA0; /* no overlong forms */
    if (text[0] == 0xED)
        high = 0x9F; /* no surrogates */
    if (text[0] == 0xF0)
        low = 0x90;
    if (text[0] == 0xF4)
        high = 0x8F; /* nothing above U+10FFFF */
    if (need > len || text[1] < low || text[1] > high)
        return 0;
    for (size_t i = 2; i < need; i++) {
        if ((text[i] & 0xC0) != 0x80)
            return 0;
    }
    return need;
}

bool e4_is_utf8(const char *text, size_t len)
{
    const uint8_t *bytes = (const uint8_t *)text;

    while (len > 0) {
        size_t step = utf8_sequence(bytes, len);

        if (step == 0)
            return false;
        bytes += step;
        len -= step;
    }
    return true;
}

void e4_hash_full(uint8_t hash[32], const void *data, size_t len)
{
    e4_sha3_256(hash, data, len);
}

void e4_hash(uint8_t hash[E4_HASH_SIZE], const void *data, size_t len)
{
    struct e4_sha3 sha3;

    e4_sha3_init(&sha3);
    e4_sha3_update(&sha3, data, len);
    e4_sha3_final(&sha3, hash, E4_HASH_SIZE);
}

enum e4_result e4_id_from_name(uint8_t id[E4_ID_SIZE], const char *name, size_t name_len)
{
    if (name_len == 0 || name_len > E4_NAME_MAX || !e4_is_utf8(name, name_len))
        return E4_ERR_ARGUMENT;
    e4_hash(id, name, name_len);
    return E4_OK;
}

/* Topics of messages: what MQTT allows to publish to, but for the broker's own (§1). */
static bool topic_is_plain(const char *name, size_t name_len)
{
    if (name_len == 0 || name_len > E4_TOPIC_MAX)
        return false;
    if (name_len >= 4 && memcmp(name, "$SYS", 4) == 0)
        return false;
    for (size_t i = 0; i < name_len; i++) {
        if (name[i] == '+' || name[i] == '#' || name[i] == '\0')
            return false;
    }
    return true;
}

enum e4_result e4_topic_hash(uint8_t hash[E4_HASH_SIZE], const char *name, size_t name_len)
{
    if (!topic_is_plain(name, name_len))
        return E4_ERR_ARGUMENT;
    e4_hash(hash, name, name_len);
    return E4_OK;
}

void e4_fingerprint(uint8_t print[16], const uint8_t key[E4_KEY_SIZE])
{
    e4_hash(print, key, E4_KEY_SIZE);
}

void e4_receiving_topic(char name[E4_RECEIVING_TOPIC_SIZE], const uint8_t id[E4_ID_SIZE])
{
    memcpy(name, "e4/", 3);
    for (size_t i = 0; i < 2 * E4_ID_SIZE; i++) {
        int digit = i % 2 == 0 ? id[i / 2] >> 4 : id[i / 2] & 15;

        name[3 + i] = (char)(digit < 10 ? '0' + digit : 'a' - 10 + digit);
    }
    name[E4_RECEIVING_TOPIC_SIZE - 1] = '\0';
}
