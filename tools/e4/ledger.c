/* SPDX-License-Identifier: Apache-2.0 */
/* See ledger.h. */
#include "tools/e4/ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/hex.h"

#define HEAD "e4-ledger 1 "
enum { HEX = 2 * E4_HASH_SIZE, LINE_MAX_LEN = 2 + HEX + 1, WAIT_MAX_S = 5 };
enum { TEXT_MAX = sizeof HEAD + HEX + 1 + 24 + LEDGER_THINGS * LINE_MAX_LEN };

struct ledger_thing ledger_thing_of(const struct e4_command *command)
{
    static const char kind[] = {
        [E4_REMOVE_TOPIC] = 't',  [E4_RESET_TOPICS] = 'T',   [E4_SET_ID_KEY] = 'i',
        [E4_SET_TOPIC_KEY] = 't', [E4_REMOVE_PUB_KEY] = 'p', [E4_RESET_PUB_KEYS] = 'P',
        [E4_SET_PUB_KEY] = 'p',   [E4_SET_SERVER_KEY] = 's',
    };
    struct ledger_thing thing = {.kind = kind[command->type]};

    if (thing.kind == 't')
        memcpy(thing.name, command->topic, E4_HASH_SIZE);
    if (thing.kind == 'p')
        memcpy(thing.name, command->id, E4_HASH_SIZE);
    return thing;
}

/* Would one of the two change what the other does? */
static bool clash(const struct ledger_thing *a, const struct ledger_thing *b)
{
    bool same_sort = (a->kind | 0x20) == (b->kind | 0x20); /* t and T, p and P */
    bool one_is_all = a->kind == 'T' || b->kind == 'T' || a->kind == 'P' || b->kind == 'P';

    return same_sort && (one_is_all || memcmp(a->name, b->name, sizeof a->name) == 0);
}

uint64_t ledger_next(const struct ledger *ledger, const struct ledger_thing *thing,
                     uint64_t now_s)
{
    uint64_t start_s = now_s > LEDGER_BACK_DATE_S ? now_s - LEDGER_BACK_DATE_S : 0;

    if (start_s > ledger->newest_s)
        return start_s;
    if (ledger->count == LEDGER_THINGS)
        return ledger->newest_s + 1;
    for (size_t i = 0; i < ledger->count; i++) {
        if (clash(&ledger->things[i], thing))
            return ledger->newest_s + 1;
    }
    return ledger->newest_s;
}

void ledger_note(struct ledger *ledger, const struct ledger_thing *thing, uint64_t at_s)
{
    if (at_s != ledger->newest_s)
        ledger->count = 0;
    ledger->newest_s = at_s;
    ledger->things[ledger->count++] = *thing;
}

/* The line up to its end, without it; *text moves past it. -1: there is no whole line. */
static int take_line(const char **line, size_t *line_len, const char **text, size_t *len)
{
    const char *end = memchr(*text, '\n', *len);

    if (end == NULL)
        return -1;
    *line = *text;
    *line_len = (size_t)(end - *text);
    *len -= *line_len + 1;
    *text = end + 1;
    return 0;
}

static int take_thing(struct ledger *ledger, const char *line, size_t len)
{
    struct ledger_thing *thing = &ledger->things[ledger->count];

    if (ledger->count == LEDGER_THINGS || len != 2 + HEX || line[1] != ' ' ||
        memchr("tTpPis", line[0], 6) == NULL ||
        hex_decode(thing->name, sizeof thing->name, line + 2, HEX) != 0)
        return -1;
    thing->kind = line[0];
    ledger->count++;
    return 0;
}

static int take_number(uint64_t *number, const char *line, size_t len)
{
    *number = 0;
    for (size_t i = 0; i < len; i++) {
        if (line[i] < '0' || line[i] > '9')
            return -1;
        *number = *number * 10 + (uint64_t)(line[i] - '0');
    }
    return len > 0 && len < 19 ? 0 : -1;
}

int ledger_parse(struct ledger *ledger, const uint8_t id[E4_ID_SIZE], const char *text,
                 size_t len, struct err *err)
{
    const size_t head = sizeof HEAD - 1;
    const char *line;
    size_t line_len;

    memset(ledger, 0, sizeof *ledger);
    if (take_line(&line, &line_len, &text, &len) != 0 || line_len != head + HEX ||
        memcmp(line, HEAD, head) != 0 ||
        hex_decode(ledger->id, sizeof ledger->id, line + head, HEX) != 0 ||
        take_line(&line, &line_len, &text, &len) != 0 ||
        take_number(&ledger->newest_s, line, line_len) != 0)
        return err_set(err, ERR_STATE, "damaged, or no list of issued commands");
    while (len > 0) {
        if (take_line(&line, &line_len, &text, &len) != 0 ||
            take_thing(ledger, line, line_len) != 0)
            return err_set(err, ERR_STATE, "damaged, or no list of issued commands");
    }
    if (memcmp(ledger->id, id, E4_ID_SIZE) != 0)
        return err_set(err, ERR_STATE, "about another device");
    return 0;
}

static int ledger_read(struct ledger *ledger, const char *path, const uint8_t id[E4_ID_SIZE],
                       struct err *err)
{
    char text[TEXT_MAX];
    size_t len;

    memset(ledger, 0, sizeof *ledger);
    memcpy(ledger->id, id, E4_ID_SIZE);
    if (access(path, F_OK) != 0 && errno == ENOENT)
        return 0;
    if (file_read(path, text, sizeof text, &len, err) == 0 &&
        ledger_parse(ledger, id, text, len, err) == 0)
        return 0;
    err->kind = ERR_STATE;
    return err_prefix(err, "%s", path);
}

static int ledger_write(const struct ledger *ledger, const char *path, struct err *err)
{
    const struct file_options options = {0600, true};
    char text[TEXT_MAX];
    size_t len = sizeof HEAD - 1;

    memcpy(text, HEAD, len);
    hex_encode(text + len, ledger->id, sizeof ledger->id);
    len += HEX;
    len += (size_t)snprintf(text + len, sizeof text - len, "\n%" PRIu64 "\n", ledger->newest_s);
    for (size_t i = 0; i < ledger->count; i++) {
        text[len++] = ledger->things[i].kind;
        text[len++] = ' ';
        hex_encode(text + len, ledger->things[i].name, E4_HASH_SIZE);
        len += HEX;
        text[len++] = '\n';
    }
    if (file_write(path, text, len, &options, err) == 0)
        return 0;
    err->kind = ERR_STATE;
    return -1;
}

/* The usual place; the caller frees it. */
static char *usual_path(const uint8_t id[E4_ID_SIZE], struct err *err)
{
    const char *data = getenv("XDG_STATE_HOME");
    const char *home = getenv("HOME");
    char name[HEX + 1];
    char *folder = NULL;
    char *path = NULL;

    if (data != NULL && *data == '/')
        folder = file_join(data, "e4-commands", err);
    else if (home != NULL && *home != '\0')
        folder = file_join(home, ".local/state/e4-commands", err);
    else
        (void)err_set(err, ERR_USAGE,
                      "where to note what was sent: HOME is not set; give --ledger FILE");
    hex_encode(name, id, E4_ID_SIZE);
    if (folder != NULL && file_make_folder(folder, err) == 0)
        path = file_join(folder, name, err);
    free(folder);
    return path;
}

/* Keep others from issuing to the same device, until the descriptor returned is closed. */
static int lock(const char *path, struct err *err)
{
    static const char ending[] = ".lock";
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    size_t len = strlen(path);
    char *name = malloc(len + sizeof ending);
    int fd;

    if (name == NULL)
        return err_set(err, ERR_SYSTEM, "out of memory");
    memcpy(name, path, len);
    memcpy(name + len, ending, sizeof ending);
    fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    while (fd >= 0 && fcntl(fd, F_SETLKW, &whole) != 0) {
        if (errno == EINTR)
            continue;
        (void)close(fd);
        fd = -1;
    }
    if (fd < 0)
        (void)err_system(err, ERR_STATE, errno, "cannot lock %s", name);
    free(name);
    return fd;
}

/* Let the clock reach a second that it is about to. */
static int wait_for(uint64_t at_s, struct err *err)
{
    static const struct timespec step = {0, 50000000};
    uint64_t now_s = (uint64_t)time(NULL);

    if (at_s > now_s + WAIT_MAX_S)
        return err_set(err, ERR_STATE,
                       "the newest command to this device was issued %" PRIu64
                       " s ahead of this machine's clock; set the clock",
                       at_s - now_s);
    while ((uint64_t)time(NULL) < at_s)
        (void)nanosleep(&step, NULL);
    return 0;
}

static int issue(uint64_t *at_s, const char *path, const uint8_t id[E4_ID_SIZE],
                 const struct e4_command *command, struct err *err)
{
    const struct ledger_thing thing = ledger_thing_of(command);
    struct ledger ledger;

    if (ledger_read(&ledger, path, id, err) != 0)
        return -1;
    *at_s = ledger_next(&ledger, &thing, (uint64_t)time(NULL));
    if (wait_for(*at_s, err) != 0)
        return -1;
    ledger_note(&ledger, &thing, *at_s);
    return ledger_write(&ledger, path, err);
}

int ledger_issue(uint64_t *at_s, const char *path, const uint8_t id[E4_ID_SIZE],
                 const struct e4_command *command, struct err *err)
{
    char *usual = path == NULL ? usual_path(id, err) : NULL;
    const char *file = path != NULL ? path : usual;
    int fd = -1;
    int rc = -1;

    if (file != NULL)
        fd = lock(file, err);
    if (fd >= 0) {
        rc = issue(at_s, file, id, command, err);
        (void)close(fd);
    }
    free(usual);
    return rc;
}
