/* SPDX-License-Identifier: Apache-2.0 */
/* See device.h. */
#include "tools/e4/device.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/file.h"
#include "base/secret.h"
#include "e4/keys.h"
#include "e4/wire.h"
#include "tools/e4/settings.h"

enum { READ_SEEN = 64 }; /* a reader's guard is its own and short */
#define ROOM_MAX 65534UL /* topics and peers together */

/* How much room to give. */
struct room {
    size_t topics;
    size_t peers;
    size_t seen; /* in memory; 0: mapped from a file */
    bool sent;   /* in memory */
};

char *device_folder(const char *folder, struct err *err)
{
    const char *state = getenv("E4_STATE");
    const char *data = getenv("XDG_STATE_HOME");
    const char *home = getenv("HOME");
    char *result = NULL;

    if (folder == NULL && state != NULL && *state != '\0')
        folder = state;
    if (folder != NULL) {
        result = strdup(folder);
        if (result == NULL)
            (void)err_set(err, ERR_SYSTEM, "out of memory");
    } else if (data != NULL && *data == '/') {
        result = file_join(data, "e4", err);
    } else if (home != NULL && *home != '\0') {
        result = file_join(home, ".local/state/e4", err);
    } else {
        (void)err_set(err, ERR_USAGE,
                      "which device: neither HOME nor E4_STATE is set; give --state FOLDER");
    }
    if (result != NULL && *result == '\0') {
        free(result);
        result = NULL;
        (void)err_set(err, ERR_USAGE, "which device: the name of its folder is empty");
    }
    return result;
}

/* What can be done about it, in a few words; "" if nothing comes to mind. */
static const char *remedy(enum e4_result result)
{
    switch (result) {
    case E4_ERR_NO_TOPIC:
        return "; it comes with a command (e4 sub receives commands)";
    case E4_ERR_NO_SENDER:
        return "; it comes with a command";
    case E4_ERR_STALE:
    case E4_ERR_FUTURE:
    case E4_ERR_CLOCK:
        return "; compare the clocks of both sides";
    case E4_ERR_EMPTY:
        return "; make a device with e4 init";
    case E4_ERR_VERSION:
        return "; use the newer version";
    default:
        return "";
    }
}

static enum err_kind kind_of(enum e4_result result)
{
    switch (result) {
    case E4_ERR_ARGUMENT:
        return ERR_INPUT;
    case E4_ERR_STORAGE:
    case E4_ERR_EMPTY:
    case E4_ERR_FULL:
    case E4_ERR_VERSION:
        return ERR_STATE;
    case E4_ERR_CLOCK:
    case E4_ERR_SPACE:
        return ERR_SYSTEM;
    default:
        return ERR_PROTOCOL;
    }
}

int device_err(struct err *err, const struct device *device, const char *what,
               enum e4_result result)
{
    const char *why = device != NULL ? e4_posix_why(&device->state) : "";

    if (result == E4_ERR_STORAGE && *why != '\0')
        return err_set(err, ERR_STATE, "%s: %s", what, why);
    return err_set(err, kind_of(result), "%s: %s%s", what, e4_strerror(result), remedy(result));
}

/* A reader's store: the change lives in memory only. */
static enum e4_result store_nothing(void *ctx, unsigned place,
                                    const uint8_t record[E4_RECORD_SIZE])
{
    (void)ctx;
    (void)place;
    (void)record;
    return E4_OK;
}

static size_t rounded(size_t len)
{
    return (len + 63) / 64 * 64;
}

/* Lay out the slots in one piece of memory and name them in config. */
static int give_room(struct device *device, const struct room *room, struct err *err)
{
    struct e4_config *config = &device->config;
    size_t topics = rounded(room->topics * sizeof *config->topics);
    size_t peers = rounded(room->peers * sizeof *config->peers);
    size_t signer = rounded(sizeof *config->signer);
    size_t seen = rounded(room->seen * sizeof *config->seen);
    size_t sent = room->sent ? rounded(DEVICE_SENT * sizeof *config->sent) : 0;
    uint8_t *at;

    device->memory_len = topics + peers + signer + seen + sent;
    device->memory = secret_alloc(device->memory_len, err);
    if (device->memory == NULL)
        return -1;
    at = device->memory;
    config->topics = (void *)at;
    config->peers = (void *)(at + topics);
    config->signer = (void *)(at + topics + peers);
    if (room->seen > 0)
        config->seen = (void *)(at + topics + peers + signer);
    if (room->sent)
        config->sent = (void *)(at + topics + peers + signer + seen);
    config->topic_count = (uint16_t)room->topics;
    config->peer_count = (uint16_t)room->peers;
    config->public_key = &e4_public_key_mode;
    config->port = &device->port;
    config->policy = &device->policy;
    config->receiving_topic = device->settings.receiving_topic;
    return 0;
}

static void take_room(struct device *device)
{
    e4_close(&device->client);
    secret_free(device->memory, device->memory_len);
    device->memory = NULL;
}

/* The parts of memory that outlive the process: both to a writer, sent alone to a reader. */
static int map_guards(struct device *device, struct room *room, struct err *err)
{
    struct e4_config *config = &device->config;
    bool write = room->seen == 0;
    enum e4_result result = e4_posix_map(&device->state, &config->sent, DEVICE_SENT,
                                         write ? &config->seen : NULL, write ? DEVICE_SEEN : 0);

    config->sent_count = DEVICE_SENT;
    config->seen_count = write ? DEVICE_SEEN : READ_SEEN;
    if (result == E4_OK)
        return 0;
    if (write)
        return device_err(err, device, device->folder, result);
    /* A folder that may only be read: then nobody else sends from it either. */
    room->sent = true;
    return 0;
}

/* How many topics and peers are held, whichever are more. */
static void count_held(const struct device *device, size_t *topics, size_t *peers)
{
    struct e4_held held;
    uint16_t at = 0;

    *topics = 0;
    *peers = 0;
    while (e4_next_topic(&device->client, &at, &held))
        ++*topics;
    at = 0;
    while (e4_next_peer(&device->client, &at, &held))
        ++*peers;
}

/* Twice the room, as far as it goes. false: it is at its largest. */
static bool grow(struct room *room)
{
    if (room->topics + room->peers >= ROOM_MAX)
        return false;
    room->topics *= 2;
    room->peers *= 2;
    if (room->topics > ROOM_MAX / 2)
        room->topics = ROOM_MAX / 2;
    if (room->peers > ROOM_MAX / 2)
        room->peers = ROOM_MAX / 2;
    return true;
}

/* Is more than half of the room taken? */
static bool is_tight(const struct device *device, const struct room *room)
{
    size_t topics;
    size_t peers;

    count_held(device, &topics, &peers);
    return topics > room->topics / 2 || peers > room->peers / 2;
}

/* Open with as much room as it takes, and, if it is to grow, as much again for what is to come.
 */
static int open_client(struct device *device, struct room *room, bool to_grow, struct err *err)
{
    for (;;) {
        enum e4_result result;

        if (give_room(device, room, err) != 0)
            return -1;
        result = e4_open(&device->client, &device->config);
        if (result != E4_OK && result != E4_ERR_FULL)
            return device_err(err, device, device->folder, result);
        if (result == E4_OK && !(to_grow && is_tight(device, room)))
            return 0;
        if (!grow(room))
            return result == E4_OK ? 0 : device_err(err, device, device->folder, result);
        take_room(device);
    }
}

/* The receiving topic, and whether device.json is about this device. */
static int check_settings(struct device *device, const struct settings_file *file,
                          struct err *err)
{
    const uint8_t *id = e4_client_id(&device->client);
    char usual[E4_RECEIVING_TOPIC_SIZE];

    if (file->present && memcmp(id, file->id, E4_ID_SIZE) != 0)
        return err_set(
            err, ERR_STATE,
            "%s: device.json is about another device than the state beside it; "
            "restore the folder from a copy, or make the device anew with e4 init --force",
            device->folder);
    e4_receiving_topic(usual, id);
    device->receiving_topic = strdup(
        device->settings.receiving_topic != NULL ? device->settings.receiving_topic : usual);
    if (device->receiving_topic == NULL)
        return err_set(err, ERR_SYSTEM, "out of memory");
    return 0;
}

/* Open the folder, with a clear word where there is none. */
static int open_folder(struct device *device, unsigned flags, struct err *err)
{
    struct stat status;
    enum e4_result result;

    if ((flags & E4_POSIX_CREATE) == 0 && stat(device->folder, &status) != 0 && errno == ENOENT)
        return err_set(err, ERR_STATE, "%s: no device is stored here; make one with e4 init",
                       device->folder);
    result = e4_posix_open(&device->state, &device->port, device->folder, flags);
    if (result == E4_OK)
        return 0;
    if (result == E4_ERR_ARGUMENT)
        return err_set(err, ERR_INPUT, "%s: too long for the name of a state folder",
                       device->folder);
    if (result == E4_ERR_STORAGE && *e4_posix_why(&device->state) != '\0')
        return err_set(err, ERR_STATE, "%s", e4_posix_why(&device->state));
    return device_err(err, device, device->folder, result);
}

int device_open(struct device *device, const char *folder, enum device_access access,
                struct err *err)
{
    bool read = access == DEVICE_READ;
    struct room room = {DEVICE_TOPICS, DEVICE_PEERS, read ? READ_SEEN : 0, false};
    struct settings_file file = {.ready = true};

    memset(device, 0, sizeof *device);
    device->policy = e4_policy_default;
    device->folder = device_folder(folder, err);
    if (device->folder == NULL || open_folder(device, read ? E4_POSIX_READ_ONLY : 0, err) != 0)
        goto failed;
    if (settings_read(&file, device->folder, err) != 0)
        goto failed;
    device->settings = file.settings;
    if (!file.ready) {
        (void)err_set(err, ERR_STATE,
                      "%s: making this device was interrupted; run e4 init again with --force",
                      device->folder);
        goto failed;
    }
    if (read)
        device->port.store = store_nothing;
    if (map_guards(device, &room, err) != 0 || open_client(device, &room, !read, err) != 0 ||
        check_settings(device, &file, err) != 0)
        goto failed;
    return 0;

failed:
    device_close(device);
    return -1;
}

/* Is there a device in the folder that was opened? */
static int check_vacant(struct device *device, struct err *err)
{
    struct settings_file file = {.ready = true};
    uint8_t record[E4_RECORD_SIZE];
    enum e4_result result = device->port.load(device->port.ctx, 0, record);

    e4_wipe(record, sizeof record);
    if (result == E4_ERR_EMPTY)
        return 0;
    if (result != E4_OK)
        return device_err(err, device, device->folder, result);
    if (settings_read(&file, device->folder, err) != 0)
        return -1;
    settings_free(&file.settings);
    if (!file.ready)
        return err_set(err, ERR_STATE,
                       "%s: making a device here was interrupted; --force makes it anew",
                       device->folder);
    return err_set(err, ERR_STATE,
                   "%s: a device is stored here already; --force replaces it, and its keys are "
                   "lost for good",
                   device->folder);
}

/* As much room as the device that was here had, so that every key of it is overwritten. */
static int make_room(struct device *device, struct room *room, struct err *err)
{
    const struct room usual = *room;

    if (open_client(device, room, true, err) == 0) {
        e4_close(&device->client);
        return 0;
    }
    take_room(device);
    *room = usual;
    return give_room(device, room, err);
}

static int copy_text(char **copy, const char *text, struct err *err)
{
    if (text == NULL)
        return 0;
    *copy = strdup(text);
    return *copy != NULL ? 0 : err_set(err, ERR_SYSTEM, "out of memory");
}

/* device.json as it belongs to this device. */
static int write_settings(const struct device *device, const uint8_t id[E4_ID_SIZE], bool ready,
                          struct err *err)
{
    struct settings_file file = {.settings = device->settings, .ready = ready};

    memcpy(file.id, id, E4_ID_SIZE);
    return settings_write(&file, device->folder, err);
}

int device_create(struct device *device, const char *folder, const struct device_plan *plan,
                  struct err *err)
{
    struct room room = {DEVICE_TOPICS, DEVICE_PEERS, 0, false};
    const struct settings_file none = {.ready = false};
    enum e4_result result;

    memset(device, 0, sizeof *device);
    device->policy = e4_policy_default;
    device->folder = device_folder(folder, err);
    while ((plan->topics > room.topics / 2 || plan->peers > room.peers / 2) && grow(&room))
        ;
    if (device->folder == NULL || file_make_folder(device->folder, err) != 0 ||
        copy_text(&device->settings.name, plan->settings.name, err) != 0 ||
        copy_text(&device->settings.receiving_topic, plan->settings.receiving_topic, err) !=
            0 ||
        open_folder(device, E4_POSIX_CREATE, err) != 0)
        goto failed;
    if (!plan->replace && check_vacant(device, err) != 0)
        goto failed;
    if (map_guards(device, &room, err) != 0 || make_room(device, &room, err) != 0 ||
        write_settings(device, plan->identity.id, false, err) != 0)
        goto failed;
    result = e4_create(&device->client, &device->config, &plan->identity);
    if (result != E4_OK) {
        (void)device_err(err, device, device->folder, result);
        goto failed;
    }
    if (check_settings(device, &none, err) == 0)
        return 0;

failed:
    device_close(device);
    return -1;
}

int device_ready(struct device *device, struct err *err)
{
    return write_settings(device, e4_client_id(&device->client), true, err);
}

void device_close(struct device *device)
{
    take_room(device);
    e4_posix_close(&device->state);
    settings_free(&device->settings);
    free(device->folder);
    free(device->receiving_topic);
    memset(device, 0, sizeof *device);
}

/* Has a frame's time been stepped back too far? */
static enum e4_result check_age(const struct device *device, const uint8_t *frame, size_t len)
{
    struct e4_frame parsed;
    uint64_t now_s;
    enum e4_result result =
        e4_frame_parse(&parsed, e4_client_mode(&device->client), frame, len);

    if (result == E4_OK)
        result = device->port.now(device->port.ctx, &now_s);
    if (result != E4_OK)
        return result;
    return now_s > parsed.sent_s && now_s - parsed.sent_s > DEVICE_BACK_S ? E4_ERR_STALE
                                                                          : E4_OK;
}

enum e4_result device_protect(struct device *device, struct e4_topic *topic, uint8_t *frame,
                              size_t frame_cap, size_t *frame_len, const uint8_t *text,
                              size_t text_len)
{
    bool locked = e4_posix_lock_sent(&device->state) == E4_OK;
    enum e4_result result =
        e4_protect(&device->client, topic, frame, frame_cap, frame_len, text, text_len);

    if (locked)
        e4_posix_unlock_sent(&device->state);
    if (result == E4_OK)
        result = check_age(device, frame, *frame_len);
    if (result != E4_OK)
        *frame_len = 0;
    return result;
}

int device_protect_err(struct err *err, const struct device *device, enum e4_result result)
{
    if (result != E4_ERR_STALE)
        return device_err(err, device, "failed to protect message", result);
    return err_set(
        err, ERR_PROTOCOL,
        "failed to protect message: the same text was sent more often than once a "
        "second for minutes; each repeat is dated a second earlier, and one more would "
        "be too old for receivers: wait, or put something into the text that differs");
}
