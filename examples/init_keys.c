/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Send a fresh topic key to the devices of docs/getting-started.md, as a key server would:
 * each gets it in a command that only it can open.
 *
 *   init_keys         symmetric-key mode: alice and bob, known by their passwords
 *   init_keys -keys   public-key mode: alice, bob and eve by alice.pub, bob.pub and eve.pub,
 *       the key server's secret from the file admin; alice and bob get each other's key
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/err.h"
#include "base/file.h"
#include "base/mqtt.h"
#include "base/secret.h"
#include "e4/keys.h"
#include "e4/password.h"
#include "e4/wire.h"

#define MESSAGE_TOPIC "/e4go/demo/messages"

static void die(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\n", what, why);
    exit(1);
}

/* Protect a command for one device, and publish it on the topic where it listens. */
static void send_command(struct mqtt *mqtt, const char *name, enum e4_mode mode,
                         const uint8_t command_key[E4_KEY_SIZE],
                         const struct e4_command *command)
{
    uint8_t id[E4_ID_SIZE], text[E4_COMMAND_MAX], frame[E4_COMMAND_FRAME_MAX];
    char topic[E4_RECEIVING_TOPIC_SIZE];
    struct e4_sealing sealing = {.key = command_key, .sent_s = (uint64_t)time(NULL) - 2};
    struct mqtt_message message = {topic, frame, 0, 2, true, 0};
    struct err err = {0};
    size_t text_len;

    if (e4_id_from_name(id, name, strlen(name)) != E4_OK ||
        e4_command_encode(text, &text_len, command, mode) != E4_OK ||
        e4_frame_seal(frame, sizeof frame, &message.len, &sealing, text, text_len) != E4_OK)
        die("failed to protect command", name);
    e4_wipe(text, sizeof text);
    e4_receiving_topic(topic, id);
    if (mqtt_publish(mqtt, &message, NULL, &err) != 0 || mqtt_flush(mqtt, &err) != 0)
        die("failed to publish command", err.text);
}

static void make_topic_key(struct e4_command *command)
{
    struct err err = {0};

    *command = (struct e4_command){.type = E4_SET_TOPIC_KEY};
    if (e4_topic_hash(command->topic, MESSAGE_TOPIC, sizeof MESSAGE_TOPIC - 1) != E4_OK ||
        secret_random(command->key, E4_KEY_SIZE, &err) != 0)
        die("failed to make a topic key", err.text);
}

static void with_passwords(struct mqtt *mqtt)
{
    static const char *const device[][2] = {{"alice", "super-secret-alice-password"},
                                            {"bob", "super-secret-bob-password"}};
    struct e4_command command;
    uint8_t key[E4_KEY_SIZE];
    struct err err = {0};
    void *work = secret_alloc(E4_PASSWORD_WORK, &err);

    if (work == NULL)
        die("no memory to make keys from passwords", err.text);
    make_topic_key(&command);
    for (size_t i = 0; i < sizeof device / sizeof device[0]; i++) {
        const char *name = device[i][0], *password = device[i][1];

        if (e4_key_from_password(key, password, strlen(password), work, E4_PASSWORD_WORK) !=
            E4_OK)
            die("failed to make a key from the password", name);
        send_command(mqtt, name, E4_SYMMETRIC, key, &command);
        printf("Topic key have been set for %s!\n", name);
    }
    e4_wipe(key, sizeof key);
    e4_wipe(&command, sizeof command);
    secret_free(work, E4_PASSWORD_WORK);
}

static void read_public(uint8_t key[E4_KEY_SIZE], const char *name)
{
    char path[64];
    struct err err = {0};
    size_t len;

    snprintf(path, sizeof path, "%s.pub", name);
    if (file_read(path, key, E4_KEY_SIZE, &len, &err) != 0)
        die("failed to load public key", err.text);
    if (len != E4_KEY_SIZE)
        die(path, "not a public key of 32 bytes");
}

/* The key of commands between the key server and a device. */
static void agree(uint8_t command_key[E4_KEY_SIZE], const char *name)
{
    uint8_t secret[E4_KEY_SIZE], public_key[E4_KEY_SIZE];
    struct err err = {0};
    size_t len;

    if (secret_read("admin", secret, sizeof secret, &len, &err) != 0)
        die("failed to load the key server's secret", err.text);
    read_public(public_key, name);
    if (len != sizeof secret || e4_command_key_server(command_key, secret, public_key) != E4_OK)
        die("no key to agree on", name);
    e4_wipe(secret, sizeof secret);
}

static void introduce(struct mqtt *mqtt, const char *name, const char *to)
{
    struct e4_command command = {.type = E4_SET_PUB_KEY};
    uint8_t command_key[E4_KEY_SIZE];

    read_public(command.key, name);
    if (e4_id_from_name(command.id, name, strlen(name)) != E4_OK)
        die("no id", name);
    agree(command_key, to);
    send_command(mqtt, to, E4_PUBLIC_KEY, command_key, &command);
    e4_wipe(command_key, sizeof command_key);
    printf("%s now have %s's public key!\n", to, name);
}

static void with_keys(struct mqtt *mqtt)
{
    static const char *const device[] = {"alice", "bob", "eve"};
    struct e4_command command;
    uint8_t command_key[E4_KEY_SIZE];

    make_topic_key(&command);
    for (size_t i = 0; i < sizeof device / sizeof device[0]; i++) {
        agree(command_key, device[i]);
        send_command(mqtt, device[i], E4_PUBLIC_KEY, command_key, &command);
        printf("Topic key have been set for %s!\n", device[i]);
    }
    e4_wipe(command_key, sizeof command_key);
    e4_wipe(&command, sizeof command);
    introduce(mqtt, "bob", "alice");
    introduce(mqtt, "alice", "bob");
}

int main(int argc, char **argv)
{
    static const struct option known[] = {{"keys", no_argument, NULL, 'k'},
                                          {"broker", required_argument, NULL, 'b'},
                                          {NULL, 0, NULL, 0}};
    struct mqtt_options options = {.host = NULL};
    struct mqtt_events events = {.ctx = NULL};
    struct mqtt *mqtt;
    struct err err = {0};
    char *colon;
    int letter, keys = 0;

    while ((letter = getopt_long_only(argc, argv, "", known, NULL)) != -1) {
        if (letter == 'k') {
            keys = 1;
        } else if (letter == 'b' && (colon = strrchr(optarg, ':')) != NULL) {
            *colon = '\0';
            options.host = optarg;
            options.port = (unsigned)strtoul(colon + 1, NULL, 10);
        } else {
            die("usage", "init_keys [-keys] [-broker HOST:PORT]");
        }
    }
    if (mqtt_open(&mqtt, &options, &events, &err) != 0 || mqtt_wait_online(mqtt, &err) != 0)
        die("failed to connect", err.text);
    if (keys)
        with_keys(mqtt);
    else
        with_passwords(mqtt);
    mqtt_close(mqtt);
    return 0;
}
