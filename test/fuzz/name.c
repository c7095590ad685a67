/* SPDX-License-Identifier: Apache-2.0 */
/* Names and topics: accepted are exactly those that another reading of the rules accepts. */
#include "fuzz.h"

#include <string.h>

#include "e4/keys.h"

/* The next character of a text, by arithmetic on what it stands for; 0 bytes: none is there. */
static size_t character_at(const uint8_t *text, size_t len)
{
    static const struct {
        uint32_t first; /* that needs so many bytes */
        uint8_t lead;   /* what its first byte has above its bits */
        uint8_t bits;   /* of the first byte */
    } forms[] = {{0, 0, 7}, {0x80, 0xc0, 5}, {0x800, 0xe0, 4}, {0x10000, 0xf0, 3}};

    for (size_t extra = 0; extra < 4; extra++) {
        uint8_t mask = (uint8_t)(0xff << forms[extra].bits);
        uint32_t value = (uint32_t)(text[0] & ~mask);

        if ((text[0] & mask) != forms[extra].lead)
            continue;
        if (len < extra + 1)
            return 0;
        for (size_t i = 1; i <= extra; i++) {
            if (text[i] >> 6 != 2)
                return 0;
            value = value << 6 | (text[i] & 0x3fU);
        }
        if (value < forms[extra].first || value > 0x10ffff || value >> 11 == 0x1b)
            return 0;
        return extra + 1;
    }
    return 0;
}

static bool is_utf8(const uint8_t *text, size_t len)
{
    while (len > 0) {
        size_t used = character_at(text, len);

        if (used == 0)
            return false;
        text += used;
        len -= used;
    }
    return true;
}

static bool is_topic(const uint8_t *text, size_t len)
{
    if (len == 0 || len > E4_TOPIC_MAX || (len >= 4 && memcmp(text, "$SYS", 4) == 0))
        return false;
    return memchr(text, 0, len) == NULL && memchr(text, '+', len) == NULL &&
           memchr(text, '#', len) == NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    bool good = is_utf8(data, size);
    bool is_name = good && size >= 1 && size <= E4_NAME_MAX;
    uint8_t id[E4_ID_SIZE];
    uint8_t hash[E4_HASH_SIZE];
    struct e4_topic topic;

    law(e4_is_utf8(text, size) == good, "UTF-8 is UTF-8");
    law(e4_id_from_name(id, text, size) == (is_name ? E4_OK : E4_ERR_ARGUMENT), "names");
    law(e4_topic_hash(hash, text, size) == (is_topic(data, size) ? E4_OK : E4_ERR_ARGUMENT),
        "topics");
    law(e4_topic_init(&topic, text, size, NULL) ==
            (is_topic(data, size) ? E4_OK : E4_ERR_ARGUMENT),
        "handles");
    if (is_topic(data, size) && is_name)
        law(memcmp(id, hash, sizeof id) == 0, "ids and topic hashes are made alike");
    return 0;
}
