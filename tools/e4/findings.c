/* SPDX-License-Identifier: Apache-2.0 */
/* See findings.h. */
#include "tools/e4/findings.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/json_out.h"
#include "e4/keys.h"
#include "tools/e4/device.h"
#include "tools/e4/exit.h"
#include "tools/e4/words.h"

/* A device's clock, put to the time that was asked about. */
static enum e4_result fixed_now(void *ctx, uint64_t *now_s)
{
    *now_s = *(const uint64_t *)ctx;
    return E4_OK;
}

/* Loading is over by now and a reader stores nothing: nobody needs the port's own ctx. */
static void fix_clock(struct device *device, uint64_t *now_s)
{
    device->port.ctx = now_s;
    device->port.now = fixed_now;
}

static enum e4_result ask(struct findings *findings, struct device *device,
                          struct e4_topic *topic, struct e4_opened *opened)
{
    const struct look *look = &findings->look;

    return e4_unprotect(&device->client, topic, findings->text, look->len, opened, look->bytes,
                        look->len);
}

/* Refused for its time: what if it had come in time? This is the last that is asked. */
static bool would_open(struct findings *findings, struct device *device, struct e4_topic *topic)
{
    struct e4_opened opened;
    bool good;

    device->policy.max_age_s = UINT32_MAX;
    device->policy.max_skew_s = UINT32_MAX;
    good = ask(findings, device, topic, &opened) == E4_OK;
    e4_wipe(findings->text, findings->look.len);
    return good;
}

int findings_ask(struct findings *findings, struct device *device, const char *topic,
                 uint8_t *text, struct err *err)
{
    const char *name = topic != NULL ? topic : device->receiving_topic;
    struct e4_topic handle = {0};
    uint64_t now_s = findings->look.now_s;

    if (e4_topic_init(&handle, name, strlen(name), NULL) != E4_OK)
        return err_set(err, ERR_INPUT, "%s: no topic that messages can come from",
                       *name != '\0' ? name : "an empty name");
    findings->words = malloc(WORDS_SIZE);
    if (findings->words == NULL)
        return err_set(err, ERR_SYSTEM, "out of memory");
    findings->asked = true;
    findings->text = text;
    fix_clock(device, &now_s);
    findings->result = ask(findings, device, &handle, &findings->opened);
    words_of_result(findings->words, device, findings->result, &findings->opened, name);
    if (findings->result == E4_ERR_STALE || findings->result == E4_ERR_FUTURE)
        findings->apart_from_time = would_open(findings, device, &handle);
    return 0;
}

void findings_free(struct findings *findings)
{
    free(findings->words);
    findings->words = NULL;
}

int findings_status(const struct findings *findings)
{
    enum look_verdict verdict = findings->look.verdict;

    if (verdict == LOOK_NO_FRAME)
        return EXIT_INPUT;
    if (findings->asked)
        return findings->result == E4_OK ? EXIT_DONE : EXIT_PROTOCOL;
    return verdict == LOOK_CLOSED || verdict == LOOK_OPEN || verdict == LOOK_UNSIGNED
               ? EXIT_DONE
               : EXIT_PROTOCOL;
}

/* The text that was opened, by keys or by the device. NULL: none. */
static const uint8_t *opened_text(const struct findings *findings, size_t *len)
{
    const struct look *look = &findings->look;

    *len = findings->asked ? findings->opened.text_len : look->text_len;
    if (findings->asked)
        return findings->result == E4_OK && findings->opened.kind == E4_MESSAGE ? findings->text
                                                                                : NULL;
    return look->verdict == LOOK_OPEN || look->verdict == LOOK_UNSIGNED ? look->text : NULL;
}

static void print_text(const uint8_t *text, size_t len)
{
    (void)printf("text      ");
    if (e4_is_utf8((const char *)text, len))
        show_text(stdout, (const char *)text, len);
    else
        show_hex(stdout, text, len);
    (void)putchar('\n');
}

static void print_command(const struct e4_command *command)
{
    static const uint8_t none[E4_KEY_SIZE];
    enum e4_command_type type = command->type;
    char text[SHOW_HASH_SIZE];

    if (type == E4_SET_TOPIC_KEY || type == E4_REMOVE_TOPIC)
        (void)printf("topic     hash %s\n", show_hash(text, command->topic));
    if (type == E4_SET_PUB_KEY || type == E4_REMOVE_PUB_KEY)
        (void)printf("peer      id %s\n", show_hash(text, command->id));
    if (memcmp(command->public_key, none, E4_KEY_SIZE) != 0)
        (void)printf("key       fingerprint of its public half %s\n",
                     show_fingerprint(text, command->public_key));
    else if (memcmp(command->key, none, E4_KEY_SIZE) != 0)
        (void)printf("key       fingerprint %s\n", show_fingerprint(text, command->key));
}

/* The parts of the frame in one of its two layouts. */
static void print_layout(const struct e4_frame *frame, const char *words)
{
    char text[SHOW_HASH_SIZE];

    (void)printf("%s\n", words);
    if (frame->sender != NULL)
        (void)printf("  signer  %s\n", show_hash(text, frame->sender));
    (void)printf("  tag     %s\n", show_hash(text, frame->tag));
    (void)printf("  text    %zu bytes, encrypted\n", frame->body_len);
    if (frame->signature != NULL) {
        (void)printf("  signed  ");
        show_hex(stdout, frame->signature, E4_SIGNATURE_SIZE);
        (void)putchar('\n');
    }
}

/* Is the layout open to question: no key told which it is? */
static bool layout_is_known(const struct look *look)
{
    return look->verdict == LOOK_OPEN || look->verdict == LOOK_UNSIGNED;
}

static void print_parts(const struct look *look)
{
    char time[SHOW_TIME_SIZE];
    char span[SHOW_SPAN_SIZE];
    bool ahead = look->sent_s > look->now_s;

    if (look->has_time)
        (void)printf(
            "sent      %s (%s %s)\n", show_time(time, look->sent_s),
            show_span(span, ahead ? look->sent_s - look->now_s : look->now_s - look->sent_s),
            ahead ? "ahead" : "ago");
    if (look->can_be_symmetric && (!layout_is_known(look) || look->mode == E4_SYMMETRIC))
        print_layout(&look->symmetric, "as a symmetric message or a command");
    if (look->can_be_signed && (!layout_is_known(look) || look->mode == E4_PUBLIC_KEY))
        print_layout(&look->is_signed, "as a signed message");
}

static void print_words(const char *label, const char *words, bool good)
{
    bool colour = exit_colour(stdout);

    if (*words == '\0')
        return;
    (void)printf("%-8s  %s", label, !colour ? "" : good ? "\033[32m" : "\033[31m");
    show_text(stdout, words, strlen(words));
    (void)printf("%s\n", colour ? "\033[0m" : "");
}

/* A device does not believe in a time before that of the newest command that it carried out, or
 * before it was saved last. */
static bool judged_later(const struct findings *findings)
{
    return findings->asked && findings->opened.now_s > findings->look.now_s;
}

static void print_judged_at(const struct findings *findings)
{
    char time[SHOW_TIME_SIZE];

    if (judged_later(findings))
        (void)printf("%-8s  judged as of %s: this device knows that it is no earlier\n", "",
                     show_time(time, findings->opened.now_s));
}

static void print_plain(const struct findings *findings)
{
    const struct look *look = &findings->look;
    char words[WORDS_SIZE];
    const uint8_t *text;
    size_t text_len;
    bool good = findings_status(findings) == EXIT_DONE;

    (void)printf("frame     %zu bytes, given %s%s\n", look->len,
                 findings->coding == LOOK_RAW ? "" : "in ", look_coding_name(findings->coding));
    print_parts(look);
    if (findings->asked) {
        print_words("device", findings->words, good);
        if (findings->apart_from_time)
            print_words("", "apart from its time it would be accepted", good);
        print_judged_at(findings);
    } else {
        words_of_look(words, look);
        print_words("verdict", words, good);
        words_of_age(words, look);
        if (look->verdict != LOOK_NO_FRAME && look->plausible)
            print_words("but", words, false);
    }
    text = opened_text(findings, &text_len);
    if (text != NULL && look->is_command)
        print_command(&look->command);
    else if (text != NULL && !look->is_report)
        print_text(text, text_len);
}

static void json_layout(struct json_out *json, const char *name, const struct look *look,
                        const struct e4_frame *frame)
{
    enum e4_command_type types[8];
    size_t count = frame->sender == NULL ? look_commands(types, look->len) : 0;

    json_out_open(json, name, '{');
    if (frame->sender != NULL)
        json_out_hex(json, "signer", frame->sender, E4_ID_SIZE);
    json_out_hex(json, "tag", frame->tag, E4_TAG_SIZE);
    json_out_number(json, "text_length", (int64_t)frame->body_len);
    if (frame->signature != NULL) {
        json_out_hex(json, "signature", frame->signature, E4_SIGNATURE_SIZE);
    } else {
        json_out_open(json, "commands", '[');
        for (size_t i = 0; i < count; i++)
            json_out_string(json, NULL, e4_command_name(types[i]));
        json_out_close(json, ']');
    }
    json_out_close(json, '}');
}

static void json_command(struct json_out *json, const struct e4_command *command)
{
    static const uint8_t none[E4_KEY_SIZE];
    enum e4_command_type type = command->type;
    const uint8_t *key = memcmp(command->public_key, none, E4_KEY_SIZE) != 0
                             ? command->public_key
                             : command->key;
    char text[SHOW_HASH_SIZE];

    json_out_open(json, "command", '{');
    json_out_string(json, "name", e4_command_name(type));
    if (type == E4_SET_TOPIC_KEY || type == E4_REMOVE_TOPIC)
        json_out_hex(json, "topic", command->topic, E4_HASH_SIZE);
    if (type == E4_SET_PUB_KEY || type == E4_REMOVE_PUB_KEY)
        json_out_hex(json, "peer", command->id, E4_ID_SIZE);
    if (memcmp(key, none, E4_KEY_SIZE) != 0)
        json_out_string(json, "fingerprint", show_fingerprint(text, key));
    json_out_close(json, '}');
}

static void json_report(struct json_out *json, const struct e4_report *report)
{
    json_out_open(json, "report", '{');
    if (report->type == E4_RECEIPT) {
        json_out_string(json, "name", "receipt");
        json_out_hex(json, "tag", report->tag, E4_TAG_SIZE);
        json_out_string(json, "outcome", e4_strerror(report->outcome));
    } else {
        json_out_string(json, "name", "hello");
        json_out_string(json, "mode",
                        report->mode == E4_SYMMETRIC ? "symmetric-key" : "public-key");
        json_out_hex(json, "digest", report->digest, E4_DIGEST_SIZE);
    }
    json_out_close(json, '}');
}

/* What was inside. */
static void json_inside(struct json_out *json, const struct findings *findings)
{
    const struct look *look = &findings->look;
    size_t len;
    const uint8_t *text = opened_text(findings, &len);

    if (text == NULL)
        return;
    if (look->is_command) {
        json_command(json, &look->command);
        return; /* the text holds keys */
    }
    if (look->is_report) {
        json_report(json, &look->report);
        return;
    }
    if (e4_is_utf8((const char *)text, len))
        json_out_text(json, "text", (const char *)text, len);
    json_out_hex(json, "text_hex", text, len);
}

static const char *verdict_name(const struct findings *findings)
{
    static const char *const name[] = {
        [LOOK_NO_FRAME] = "no frame",
        [LOOK_CLOSED] = "not opened",
        [LOOK_OPEN] = "opened",
        [LOOK_UNSIGNED] = "opened, signature not checked",
        [LOOK_WRONG_KEY] = "not authentic",
        [LOOK_SIGNED] = "signed, not opened",
        [LOOK_BAD_SIGNATURE] = "invalid signature",
    };

    if (findings->asked)
        return findings->result == E4_OK ? "accepted" : e4_strerror(findings->result);
    return name[findings->look.verdict];
}

static void print_json(const struct findings *findings)
{
    const struct look *look = &findings->look;
    char words[WORDS_SIZE];
    struct json_out json;

    words_of_look(words, look);
    json_out_start(&json, stdout, true);
    json_out_open(&json, NULL, '{');
    json_out_number(&json, "length", (int64_t)look->len);
    json_out_string(&json, "given", look_coding_name(findings->coding));
    if (look->has_time && look->sent_s <= INT64_MAX) {
        json_out_number(&json, "sent", (int64_t)look->sent_s);
        json_out_number(&json, "age_s", (int64_t)look->now_s - (int64_t)look->sent_s);
    }
    json_out_bool(&json, "plausible", look->plausible);
    if (look->can_be_symmetric && (!layout_is_known(look) || look->mode == E4_SYMMETRIC))
        json_layout(&json, "symmetric", look, &look->symmetric);
    if (look->can_be_signed && (!layout_is_known(look) || look->mode == E4_PUBLIC_KEY))
        json_layout(&json, "signed", look, &look->is_signed);
    json_out_string(&json, "verdict", verdict_name(findings));
    json_out_string(&json, "words", findings->asked ? findings->words : words);
    if (findings->asked && findings->apart_from_time)
        json_out_bool(&json, "apart_from_time", true);
    if (judged_later(findings) && findings->opened.now_s <= INT64_MAX)
        json_out_number(&json, "judged_at", (int64_t)findings->opened.now_s);
    json_inside(&json, findings);
    json_out_close(&json, '}');
    json_out_end(&json);
}

void findings_print(const struct findings *findings, enum show_format format)
{
    if (format == SHOW_JSON)
        print_json(findings);
    else
        print_plain(findings);
}
