/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of lib/client/message.c: handles of topics, with a cache and without. */
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "law.h"

static struct device alice, bob;
static struct e4_cache cache;

static const enum e4_mode both_modes[] = {E4_SYMMETRIC, E4_PUBLIC_KEY};

static void make(enum e4_mode mode)
{
    struct e4_command topic = set_topic("t", 10), other = set_topic("u", 11);
    struct e4_command peer = set_peer("alice", 1), peer_bob = set_peer("bob", 1);

    device_make(&alice, mode, "alice");
    device_make(&bob, mode, "bob");
    CHECK(order_at(&alice, &topic, T0 - 9) == E4_OK);
    CHECK(order_at(&alice, &other, T0 - 8) == E4_OK);
    CHECK(order_at(&bob, &other, T0 - 9) == E4_OK); /* in other slots than alice */
    CHECK(order_at(&bob, &topic, T0 - 8) == E4_OK);
    if (mode == E4_PUBLIC_KEY) {
        CHECK(order_at(&bob, &peer, T0 - 7) == E4_OK);
        CHECK(order_at(&alice, &peer_bob, T0 - 7) == E4_OK);
    }
}

/* A new text each time, from one to the other through one handle. */
static enum e4_result pass_on(struct device *from, struct device *to, struct e4_topic *topic)
{
    static uint8_t count;
    uint8_t frame[FRAME_MAX], out[1];
    struct e4_opened opened;
    size_t len;
    enum e4_result result;

    count++;
    result = e4_protect(&from->client, topic, frame, sizeof frame, &len, &count, 1);
    if (result == E4_OK)
        result = e4_unprotect(&to->client, topic, out, 1, &opened, frame, len);
    CHECK(result != E4_OK || out[0] == count);
    return result;
}

static enum e4_result both(struct e4_command command, uint64_t sent_s)
{
    enum e4_result result = order_at(&alice, &command, sent_s);

    CHECK(order_at(&bob, &command, sent_s) == result);
    return result;
}

TEST(one_handle_serves_two_clients)
{
    for (size_t m = 0; m < COUNT(both_modes); m++) {
        for (int with_cache = 0; with_cache < 2; with_cache++) {
            struct e4_topic topic;

            make(both_modes[m]);
            CHECK(e4_topic_init(&topic, "t", 1, with_cache ? &cache : NULL) == E4_OK);
            for (int i = 0; i < 4; i++) {
                CHECK_AT(i, pass_on(&alice, &bob, &topic) == E4_OK);
                CHECK_AT(i, pass_on(&bob, &alice, &topic) == E4_OK);
            }
        }
    }
}

TEST(a_handle_is_right_whatever_happens_to_the_keys_behind_it)
{
    for (int with_cache = 0; with_cache < 2; with_cache++) {
        struct e4_topic topic, other;

        make(E4_SYMMETRIC);
        CHECK(e4_topic_init(&topic, "t", 1, with_cache ? &cache : NULL) == E4_OK);
        CHECK(e4_topic_init(&other, "u", 1, NULL) == E4_OK);
        CHECK(pass_on(&alice, &bob, &topic) == E4_OK);
        CHECK(both(set_topic("t", 12), T0 - 5) == E4_OK); /* another key */
        CHECK(pass_on(&alice, &bob, &topic) == E4_OK);
        CHECK(order_at(&alice, &(struct e4_command){.type = E4_RESET_TOPICS}, T0 - 4) == E4_OK);
        CHECK(pass_on(&alice, &bob, &topic) == E4_ERR_NO_TOPIC);
        CHECK(order_at(&bob, &(struct e4_command){.type = E4_RESET_TOPICS}, T0 - 4) == E4_OK);
        CHECK(both(set_topic("u", 13), T0 - 3) == E4_OK); /* now in the slot that was t's */
        CHECK(pass_on(&alice, &bob, &topic) == E4_ERR_NO_TOPIC);
        CHECK(pass_on(&alice, &bob, &other) == E4_OK);
        CHECK(both(set_topic("t", 14), T0 - 2) == E4_OK);
        CHECK(pass_on(&alice, &bob, &topic) == E4_OK);
        CHECK(both(remove_topic("t"), T0 - 1) == E4_OK);
        CHECK(pass_on(&alice, &bob, &topic) == E4_ERR_NO_TOPIC);
        CHECK(pass_on(&bob, &alice, &other) == E4_OK);
        CHECK(both(set_topic("t", 15), T0) == E4_OK);
        CHECK(pass_on(&bob, &alice, &topic) == E4_OK);
        CHECK(device_restart(&alice) == E4_OK && device_restart(&bob) == E4_OK);
        CHECK(pass_on(&bob, &alice, &topic) == E4_OK);
    }
}

TEST(a_handle_is_right_after_slots_are_given_to_other_topics)
{
    struct e4_topic topic, other;

    make(E4_SYMMETRIC);
    CHECK(e4_topic_init(&topic, "t", 1, &cache) == E4_OK);
    CHECK(e4_topic_init(&other, "u", 1, NULL) == E4_OK);
    for (uint64_t second = 0; second < 40; second++) {
        unsigned key = 100 + 2 * (unsigned)second;

        alice.memory.now_s = bob.memory.now_s = T0 + 2 * second;
        CHECK_AT(second, both(second % 2 ? set_topic("t", key) : set_topic("u", key),
                              T0 + 2 * second) == E4_OK);
        CHECK_AT(second, pass_on(&alice, &bob, second % 2 ? &topic : &other) == E4_OK);
        CHECK_AT(second, both(second % 2 ? remove_topic("u") : remove_topic("t"),
                              T0 + 1 + 2 * second) == E4_OK);
        CHECK_AT(second,
                 pass_on(&alice, &bob, second % 2 ? &other : &topic) == E4_ERR_NO_TOPIC);
    }
}

TEST(two_handles_of_one_topic_are_independent)
{
    struct e4_topic one, two;
    struct e4_cache another;

    make(E4_SYMMETRIC);
    CHECK(e4_topic_init(&one, "t", 1, &cache) == E4_OK);
    CHECK(e4_topic_init(&two, "t", 1, &another) == E4_OK);
    CHECK(pass_on(&alice, &bob, &one) == E4_OK && pass_on(&alice, &bob, &two) == E4_OK);
    e4_topic_forget(&one);
    CHECK(pass_on(&alice, &bob, &two) == E4_OK && pass_on(&alice, &bob, &one) == E4_OK);
}

TEST(forgetting_wipes_the_cache_and_the_handle_goes_on)
{
    struct e4_topic topic, plain = topic_of("t");

    make(E4_SYMMETRIC);
    CHECK(e4_topic_init(&topic, "t", 1, &cache) == E4_OK);
    CHECK(pass_on(&alice, &bob, &topic) == E4_OK);
    CHECK(!all_zero(&cache, sizeof cache));
    e4_topic_forget(&topic);
    CHECK(all_zero(&cache, sizeof cache));
    CHECK(pass_on(&alice, &bob, &topic) == E4_OK);
    e4_topic_forget(&plain);
    CHECK(pass_on(&alice, &bob, &plain) == E4_OK);
}

TEST(a_cache_of_any_content_is_no_key)
{
    struct e4_topic topic;

    make(E4_SYMMETRIC);
    memset(&cache, 0xA5, sizeof cache);
    CHECK(e4_topic_init(&topic, "t", 1, &cache) == E4_OK);
    CHECK(pass_on(&alice, &bob, &topic) == E4_OK);
}

TEST(a_cache_begun_anew_expands_its_key_anew)
{
    struct e4_topic topic;

    make(E4_SYMMETRIC);
    CHECK(e4_topic_init(&topic, "t", 1, &cache) == E4_OK);
    CHECK(pass_on(&alice, &bob, &topic) == E4_OK);
    memset(cache.words, 0xA5, sizeof cache.words);
    CHECK(e4_topic_init(&topic, "t", 1, &cache) == E4_OK);
    CHECK(pass_on(&alice, &bob, &topic) == E4_OK);
}

TEST(a_handle_from_a_larger_table_reads_nothing_beyond_a_smaller_one)
{
    struct e4_topic_slot *one = calloc(1, sizeof *one);
    struct e4_command command = set_topic("w", 12);
    struct e4_topic topic = topic_of("w");

    assert_non_null(one);
    make(E4_SYMMETRIC);
    CHECK(order(&alice, &command) == E4_OK); /* in the third slot */
    device_init(&bob, E4_SYMMETRIC, "bob");
    bob.config.topics = one;
    bob.config.topic_count = 1;
    CHECK(e4_create(&bob.client, &bob.config, &bob.identity) == E4_OK);
    CHECK(pass_on(&alice, &bob, &topic) == E4_ERR_NO_TOPIC);
    CHECK(order(&bob, &command) == E4_OK);
    CHECK(pass_on(&alice, &bob, &topic) == E4_OK);
    CHECK(pass_on(&bob, &alice, &topic) == E4_OK);
    free(one);
}

TEST(a_handle_knows_the_receiving_topic_of_each_client)
{
    struct e4_topic topic = topic_of("t"),
                    own = topic_of("e4/a7dcef9aef26202fce82a7c7d6672afb");

    make(E4_SYMMETRIC);
    CHECK(!e4_is_receiving(&alice.client, &topic) && !e4_is_receiving(&bob.client, &topic));
    CHECK(e4_is_receiving(&alice.client, &own) && !e4_is_receiving(&bob.client, &own));
    alice.config.receiving_topic = "t";
    CHECK(device_restart(&alice) == E4_OK);
    CHECK(e4_is_receiving(&alice.client, &topic) && !e4_is_receiving(&alice.client, &own));
}

TEST(a_receiving_topic_of_ones_own_takes_commands)
{
    struct e4_command command = set_topic("w", 12);
    struct e4_topic usual = topic_of("e4/a7dcef9aef26202fce82a7c7d6672afb");
    uint8_t frame[FRAME_MAX];
    struct e4_opened opened;
    size_t len;

    device_init(&alice, E4_SYMMETRIC, "alice");
    alice.config.receiving_topic = "commands/for/alice";
    CHECK(e4_create(&alice.client, &alice.config, &alice.identity) == E4_OK);
    CHECK(order(&alice, &command) == E4_OK);
    len = seal_command(frame, &alice, &command, T0);
    CHECK(e4_unprotect(&alice.client, &usual, NULL, 0, &opened, frame, len) == E4_ERR_NO_TOPIC);
}

LAWS(LAW(one_handle_serves_two_clients),
     LAW(a_handle_is_right_whatever_happens_to_the_keys_behind_it),
     LAW(a_handle_is_right_after_slots_are_given_to_other_topics),
     LAW(two_handles_of_one_topic_are_independent),
     LAW(forgetting_wipes_the_cache_and_the_handle_goes_on),
     LAW(a_cache_of_any_content_is_no_key), LAW(a_cache_begun_anew_expands_its_key_anew),
     LAW(a_handle_from_a_larger_table_reads_nothing_beyond_a_smaller_one),
     LAW(a_handle_knows_the_receiving_topic_of_each_client),
     LAW(a_receiving_topic_of_ones_own_takes_commands))
