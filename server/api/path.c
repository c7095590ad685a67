/* SPDX-License-Identifier: Apache-2.0 */
/* See path.h. */
#include "server/api/path.h"

#include <string.h>

#include "base/hex.h"

/* How much of the path a field takes; end is its closing brace. */
static size_t extent(const char *name, const char *end, const char *path, size_t path_len)
{
    size_t rest = strlen(end + 1);
    const char *slash;

    if (end - name == 5 && memcmp(name, "topic", 5) == 0)
        return path_len > rest ? path_len - rest : 0;
    slash = memchr(path, '/', path_len);
    return slash == NULL ? path_len : (size_t)(slash - path);
}

bool path_match(struct path_match *match, const char *pattern, const char *path,
                size_t path_len)
{
    match->count = 0;
    while (*pattern != '\0') {
        if (*pattern == '{') {
            struct path_field *field = &match->field[match->count++];
            const char *end = strchr(pattern, '}');

            field->name = pattern + 1;
            field->name_len = (size_t)(end - field->name);
            field->value = path;
            field->value_len = extent(field->name, end, path, path_len);
            path += field->value_len;
            path_len -= field->value_len;
            pattern = end + 1;
        } else {
            if (path_len == 0 || *path != *pattern)
                return false;
            path++;
            path_len--;
            pattern++;
        }
    }
    return path_len == 0;
}

int path_decode(char *out, size_t *out_len, const char *text, size_t len)
{
    *out_len = 0;
    while (len > 0) {
        uint8_t byte = (uint8_t)*text;
        size_t taken = 1;

        if (byte == '%') {
            taken = 3;
            if (len < taken || hex_decode(&byte, 1, text + 1, 2) != 0) {
                *out_len = 0;
                return -1;
            }
        }
        out[(*out_len)++] = (char)byte;
        text += taken;
        len -= taken;
    }
    return 0;
}
