/* SPDX-License-Identifier: Apache-2.0 */
/* See run.h, and command_run() of commands.h. */
#include "tools/e4ctl/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/json_in.h"
#include "tools/e4ctl/show.h"

void run_start(struct request *request, const struct command *command, const struct line *line)
{
    static const struct {
        enum command_option option;
        const char *field;
    } as_they_are[] = {
        {OPTION_OFFSET, "offset"}, {OPTION_COUNT, "count"}, {OPTION_AFTER, "after"}};

    *request = (struct request){.method = command->method};
    for (size_t i = 0; i < COMMAND_ARGUMENTS && command->argument[i].field != NULL; i++)
        request_add(request, command->argument[i].field, line->argument[i]);
    for (size_t i = 0; i < sizeof as_they_are / sizeof *as_they_are; i++) {
        const char *value = line->option[as_they_are[i].option];

        if (value != NULL)
            request_add(request, as_they_are[i].field, value);
    }
    if (line->option[OPTION_FORCE] != NULL) {
        request_add(request, "force", "true");
        request->field[request->count - 1].truth = true;
    }
}

int run_finish(const struct request *request, const struct line *line, struct err *err)
{
    char *answer;
    size_t len;
    int rc = 0;

    if (request_call(request, &line->target, &answer, &len, err) != 0)
        return -1;
    if (line->json)
        (void)printf("%s\n", answer);
    else
        rc = show_answer(stdout, answer, len, err);
    request_free(answer, len);
    return rc;
}

int run_silently(const struct request *request, const struct line *line, struct err *err)
{
    char *answer;
    size_t len;

    if (request_call(request, &line->target, &answer, &len, err) != 0)
        return -1;
    request_free(answer, len);
    return 0;
}

int run_ask(char **text, const struct request *request, const struct line *line,
            const char *member, struct err *err)
{
    struct json_in *json;
    const char *found;
    char *answer;
    size_t answer_len;
    size_t len;

    if (request_call(request, &line->target, &answer, &answer_len, err) != 0)
        return -1;
    json = json_in_read_whole(answer, answer_len, err);
    request_free(answer, answer_len);
    found = json_in_text(json_in_get(json, member), &len);
    *text = found == NULL ? NULL : strdup(found);
    json_in_free(json);
    if (found == NULL)
        return err_set(err, ERR_SYSTEM, "the server's answer is not what it should be");
    return *text != NULL ? 0 : err_set(err, ERR_SYSTEM, "out of memory");
}

/* Without --count, a list is shown to its end: as many as there are. */
static int run_list(const struct command *command, const struct line *line, struct err *err)
{
    struct command counting = *command;
    struct request request;
    char *count;
    int rc;

    counting.method = command->count_method;
    run_start(&request, &counting, line);
    for (size_t i = 0; i < request.count; i++) { /* counting begins at the beginning */
        if (strcmp(request.field[i].name, "offset") == 0)
            request.count--;
    }
    if (run_ask(&count, &request, line, "count", err) != 0)
        return -1;
    run_start(&request, command, line);
    request_add(&request, "count", count);
    rc = run_finish(&request, line, err);
    free(count);
    return rc;
}

int command_run(const struct command *command, const struct line *line, struct err *err)
{
    struct request request;

    if (command->run != NULL)
        return command->run(command, line, err);
    if (command->count_method != NULL && line->option[OPTION_COUNT] == NULL)
        return run_list(command, line, err);
    run_start(&request, command, line);
    return run_finish(&request, line, err);
}
