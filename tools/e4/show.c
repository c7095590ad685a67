/* SPDX-License-Identifier: Apache-2.0 */
/* See show.h. */
#include "tools/e4/show.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "base/err.h"
#include "base/hex.h"
#include "e4/keys.h"

const char *show_hash(char text[SHOW_HASH_SIZE], const uint8_t hash[E4_HASH_SIZE])
{
    hex_encode(text, hash, E4_HASH_SIZE);
    return text;
}

const char *show_fingerprint(char text[SHOW_HASH_SIZE], const uint8_t key[E4_KEY_SIZE])
{
    uint8_t print[16];

    e4_fingerprint(print, key);
    return show_hash(text, print);
}

const char *show_time(char text[SHOW_TIME_SIZE], uint64_t time_s)
{
    static const uint64_t last_s = 253402300799; /* of the year 9999 */
    time_t time = (time_t)time_s;
    struct tm parts;

    if (time_s > last_s || gmtime_r(&time, &parts) == NULL ||
        strftime(text, SHOW_TIME_SIZE, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)
        (void)snprintf(text, SHOW_TIME_SIZE, "%" PRIu64 " s", time_s);
    return text;
}

const char *show_span(char text[SHOW_SPAN_SIZE], uint64_t span_s)
{
    if (span_s < 60)
        (void)snprintf(text, SHOW_SPAN_SIZE, "%" PRIu64 " s", span_s);
    else if (span_s < 3600)
        (void)snprintf(text, SHOW_SPAN_SIZE, "%" PRIu64 " min %" PRIu64 " s", span_s / 60,
                       span_s % 60);
    else if (span_s < 86400)
        (void)snprintf(text, SHOW_SPAN_SIZE, "%" PRIu64 " h %" PRIu64 " min", span_s / 3600,
                       span_s / 60 % 60);
    else
        (void)snprintf(text, SHOW_SPAN_SIZE, "%" PRIu64 " day%s", span_s / 86400,
                       span_s < 2 * 86400 ? "" : "s");
    return text;
}

/* Length of the printable character at text, 0 if there is none. */
static size_t printable(const char *text, size_t len)
{
    unsigned char c = (unsigned char)*text;

    if (c < 0x80)
        return c >= 0x20 && c != 0x7f && c != '\\' ? 1 : 0;
    for (size_t n = 2; n <= 4 && n <= len; n++) {
        /* U+0080 to U+009F are control characters too. */
        if (e4_is_utf8(text, n))
            return c == 0xC2 && (unsigned char)text[1] < 0xA0 ? 0 : n;
    }
    return 0;
}

void show_text(FILE *out, const char *text, size_t len)
{
    while (len > 0) {
        size_t n = printable(text, len);

        if (n == 0) {
            (void)fprintf(out, "\\x%02x", (unsigned char)*text);
            n = 1;
        } else {
            (void)fwrite(text, 1, n, out);
        }
        text += n;
        len -= n;
    }
}

void show_hex(FILE *out, const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        (void)fprintf(out, "%02x", bytes[i]);
}

int show_format_parse(enum show_format *format, const char *name, struct err *err)
{
    *format = name != NULL && strcmp(name, "json") == 0 ? SHOW_JSON : SHOW_TEXT;
    if (name == NULL || *format == SHOW_JSON || strcmp(name, "text") == 0)
        return 0;
    return err_set(err, ERR_USAGE, "%s: no output format; it is text or json", name);
}
