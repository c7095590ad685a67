/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes out of hex, base64 and JSON, freed when their case ends. */
#include "bytes.h"

#include <stdlib.h>
#include <string.h>

#include "suite.h"

/* Memory of the current case: a chain of blocks, freed together. */
struct block {
    struct block *next;
    uint8_t *data;
};
static struct block *blocks;

void bytes_free(void)
{
    while (blocks != NULL) {
        struct block *next = blocks->next;

        free(blocks->data);
        free(blocks);
        blocks = next;
    }
}

uint8_t *case_alloc(size_t len)
{
    struct block *block = malloc(sizeof *block);
    uint8_t *data = calloc(1, len > 0 ? len : 1);

    if (block == NULL || data == NULL)
        fail_msg("no memory for %zu bytes", len);
    block->next = blocks;
    block->data = data;
    blocks = block;
    return data;
}

struct bytes case_bytes(const uint8_t *data, size_t len)
{
    struct bytes bytes = {case_alloc(len), len};

    if (len > 0)
        memcpy(bytes.data, data, len);
    return bytes;
}

static int hex_value(char digit)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = digit != '\0' ? strchr(digits, digit | 0x20) : NULL;

    return at != NULL ? (int)(at - digits) : -1;
}

struct bytes case_hex(const char *hex)
{
    size_t len = strlen(hex);
    struct bytes bytes = {case_alloc(len / 2), len / 2};

    if (len % 2 != 0)
        fail_msg("%s: an odd number of hex digits", case_name());
    for (size_t i = 0; i < bytes.len; i++) {
        int high = hex_value(hex[2 * i]);
        int low = hex_value(hex[2 * i + 1]);

        if (high < 0 || low < 0)
            fail_msg("%s: not hex: %.40s", case_name(), hex);
        bytes.data[i] = (uint8_t)(high << 4 | low);
    }
    return bytes;
}

struct bytes case_base64(const char *text)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t len = strcspn(text, "=");
    struct bytes bytes = {case_alloc(len * 3 / 4), len * 3 / 4};
    uint32_t bits = 0;
    size_t out = 0;

    for (size_t i = 0; i < len; i++) {
        const char *at = strchr(alphabet, text[i]);

        if (at == NULL)
            fail_msg("%s: not base64: %.40s", case_name(), text);
        bits = bits << 6 | (uint32_t)(at - alphabet);
        if (i % 4 != 0)
            bytes.data[out++] = (uint8_t)(bits >> (6 - 2 * (i % 4)));
    }
    return bytes;
}

const char *field_text(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

uint64_t field_number(const json_t *object, const char *name)
{
    const json_t *number = json_object_get(object, name);

    if (!json_is_integer(number))
        fail_msg("%s: no number \"%s\"", case_name(), name);
    return (uint64_t)json_integer_value(number);
}

struct bytes case_field(const json_t *object, const char *name)
{
    const char *hex = field_text(object, name);

    if (hex == NULL)
        fail_msg("%s: no text \"%s\"", case_name(), name);
    return case_hex(hex);
}

const uint8_t *case_fixed(const json_t *object, const char *name, size_t len)
{
    struct bytes bytes = case_field(object, name);

    if (bytes.len != len)
        fail_msg("%s: \"%s\" has %zu bytes, not %zu", case_name(), name, bytes.len, len);
    return bytes.data;
}
