/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Laws of base/mqtt.c and base/mqtt_link.c, with a broker that says what the test wants: what
 * real ones seldom do. Everything that they often do is in test/scenario/mqtt_*.sh. All of it
 * runs in one thread: a system takes up connections before anybody accepts them.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mqtt.h"
#include "law.h"

#define SAYS(rig, bytes) says(rig, bytes, sizeof(bytes) - 1)
#define WELCOME          "\x20\x02\x00\x00"
#define WELCOME_5        "\x20\x03\x00\x00\x00"

struct rig {
    int listener;
    int connection; /* the broker's side */
    unsigned port;
    struct mqtt_options options;
    struct mqtt *mqtt;
    struct err err;
    unsigned online;
    unsigned offline;
    unsigned published;
    unsigned refused;
    unsigned messages;
    unsigned subscribed;
    void (*instead)(struct mqtt *mqtt); /* what the first message brings about */
    ssize_t heard_meanwhile; /* by the broker while that is dealt with; -1: nothing */
    uint64_t last;           /* ticket, of what was published */
    uint64_t ticket;         /* of what was acknowledged */
    char words[256];         /* why, last */
};

static void on_message(void *ctx, const struct mqtt_message *message)
{
    struct rig *rig = ctx;
    char byte;

    rig->heard_meanwhile = recv(rig->connection, &byte, 1, MSG_DONTWAIT | MSG_PEEK);
    if (rig->messages++ == 0 && rig->instead != NULL)
        rig->instead(rig->mqtt);
    (void)snprintf(rig->words, sizeof rig->words, "%s %.*s %d %d", message->topic,
                   (int)message->len, (const char *)message->payload, message->qos,
                   message->retained);
}

static void on_published(void *ctx, uint64_t ticket, const char *refused)
{
    struct rig *rig = ctx;

    rig->ticket = ticket;
    rig->published++;
    rig->refused += refused != NULL ? 1 : 0;
    if (refused != NULL)
        (void)snprintf(rig->words, sizeof rig->words, "%s", refused);
}

static void on_subscribed(void *ctx, const char *topic, int qos, const char *refused)
{
    struct rig *rig = ctx;

    rig->subscribed++;
    (void)snprintf(rig->words, sizeof rig->words, "%s %d %s", topic, qos,
                   refused != NULL ? refused : "granted");
}

static void on_online(void *ctx)
{
    ((struct rig *)ctx)->online++;
}

static void on_offline(void *ctx, const char *why, unsigned retry_ms)
{
    struct rig *rig = ctx;

    rig->offline++;
    (void)snprintf(rig->words, sizeof rig->words, "%u: %s", retry_ms, why);
}

static void listens(struct rig *rig)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t len = sizeof address;

    memset(rig, 0, sizeof *rig);
    rig->connection = -1;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    rig->listener = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(rig->listener >= 0);
    CHECK(bind(rig->listener, (struct sockaddr *)&address, sizeof address) == 0);
    CHECK(listen(rig->listener, 5) == 0);
    CHECK(getsockname(rig->listener, (struct sockaddr *)&address, &len) == 0);
    rig->port = ntohs(address.sin_port);
    rig->options = (struct mqtt_options){
        .host = "127.0.0.1", .port = rig->port, .answer_ms = 60000, .client_id = "c"};
}

static void opens(struct rig *rig)
{
    const struct mqtt_events events = {rig,       on_message, on_published, on_subscribed,
                                       on_online, on_offline, NULL};

    CHECK(mqtt_open(&rig->mqtt, &rig->options, &events, &rig->err) == 0);
}

static void ends(struct rig *rig)
{
    if (rig->connection >= 0)
        close(rig->connection);
    mqtt_close(rig->mqtt);
    close(rig->listener);
}

static void says(struct rig *rig, const char *bytes, size_t len)
{
    CHECK(send(rig->connection, bytes, len, MSG_NOSIGNAL) == (ssize_t)len);
}

/* Take the connection and read the CONNECT. */
static void accepts(struct rig *rig)
{
    char packet[256];

    if (rig->connection >= 0)
        close(rig->connection);
    rig->connection = accept(rig->listener, NULL, NULL);
    CHECK(rig->connection >= 0);
    CHECK(recv(rig->connection, packet, sizeof packet, 0) > 10);
    CHECK(packet[0] == 0x10);
}

static void comes_online(struct rig *rig)
{
    opens(rig);
    accepts(rig);
    says(rig, rig->options.version == MQTT_5 ? WELCOME_5 : WELCOME,
         rig->options.version == MQTT_5 ? 5 : 4);
    CHECK(mqtt_wait_online(rig->mqtt, &rig->err) == 0);
    CHECK(rig->online == 1 && mqtt_is_online(rig->mqtt));
}

/* Turn until it gives up. */
static void gives_up(struct rig *rig, const char *words)
{
    while (mqtt_wait(rig->mqtt, -1, &rig->err) == 0)
        ;
    CHECK(strstr(rig->err.text, words) != NULL);
    CHECK(strstr(rig->err.text, mqtt_where(rig->mqtt)) != NULL);
    CHECK(rig->err.kind == ERR_NETWORK);
    memset(&rig->err, 0, sizeof rig->err);
    CHECK(mqtt_step(rig->mqtt, &rig->err) == -1); /* and goes on saying so */
    CHECK(strstr(rig->err.text, words) != NULL);
}

/* Turn until there were so many of something. */
static void turns_until(struct rig *rig, const unsigned *what, unsigned count)
{
    while (*what < count)
        CHECK(mqtt_wait(rig->mqtt, -1, &rig->err) == 0);
}

/* How many bytes the broker has got when nothing more comes without an answer. */
static size_t hears(struct rig *rig)
{
    char bytes[65536];
    size_t heard = 0;

    for (int quiet = 0; quiet < 20; quiet++) {
        ssize_t got = recv(rig->connection, bytes, sizeof bytes, MSG_DONTWAIT);

        if (got > 0) {
            heard += (size_t)got;
            quiet = 0;
        }
        CHECK(mqtt_wait(rig->mqtt, 5, &rig->err) == 0);
    }
    return heard;
}

static int publishes(struct rig *rig, int qos)
{
    const struct mqtt_message message = {
        .topic = "t", .payload = (const uint8_t *)"x", .len = 1, .qos = qos};

    return mqtt_publish(rig->mqtt, &message, &rig->last, &rig->err);
}

/*
 * When a broker says goodbye, libmosquitto 2.0.11 unlocks a mutex that it had not locked. The
 * thread sanitizer asks here what it is not to report.
 */
const char *__tsan_default_suppressions(void);
const char *__tsan_default_suppressions(void)
{
    return "mutex:libmosquitto.so";
}

/* The laws */

TEST(refusals_are_said_in_words_and_end_it)
{
    static const struct {
        enum mqtt_version version;
        const char *answer;
        size_t len;
        const char *words;
    } row[] = {
        {MQTT_3_1_1, "\x20\x02\x00\x04", 4,
         "refused the connection: bad user name or password"},
        {MQTT_3_1_1, "\x20\x02\x00\x05", 4, "refused the connection: not authorised"},
        {MQTT_5, "\x20\x03\x00\x86\x00", 5,
         "refused the connection: bad user name or password"},
        {MQTT_5, "\x20\x03\x00\x8a\x00", 5, "refused the connection: this client is banned"},
        {MQTT_5, "\x20\x03\x00\x9d\x00", 5,
         "refused the connection: it has moved to another server"},
        {MQTT_5, "\xe0\x02\x87\x00", 4, "the connection: not authorised"},
    };

    for (size_t i = 0; i < COUNT(row); i++) {
        struct rig rig;

        listens(&rig);
        rig.options.version = row[i].version;
        opens(&rig);
        accepts(&rig);
        says(&rig, row[i].answer, row[i].len);
        gives_up(&rig, row[i].words);
        CHECK(rig.online == 0 && rig.offline == 0);
        ends(&rig);
    }
}

TEST(a_broker_that_says_goodbye_is_called_again_unless_that_is_useless)
{
    struct rig rig;

    listens(&rig);
    rig.options.version = MQTT_5;
    comes_online(&rig);
    SAYS(&rig, "\xe0\x02\x8b\x00"); /* shutting down */
    turns_until(&rig, &rig.offline, 1);
    CHECK(strstr(rig.words, "500: broker 127.0.0.1:") == rig.words);
    CHECK(strstr(rig.words, "ended the connection: it is shutting down") != NULL);
    CHECK(!mqtt_is_online(rig.mqtt));
    while (rig.online < 2) {
        struct pollfd pollfd = {rig.listener, POLLIN, 0};

        CHECK(mqtt_wait(rig.mqtt, 10, &rig.err) == 0);
        if (poll(&pollfd, 1, 0) == 1) {
            accepts(&rig);
            SAYS(&rig, WELCOME_5);
        }
    }
    SAYS(&rig, "\xe0\x02\x8e\x00"); /* session taken over */
    gives_up(&rig, "ended the connection: another client connected with the same client id");
    ends(&rig);
}

TEST(a_broker_that_does_not_answer_is_given_up)
{
    struct rig rig;

    listens(&rig);
    rig.options.answer_ms = 50;
    opens(&rig);
    gives_up(&rig, "no answer for 50 ms");
    ends(&rig);
}

TEST(nobody_waits_for_a_socket_that_does_not_open)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    struct rig rig;
    int filler[8];

    /* With a full queue of connections the system lets further ones hang. */
    listens(&rig);
    CHECK(listen(rig.listener, 0) == 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons((uint16_t)rig.port);
    for (size_t i = 0; i < COUNT(filler); i++) {
        filler[i] = socket(AF_INET, SOCK_STREAM, 0);
        CHECK(filler[i] >= 0);
        CHECK(fcntl(filler[i], F_SETFL, O_NONBLOCK) == 0);
        CHECK(connect(filler[i], (struct sockaddr *)&address, sizeof address) == 0 ||
              errno == EINPROGRESS);
    }
    rig.options.answer_ms = 50;
    opens(&rig);
    gives_up(&rig, "no answer for 50 ms");
    mqtt_close(rig.mqtt); /* while the thread still hangs */
    for (size_t i = 0; i < COUNT(filler); i++)
        close(filler[i]);
    close(rig.listener);
}

TEST(patience_comes_before_the_first_connection_too_if_wanted)
{
    struct rig rig;

    listens(&rig);
    close(rig.listener); /* nobody listens there any more */
    rig.options.keep_trying = true;
    rig.options.patience_ms = 700;
    opens(&rig);
    gives_up(&rig, "Connection refused");
    CHECK(rig.offline >= 1 && rig.online == 0);
    mqtt_close(rig.mqtt);
}

TEST(a_message_that_is_not_acknowledged_is_an_error_in_the_end)
{
    struct rig rig;

    listens(&rig);
    rig.options.answer_ms = 100;
    comes_online(&rig);
    CHECK(publishes(&rig, 1) == 0);
    CHECK(mqtt_unpublished(rig.mqtt) == 1);
    CHECK(mqtt_flush(rig.mqtt, &rig.err) == -1);
    CHECK(strstr(rig.err.text, "has not acknowledged 1 message for 100 ms") != NULL);
    SAYS(&rig, "\x40\x02\x00\x01");
    CHECK(mqtt_flush(rig.mqtt, &rig.err) == 0);
    CHECK(rig.published == 1 && rig.refused == 0 && rig.ticket == 1);
    ends(&rig);
}

TEST(a_refused_message_is_reported_with_its_ticket)
{
    struct rig rig;

    listens(&rig);
    rig.options.version = MQTT_5;
    comes_online(&rig);
    CHECK(publishes(&rig, 1) == 0 && publishes(&rig, 2) == 0 && publishes(&rig, 0) == 0);
    CHECK(hears(&rig) > 0);
    CHECK(rig.published == 1 && rig.ticket == 3); /* QoS 0: it is on its way */
    SAYS(&rig, "\x40\x03\x00\x01\x97");
    turns_until(&rig, &rig.published, 2);
    CHECK(rig.ticket == 1 && rig.refused == 1);
    assert_string_equal(rig.words, "a quota is used up");
    SAYS(&rig, "\x50\x03\x00\x02\x90");
    turns_until(&rig, &rig.published, 3);
    CHECK(rig.ticket == 2 && rig.refused == 2);
    assert_string_equal(rig.words, "the topic is not accepted");
    CHECK(mqtt_flush(rig.mqtt, &rig.err) == 0);
    ends(&rig);
}

/* A packet of publishes() with QoS 1 or 2 has 8 bytes, with MQTT 5 one more. */
TEST(no_more_is_under_way_than_a_broker_takes)
{
    static const struct {
        enum mqtt_version version;
        int qos;
        unsigned window;
        size_t expected;
    } row[] = {{MQTT_3_1_1, 1, 0, 100}, {MQTT_3_1_1, 2, 0, 20}, {MQTT_3_1_1, 2, 30, 30},
               {MQTT_5, 1, 0, 100},     {MQTT_5, 2, 0, 100},    {MQTT_5, 2, 30, 30}};

    for (size_t i = 0; i < COUNT(row); i++) {
        size_t packet = row[i].version == MQTT_5 ? 9 : 8;
        struct rig rig;

        listens(&rig);
        rig.options.version = row[i].version;
        rig.options.qos2_window = row[i].window;
        comes_online(&rig);
        for (int n = 0; n < 150; n++)
            CHECK(publishes(&rig, row[i].qos) == 0);
        CHECK_AT(i, hears(&rig) == packet * row[i].expected);
        if (row[i].qos == 1)
            SAYS(&rig, "\x40\x02\x00\x01\x40\x02\x00\x02");
        else
            SAYS(&rig, "\x50\x02\x00\x01\x70\x02\x00\x01\x50\x02\x00\x02\x70\x02\x00\x02");
        /* Two places are free again; with QoS 2 two PUBRELs of 4 bytes were said as well. */
        CHECK_AT(i, hears(&rig) == 2 * packet + (row[i].qos == 1 ? 0 : 8));
        CHECK(rig.published == 2 && mqtt_unpublished(rig.mqtt) == 148);
        ends(&rig);
    }
}

TEST(a_broker_of_version_5_says_how_much_it_takes)
{
    struct rig rig;

    listens(&rig);
    rig.options.version = MQTT_5;
    opens(&rig);
    accepts(&rig);
    SAYS(&rig, "\x20\x06\x00\x00\x03\x21\x00\x07");
    CHECK(mqtt_wait_online(rig.mqtt, &rig.err) == 0);
    for (int n = 0; n < 50; n++)
        CHECK(publishes(&rig, 2) == 0);
    CHECK(hears(&rig) == 9 * 7);
    ends(&rig);
}

TEST(a_full_queue_takes_no_more_and_loses_nothing)
{
    struct rig rig;

    listens(&rig);
    rig.options.queue_count = 3;
    rig.options.queue_bytes = 100;
    opens(&rig);
    for (uint64_t n = 1; n <= 3; n++)
        CHECK(publishes(&rig, 1) == 0 && rig.last == n);
    CHECK(publishes(&rig, 1) == MQTT_FULL);
    accepts(&rig);
    SAYS(&rig, WELCOME);
    CHECK(mqtt_wait_online(rig.mqtt, &rig.err) == 0);
    CHECK(hears(&rig) == 3 * 8);
    CHECK(publishes(&rig, 1) == 0);
    ends(&rig);
}

TEST(what_was_not_acknowledged_is_sent_again)
{
    struct rig rig;

    listens(&rig);
    comes_online(&rig);
    CHECK(publishes(&rig, 1) == 0 && publishes(&rig, 0) == 0);
    CHECK(hears(&rig) == 8 + 6);
    CHECK(rig.published == 1);
    shutdown(rig.connection, SHUT_RDWR);
    turns_until(&rig, &rig.offline, 1);
    CHECK(publishes(&rig, 1) == 0);
    while (rig.online < 2) {
        struct pollfd pollfd = {rig.listener, POLLIN, 0};

        CHECK(mqtt_wait(rig.mqtt, 10, &rig.err) == 0);
        if (poll(&pollfd, 1, 0) == 1) {
            accepts(&rig);
            SAYS(&rig, WELCOME);
        }
    }
    CHECK(hears(&rig) == 8 + 8);
    SAYS(&rig, "\x40\x02\x00\x01");
    turns_until(&rig, &rig.published, 2);
    CHECK(rig.ticket == 1 && rig.refused == 0);
    ends(&rig);
}

TEST(subscriptions_are_made_once_and_again_where_they_are_forgotten)
{
    struct rig rig;

    listens(&rig);
    opens(&rig);
    CHECK(mqtt_subscribe(rig.mqtt, "a", 2, &rig.err) == 0);
    CHECK(mqtt_unanswered(rig.mqtt) == 1);
    CHECK(mqtt_is_subscribed(rig.mqtt, "a") && !mqtt_is_subscribed(rig.mqtt, "b"));
    accepts(&rig);
    SAYS(&rig, WELCOME);
    turns_until(&rig, &rig.online, 1);
    CHECK(hears(&rig) == 8); /* one SUBSCRIBE to a topic of one letter */
    SAYS(&rig, "\x90\x03\x00\x01\x01");
    turns_until(&rig, &rig.subscribed, 1);
    assert_string_equal(rig.words, "a 1 granted");
    CHECK(mqtt_unanswered(rig.mqtt) == 0);
    CHECK(mqtt_subscribe(rig.mqtt, "b", 0, &rig.err) == 0);
    CHECK(hears(&rig) == 8);
    SAYS(&rig, "\x90\x03\x00\x02\x80");
    turns_until(&rig, &rig.subscribed, 2);
    CHECK(strstr(rig.words, "b 0 for no reason") == rig.words);
    CHECK(mqtt_unsubscribe(rig.mqtt, "b", &rig.err) == 0);
    CHECK(mqtt_unsubscribe(rig.mqtt, "never", &rig.err) == 0);
    CHECK(hears(&rig) == 7 + 11);
    CHECK(mqtt_subscribe(rig.mqtt, "a/#/b", 0, &rig.err) == -1 && rig.err.kind == ERR_INPUT);
    CHECK(mqtt_unsubscribe(rig.mqtt, "", &rig.err) == -1 && rig.err.kind == ERR_INPUT);

    /* The next connection: the broker remembers (1) or does not (0). */
    for (char kept = 1; kept >= 0; kept--) {
        unsigned online = rig.online;

        shutdown(rig.connection, SHUT_RDWR);
        while (rig.online == online) {
            struct pollfd pollfd = {rig.listener, POLLIN, 0};

            CHECK(mqtt_wait(rig.mqtt, 10, &rig.err) == 0);
            if (poll(&pollfd, 1, 0) == 1) {
                accepts(&rig);
                says(&rig, (const char[]){0x20, 2, kept, 0}, 4);
            }
        }
        CHECK(hears(&rig) == (kept == 1 ? 0 : 8));
        CHECK(mqtt_unanswered(rig.mqtt) == (kept == 1 ? 0 : 1));
    }
    ends(&rig);
}

TEST(messages_come_as_they_were_sent_and_not_after_hold)
{
    struct rig rig;

    listens(&rig);
    comes_online(&rig);
    SAYS(&rig, "\x31\x06\x00\x01t\x68\x65y\x30\x03\x00\x01t");
    turns_until(&rig, &rig.messages, 2);
    assert_string_equal(rig.words, "t  0 0");
    SAYS(&rig, "\x32\x07\x00\x01t\x00\x09hi");
    turns_until(&rig, &rig.messages, 3);
    assert_string_equal(rig.words, "t hi 1 0");
    CHECK(hears(&rig) == 4); /* the PUBACK */
    mqtt_hold(rig.mqtt);
    SAYS(&rig, "\x32\x07\x00\x01t\x00\x0ahi");
    CHECK(hears(&rig) == 0 && rig.messages == 3);
    ends(&rig);
}

TEST(a_message_is_acknowledged_when_it_was_dealt_with)
{
    struct rig rig;

    listens(&rig);
    comes_online(&rig);
    for (unsigned n = 1; n <= 3; n++) {
        SAYS(&rig, "\x32\x07\x00\x01t\x00\x09hi");
        turns_until(&rig, &rig.messages, n);
        CHECK_AT(n, rig.heard_meanwhile == -1);
        CHECK_AT(n, hears(&rig) == 4);
    }
    ends(&rig);
}

/* Three messages that are there at once. libmosquitto reads as many in one call as there are of
 * ours on their way. */
static void comes_to_an_end(struct rig *rig, void (*instead)(struct mqtt *mqtt), size_t at_once)
{
    listens(rig);
    rig->instead = instead;
    comes_online(rig);
    for (size_t i = 0; i < at_once; i++)
        CHECK(publishes(rig, 1) == 0);
    CHECK(hears(rig) == at_once * 8);
    SAYS(rig, "\x32\x06\x00\x01t\x00\x01"
              "1\x32\x06\x00\x01t\x00\x02"
              "2\x32\x06\x00\x01t\x00\x03"
              "3");
    shutdown(rig->connection, SHUT_WR);
}

/* The end, and not a byte before it. */
static void hears_nothing(struct rig *rig)
{
    char byte;

    mqtt_close(rig->mqtt);
    rig->mqtt = NULL;
    CHECK(recv(rig->connection, &byte, 1, 0) <= 0);
    CHECK(rig->messages == 1);
    ends(rig);
}

TEST(who_holds_in_a_message_has_acknowledged_that_one_and_no_other)
{
    static const char goodbye[] = {0x40, 2, 0, 1, (char)0xe0, 0};
    struct rig rig;
    char heard[64];

    comes_to_an_end(&rig, mqtt_hold, 1);
    turns_until(&rig, &rig.messages, 1);
    CHECK(mqtt_step(rig.mqtt, &rig.err) == 0); /* which does nothing more */
    mqtt_close(rig.mqtt);
    rig.mqtt = NULL;
    assert_int_equal(recv(rig.connection, heard, sizeof heard, MSG_WAITALL), sizeof goodbye);
    assert_memory_equal(heard, goodbye, sizeof goodbye);
    CHECK(rig.messages == 1);
    ends(&rig);
}

TEST(what_was_read_after_hold_is_not_acknowledged_and_so_nothing_is)
{
    struct rig rig;

    comes_to_an_end(&rig, mqtt_hold, 2);
    turns_until(&rig, &rig.messages, 1);
    CHECK(rig.offline == 0);
    hears_nothing(&rig);
}

TEST(who_abandons_in_a_message_has_acknowledged_nothing)
{
    for (size_t at_once = 1; at_once <= 3; at_once++) {
        struct rig rig;

        comes_to_an_end(&rig, mqtt_abandon, at_once);
        while (mqtt_wait(rig.mqtt, -1, &rig.err) == 0)
            ;
        CHECK_AT(at_once, strstr(rig.err.text, "was not dealt with") != NULL);
        CHECK_AT(at_once, rig.offline == 0);
        hears_nothing(&rig);
    }
}

TEST(options_that_make_no_sense_are_refused_at_once)
{
    const struct mqtt_events events = {.ctx = NULL};
    const struct {
        struct mqtt_options options;
        enum err_kind kind;
        const char *words;
    } row[] = {
        {{.port = 65536}, ERR_USAGE, "port 65536"},
        {{.keepalive_s = 4}, ERR_USAGE, "keep-alive of 4 s"},
        {{.keepalive_s = 65536}, ERR_USAGE, "keep-alive"},
        {{.persistent = true}, ERR_USAGE, "needs a client id"},
        {{.password = "x"}, ERR_USAGE, "needs a user name"},
        {{.cert = "x"}, ERR_USAGE, "a certificate needs its key"},
        {{.key = "x"}, ERR_USAGE, "a key its certificate"},
        {{.cert = "/nonexistent", .key = "x"}, ERR_INPUT, "/nonexistent: No such file"},
        {{.cafile = "/nonexistent"}, ERR_INPUT, "/nonexistent: No such file"},
        {{.capath = "/nonexistent"}, ERR_INPUT, "/nonexistent: No such file"},
    };

    mqtt_close(NULL);
    for (size_t i = 0; i < COUNT(row); i++) {
        struct err err = {0};
        struct mqtt *mqtt = (void *)&err;

        CHECK_AT(i, mqtt_open(&mqtt, &row[i].options, &events, &err) == -1);
        CHECK_AT(i, mqtt == NULL && err.kind == row[i].kind);
        CHECK_AT(i, strstr(err.text, row[i].words) != NULL);
    }
}

TEST(messages_that_cannot_be_published_are_refused_at_once)
{
    static const uint8_t byte[1];
    struct rig rig;

    listens(&rig);
    opens(&rig);
    for (int i = 0; i < 4; i++) {
        const struct mqtt_message message[] = {
            {.topic = ""},
            {.topic = "a/#"},
            {.topic = "\377"},
            {.topic = "t", .payload = byte, .len = 268435455},
        };

        CHECK_AT(i, mqtt_publish(rig.mqtt, &message[i], NULL, &rig.err) == -1);
        CHECK_AT(i, rig.err.kind == ERR_INPUT);
    }
    CHECK(mqtt_unpublished(rig.mqtt) == 0);
    ends(&rig);
}

LAWS(LAW(refusals_are_said_in_words_and_end_it),
     LAW(a_broker_that_says_goodbye_is_called_again_unless_that_is_useless),
     LAW(a_broker_that_does_not_answer_is_given_up),
     LAW(nobody_waits_for_a_socket_that_does_not_open),
     LAW(patience_comes_before_the_first_connection_too_if_wanted),
     LAW(a_message_that_is_not_acknowledged_is_an_error_in_the_end),
     LAW(a_refused_message_is_reported_with_its_ticket),
     LAW(no_more_is_under_way_than_a_broker_takes),
     LAW(a_broker_of_version_5_says_how_much_it_takes),
     LAW(a_full_queue_takes_no_more_and_loses_nothing),
     LAW(what_was_not_acknowledged_is_sent_again),
     LAW(subscriptions_are_made_once_and_again_where_they_are_forgotten),
     LAW(messages_come_as_they_were_sent_and_not_after_hold),
     LAW(a_message_is_acknowledged_when_it_was_dealt_with),
     LAW(who_holds_in_a_message_has_acknowledged_that_one_and_no_other),
     LAW(what_was_read_after_hold_is_not_acknowledged_and_so_nothing_is),
     LAW(who_abandons_in_a_message_has_acknowledged_nothing),
     LAW(options_that_make_no_sense_are_refused_at_once),
     LAW(messages_that_cannot_be_published_are_refused_at_once))
