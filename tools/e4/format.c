/* SPDX-License-Identifier: Apache-2.0 */
/* See format.h. */
#include "tools/e4/format.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/err.h"
#include "base/hex.h"
#include "base/json_in.h"
#include "base/json_out.h"
#include "e4/keys.h"

#define PERCENTS    "%tpxXlqrIUTusvojJ"
#define BACKSLASHES "\\0aenrtv"

enum { TIME_SIZE = 64 };

int format_check(const char *format, struct err *err)
{
    for (const char *at = format; *at != '\0'; at++) {
        const char *known = *at == '%' ? PERCENTS : BACKSLASHES;

        if (*at != '%' && *at != '\\' && *at != '@')
            continue;
        if (at[1] == '\0')
            return err_set(err, ERR_USAGE,
                           "format: it ends in the middle of a sequence, with %c", *at);
        if (*at != '@' && strchr(known, at[1]) == NULL)
            return err_set(err, ERR_USAGE,
                           "format: %c%c is not known; e4 sub --help lists what is", *at,
                           at[1]);
        at++;
    }
    return 0;
}

/* ISO 8601, local time; with microseconds unless they are negative. */
static void iso_time(char text[TIME_SIZE], time_t time_s, long micro)
{
    struct tm parts;
    size_t used;

    text[0] = '\0';
    if (localtime_r(&time_s, &parts) == NULL)
        return;
    used = strftime(text, TIME_SIZE, "%Y-%m-%dT%H:%M:%S", &parts);
    if (micro >= 0)
        used += (size_t)snprintf(text + used, TIME_SIZE - used, ".%06ld", micro);
    (void)strftime(text + used, TIME_SIZE - used, "%z", &parts);
}

static const char *protection(const struct received *received)
{
    static const uint8_t nobody[E4_ID_SIZE];

    if (received->clear)
        return "clear";
    if (memcmp(received->opened.sender, nobody, sizeof nobody) == 0)
        return "protected";
    return received->opened.verified ? "signed" : "unverified";
}

static bool has_sender(const struct received *received)
{
    const char *word = protection(received);

    return strcmp(word, "signed") == 0 || strcmp(word, "unverified") == 0;
}

/*
 * Is a text one JSON value and nothing else? The reader does not look at what follows a value,
 * so it gets the text inside an object, before a member whose name is longer than the text:
 * only if the text is one value are there that member and the text's own, and no others.
 */
static bool is_json(const uint8_t *text, size_t len, struct err *err)
{
    static const char head[] = "{\"\":";
    size_t cap = sizeof head + 2 * len + 16;
    char *whole = malloc(cap);
    char *name = malloc(len + 2);
    struct json_in *value = NULL;
    size_t used = sizeof head - 1;
    bool is = false;

    if (whole == NULL || name == NULL) {
        (void)err_set(err, ERR_SYSTEM, "not enough memory");
        goto done;
    }
    memset(name, 'z', len + 1);
    name[len + 1] = '\0';
    memcpy(whole, head, used);
    memcpy(whole + used, text, len);
    used += len;
    used += (size_t)snprintf(whole + used, cap - used, ",\"%s\":0}", name);
    value = json_in_read(whole, used, err);
    is = json_in_get(value, name) != NULL && json_in_size(value) == 2;

done:
    json_in_free(value);
    free(whole);
    free(name);
    return is;
}

/* The text as the last member of an object that has others. */
static void json_text(struct json_out *json, const struct received *received, bool raw)
{
    if (!raw && e4_is_utf8((const char *)received->text, received->len)) {
        json_out_text(json, "payload", (const char *)received->text, received->len);
    } else if (!raw) {
        json_out_hex(json, "payload_hex", received->text, received->len);
    } else {
        (void)fputs(",\"payload\":", json->out);
        for (size_t i = 0; i < received->len; i++) {
            int c = received->text[i];

            (void)putc(c == '\n' || c == '\r' ? ' ' : c, json->out); /* one line a message */
        }
    }
}

static void print_json(FILE *out, const struct received *received, const struct timespec *now,
                       bool raw)
{
    const struct mqtt_message *message = received->message;
    const struct e4_opened *opened = &received->opened;
    char time[TIME_SIZE];
    struct json_out json;

    json_out_start(&json, out, false);
    json_out_open(&json, NULL, '{');
    iso_time(time, now->tv_sec, now->tv_nsec / 1000);
    json_out_string(&json, "tst", time);
    json_out_string(&json, "topic", message->topic);
    json_out_number(&json, "qos", message->qos);
    json_out_number(&json, "retain", message->retained);
    json_out_string(&json, "protection", protection(received));
    if (!received->clear) {
        iso_time(time, (time_t)opened->sent_s, -1);
        json_out_string(&json, "sent", time);
        json_out_number(&json, "sent_s", (int64_t)opened->sent_s);
        if (has_sender(received)) {
            json_out_hex(&json, "sender", opened->sender, E4_ID_SIZE);
            json_out_bool(&json, "verified", opened->verified);
        }
        json_out_bool(&json, "old_key", opened->old_key);
        json_out_bool(&json, "repeated", opened->repeated);
    }
    json_out_number(&json, "payloadlen", (int64_t)received->len);
    json_text(&json, received, raw);
    json_out_close(&json, '}');
}

static void print_hex(FILE *out, const uint8_t *bytes, size_t len, const char *format)
{
    for (size_t i = 0; i < len; i++)
        (void)fprintf(out, format, bytes[i]);
}

/* A sequence about when it arrived. */
static void print_arrival(FILE *out, char letter, const struct timespec *now)
{
    char text[TIME_SIZE];

    if (letter == 'I') {
        iso_time(text, now->tv_sec, -1);
        (void)fputs(text, out);
    } else {
        (void)fprintf(out, "%lld.%09ld", (long long)now->tv_sec, now->tv_nsec);
    }
}

/* A sequence about protection; what is in clear has no sender and no time. */
static void print_protection(FILE *out, char letter, const struct received *received)
{
    char text[TIME_SIZE];

    if (letter == 'v') {
        (void)fputs(protection(received), out);
    } else if (letter == 'o') {
        (void)putc(received->opened.old_key ? '1' : '0', out);
    } else if (letter == 's' && has_sender(received)) {
        print_hex(out, received->opened.sender, E4_ID_SIZE, "%02x");
    } else if (letter == 'T' && !received->clear) {
        iso_time(text, (time_t)received->opened.sent_s, -1);
        (void)fputs(text, out);
    } else if (letter == 'u' && !received->clear) {
        (void)fprintf(out, "%" PRIu64, received->opened.sent_s);
    }
}

static void print_percent(FILE *out, char letter, const struct received *received,
                          const struct timespec *now)
{
    switch (letter) {
    case '%':
        (void)putc('%', out);
        break;
    case 't':
        (void)fputs(received->message->topic, out);
        break;
    case 'p':
        (void)fwrite(received->text, 1, received->len, out);
        break;
    case 'x':
        print_hex(out, received->text, received->len, "%02x");
        break;
    case 'X':
        print_hex(out, received->text, received->len, "%02X");
        break;
    case 'l':
        (void)fprintf(out, "%zu", received->len);
        break;
    case 'q':
        (void)fprintf(out, "%d", received->message->qos);
        break;
    case 'r':
        (void)fprintf(out, "%d", received->message->retained);
        break;
    case 'I':
    case 'U':
        print_arrival(out, letter, now);
        break;
    case 'j':
    case 'J':
        print_json(out, received, now, letter == 'J');
        break;
    default:
        print_protection(out, letter, received);
    }
}

static void print_at(FILE *out, char letter, const struct timespec *now)
{
    const char format[] = {'%', letter, '\0'};
    char text[256];
    struct tm parts;

    if (letter == '@')
        (void)putc('@', out);
    else if (letter == 'N')
        (void)fprintf(out, "%09ld", now->tv_nsec);
    else if (localtime_r(&now->tv_sec, &parts) != NULL &&
             strftime(text, sizeof text, format, &parts) > 0)
        (void)fputs(text, out);
}

static void print_backslash(FILE *out, char letter)
{
    static const char means[] = "\\\0\a\033\n\r\t\v";

    (void)putc(means[strchr(BACKSLASHES, letter) - BACKSLASHES], out);
}

static bool wants_json(const char *format)
{
    for (; *format != '\0'; format++) {
        if (format[0] == '%' && format[1] == 'J')
            return true;
        if (*format == '%' || *format == '@' || *format == '\\')
            format++;
    }
    return false;
}

int format_print(FILE *out, const char *format, const struct received *received,
                 struct err *err)
{
    struct timespec now;

    if (wants_json(format) && !is_json(received->text, received->len, err))
        return err_set(err, ERR_INPUT, "message on %.200s: its text is no JSON",
                       received->message->topic);
    (void)clock_gettime(CLOCK_REALTIME, &now);
    for (; *format != '\0'; format++) {
        if (*format == '%')
            print_percent(out, *++format, received, &now);
        else if (*format == '@')
            print_at(out, *++format, &now);
        else if (*format == '\\')
            print_backslash(out, *++format);
        else
            (void)putc(*format, out);
    }
    return 0;
}
