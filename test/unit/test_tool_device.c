/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of tools/e4/device.c: devices in folders, for one writer and any number of readers. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "e4/keys.h"
#include "e4/wire.h"
#include "law.h"
#include "tools/e4/device.h"

static char folder[64];

/* A new symmetric device, in a folder of its own, ready and open for writing. */
static void make(struct device *device)
{
    struct device_plan plan = {.identity = {.mode = E4_SYMMETRIC, .id = {1}, .key = {2}}};
    struct err err;

    (void)snprintf(folder, sizeof folder, "/tmp/e4-test-XXXXXX");
    CHECK(mkdtemp(folder) != NULL);
    CHECK(device_create(device, folder, &plan, &err) == 0);
    CHECK(device_ready(device, &err) == 0);
}

static void leave(struct device *device)
{
    char command[80];

    device_close(device);
    (void)snprintf(command, sizeof command, "rm -r '%s'", folder);
    CHECK(system(command) == 0);
}

static void give_topic(struct device *device, const char *name, uint8_t fill)
{
    struct e4_command command = {.type = E4_SET_TOPIC_KEY};

    CHECK(e4_topic_hash(command.topic, name, strlen(name)) == E4_OK);
    memset(command.key, fill, sizeof command.key);
    CHECK(e4_apply(&device->client, &command) == E4_OK);
}

static unsigned count_topics(const struct device *device)
{
    struct e4_held held;
    uint16_t at = 0;
    unsigned count = 0;

    while (e4_next_topic(&device->client, &at, &held))
        count++;
    return count;
}

TEST(a_device_is_found_again_as_it_was_left)
{
    static const uint8_t id[E4_ID_SIZE] = {1};
    struct device device;
    struct err err;

    make(&device);
    give_topic(&device, "room1", 7);
    device_close(&device);
    CHECK(device.folder == NULL && device.memory == NULL);
    CHECK(device_open(&device, folder, DEVICE_WRITE, &err) == 0);
    CHECK(count_topics(&device) == 1);
    CHECK(memcmp(e4_client_id(&device.client), id, sizeof id) == 0);
    assert_string_equal(device.receiving_topic, "e4/01000000000000000000000000000000");
    leave(&device);
}

TEST(one_process_writes_and_any_number_read_meanwhile)
{
    struct device writer, second, readers[3];
    struct err err;

    make(&writer);
    give_topic(&writer, "room1", 7);
    CHECK(device_open(&second, folder, DEVICE_WRITE, &err) == -1 && err.kind == ERR_STATE);
    CHECK(second.folder == NULL);
    for (size_t i = 0; i < COUNT(readers); i++)
        CHECK_AT(i, device_open(&readers[i], folder, DEVICE_READ, &err) == 0);
    for (size_t i = 0; i < COUNT(readers); i++)
        CHECK_AT(i, count_topics(&readers[i]) == 1);
    for (size_t i = 0; i < COUNT(readers); i++)
        device_close(&readers[i]);
    give_topic(&writer, "room2", 8);
    leave(&writer);
}

TEST(what_a_reader_does_is_forgotten)
{
    struct device device;
    struct err err;

    make(&device);
    device_close(&device);
    CHECK(device_open(&device, folder, DEVICE_READ, &err) == 0);
    give_topic(&device, "room1", 7);
    CHECK(count_topics(&device) == 1);
    device_close(&device);
    CHECK(device_open(&device, folder, DEVICE_READ, &err) == 0);
    CHECK(count_topics(&device) == 0);
    leave(&device);
}

/* In a process of its own: protect the same text so many times, and write the frames out. */
static pid_t send_frames(int out, unsigned count)
{
    pid_t pid = fork();

    CHECK(pid >= 0);
    if (pid == 0) {
        struct device device;
        struct e4_topic topic = {0};
        struct err err;
        bool good = device_open(&device, folder, DEVICE_READ, &err) == 0 &&
                    e4_topic_init(&topic, "room1", 5, NULL) == E4_OK;

        for (unsigned i = 0; i < count && good; i++) {
            uint8_t frame[E4_OVERHEAD_SK + 1];
            size_t len;

            good = device_protect(&device, &topic, frame, sizeof frame, &len,
                                  (const uint8_t *)"x", 1) == E4_OK &&
                   write(out, frame, len) == (ssize_t)len;
        }
        _exit(good ? 0 : 1);
    }
    return pid;
}

TEST(processes_that_send_the_same_text_never_send_the_same_frame)
{
    enum { PROCESSES = 4, EACH = 10, SIZE = E4_OVERHEAD_SK + 1 };
    static uint8_t frames[PROCESSES * EACH][SIZE];
    struct device device;
    pid_t pid[PROCESSES];
    int pipes[2];

    make(&device);
    give_topic(&device, "room1", 7);
    CHECK(pipe(pipes) == 0);
    for (size_t i = 0; i < PROCESSES; i++)
        pid[i] = send_frames(pipes[1], EACH);
    CHECK(close(pipes[1]) == 0);
    for (size_t i = 0; i < COUNT(frames); i++)
        CHECK_AT(i, read(pipes[0], frames[i], SIZE) == SIZE);
    for (size_t i = 0; i < PROCESSES; i++) {
        int status;

        CHECK_AT(i, waitpid(pid[i], &status, 0) == pid[i] && status == 0);
    }
    for (size_t i = 0; i < COUNT(frames); i++) {
        for (size_t j = 0; j < i; j++)
            CHECK_AT(i, memcmp(frames[i], frames[j], SIZE) != 0);
    }
    CHECK(close(pipes[0]) == 0);
    leave(&device);
}

static uint64_t clock_s = 1790000000;

static enum e4_result read_clock(void *ctx, uint64_t *now_s)
{
    (void)ctx;
    *now_s = clock_s;
    return E4_OK;
}

/* The frame of the same text as always, if its device makes one. */
static enum e4_result says_it_again(struct device *device, uint64_t *sent_s)
{
    struct e4_topic topic;
    struct e4_frame parsed;
    uint8_t frame[E4_OVERHEAD_SK + 2];
    size_t len = 1;
    enum e4_result result;

    CHECK(e4_topic_init(&topic, "room1", 5, NULL) == E4_OK);
    result =
        device_protect(device, &topic, frame, sizeof frame, &len, (const uint8_t *)"hi", 2);
    CHECK(len == (result == E4_OK ? sizeof frame : 0));
    if (result == E4_OK)
        CHECK(e4_frame_parse(&parsed, E4_SYMMETRIC, frame, len) == E4_OK);
    *sent_s = result == E4_OK ? parsed.sent_s : 0;
    return result;
}

TEST(equal_texts_never_make_equal_frames_nor_any_that_are_too_old)
{
    struct device device;
    struct err err = {0};
    uint64_t sent_s;

    make(&device);
    give_topic(&device, "room1", 7);
    device.port.now = read_clock;
    for (unsigned i = 2; i <= DEVICE_BACK_S; i++) {
        CHECK_AT(i, says_it_again(&device, &sent_s) == E4_OK);
        CHECK_AT(i, sent_s == clock_s - i);
    }
    for (unsigned i = 0; i < 3; i++)
        CHECK(says_it_again(&device, &sent_s) == E4_ERR_STALE);
    /* A second brings one more. */
    for (unsigned i = 0; i < 3; i++) {
        clock_s++;
        CHECK(says_it_again(&device, &sent_s) == E4_OK && sent_s == clock_s - 2);
        CHECK(says_it_again(&device, &sent_s) == E4_ERR_STALE);
    }
    CHECK(device_protect_err(&err, &device, E4_ERR_STALE) == -1);
    CHECK(err.kind == ERR_PROTOCOL && strstr(err.text, "the same text was sent") != NULL);
    CHECK(device_protect_err(&err, &device, E4_ERR_NO_TOPIC) == -1);
    CHECK(strstr(err.text, "topic key not found") != NULL);
    leave(&device);
}

TEST(room_grows_with_what_is_stored)
{
    enum { TOPICS = DEVICE_TOPICS / 2 + 1 };
    struct device device;
    struct err err;
    char name[16] = "";

    make(&device);
    CHECK(device.config.topic_count == DEVICE_TOPICS);
    for (unsigned i = 0; i < TOPICS; i++) {
        struct e4_command command = {.type = E4_SET_TOPIC_KEY};

        (void)snprintf(name, sizeof name, "%u", i);
        CHECK(e4_topic_hash(command.topic, name, strlen(name)) == E4_OK);
        memcpy(command.key, name, sizeof name);
        CHECK(e4_apply(&device.client, &command) == E4_OK);
    }
    device_close(&device);
    CHECK(device_open(&device, folder, DEVICE_READ, &err) == 0);
    CHECK(device.config.topic_count == DEVICE_TOPICS && count_topics(&device) == TOPICS);
    device_close(&device);
    CHECK(device_open(&device, folder, DEVICE_WRITE, &err) == 0);
    CHECK(device.config.topic_count == 2 * DEVICE_TOPICS && count_topics(&device) == TOPICS);
    device_close(&device);
    CHECK(device_open(&device, folder, DEVICE_READ, &err) == 0);
    CHECK(device.config.topic_count == 2 * DEVICE_TOPICS && count_topics(&device) == TOPICS);
    leave(&device);
}

/* Do these bytes stand anywhere in a file of the folder? */
static bool is_on_disk(const uint8_t *bytes, size_t len)
{
    static const char *const names[] = {"state", "state.new", "state.old", "device.json"};
    static uint8_t content[1 << 20];

    for (size_t i = 0; i < COUNT(names); i++) {
        char path[128];
        int fd;
        ssize_t size;

        (void)snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        fd = open(path, O_RDONLY);
        size = fd >= 0 ? read(fd, content, sizeof content) : 0;
        if (fd >= 0)
            (void)close(fd);
        for (ssize_t at = 0; at + (ssize_t)len <= size; at++) {
            if (memcmp(content + at, bytes, len) == 0)
                return true;
        }
    }
    return false;
}

TEST(a_device_that_is_replaced_leaves_no_key_behind)
{
    struct device_plan plan = {.identity = {.mode = E4_SYMMETRIC, .id = {3}, .key = {4}}};
    uint8_t key[E4_KEY_SIZE];
    struct device device;
    struct err err;

    make(&device);
    give_topic(&device, "room1", 7);
    memset(key, 7, sizeof key);
    CHECK(is_on_disk(key, sizeof key));
    device_close(&device);
    CHECK(device_create(&device, folder, &plan, &err) == -1 && err.kind == ERR_STATE);
    CHECK(is_on_disk(key, sizeof key));
    plan.replace = true;
    CHECK(device_create(&device, folder, &plan, &err) == 0);
    CHECK(!is_on_disk(key, sizeof key) && count_topics(&device) == 0);
    leave(&device);
}

TEST(a_device_that_was_not_finished_is_not_taken_up)
{
    struct device_plan plan = {.identity = {.mode = E4_SYMMETRIC, .id = {3}, .key = {4}},
                               .replace = true};
    struct device device;
    struct err err;

    make(&device);
    device_close(&device);
    CHECK(device_create(&device, folder, &plan, &err) == 0);
    device_close(&device); /* without device_ready() */
    CHECK(device_open(&device, folder, DEVICE_READ, &err) == -1 && err.kind == ERR_STATE);
    CHECK(device_open(&device, folder, DEVICE_WRITE, &err) == -1 && err.kind == ERR_STATE);
    CHECK(strstr(err.text, "e4 init again") != NULL);
    leave(&device);
}

TEST(the_folder_is_the_one_named_or_the_usual_one)
{
    struct err err;
    char *path;

    CHECK(setenv("HOME", "/home/x", 1) == 0 && unsetenv("E4_STATE") == 0);
    CHECK(unsetenv("XDG_STATE_HOME") == 0);
    path = device_folder(NULL, &err);
    assert_string_equal(path, "/home/x/.local/state/e4");
    free(path);
    CHECK(setenv("XDG_STATE_HOME", "relative", 1) ==
          0); /* which its specification says to ignore */
    path = device_folder(NULL, &err);
    assert_string_equal(path, "/home/x/.local/state/e4");
    free(path);
    CHECK(setenv("XDG_STATE_HOME", "/var/x", 1) == 0);
    path = device_folder(NULL, &err);
    assert_string_equal(path, "/var/x/e4");
    free(path);
    CHECK(setenv("E4_STATE", "here", 1) == 0);
    path = device_folder(NULL, &err);
    assert_string_equal(path, "here");
    free(path);
    path = device_folder("there", &err);
    assert_string_equal(path, "there");
    free(path);
    CHECK(device_folder("", &err) == NULL && err.kind == ERR_USAGE);
    CHECK(unsetenv("E4_STATE") == 0 && unsetenv("XDG_STATE_HOME") == 0 &&
          unsetenv("HOME") == 0);
    CHECK(device_folder(NULL, &err) == NULL && err.kind == ERR_USAGE);
}

TEST(every_result_of_the_library_becomes_an_error_in_words)
{
    static const struct {
        enum e4_result result;
        enum err_kind kind;
    } row[] = {{E4_ERR_ARGUMENT, ERR_INPUT},    {E4_ERR_SPACE, ERR_SYSTEM},
               {E4_ERR_NO_TOPIC, ERR_PROTOCOL}, {E4_ERR_FORGED, ERR_PROTOCOL},
               {E4_ERR_CLOCK, ERR_SYSTEM},      {E4_ERR_STORAGE, ERR_STATE},
               {E4_ERR_EMPTY, ERR_STATE},       {E4_ERR_FULL, ERR_STATE},
               {E4_ERR_VERSION, ERR_STATE},     {E4_ERR_GUARD, ERR_PROTOCOL}};

    for (size_t i = 0; i < COUNT(row); i++) {
        struct err err;

        CHECK_AT(i, device_err(&err, NULL, "it", row[i].result) == -1);
        CHECK_AT(i, err.kind == row[i].kind && strstr(err.text, "it: ") == err.text);
        CHECK_AT(i, strstr(err.text, e4_strerror(row[i].result)) != NULL);
    }
}

LAWS(LAW(a_device_is_found_again_as_it_was_left),
     LAW(one_process_writes_and_any_number_read_meanwhile),
     LAW(what_a_reader_does_is_forgotten),
     LAW(processes_that_send_the_same_text_never_send_the_same_frame),
     LAW(equal_texts_never_make_equal_frames_nor_any_that_are_too_old),
     LAW(room_grows_with_what_is_stored), LAW(a_device_that_is_replaced_leaves_no_key_behind),
     LAW(a_device_that_was_not_finished_is_not_taken_up),
     LAW(the_folder_is_the_one_named_or_the_usual_one),
     LAW(every_result_of_the_library_becomes_an_error_in_words))
