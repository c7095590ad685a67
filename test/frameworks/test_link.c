/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of packaging/link: what a device does with what its MQTT client brings. */
#include <stdio.h>
#include <string.h>

#include "packaging/link/e4_link.h"
#include "test/unit/fixture.h"
#include "test/unit/law.h"

enum { KEY = 10 };

static struct device alice, bob;

/* What came out of a link. */
static struct {
    char published_on[64];
    uint8_t published[100];
    size_t published_len;
    char text[64];
    size_t text_len;
    int commands, refusals;
    unsigned command;
    enum e4_result result;
} out;

static void on_publish(void *ctx, const char *topic, const uint8_t *frame, size_t frame_len)
{
    (void)ctx;
    CHECK(strlen(topic) < sizeof out.published_on && frame_len <= sizeof out.published);
    memcpy(out.published_on, topic, strlen(topic) + 1);
    memcpy(out.published, frame, frame_len);
    out.published_len = frame_len;
}

static void on_message(void *ctx, const char *topic, size_t topic_len, const uint8_t *text,
                       const struct e4_opened *opened)
{
    (void)ctx;
    CHECK(topic_len == 1 && topic[0] == 't' && opened->text_len < sizeof out.text);
    memcpy(out.text, text, opened->text_len);
    out.text_len = opened->text_len;
}

static void on_command(void *ctx, unsigned command, enum e4_result result)
{
    (void)ctx;
    out.commands++;
    out.command = command;
    out.result = result;
}

static void on_refused(void *ctx, const char *topic, size_t topic_len, enum e4_result why)
{
    (void)ctx;
    (void)topic;
    (void)topic_len;
    out.refusals++;
    out.result = why;
}

static struct e4_link link_of(struct device *device)
{
    struct e4_link link = {.client = &device->client,
                           .publish = on_publish,
                           .message = on_message,
                           .command = on_command,
                           .refused = on_refused};

    memset(&out, 0, sizeof out);
    return link;
}

static void make(enum e4_mode mode)
{
    struct e4_command topic = set_topic("t", KEY), peer = set_peer("alice", 1);

    device_make(&alice, mode, "alice");
    device_make(&bob, mode, "bob");
    CHECK(order_at(&alice, &topic, T0 - 9) == E4_OK);
    CHECK(order_at(&bob, &topic, T0 - 9) == E4_OK);
    CHECK(mode == E4_SYMMETRIC || order_at(&bob, &peer, T0 - 8) == E4_OK);
}

/* The name has no end of its own: what follows it must not count. */
static void arrive(const struct e4_link *link, const char *topic, uint8_t *frame, size_t len)
{
    char name[80];

    memset(name, 'x', sizeof name);
    memcpy(name, topic, strlen(topic));
    e4_link_arrived(link, name, strlen(topic), frame, len);
}

static void check_message(enum e4_mode mode)
{
    static const char text[] = "through a link";
    struct e4_link from = link_of(&alice), to = link_of(&bob);
    uint8_t frame[FRAME_MAX];
    size_t len;

    make(mode);
    CHECK(e4_link_protect(&from, "t", frame, sizeof frame, &len, text, sizeof text) == E4_OK);
    arrive(&to, "t", frame, len);
    CHECK(out.text_len == sizeof text && memcmp(out.text, text, sizeof text) == 0);
    CHECK(all_zero(frame, len) && out.refusals == 0 && out.published_len == 0);
}

TEST(a_message_comes_out_as_it_went_in_and_leaves_nothing_behind)
{
    check_message(E4_SYMMETRIC);
    check_message(E4_PUBLIC_KEY);
}

TEST(what_is_no_message_is_refused_with_its_reason)
{
    struct e4_link link = link_of(&bob);
    uint8_t frame[FRAME_MAX] = {0};
    size_t len;

    make(E4_SYMMETRIC);
    for (len = 0; len <= 40; len++) {
        out.refusals = 0;
        arrive(&link, "t", frame, len);
        CHECK_AT(len, out.refusals == 1 && out.result != E4_OK && out.text_len == 0);
    }
    arrive(&link, "a/+/b", frame, 40);
    CHECK(out.result == E4_ERR_ARGUMENT && out.refusals == 2);
    CHECK(e4_link_protect(&link, "none", frame, sizeof frame, &len, "x", 1) == E4_ERR_NO_TOPIC);
    CHECK(e4_link_protect(&link, "#", frame, sizeof frame, &len, "x", 1) == E4_ERR_ARGUMENT);
    CHECK(len == 0);
}

/* The receipt in out, opened by the key server. */
static enum e4_result receipt_of(const struct device *device, const uint8_t *tag)
{
    uint8_t key[E4_KEY_SIZE], text[64];
    struct e4_frame frame;
    struct e4_report report;
    size_t len;

    server_command_key(key, device);
    CHECK(e4_frame_parse(&frame, E4_SYMMETRIC, out.published, out.published_len) == E4_OK);
    CHECK(e4_frame_open(text, sizeof text, &len, &frame, key) == E4_OK);
    CHECK(e4_report_decode(&report, text, len) == E4_OK && report.type == E4_RECEIPT);
    CHECK(memcmp(report.tag, tag, E4_TAG_SIZE) == 0);
    return report.outcome;
}

static void check_command(enum e4_mode mode)
{
    struct e4_command more = set_topic("more", KEY + 1);
    struct e4_link link = link_of(&bob);
    uint8_t frame[FRAME_MAX], again[FRAME_MAX], tag[E4_TAG_SIZE];
    char name[E4_RECEIVING_TOPIC_SIZE], up[sizeof name + 3];
    size_t len;

    make(mode);
    e4_receiving_topic(name, e4_client_id(&bob.client));
    (void)snprintf(up, sizeof up, "%s/up", name);
    len = seal_command(frame, &bob, &more, T0);
    memcpy(again, frame, len);
    memcpy(tag, frame + 8, sizeof tag);
    arrive(&link, name, frame, len);
    CHECK(out.commands == 1 && out.result == E4_OK && out.command == E4_SET_TOPIC_KEY);
    CHECK(strcmp(out.published_on, up) == 0 && receipt_of(&bob, tag) == E4_OK);
    CHECK(send_text(&bob, "more", "text", frame, &len) == E4_OK);

    len = E4_COMMAND_FRAME_MAX;
    memset(&out, 0, sizeof out);
    memset(again + 8, 1, 4);
    arrive(&link, name, again, len);
    CHECK(out.commands == 1 && out.result == E4_ERR_FORGED && out.published_len == 0);
}

TEST(a_command_is_carried_out_and_answered_and_a_forged_one_is_not)
{
    check_command(E4_SYMMETRIC);
    check_command(E4_PUBLIC_KEY);
}

TEST(a_device_says_what_it_holds_when_it_is_connected)
{
    struct e4_link link = link_of(&bob);
    uint8_t key[E4_KEY_SIZE], text[64];
    struct e4_frame frame;
    struct e4_report report;
    size_t len;

    make(E4_SYMMETRIC);
    e4_link_connected(&link);
    server_command_key(key, &bob);
    CHECK(e4_frame_parse(&frame, E4_SYMMETRIC, out.published, out.published_len) == E4_OK);
    CHECK(e4_frame_open(text, sizeof text, &len, &frame, key) == E4_OK);
    CHECK(e4_report_decode(&report, text, len) == E4_OK && report.type == E4_HELLO);
}

LAWS(LAW(a_message_comes_out_as_it_went_in_and_leaves_nothing_behind),
     LAW(what_is_no_message_is_refused_with_its_reason),
     LAW(a_command_is_carried_out_and_answered_and_a_forged_one_is_not),
     LAW(a_device_says_what_it_holds_when_it_is_connected))
