/* SPDX-License-Identifier: Apache-2.0 */
/* See words.h. */
#include "tools/e4/words.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "tools/e4/device.h"
#include "tools/e4/show.h"

/* Add to what there is, as far as there is room. */
static void add(char words[WORDS_SIZE], const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void add(char words[WORDS_SIZE], const char *format, ...)
{
    size_t len = strlen(words);
    va_list args;

    va_start(args, format);
    (void)vsnprintf(words + len, WORDS_SIZE - len, format, args);
    va_end(args);
}

static void no_frame(char words[WORDS_SIZE], const struct look *look)
{
    if (look->len == 0)
        add(words,
            "no frame: there is nothing. Retained on a receiving topic, it takes back the "
            "command that stood there");
    else if (!look->has_time)
        add(words,
            "no frame: %zu byte%s, where the time alone takes 8 and the shortest frame 24",
            look->len, look->len == 1 ? "" : "s");
    else
        add(words, "no frame, or one that was cut off: %zu bytes, where time and tag take 24",
            look->len);
}

static void closed(char words[WORDS_SIZE], const struct look *look)
{
    enum e4_command_type types[8];
    size_t count = look_commands(types, look->len);
    const char *report = look_report(look->len);

    if (!look->plausible)
        add(words, "hardly a frame: its first 8 bytes are no likely time. If it is one: ");
    if (look->symmetric.body_len == 0)
        add(words, "a symmetric message without text, which deployed peers refuse");
    else
        add(words, "a symmetric message with %zu byte%s of text", look->symmetric.body_len,
            look->symmetric.body_len == 1 ? "" : "s");
    for (size_t i = 0; i < count; i++)
        add(words, "%s%s", i == 0 ? ", or the command " : " or ", e4_command_name(types[i]));
    if (report != NULL)
        add(words, ", or a %s from a device", report);
    if (look->can_be_signed)
        add(words, ", or a signed message with %zu bytes of text", look->is_signed.body_len);
    add(words, ". Its keys would tell");
}

static void opened(char words[WORDS_SIZE], const struct look *look)
{
    char tag[SHOW_HASH_SIZE];

    if (look->mode == E4_PUBLIC_KEY) {
        add(words, "a signed message; the key opens it and the signature is right");
    } else if (look->is_command) {
        add(words,
            "on a receiving topic, the command %s; elsewhere a symmetric message that "
            "looks like one",
            e4_command_name(look->command.type));
    } else if (look->is_report && look->report.type == E4_RECEIPT) {
        add(words, "a receipt for the command with tag %s: %s",
            show_hash(tag, look->report.tag), e4_strerror(look->report.outcome));
    } else if (look->is_report) {
        add(words, "a hello of a device in %s mode",
            look->report.mode == E4_SYMMETRIC ? "symmetric-key" : "public-key");
    } else {
        add(words, "a symmetric message; the key opens it");
    }
}

void words_of_look(char words[WORDS_SIZE], const struct look *look)
{
    words[0] = '\0';
    switch (look->verdict) {
    case LOOK_NO_FRAME:
        no_frame(words, look);
        return;
    case LOOK_CLOSED:
        closed(words, look);
        return;
    case LOOK_OPEN:
        opened(words, look);
        return;
    case LOOK_UNSIGNED:
        add(words, "a signed message; the key opens it. Whether the signature is right is not "
                   "known: give the signer's public key with --public-key");
        return;
    case LOOK_WRONG_KEY:
        add(words, "the key does not open it: it was protected with another key, for another "
                   "topic or device, or was changed on the way");
        return;
    case LOOK_SIGNED:
        add(words,
            "a signed message; the signature is right, so it is as that signer sent it. To "
            "read it takes the key that its topic had then%s",
            look->has_key ? ", which the key given is not" : " (--key)");
        return;
    case LOOK_BAD_SIGNATURE:
        add(words, "not signed with that public key, or changed on the way");
        return;
    }
}

void words_of_age(char words[WORDS_SIZE], const struct look *look)
{
    const struct e4_policy *policy = &e4_policy_default;
    char span[SHOW_SPAN_SIZE];
    uint64_t past_s = look->now_s > look->sent_s ? look->now_s - look->sent_s : 0;
    uint64_t ahead_s = look->sent_s > look->now_s ? look->sent_s - look->now_s : 0;

    words[0] = '\0';
    if (past_s > policy->max_age_s)
        add(words, "devices refuse it now: too old by %s (they accept up to %" PRIu32 " s)",
            show_span(span, past_s - policy->max_age_s), policy->max_age_s);
    if (ahead_s > policy->max_skew_s)
        add(words,
            "devices refuse it now: its time is %s ahead (they accept up to %" PRIu32 " s)",
            show_span(span, ahead_s), policy->max_skew_s);
    else if (ahead_s > 0)
        add(words, "deployed Go clients refuse it now: its time is %s ahead",
            show_span(span, ahead_s));
}

/* Refusals that are about time. */
static void result_of_time(char words[WORDS_SIZE], const struct device *device,
                           enum e4_result result, const struct e4_opened *opened_)
{
    const struct e4_policy *policy = &device->policy;
    char span[SHOW_SPAN_SIZE];
    char time[SHOW_TIME_SIZE];
    uint64_t past_s = opened_->now_s > opened_->sent_s ? opened_->now_s - opened_->sent_s : 0;

    if (result == E4_ERR_FUTURE)
        add(words,
            "refused: its time is %s ahead of this device's, which accepts up to %" PRIu32
            " s; compare the clocks",
            show_span(span, opened_->sent_s - opened_->now_s), policy->max_skew_s);
    else if (result == E4_ERR_ORDER)
        add(words,
            "refused: a command sent before the newest one that was carried out (%s), or "
            "one that would undo another of its second",
            show_time(time, e4_client_command_time(&device->client)));
    else if (past_s > policy->max_age_s)
        add(words, "refused: too old by %s; this device accepts up to %" PRIu32 " s",
            show_span(span, past_s - policy->max_age_s), policy->max_age_s);
    else
        add(words, "refused: older than what the replay guard remembers");
}

/* What arrived on the receiving topic and is no command for this device. A frame longer than
 * any command is not opened at all, and then has no tag. */
static void result_of_command(char words[WORDS_SIZE], enum e4_result result,
                              const struct e4_opened *opened_)
{
    static const uint8_t no_tag[E4_TAG_SIZE];
    const char *name = e4_command_name(opened_->command);

    if (memcmp(opened_->tag, no_tag, sizeof no_tag) == 0)
        add(words, "refused: longer than any command; a message has to be inspected with its "
                   "topic");
    else if (name == NULL)
        add(words, "refused: authentic, but no command that is known");
    else if (result == E4_ERR_MODE)
        add(words, "refused: authentic, but %s is for devices in public-key mode", name);
    else
        add(words,
            "refused: authentic, but %s is malformed, or its key is no good or another topic's",
            name);
}

void words_of_result(char words[WORDS_SIZE], const struct device *device, enum e4_result result,
                     const struct e4_opened *opened_, const char *topic)
{
    const char *name;

    words[0] = '\0';
    switch (result) {
    case E4_OK:
        name = e4_command_name(opened_->command);
        if (opened_->kind == E4_COMMAND)
            add(words, "the command %s; this device would carry it out", name);
        else
            add(words, "a message that this device accepts%s%s",
                opened_->verified ? "; the signature is right" : "",
                opened_->old_key ? "; it was protected with the topic's key before the last"
                                 : "");
        return;
    case E4_ERR_STALE:
    case E4_ERR_FUTURE:
    case E4_ERR_ORDER:
        result_of_time(words, device, result, opened_);
        return;
    case E4_ERR_NO_TOPIC:
        add(words, "refused: this device holds no key for the topic %s; a command sets it",
            topic);
        return;
    case E4_ERR_NO_SENDER:
        add(words,
            "refused: this device does not hold the signer's public key; a command sets it");
        return;
    case E4_ERR_SIGNATURE:
        add(words,
            "refused: not signed with the public key that this device holds of the signer; "
            "that key was replaced, or the frame was changed on the way");
        return;
    case E4_ERR_FORGED:
        add(words, "refused: the key does not open it; it was protected with another key, for "
                   "another topic or device, in the other mode, or was changed on the way");
        return;
    case E4_ERR_SHORT:
        add(words, "refused: too short for a frame of this device's mode");
        return;
    case E4_ERR_COMMAND:
    case E4_ERR_MODE:
        result_of_command(words, result, opened_);
        return;
    default:
        add(words, "refused: %s", e4_strerror(result));
        return;
    }
}
