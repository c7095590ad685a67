/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of base/mqtt_link.c alone; test_mqtt.c has those of the two together. */
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mqtt_link.h"
#include "law.h"

/* A link, and the broker's side of it. */
struct rig {
    struct mqtt_options options;
    struct mqtt_link *link;
    int listener;
    int connection;
    unsigned up;
    struct err err;
};

static void on_up(void *ctx, bool session_kept)
{
    (void)session_kept;
    ((struct rig *)ctx)->up++;
}

static void on_message(void *ctx, const struct mqtt_message *message)
{
    (void)ctx;
    (void)message;
}

static void on_answer(void *ctx, int mid, int reason)
{
    (void)ctx;
    (void)mid;
    (void)reason;
}

static void on_log(void *ctx, const char *line)
{
    (void)ctx;
    (void)line;
}

static int makes(struct rig *rig)
{
    const struct mqtt_link_events events = {rig,       on_up,     on_message,
                                            on_answer, on_answer, on_log};

    return mqtt_link_new(&rig->link, &rig->options, &events, &rig->err);
}

/* Turn until the link is in a state. */
static int turns_until(struct rig *rig, enum mqtt_link_state state)
{
    int reason;
    int rc = 0;

    while (rc == 0 && mqtt_link_state(rig->link) != state) {
        struct pollfd pollfd;
        bool now = mqtt_link_poll(rig->link, &pollfd);

        CHECK(poll(&pollfd, 1, now ? 0 : 1000) >= 0);
        rc = mqtt_link_step(rig->link, &reason, &rig->err);
    }
    return rc;
}

static void listens(struct rig *rig)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t len = sizeof address;

    memset(rig, 0, sizeof *rig);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    rig->listener = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(rig->listener >= 0 &&
          bind(rig->listener, (struct sockaddr *)&address, sizeof address) == 0 &&
          listen(rig->listener, 5) == 0 &&
          getsockname(rig->listener, (struct sockaddr *)&address, &len) == 0);
    rig->options.host = "127.0.0.1";
    rig->options.port = ntohs(address.sin_port);
}

/* Connected to a broker that answers with these bytes. */
static int connects(struct rig *rig, const char *answer, size_t len)
{
    char packet[256];

    CHECK(makes(rig) == 0);
    CHECK(mqtt_link_dial(rig->link, &rig->err) == 0);
    CHECK(turns_until(rig, MQTT_LINK_GREETING) == 0);
    rig->connection = accept(rig->listener, NULL, NULL);
    CHECK(recv(rig->connection, packet, sizeof packet, 0) > 10 && packet[0] == 0x10);
    CHECK(send(rig->connection, answer, len, MSG_NOSIGNAL) == (ssize_t)len);
    return turns_until(rig, MQTT_LINK_UP);
}

static void ends(struct rig *rig)
{
    close(rig->connection);
    close(rig->listener);
    mqtt_link_free(rig->link);
}

TEST(the_broker_is_named_as_it_would_be_typed)
{
    static const struct {
        struct mqtt_options options;
        const char *where;
    } row[] = {
        {{.port = 0}, "localhost:1883"},
        {{.tls = true}, "localhost:8883"},
        {{.insecure = true}, "localhost:8883"},
        {{.capath = "/tmp"}, "localhost:8883"},
        {{.cafile = "/dev/null"}, "localhost:8883"},
        {{.host = "::1", .port = 5}, "[::1]:5"},
        {{.host = "broker.example", .port = 65535, .tls = true}, "broker.example:65535"},
        {{.port = 7, .keepalive_s = 9, .persistent = true, .client_id = "c", .version = MQTT_5},
         "localhost:7"},
    };

    mqtt_link_free(NULL);
    for (size_t i = 0; i < COUNT(row); i++) {
        struct rig rig = {.options = row[i].options};

        CHECK_AT(i, makes(&rig) == 0);
        CHECK_AT(i, strcmp(mqtt_link_where(rig.link), row[i].where) == 0);
        CHECK_AT(i, mqtt_link_state(rig.link) == MQTT_LINK_DOWN);
        mqtt_link_free(rig.link);
    }
}

TEST(what_libmosquitto_does_not_take_is_an_error_and_no_link)
{
    struct rig rig = {.options = {.client_id = "\xff", .persistent = true}};

    CHECK(makes(&rig) == -1 && rig.link == NULL && rig.err.kind == ERR_SYSTEM);
    memset(&rig, 0, sizeof rig);
    rig.options.cafile = "/nonexistent";
    CHECK(makes(&rig) == -1 && rig.link == NULL && rig.err.kind == ERR_INPUT);
    CHECK(strncmp(rig.err.text, "setting up MQTT: ", 17) == 0);
}

TEST(a_link_that_is_down_stays_so_and_loses_no_subscription)
{
    struct rig rig = {.options = {.port = 1}};
    const struct mqtt_message message = {.topic = "t"};
    struct pollfd pollfd;
    int reason = 7;
    int mid;

    CHECK(makes(&rig) == 0);
    CHECK(!mqtt_link_poll(rig.link, &pollfd) && pollfd.fd == -1);
    CHECK(mqtt_link_step(rig.link, &reason, &rig.err) == 0 && reason == 0);
    CHECK(mqtt_link_subscribe(rig.link, "t", 1, &mid) == NULL);
    CHECK(mqtt_link_unsubscribe(rig.link, "t") == NULL);
    CHECK(mqtt_link_publish(rig.link, &message, &mid) != NULL);
    mqtt_link_free(rig.link);
}

TEST(a_message_larger_than_the_broker_accepts_is_not_sent)
{
    static const uint8_t text[64];
    static const char welcome[] = "\x20\x08\x00\x00\x05\x27\x00\x00\x00\x20"; /* 32 bytes */
    struct mqtt_message message = {.topic = "t", .payload = text, .len = sizeof text, .qos = 1};
    struct rig rig;
    int mid;

    listens(&rig);
    rig.options.version = MQTT_5;
    CHECK(connects(&rig, welcome, sizeof welcome - 1) == 0 && rig.up == 1);
    assert_string_equal(mqtt_link_publish(rig.link, &message, &mid),
                        "it is larger than the broker accepts");
    message.len = 5;
    message.expiry_s = 9;
    CHECK(mqtt_link_publish(rig.link, &message, &mid) == NULL);
    ends(&rig);
}

TEST(why_the_broker_refuses_is_told_in_words_and_as_a_code)
{
    static const struct {
        enum mqtt_version version;
        const char *answer;
        size_t len;
        const char *words;
    } row[] = {
        {MQTT_3_1_1, "\x20\x02\x00\x05", 4, "refused the connection: not authorised"},
        {MQTT_5, "\x20\x03\x00\x9c\x00", 5,
         "refused the connection: another server is to be used"},
        {MQTT_3_1_1, "\x20\x02\x00", 3, "closed the connection without an answer"},
        {MQTT_3_1_1, "\x20\x01\x00", 3, "what it says is not MQTT"},
    };

    for (size_t i = 0; i < COUNT(row); i++) {
        struct rig rig;
        bool cut = row[i].len == 3 && row[i].answer[1] == 2;
        char packet[256];
        int reason = 0;
        int rc;

        listens(&rig);
        rig.options.version = row[i].version;
        CHECK(makes(&rig) == 0 && mqtt_link_dial(rig.link, &rig.err) == 0);
        CHECK(turns_until(&rig, MQTT_LINK_GREETING) == 0);
        rig.connection = accept(rig.listener, NULL, NULL);
        CHECK(recv(rig.connection, packet, sizeof packet, 0) > 10);
        CHECK(send(rig.connection, row[i].answer, row[i].len, MSG_NOSIGNAL) > 0);
        if (cut)
            shutdown(rig.connection, SHUT_RDWR);
        do {
            struct pollfd pollfd;
            bool now = mqtt_link_poll(rig.link, &pollfd);

            CHECK(poll(&pollfd, 1, now ? 0 : 1000) >= 0);
            rc = mqtt_link_step(rig.link, &reason, &rig.err);
        } while (rc == 0);
        CHECK_AT(i, mqtt_link_state(rig.link) == MQTT_LINK_DOWN);
        CHECK_AT(i, rig.err.kind == ERR_NETWORK && strstr(rig.err.text, row[i].words) != NULL);
        CHECK_AT(i, (reason != 0) == (i < 2));
        ends(&rig);
    }
}

LAWS(LAW(the_broker_is_named_as_it_would_be_typed),
     LAW(what_libmosquitto_does_not_take_is_an_error_and_no_link),
     LAW(a_link_that_is_down_stays_so_and_loses_no_subscription),
     LAW(a_message_larger_than_the_broker_accepts_is_not_sent),
     LAW(why_the_broker_refuses_is_told_in_words_and_as_a_code))
