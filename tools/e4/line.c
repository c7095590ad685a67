/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See line.h. libedit asks for characters one at a time; where it asks, the program's other
 * business is done. Its own handling of signals stays off, for it signals the whole process
 * group.
 */
#define _XOPEN_SOURCE 700 /* wcwidth() */
#include "tools/e4/line.h"

#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#include <histedit.h>

#include "base/err.h"

enum { HISTORY = 500 };

struct line {
    EditLine *edit;
    History *history;
    struct line_hooks hooks;
    const char *prompt;
    bool editing;
    char *text; /* the line read last */
};

/* The terminal's size changed, or we are in the foreground again. */
static volatile sig_atomic_t disturbed;

static void on_disturbance(int number)
{
    (void)number;
    disturbed = 1;
}

static struct line *line_of(EditLine *edit)
{
    void *line = NULL;

    el_get(edit, EL_CLIENTDATA, &line);
    return line;
}

static char *prompt_of(EditLine *edit)
{
    static char text[32];

    (void)snprintf(text, sizeof text, "%s", line_of(edit)->prompt);
    return text;
}

static void settle(struct line *line)
{
    if (disturbed == 0)
        return;
    disturbed = 0;
    el_resize(line->edit);
    el_set(line->edit, EL_PREP_TERM, 1);
    el_set(line->edit, EL_REFRESH);
}

/* A character for libedit: 1, or 0 at the end. */
static int read_character(EditLine *edit, wchar_t *character)
{
    struct line *line = line_of(edit);
    mbstate_t state;
    char byte;

    memset(&state, 0, sizeof state);
    for (;;) {
        int waited = line->hooks.wait(line->hooks.ctx);
        ssize_t got;
        size_t used;

        if (waited < 0)
            return 0;
        settle(line);
        if (waited == 0)
            continue;
        got = read(STDIN_FILENO, &byte, 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return 0;
        used = mbrtowc(character, &byte, 1, &state);
        if (used == (size_t)-1)
            memset(&state, 0, sizeof state); /* not a character: leave it out */
        else if (used != (size_t)-2)
            return 1;
    }
}

/* Completion */

/* How many bytes two texts have in common at their beginning. */
static size_t common(const char *a, const char *b, size_t most)
{
    size_t len = 0;

    while (len < most && a[len] != '\0' && a[len] == b[len])
        len++;
    return len;
}

/* The beginning that all candidates share, in shared; returns how many candidates there are. */
static size_t candidates(struct line *line, const char *before, size_t word, char *shared,
                         size_t cap)
{
    const char *typed = before + word;
    size_t count = 0;
    const char *candidate;

    shared[0] = '\0';
    for (size_t n = 0;
         (candidate = line->hooks.complete(line->hooks.ctx, before, word, n)) != NULL; n++) {
        if (strncmp(candidate, typed, strlen(typed)) != 0 || strlen(candidate) >= cap)
            continue;
        if (count++ == 0)
            (void)snprintf(shared, cap, "%s", candidate);
        else
            shared[common(shared, candidate, cap)] = '\0';
    }
    return count;
}

static void list_candidates(struct line *line, const char *before, size_t word)
{
    const char *candidate;

    (void)putchar('\n');
    for (size_t n = 0;
         (candidate = line->hooks.complete(line->hooks.ctx, before, word, n)) != NULL; n++) {
        if (strncmp(candidate, before + word, strlen(before + word)) == 0)
            (void)printf("%s\n", candidate);
    }
    (void)fflush(stdout);
}

static unsigned char complete(EditLine *edit, int key)
{
    struct line *line = line_of(edit);
    const LineInfo *info = el_line(edit);
    char before[1024];
    char shared[1024];
    size_t len = (size_t)(info->cursor - info->buffer);
    size_t word;
    size_t count;
    size_t shared_len;

    (void)key;
    if (len >= sizeof before)
        return CC_ERROR;
    memcpy(before, info->buffer, len);
    before[len] = '\0';
    for (word = len; word > 0 && before[word - 1] != ' ';)
        word--;
    count = candidates(line, before, word, shared, sizeof shared - 1);
    if (count == 0)
        return CC_ERROR;
    shared_len = strlen(shared);
    if (count == 1)
        shared[shared_len++] = ' '; /* the word is whole */
    shared[shared_len] = '\0';
    if (shared_len > len - word)
        return el_insertstr(edit, shared + (len - word)) == 0 ? CC_REFRESH : CC_ERROR;
    list_candidates(line, before, word);
    return CC_REDISPLAY;
}

/* Opening, reading, closing */

/* Characters are those of the environment, or UTF-8 where it says nothing. */
static void choose_locale(void)
{
    if (setlocale(LC_CTYPE, "") == NULL || MB_CUR_MAX == 1)
        (void)setlocale(LC_CTYPE, "C.UTF-8");
}

static int set_up(struct line *line)
{
    struct sigaction action = {.sa_handler = on_disturbance};
    HistEvent event;

    line->edit = el_init("e4", stdin, stdout, stderr);
    line->history = history_init();
    if (line->edit == NULL || line->history == NULL)
        return -1;
    history(line->history, &event, H_SETSIZE, HISTORY);
    history(line->history, &event, H_SETUNIQUE, 1);
    el_set(line->edit, EL_CLIENTDATA, line);
    el_set(line->edit, EL_PROMPT, prompt_of);
    el_set(line->edit, EL_EDITOR, "emacs");
    el_set(line->edit, EL_SIGNAL, 0);
    el_set(line->edit, EL_HIST, history, line->history);
    el_set(line->edit, EL_GETCFN, read_character);
    el_wset(line->edit, EL_ADDFN, L"complete-word", L"complete the word",
            complete); /* el_set() leaks */
    el_set(line->edit, EL_BIND, "^I", "complete-word", NULL);
    el_source(line->edit, NULL);
    return sigaction(SIGWINCH, &action, NULL) == 0 && sigaction(SIGCONT, &action, NULL) == 0
               ? 0
               : -1;
}

int line_open(struct line **out, const char *prompt, const struct line_hooks *hooks,
              struct err *err)
{
    struct line *line = calloc(1, sizeof *line);

    *out = NULL;
    choose_locale();
    if (line != NULL) {
        line->hooks = *hooks;
        line->prompt = prompt;
    }
    if (line == NULL || set_up(line) != 0) {
        line_close(line);
        return err_set(err, ERR_SYSTEM, "the terminal cannot be used for editing");
    }
    *out = line;
    return 0;
}

void line_close(struct line *line)
{
    if (line == NULL)
        return;
    if (line->edit != NULL)
        el_end(line->edit);
    if (line->history != NULL)
        history_end(line->history);
    free(line->text);
    free(line);
}

const char *line_read(struct line *line)
{
    const char *text;
    int len = 0;

    line->editing = true;
    text = el_gets(line->edit, &len);
    line->editing = false;
    if (text == NULL || len <= 0)
        return NULL;
    free(line->text);
    line->text = strdup(text);
    if (line->text != NULL)
        line->text[strcspn(line->text, "\r\n")] = '\0';
    return line->text;
}

void line_remember(struct line *line, const char *text)
{
    HistEvent event;

    history(line->history, &event, H_ENTER, text);
}

/* Columns that a text takes. */
static size_t width(const char *text, size_t len)
{
    mbstate_t state;
    size_t columns = 0;

    memset(&state, 0, sizeof state);
    while (len > 0) {
        wchar_t character;
        size_t used = mbrtowc(&character, text, len, &state);
        int wide;

        if (used == 0 || used == (size_t)-1 || used == (size_t)-2)
            break;
        wide = wcwidth(character);
        columns += wide > 0 ? (size_t)wide : 0;
        text += used;
        len -= used;
    }
    return columns;
}

void line_hide(struct line *line)
{
    const LineInfo *info;
    size_t column;
    int columns = 0;

    if (!line->editing)
        return;
    info = el_line(line->edit);
    column = strlen(line->prompt) + width(info->buffer, (size_t)(info->cursor - info->buffer));
    if (el_get(line->edit, EL_GETTC, "co", &columns) == 0 && columns > 0) {
        for (size_t row = column / (size_t)columns; row > 0; row--)
            (void)fputs("\033[A", stdout);
    }
    (void)fputs("\r\033[J", stdout);
}

void line_show(struct line *line)
{
    (void)fflush(stdout);
    if (line->editing)
        el_set(line->edit, EL_REFRESH);
}
