/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of base/json_in.c. */
#include <string.h>

#include "base/err.h"
#include "base/json_in.h"
#include "law.h"

static struct json_in *read_text(const char *text)
{
    struct err err;

    return json_in_read(text, strlen(text), &err);
}

TEST(the_members_of_an_object_are_found_by_name)
{
    struct json_in *object =
        read_text("{\"a\":\"text\",\"b\":7,\"c\":null,\"d\":{},\"e\":1.5}");
    int64_t number;
    size_t len;

    CHECK(json_in_is_object(object) && json_in_size(object) == 5);
    assert_string_equal(json_in_text(json_in_get(object, "a"), &len), "text");
    CHECK(len == 4);
    CHECK(json_in_number(json_in_get(object, "b"), &number) && number == 7);
    CHECK(json_in_is_null(json_in_get(object, "c")));
    CHECK(json_in_is_object(json_in_get(object, "d")));
    CHECK(!json_in_number(json_in_get(object, "e"), &number));
    CHECK(json_in_text(json_in_get(object, "b"), &len) == NULL);
    CHECK(json_in_get(object, "A") == NULL);
    CHECK(json_in_get(object, "x") == NULL);
    json_in_free(object);
}

TEST(letters_of_either_case_find_a_member_where_that_is_asked)
{
    struct json_in *object = read_text("{\"keyData\":1,\"KEY\":2,\"key\":3}");
    int64_t number;

    CHECK(json_in_number(json_in_get_any_case(object, "KEYDATA"), &number) && number == 1);
    CHECK(json_in_number(json_in_get_any_case(object, "key"), &number) && number == 3);
    CHECK(json_in_get_any_case(object, "keys") == NULL);
    json_in_free(object);
}

TEST(what_is_missing_is_of_no_type_and_has_no_members)
{
    int64_t number;
    size_t len;

    CHECK(!json_in_is_object(NULL) && !json_in_is_null(NULL));
    CHECK(json_in_get(NULL, "a") == NULL && json_in_get_any_case(NULL, "a") == NULL);
    CHECK(json_in_text(NULL, &len) == NULL && len == 0);
    CHECK(!json_in_number(NULL, &number));
    CHECK(json_in_size(NULL) == 0 && json_in_next(NULL, NULL) == NULL);
    json_in_free(NULL);
}

TEST(a_walk_meets_every_member_once)
{
    struct json_in *object = read_text("{\"1\":1,\"2\":2,\"3\":3}");
    const struct json_in_member *member = NULL;
    int64_t sum = 0;
    int64_t number;

    while ((member = json_in_next(object, member)) != NULL) {
        CHECK(json_in_number(json_in_value(member), &number));
        CHECK(json_in_name(member)[0] == (char)('0' + number));
        sum += number;
    }
    CHECK(sum == 6);
    json_in_free(object);
}

TEST(the_first_value_counts_and_its_tail_does_not)
{
    struct json_in *object = read_text("{\"a\":1}\n\"b\":2}}}");

    CHECK(json_in_size(object) == 1);
    json_in_free(object);
}

TEST(a_whole_text_is_one_value_and_blanks)
{
    static const struct {
        const char *text;
        bool taken;
    } row[] = {
        {" {} \n", true}, {"1", true},           {"{}{}", false},
        {"{} x", false},  {"{\"a\":1}}", false}, {" ", false},
    };
    struct err err;

    for (size_t i = 0; i < COUNT(row); i++) {
        struct json_in *value = json_in_read_whole(row[i].text, strlen(row[i].text), &err);

        CHECK_AT(i, (value != NULL) == row[i].taken);
        CHECK_AT(i, value != NULL || err.kind == ERR_INPUT);
        json_in_free(value);
    }
}

TEST(lists_have_members_by_number_and_nothing_else_has)
{
    struct json_in *list = read_text("[true,false,null,[7]]");
    struct json_in *object = read_text("{\"0\":1}");
    int64_t number;
    bool truth;

    CHECK(json_in_is_list(list) && json_in_length(list) == 4);
    CHECK(json_in_bool(json_in_at(list, 0), &truth) && truth);
    CHECK(json_in_bool(json_in_at(list, 1), &truth) && !truth);
    CHECK(!json_in_bool(json_in_at(list, 2), &truth));
    CHECK(json_in_number(json_in_at(json_in_at(list, 3), 0), &number) && number == 7);
    CHECK(json_in_at(list, 4) == NULL);
    CHECK(!json_in_is_list(object) && json_in_length(object) == 0);
    CHECK(!json_in_is_list(NULL) && json_in_length(NULL) == 0 && !json_in_bool(NULL, &truth));
    json_in_free(list);
    json_in_free(object);
}

TEST(a_number_too_large_and_a_name_twice_are_called_that)
{
    struct err err;

    CHECK(json_in_read("99999999999999999999", 20, &err) == NULL);
    assert_string_equal(err.text, "a number that is too large, in line 1, column 20");
    CHECK(json_in_read("{\"a\":1,\"a\":2}", 13, &err) == NULL);
    CHECK(strncmp(err.text, "a name that occurs twice", 24) == 0);
}

TEST(what_is_no_json_is_an_error_that_quotes_nothing)
{
    static const char *const row[] = {"",
                                      "{",
                                      "{\"a\":}",
                                      "{\"secret\" 1}",
                                      "{\"a\":1,\"a\":2}",
                                      "\"\xff\"",
                                      "\"\\u0000\"",
                                      "{\"secret",
                                      "NaN",
                                      "[1,]"};
    struct err err;

    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_AT(i, json_in_read(row[i], strlen(row[i]), &err) == NULL);
        CHECK_AT(i, err.kind == ERR_INPUT && strstr(err.text, "secret") == NULL);
    }
}

TEST(nesting_without_end_is_an_error)
{
    static char text[100000];
    struct err err;

    memset(text, '[', sizeof text);
    CHECK(json_in_read(text, sizeof text, &err) == NULL && err.kind == ERR_INPUT);
}

LAWS(LAW(the_members_of_an_object_are_found_by_name),
     LAW(letters_of_either_case_find_a_member_where_that_is_asked),
     LAW(what_is_missing_is_of_no_type_and_has_no_members), LAW(a_walk_meets_every_member_once),
     LAW(the_first_value_counts_and_its_tail_does_not),
     LAW(a_whole_text_is_one_value_and_blanks),
     LAW(lists_have_members_by_number_and_nothing_else_has),
     LAW(a_number_too_large_and_a_name_twice_are_called_that),
     LAW(what_is_no_json_is_an_error_that_quotes_nothing), LAW(nesting_without_end_is_an_error))
