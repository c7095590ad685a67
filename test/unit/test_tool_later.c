/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of tools/e4/later.c. */
#include <stdlib.h>
#include <string.h>

#include "law.h"
#include "tools/e4/later.h"

static bool add(struct later *later, char name, size_t len, uint64_t until_ms)
{
    static const uint8_t payload[LATER_BYTES_MAX + 1];
    const char topic[] = {name, '\0'};
    const struct mqtt_message message = {
        .topic = topic, .payload = payload, .len = len, .qos = 1};

    return later_add(later, &message, until_ms);
}

static void drop(struct later *later)
{
    for (struct later_entry *entry = later_take(later); entry != NULL;)
        entry = later_next(entry);
}

TEST(they_come_back_in_order_once_their_time_is_over)
{
    struct later later = {NULL, 0, 0};
    struct later_entry *entry;

    CHECK(add(&later, 'a', 3, 10) && add(&later, 'b', 0, 10) && add(&later, 'c', 5, 20));
    CHECK(later.count == 3 && later.bytes == 8);
    CHECK(later_expired(&later, 9) == NULL);
    entry = later_expired(&later, 10);
    CHECK(entry != NULL && entry->message.len == 3 && entry->message.qos == 1);
    assert_string_equal(entry->message.topic, "a");
    CHECK(later_next(entry) == NULL);
    CHECK(later.count == 2 && later.bytes == 5);
    entry = later_expired(&later, 10);
    assert_string_equal(entry->message.topic, "b");
    (void)later_next(entry);
    CHECK(later_expired(&later, 19) == NULL);
    entry = later_expired(&later, UINT64_MAX);
    assert_string_equal(entry->message.topic, "c");
    (void)later_next(entry);
    CHECK(later_expired(&later, UINT64_MAX) == NULL && later.count == 0 && later.bytes == 0);
}

TEST(all_can_be_taken_at_once_and_put_back)
{
    struct later later = {NULL, 0, 0};
    struct later_entry *entry;
    size_t count = 0;

    CHECK(add(&later, 'a', 1, 10) && add(&later, 'b', 1, 11));
    entry = later_take(&later);
    CHECK(later.first == NULL && later.count == 0 && later.bytes == 0);
    for (; entry != NULL; entry = later_next(entry)) {
        CHECK(later_add(&later, &entry->message, entry->until_ms));
        count++;
    }
    CHECK(count == 2 && later.count == 2 && later.first->until_ms == 10);
    assert_string_equal(later.first->next->message.topic, "b");
    drop(&later);
}

TEST(they_are_no_more_than_so_many_and_so_long)
{
    struct later later = {NULL, 0, 0};

    CHECK(!add(&later, 'a', LATER_BYTES_MAX + 1, 1));
    CHECK(add(&later, 'a', LATER_BYTES_MAX, 1));
    CHECK(!add(&later, 'b', 1, 1) && add(&later, 'b', 0, 1));
    drop(&later);
    for (int i = 0; i < LATER_COUNT_MAX; i++)
        CHECK(add(&later, 'a', 1, 1));
    CHECK(!add(&later, 'a', 0, 1));
    drop(&later);
}

LAWS(LAW(they_come_back_in_order_once_their_time_is_over),
     LAW(all_can_be_taken_at_once_and_put_back), LAW(they_are_no_more_than_so_many_and_so_long))
