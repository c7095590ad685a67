/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Laws: tests whose name says what holds.
 *
 *     TEST(a_name_that_is_the_law)
 *     {
 *         CHECK(1 + 1 == 2);
 *     }
 *
 *     LAWS(LAW(a_name_that_is_the_law))
 *
 * A law that is not listed is unused, which the compiler refuses.
 */
#ifndef LAW_H
#define LAW_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

#define CHECK(condition) assert_true(condition)

/* The same for a row of a table or a step of a loop, whose number is told when it fails. */
#define CHECK_AT(row, condition)                                                               \
    do {                                                                                       \
        if (!(condition))                                                                      \
            fail_msg("row %lu: %s", (unsigned long)(row), #condition);                         \
    } while (0)

struct law {
    void (*check)(void);
};

#define TEST(name)                                                                             \
    static void name(void);                                                                    \
    static struct law name##_law = {name};                                                     \
    static void name(void)

static inline void law_run(void **state)
{
    const struct law *law = *state;

    law->check();
}

static inline struct CMUnitTest law_listed(const char *name, struct law *law)
{
    struct CMUnitTest test = {name, law_run, NULL, NULL, law};

    return test;
}

#define LAW(name) law_listed(#name, &name##_law)

#define LAWS(...)                                                                              \
    int main(void)                                                                             \
    {                                                                                          \
        const struct CMUnitTest laws[] = {__VA_ARGS__};                                        \
                                                                                               \
        return cmocka_run_group_tests(laws, NULL, NULL);                                       \
    }

#endif
