/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of server/api/patience.c. */
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "law.h"
#include "server/api/patience.h"

/* Has the other end been shut down? */
static bool is_over(int fd)
{
    char byte;

    return recv(fd, &byte, 1, MSG_DONTWAIT) == 0;
}

TEST(whose_time_is_over_is_shut_down_and_nobody_else)
{
    enum { COUNT_OF_PAIRS = 4 };
    struct patience *patience = NULL;
    struct patience_one *one[COUNT_OF_PAIRS];
    int pair[COUNT_OF_PAIRS][2];
    struct err err;

    CHECK(patience_start(&patience, &err) == 0);
    for (size_t i = 0; i < COUNT_OF_PAIRS; i++) {
        CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair[i]) == 0);
        one[i] = patience_join(patience, pair[i][0], 1000);
        CHECK(one[i] != NULL);
    }
    patience_set(one[1], 0);    /* for ever */
    patience_set(one[2], 5000); /* longer */
    patience_leave(one[3]);
    patience_look(patience, 500);
    for (size_t i = 0; i < COUNT_OF_PAIRS; i++)
        CHECK_AT(i, !is_over(pair[i][1]));
    patience_look(patience, 2000);
    for (size_t i = 0; i < COUNT_OF_PAIRS; i++)
        CHECK_AT(i, is_over(pair[i][1]) == (i == 0));
    patience_look(patience, 9000);
    for (size_t i = 0; i < COUNT_OF_PAIRS; i++)
        CHECK_AT(i, is_over(pair[i][1]) == (i == 0 || i == 2));
    for (size_t i = 0; i < COUNT_OF_PAIRS; i++) {
        if (i != 3)
            patience_leave(one[i]);
        close(pair[i][0]);
        close(pair[i][1]);
    }
    patience_set(NULL, 1);
    patience_leave(NULL);
    patience_stop(patience);
    patience_stop(NULL);
}

LAWS(LAW(whose_time_is_over_is_shut_down_and_nobody_else))
