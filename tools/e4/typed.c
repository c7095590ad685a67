/* SPDX-License-Identifier: Apache-2.0 */
/* See typed.h. */
#include "tools/e4/typed.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"

enum { FILE_MAX = 1 << 20, LINE_MAX_LEN = 1000 };

/* How much of a line is kept: of "send TOPIC TEXT" no text. */
static size_t kept(const char *line)
{
    size_t command = strcspn(line, " ");
    size_t blanks = strspn(line + command, " ");

    if (strncmp(line, "send", 4) != 0)
        return strlen(line);
    if (line[command + blanks] == '"')
        return command + blanks + 1 + strcspn(line + command + blanks + 1, "\"") +
               (strchr(line + command + blanks + 1, '"') != NULL ? 1 : 0);
    return command + blanks + strcspn(line + command + blanks, " ");
}

int typed_add(struct typed *typed, const char *line, struct err *err)
{
    size_t len = kept(line);
    char *copy;

    if (len == 0 || len > LINE_MAX_LEN)
        return 0;
    copy = strndup(line, len);
    if (copy == NULL)
        return err_set(err, ERR_SYSTEM, "not enough memory");
    if (typed->count > 0 && strcmp(typed->lines[typed->count - 1], copy) == 0) {
        free(copy);
        return 0;
    }
    if (typed->count == TYPED_MAX) {
        free(typed->lines[0]);
        memmove(typed->lines, typed->lines + 1, (TYPED_MAX - 1) * sizeof *typed->lines);
        typed->count--;
    }
    typed->lines[typed->count++] = copy;
    return 0;
}

int typed_load(struct typed *typed, const char *path, struct err *err)
{
    char *text;
    char *line;
    size_t len;
    int rc = 0;

    if (access(path, F_OK) != 0)
        return 0;
    text = malloc(FILE_MAX + 1);
    if (text == NULL)
        return err_set(err, ERR_SYSTEM, "not enough memory");
    rc = file_read(path, text, FILE_MAX, &len, err);
    text[rc == 0 ? len : 0] = '\0';
    for (line = text; rc == 0 && *line != '\0';) {
        size_t end = strcspn(line, "\n");
        char *next = line[end] == '\n' ? line + end + 1 : line + end;

        line[end] = '\0';
        rc = typed_add(typed, line, err);
        line = next;
    }
    free(text);
    return rc;
}

int typed_save(const struct typed *typed, const char *path, struct err *err)
{
    const struct file_options options = {.mode = 0600, .replace = true};
    char *text = malloc(TYPED_MAX * (LINE_MAX_LEN + 1) + 1);
    size_t len = 0;
    int rc;

    if (text == NULL)
        return err_set(err, ERR_SYSTEM, "not enough memory");
    for (size_t i = 0; i < typed->count; i++) {
        size_t line_len = strlen(typed->lines[i]);

        memcpy(text + len, typed->lines[i], line_len);
        text[len + line_len] = '\n';
        len += line_len + 1;
    }
    rc = file_write(path, text, len, &options, err);
    free(text);
    return rc;
}

void typed_free(struct typed *typed)
{
    for (size_t i = 0; i < typed->count; i++)
        free(typed->lines[i]);
    typed->count = 0;
}
