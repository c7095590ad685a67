/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of base/mqtt_reason.c. */
#include <string.h>

#include "base/mqtt_reason.h"
#include "law.h"

TEST(every_reason_of_the_standard_has_words_of_its_own)
{
    for (int code = 0x80; code <= 0xa2; code++) {
        CHECK_AT(code, strstr(mqtt_reason(code), "MQTT does not know") == NULL);
        for (int other = 0x80; other < code; other++)
            CHECK_AT(code, strcmp(mqtt_reason(other), mqtt_reason(code)) != 0);
    }
    assert_string_equal(mqtt_reason(0), "success");
    assert_string_equal(mqtt_reason(0x10), "nobody subscribes to the topic");
    assert_string_equal(mqtt_reason(0xa3), "for a reason that MQTT does not know");
}

TEST(the_older_codes_mean_the_same)
{
    static const struct {
        int older;
        int newer;
    } row[] = {{0, 0},    {1, 0x84}, {2, 0x85}, {3, 0x88},
               {4, 0x86}, {5, 0x87}, {6, 0x80}, {-1, 0x80}};

    for (size_t i = 0; i < COUNT(row); i++)
        CHECK_AT(i, mqtt_reason_from_connack(row[i].older) == row[i].newer);
}

TEST(asking_again_is_useless_where_the_answer_depends_on_who_asks)
{
    static const int final[] = {0x84, 0x85, 0x86, 0x87, 0x8a, 0x8c, 0x8e};
    static const int passing[] = {0x00, 0x80, 0x88, 0x89, 0x8b, 0x8d, 0x97, 0xa0, 0xff};

    for (size_t i = 0; i < COUNT(final); i++)
        CHECK_AT(i, mqtt_reason_is_final(final[i]));
    for (size_t i = 0; i < COUNT(passing); i++)
        CHECK_AT(i, !mqtt_reason_is_final(passing[i]));
}

LAWS(LAW(every_reason_of_the_standard_has_words_of_its_own), LAW(the_older_codes_mean_the_same),
     LAW(asking_again_is_useless_where_the_answer_depends_on_who_asks))
