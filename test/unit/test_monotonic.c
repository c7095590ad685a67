/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of base/monotonic.c. */
#include <errno.h>

#include "base/monotonic.h"
#include "law.h"

static int64_t in_ms(struct timespec at)
{
    return (int64_t)at.tv_sec * 1000 + at.tv_nsec / 1000000;
}

TEST(times_do_not_go_back_and_agree)
{
    int64_t first_ms = monotonic_ms();
    double then_s = monotonic_s();
    int64_t last_ms = monotonic_ms();

    CHECK(first_ms <= last_ms);
    CHECK((int64_t)(then_s * 1000) >= first_ms - 1 && (int64_t)(then_s * 1000) <= last_ms + 1);
}

TEST(a_moment_ahead_is_one_that_can_be_waited_for)
{
    static const int64_t ahead_ms[] = {0, 1, 999, 1000, 1001, 60999, 86400000};

    for (size_t i = 0; i < COUNT(ahead_ms); i++) {
        int64_t before_ms = monotonic_ms();
        struct timespec at = monotonic_in(ahead_ms[i]);

        CHECK_AT(i, at.tv_nsec >= 0 && at.tv_nsec < 1000000000);
        CHECK_AT(i, in_ms(at) >= before_ms + ahead_ms[i]);
        CHECK_AT(i, in_ms(at) <= monotonic_ms() + ahead_ms[i]);
    }
}

TEST(a_wait_ends_at_its_moment)
{
    pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    pthread_cond_t never;
    struct timespec until = monotonic_in(5);
    int error = 0;

    monotonic_cond(&never);
    (void)pthread_mutex_lock(&lock);
    while (error == 0)
        error = pthread_cond_timedwait(&never, &lock, &until);
    (void)pthread_mutex_unlock(&lock);
    CHECK(error == ETIMEDOUT && monotonic_ms() >= in_ms(until));
    (void)pthread_cond_destroy(&never);
}

LAWS(LAW(times_do_not_go_back_and_agree), LAW(a_moment_ahead_is_one_that_can_be_waited_for),
     LAW(a_wait_ends_at_its_moment))
