/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The modem of an emulated device: packets (examples/firmware/modem.h) on a Unix socket on one
 * side, MQTT on the other. It ends when the emulator does; a message that the device had not
 * taken by then stays with the broker.
 *
 * usage: relay SOCKET PORT
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/mqtt.h"
#include "examples/firmware/modem.h"

static struct mqtt *mqtt;
static unsigned port;
static int line = -1;
static struct modem modem;
static bool alive = true;
static bool taken;                        /* the message that the device was given last */
static char next_id[MODEM_TOPIC_MAX + 1]; /* whom to connect as, after a message; "": nobody */
static struct err err;

static void die(void)
{
    (void)fprintf(stderr, "relay: %s\n", err.text);
    exit(1);
}

static void to_device(enum modem_kind kind, const char *topic, const void *data, size_t len)
{
    size_t topic_len = strlen(topic);
    uint8_t head[MODEM_HEAD];

    modem_head(head, kind, topic_len, len);
    if (file_write_fd(line, head, sizeof head, "the device", &err) != 0 ||
        file_write_fd(line, topic, topic_len, "the device", &err) != 0 ||
        file_write_fd(line, data, len, "the device", &err) != 0)
        die();
}

static void serve(void);

/* Wait until the device has taken it; from then on the broker may forget it. */
static void on_message(void *ctx, const struct mqtt_message *message)
{
    (void)ctx;
    (void)printf("message on %s, %zu bytes\n", message->topic, message->len);
    if (strlen(message->topic) > MODEM_TOPIC_MAX || message->len > MODEM_DATA_MAX)
        return;
    to_device(MODEM_MESSAGE, message->topic, message->payload, message->len);
    taken = false;
    while (!taken && alive && next_id[0] == '\0')
        serve();
    if (!taken)
        mqtt_abandon(mqtt);
}

static void on_subscribed(void *ctx, const char *topic, int qos, const char *refused)
{
    (void)ctx;
    (void)printf("%s to %s (QoS %d)\n", refused != NULL ? refused : "subscribed", topic, qos);
}

/* A device that has said who it is, which may be another than before. */
static void connect_next(void)
{
    char id[sizeof next_id];
    const struct mqtt_options options = {.host = "127.0.0.1",
                                         .port = port,
                                         .client_id = id,
                                         .persistent = true,
                                         .keep_trying = true};
    const struct mqtt_events events = {.message = on_message, .subscribed = on_subscribed};

    memcpy(id, next_id, sizeof id);
    next_id[0] = '\0';
    mqtt_close(mqtt);
    mqtt = NULL;
    if (mqtt_open(&mqtt, &options, &events, &err) != 0)
        die();
    (void)printf("the device is %s\n", id);
}

static void from_device(void)
{
    char topic[MODEM_TOPIC_MAX + 1];
    struct mqtt_message message = {
        .topic = topic, .payload = modem.data, .len = modem_data_len(&modem), .qos = 1};
    int rc = 0;

    memcpy(topic, modem.topic, modem_topic_len(&modem));
    topic[modem_topic_len(&modem)] = '\0';
    if (modem_kind(&modem) == MODEM_TAKEN)
        taken = true;
    else if (modem_kind(&modem) == MODEM_CONNECT)
        memcpy(next_id, topic, sizeof next_id);
    else if (mqtt != NULL && modem_kind(&modem) == MODEM_SUBSCRIBE)
        rc = mqtt_subscribe(mqtt, topic, modem.data[0], &err);
    else if (mqtt != NULL && modem_kind(&modem) == MODEM_PUBLISH)
        rc = mqtt_publish(mqtt, &message, NULL, &err);
    if (rc != 0)
        die();
}

static void reach_device(const char *path)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};

    line = socket(AF_UNIX, SOCK_STREAM, 0);
    if (line < 0 || strlen(path) >= sizeof at.sun_path) {
        (void)err_set(&err, ERR_USAGE, "%s: no socket", path);
        die();
    }
    memcpy(at.sun_path, path, strlen(path) + 1);
    if (connect(line, (const struct sockaddr *)&at, sizeof at) != 0) {
        (void)err_system(&err, ERR_NETWORK, errno, "%s", path);
        die();
    }
    to_device(MODEM_ONLINE, "", NULL, 0);
}

/* Take what comes from the device. Where it is gone, the emulator has ended. */
static void serve(void)
{
    uint8_t byte;

    alive = read(line, &byte, 1) == 1;
    if (alive && modem_byte(&modem, byte))
        from_device();
}

int main(int argc, char **argv)
{
    struct pollfd wait[2] = {{-1, 0, 0}, {-1, POLLIN, 0}};

    if (argc != 3) {
        (void)fputs("usage: relay SOCKET PORT\n", stderr);
        return 2;
    }
    (void)signal(SIGPIPE, SIG_IGN);
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    port = (unsigned)strtoul(argv[2], NULL, 10);
    reach_device(argv[1]);
    wait[1].fd = line;
    while (alive) {
        int most_ms;

        if (next_id[0] != '\0')
            connect_next();
        most_ms = mqtt != NULL ? mqtt_poll(mqtt, &wait[0]) : -1;
        if (poll(wait, 2, most_ms) < 0)
            break;
        if (wait[1].revents != 0)
            serve();
        /* One that was abandoned has given up, which is as it should be. */
        if (mqtt != NULL && mqtt_step(mqtt, &err) != 0 && alive && next_id[0] == '\0')
            die();
    }
    mqtt_close(mqtt);
    return 0;
}
