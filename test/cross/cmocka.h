/* SPDX-License-Identifier: Apache-2.0 */
/*
 * As much of cmocka as the unit tests use, for processors that the system has no cmocka for.
 * The first failure ends the program; that is enough where the same tests have passed with the
 * real one.
 */
#ifndef TEST_CROSS_CMOCKA_H
#define TEST_CROSS_CMOCKA_H

#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct CMUnitTest {
    const char *name;
    void (*test_func)(void **state);
    int (*setup_func)(void **state);
    int (*teardown_func)(void **state);
    void *initial_state;
};

#define cmocka_unit_test(function)                                                             \
    {                                                                                          \
#function, function, NULL, NULL, NULL                                                  \
    }

#define fail_at_(what) (printf("%s:%d: %s\n", __FILE__, __LINE__, what), exit(1))
#define fail_msg(...)                                                                          \
    (printf("%s:%d: ", __FILE__, __LINE__), printf(__VA_ARGS__), printf("\n"), exit(1))
#define assert_true(holds)                 ((holds) ? (void)0 : fail_at_(#holds))
#define assert_false(holds)                assert_true(!(holds))
#define assert_null(pointer)               assert_true((pointer) == NULL)
#define assert_non_null(pointer)           assert_true((pointer) != NULL)
#define assert_int_equal(a, b)             assert_true((intmax_t)(a) == (intmax_t)(b))
#define assert_int_not_equal(a, b)         assert_true((intmax_t)(a) != (intmax_t)(b))
#define assert_string_equal(a, b)          assert_true(strcmp(a, b) == 0)
#define assert_memory_equal(a, b, len)     assert_true(memcmp(a, b, len) == 0)
#define assert_memory_not_equal(a, b, len) assert_true(memcmp(a, b, len) != 0)

static jmp_buf skipped_;

#define skip() longjmp(skipped_, 1)

static inline void run_test_(const struct CMUnitTest *test)
{
    void *state = test->initial_state;

    if (test->setup_func != NULL && test->setup_func(&state) != 0)
        fail_at_(test->name);
    if (setjmp(skipped_) == 0)
        test->test_func(&state);
    else
        puts("one test was skipped");
    if (test->teardown_func != NULL && test->teardown_func(&state) != 0)
        fail_at_(test->name);
}

static inline int run_tests_(const struct CMUnitTest *tests, size_t count)
{
    for (size_t i = 0; i < count; i++)
        run_test_(&tests[i]);
    printf("%lu passed\n", (unsigned long)count);
    return 0;
}

#define cmocka_run_group_tests(tests, setup, teardown)                                         \
    run_tests_(tests, sizeof(tests) / sizeof(tests)[0])

#endif
