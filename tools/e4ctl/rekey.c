/* SPDX-License-Identifier: Apache-2.0 */
/* e4ctl rekey, of special.h: begin, then ask every now and then how far it is. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/err.h"
#include "base/json_in.h"
#include "tools/e4ctl/run.h"
#include "tools/e4ctl/special.h"

static int ask(const char *method, bool *running, int64_t *resealed, const struct line *line,
               struct err *err)
{
    const struct request request = {.method = method};
    struct json_in *json;
    const char *number;
    char *end;
    char *answer;
    size_t answer_len;
    size_t len;
    int rc = -1;

    if (request_call(&request, &line->target, &answer, &answer_len, err) != 0)
        return -1;
    json = json_in_read_whole(answer, answer_len, err);
    number = json_in_text(json_in_get(json, "resealed"), &len);
    if (number != NULL)
        *resealed = strtoll(number, &end, 10);
    if (json_in_bool(json_in_get(json, "running"), running) && number != NULL && *end == '\0')
        rc = 0;
    else
        (void)err_set(err, ERR_SYSTEM, "the server's answer is not what it should be");
    json_in_free(json);
    request_free(answer, answer_len);
    return rc;
}

int special_rekey(const struct command *command, const struct line *line, struct err *err)
{
    static const struct timespec pause = {.tv_nsec = 200 * 1000 * 1000};
    struct request request;
    int64_t resealed;
    bool running;

    if (ask(command->method, &running, &resealed, line, err) != 0)
        return -1;
    while (running) {
        (void)nanosleep(&pause, NULL);
        if (ask("GetRekey", &running, &resealed, line, err) != 0)
            return -1;
    }
    if (line->json) {
        run_start(&request, command, line);
        request.method = "GetRekey";
        return run_finish(&request, line, err);
    }
    (void)printf("%" PRId64 " keys were sealed anew\n", resealed);
    return 0;
}
