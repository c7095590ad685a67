/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A chat over any MQTT broker that the broker cannot read: the program at the end of
 * docs/getting-started.md.
 *
 *   e4demo -client alice -password super-secret-alice-password    symmetric-key mode
 *   e4demo -client alice                                          public-key mode: the
 *       key is read from the file alice, the key server's public key from admin.pub
 *
 * The password may also be in the environment, as E4_PASSWORD.
 */
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/mqtt.h"
#include "base/secret.h"
#include "e4/e4.h"
#include "e4/keys.h"
#include "e4/password.h"
#include "e4/port_posix.h"

#define MESSAGE_TOPIC "/e4go/demo/messages"

enum { TOPICS = 8, PEERS = 8, SEEN = 1024, SENT = 8, LINE_MAX_SIZE = 4096 };

/* The device: all the memory that libe4 works with. */
static struct e4_topic_slot topics[TOPICS];
static struct e4_peer_slot peers[PEERS];
static struct e4_signer signer;
static struct e4_posix state;
static struct e4_port port;
static struct e4_config config = {
    .port = &port,
    .topics = topics,
    .topic_count = TOPICS,
    .seen_count = SEEN,
    .sent_count = SENT,
    .public_key = &e4_public_key_mode,
    .signer = &signer,
    .peers = peers,
    .peer_count = PEERS,
};
static struct e4_client client;

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
    (void)signal;
    stopped = 1;
}

static void die(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\n", what, why);
    exit(1);
}

/* A password that is too short is refused, also where the key was made from it long ago. */
static void check_password(const char *password)
{
    size_t len = strlen(password);

    if (len < E4_PASSWORD_MIN || !e4_is_utf8(password, len))
        die("-password is no good", "it must be UTF-8 of at least 16 bytes");
}

/* The key of symmetric mode, from the password. */
static void identity_from_password(struct e4_identity *identity, const char *password)
{
    struct err err = {0};
    void *work = secret_alloc(E4_PASSWORD_WORK, &err);
    enum e4_result result;

    if (work == NULL)
        die("no memory to make a key from the password", err.text);
    result =
        e4_key_from_password(identity->key, password, strlen(password), work, E4_PASSWORD_WORK);
    secret_free(work, E4_PASSWORD_WORK);
    if (result != E4_OK)
        die("no key can be made from the password", e4_strerror(result));
    identity->mode = E4_SYMMETRIC;
}

/* The keys of public-key mode, from two files. */
static void identity_from_files(struct e4_identity *identity, const char *name)
{
    uint8_t key[E4_PRIVATE_KEY_SIZE];
    size_t len;
    struct err err = {0};

    if (secret_read(name, key, sizeof key, &len, &err) != 0)
        die("failed to load the private key (or give a -password)", err.text);
    if (len != sizeof key)
        die(name, "not a private key of 64 bytes: make one with e4 keygen -t ed25519");
    memcpy(identity->key, key, E4_KEY_SIZE); /* the seed; its public half is derived */
    e4_wipe(key, sizeof key);
    if (file_read("admin.pub", identity->server_key, E4_KEY_SIZE, &len, &err) != 0)
        die("failed to load the key server's public key", err.text);
    if (len != E4_KEY_SIZE)
        die("admin.pub", "not a public key of 32 bytes: make one with e4 keygen -t curve25519");
    identity->mode = E4_PUBLIC_KEY;
}

/* Take up the device that is stored in NAME.e4, or make it there. */
static void open_device(const char *name, const char *password)
{
    struct e4_identity identity = {0};
    char folder[512];
    enum e4_result result;

    if (e4_id_from_name(identity.id, name, strlen(name)) != E4_OK)
        die("-client is no good", "a name is 1 to 255 bytes of UTF-8");
    snprintf(folder, sizeof folder, "%s.e4", name);
    if (e4_posix_open(&state, &port, folder, E4_POSIX_CREATE) != E4_OK ||
        e4_posix_map(&state, &config.sent, SENT, &config.seen, SEEN) != E4_OK)
        die("failed to open the device", e4_posix_why(&state));
    result = e4_open(&client, &config);
    if (result == E4_ERR_EMPTY) {
        if (password != NULL)
            identity_from_password(&identity, password);
        else
            identity_from_files(&identity, name);
        result = e4_create(&client, &config, &identity);
        e4_wipe(&identity, sizeof identity);
    }
    if (result != E4_OK)
        die("failed to open the device", e4_strerror(result));
    if ((e4_client_mode(&client) == E4_SYMMETRIC) != (password != NULL))
        die(folder, password != NULL
                        ? "a device in public-key mode: leave the password out"
                        : "a device made from a password: give it, with -password");
}

/* Bytes as text, a dot for what is none. */
static void print_raw(const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        putchar(bytes[i] < 0x20 || bytes[i] > 0x7E ? '.' : bytes[i]);
}

/* Something arrived: a message, or a command that changes which keys are held. */
static void received(void *ctx, const struct mqtt_message *message)
{
    struct e4_topic topic;
    struct e4_opened opened;
    uint8_t *text = malloc(message->len + 1);
    enum e4_result result = e4_topic_init(&topic, message->topic, strlen(message->topic), NULL);

    (void)ctx;
    if (text == NULL)
        die("failed to unprotect message", "no memory");
    printf("< received raw message on %s: ", message->topic);
    print_raw(message->payload, message->len);
    printf("\n");
    if (result == E4_OK)
        result = e4_unprotect(&client, &topic, text, message->len, &opened, message->payload,
                              message->len);
    if (result == E4_ERR_STORAGE) /* so that the broker does not hear that it was received */
        die("failed to store what a command brought", e4_posix_why(&state));
    if (result == E4_OK)
        printf("< unprotected message: %.*s\n", (int)opened.text_len, (const char *)text);
    else
        printf("failed to unprotect message: %s\n", e4_strerror(result));
    fflush(stdout);
    e4_wipe(text, message->len);
    free(text);
}

/* The broker answers before it sends what it kept for the topic: so these lines come first. */
static void subscribed(void *ctx, const char *topic, int qos, const char *refused)
{
    (void)ctx;
    (void)qos;
    if (refused != NULL)
        die("failed to subscribe", refused);
    if (strcmp(topic, MESSAGE_TOPIC) != 0)
        return;
    printf("> subscribed to MQTT topic %s\n", topic);
    printf("> type anything and press enter to send the message to %s:\n", topic);
    fflush(stdout);
}

static void send_line(struct mqtt *mqtt, const char *line, size_t len)
{
    uint8_t frame[LINE_MAX_SIZE + E4_OVERHEAD_PK];
    struct mqtt_message message = {MESSAGE_TOPIC, frame, 0, 1, true, 0};
    struct e4_topic topic;
    struct err err = {0};
    enum e4_result result =
        e4_topic_init(&topic, MESSAGE_TOPIC, sizeof MESSAGE_TOPIC - 1, NULL);

    if (result == E4_OK)
        result = e4_protect(&client, &topic, frame, sizeof frame, &message.len,
                            (const uint8_t *)line, len);
    if (result != E4_OK)
        printf("> failed to protect message: %s\n", e4_strerror(result));
    else if (mqtt_publish(mqtt, &message, NULL, &err) != 0 || mqtt_flush(mqtt, &err) != 0)
        printf("> failed to publish message: %s\n", err.text);
    else
        printf("> message published successfully\n");
    fflush(stdout);
}

/* Read what is there of standard input, and send each whole line. False at its end. */
static bool read_lines(struct mqtt *mqtt)
{
    static char line[LINE_MAX_SIZE];
    static size_t used;
    ssize_t got = read(STDIN_FILENO, line + used, sizeof line - used);
    size_t start = 0;
    char *end;

    if (got <= 0)
        return false;
    used += (size_t)got;
    while ((end = memchr(line + start, '\n', used - start)) != NULL) {
        size_t len = (size_t)(end - line) - start;

        if (len > 0)
            send_line(mqtt, line + start, len);
        start += len + 1;
    }
    memmove(line, line + start, used - start);
    used -= start;
    if (used == sizeof line) {
        printf("> failed to protect message: a line is %zu bytes at most\n", sizeof line - 1);
        used = 0;
    }
    return true;
}

static void chat(struct mqtt *mqtt)
{
    struct err err = {0};

    while (!stopped) {
        struct pollfd wait[2] = {{.fd = STDIN_FILENO, .events = POLLIN}};
        int timeout_ms = mqtt_poll(mqtt, &wait[1]);

        (void)poll(wait, 2, timeout_ms);
        if (mqtt_step(mqtt, &err) != 0)
            die("lost the broker", err.text);
        if (wait[0].revents != 0 && !read_lines(mqtt))
            return;
    }
}

static const char *take_password(const char *password)
{
    fprintf(stderr, "e4demo: other users can see a password on the command line; "
                    "the environment variable E4_PASSWORD keeps it from them\n");
    return password;
}

/* Split HOST:PORT. */
static void set_broker(struct mqtt_options *options, char *broker)
{
    char *colon = strrchr(broker, ':');
    char *end = colon;

    if (colon != NULL)
        options->port = (unsigned)strtoul(colon + 1, &end, 10);
    if (colon == NULL || *end != '\0' || options->port == 0 || options->port > 65535)
        die("-broker is no good", "it must be HOST:PORT");
    *colon = '\0';
    options->host = broker;
}

int main(int argc, char **argv)
{
    static const struct option known[] = {{"client", required_argument, NULL, 'c'},
                                          {"password", required_argument, NULL, 'p'},
                                          {"broker", required_argument, NULL, 'b'},
                                          {NULL, 0, NULL, 0}};
    struct mqtt_options options = {.client_id = NULL};
    struct mqtt_events events = {.message = received, .subscribed = subscribed};
    struct mqtt *mqtt;
    struct err err = {0};
    char broker[300] = "localhost:1883", where[300], receiving[E4_RECEIVING_TOPIC_SIZE];
    const char *password = getenv("E4_PASSWORD");
    int letter;

    while ((letter = getopt_long_only(argc, argv, "", known, NULL)) != -1) {
        if (letter == 'c')
            options.client_id = optarg;
        else if (letter == 'p')
            password = take_password(optarg);
        else if (letter == 'b')
            snprintf(broker, sizeof broker, "%s", optarg);
        else
            die("usage", "e4demo -client NAME [-password PASSWORD] [-broker HOST:PORT]");
    }
    if (options.client_id == NULL)
        die("-client is required", "e4demo -client NAME [-password PASSWORD]");
    signal(SIGPIPE, SIG_IGN);
    signal(SIGINT, stop);
    signal(SIGTERM, stop);
    snprintf(where, sizeof where, "%s", broker);
    set_broker(&options, broker);
    if (password != NULL)
        check_password(password);
    open_device(options.client_id, password);
    if (mqtt_open(&mqtt, &options, &events, &err) != 0 || mqtt_wait_online(mqtt, &err) != 0)
        die("failed to connect", err.text);
    printf("> connected to %s\n", where);

    e4_receiving_topic(receiving, e4_client_id(&client));
    if (mqtt_subscribe(mqtt, receiving, 1, &err) != 0 ||
        mqtt_subscribe(mqtt, MESSAGE_TOPIC, 1, &err) != 0 || mqtt_wait_online(mqtt, &err) != 0)
        die("failed to subscribe", err.text);
    chat(mqtt);

    mqtt_close(mqtt);
    (void)e4_save(&client); /* the time reached; keys were stored as they came */
    e4_close(&client);
    e4_posix_close(&state);
    return 0;
}
