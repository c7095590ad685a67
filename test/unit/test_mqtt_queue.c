/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of base/mqtt_queue.c. */
#include <string.h>

#include "base/mqtt_queue.h"
#include "law.h"

static int add(struct mqtt_queue *queue, const char *topic, const void *payload, size_t len,
               uint64_t ticket)
{
    const struct mqtt_message message = {.topic = topic,
                                         .payload = payload,
                                         .len = len,
                                         .qos = 1,
                                         .retained = true,
                                         .expiry_s = 7};

    return mqtt_queue_add(queue, &message, ticket);
}

TEST(what_goes_in_comes_out_in_order_as_a_copy)
{
    struct mqtt_queue queue = {.count_max = 10, .bytes_max = 1000};
    char topic[] = "a/b";
    uint8_t payload[] = {1, 2, 0, 3};

    CHECK(add(&queue, topic, payload, sizeof payload, 5) == 0);
    CHECK(add(&queue, "second", NULL, 0, 6) == 0);
    memset(topic, 'x', sizeof topic - 1);
    memset(payload, 'x', sizeof payload);
    CHECK(queue.count == 2 && queue.bytes == 4);
    CHECK(queue.first->ticket == 5);
    assert_string_equal(queue.first->message.topic, "a/b");
    CHECK(queue.first->message.len == 4);
    assert_memory_equal(queue.first->message.payload, "\1\2\0\3", 4);
    CHECK(queue.first->message.qos == 1 && queue.first->message.retained);
    CHECK(queue.first->message.expiry_s == 7);
    mqtt_queue_drop(&queue);
    CHECK(queue.first->ticket == 6);
    assert_string_equal(queue.first->message.topic, "second");
    mqtt_queue_drop(&queue);
    CHECK(queue.first == NULL && queue.last == NULL && queue.count == 0 && queue.bytes == 0);
    CHECK(add(&queue, "third", payload, 1, 7) == 0);
    CHECK(queue.first == queue.last && queue.first->ticket == 7);
    mqtt_queue_clear(&queue);
    CHECK(queue.first == NULL && queue.count == 0 && queue.bytes == 0);
}

TEST(it_holds_no_more_than_its_limits_and_one_message_of_any_size)
{
    struct mqtt_queue queue = {.count_max = 3, .bytes_max = 10};
    static const uint8_t payload[100];

    CHECK(add(&queue, "t", payload, 100, 1) == 0); /* alone: any size */
    CHECK(add(&queue, "t", payload, 0, 2) == MQTT_FULL);
    mqtt_queue_drop(&queue);
    CHECK(add(&queue, "t", payload, 4, 3) == 0);
    CHECK(add(&queue, "t", payload, 7, 4) == MQTT_FULL);
    CHECK(add(&queue, "t", payload, 11, 4) == MQTT_FULL);
    CHECK(add(&queue, "t", payload, 6, 4) == 0);
    CHECK(add(&queue, "t", payload, 0, 5) == 0);
    CHECK(add(&queue, "t", payload, 0, 6) == MQTT_FULL); /* by number */
    mqtt_queue_drop(&queue);
    CHECK(add(&queue, "t", payload, 4, 6) == 0);
    CHECK(queue.count == 3 && queue.bytes == 10);
    mqtt_queue_clear(&queue);
}

TEST(a_size_that_no_memory_has_is_an_error)
{
    struct mqtt_queue queue = {.count_max = 3, .bytes_max = 10};

    CHECK(add(&queue, "t", "", SIZE_MAX - 3, 1) == -1);
    CHECK(queue.count == 0 && queue.first == NULL);
}

LAWS(LAW(what_goes_in_comes_out_in_order_as_a_copy),
     LAW(it_holds_no_more_than_its_limits_and_one_message_of_any_size),
     LAW(a_size_that_no_memory_has_is_an_error))
