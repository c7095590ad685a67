/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A device at the factory, as a program: the example firmware's own factory.c behind a Unix
 * socket, TCP or a pseudo-terminal, on a line, and with a nature, that can be bad.
 *
 * usage: factory_device SOCKET|tcp|pty NATURE...
 *
 * The first line of output says where it is, each of the others what it has stored, or that it
 * forgot it. On a socket one factory after the other may call.
 */
#define _XOPEN_SOURCE 700
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

#include "e4/e4.h"
#include "e4/port_memory.h"
#include "examples/firmware/factory.h"

enum { TOPICS = 2, PLACES = 1 + 2 * TOPICS };

static struct e4_topic_slot topics[TOPICS];
static struct e4_peer_slot peers[TOPICS];
static struct e4_signer signer;
static struct e4_seen_slot seen[9];
static struct e4_sent_slot sent[2];
static uint8_t records[PLACES][E4_RECORD_SIZE];
static bool stored[PLACES];
static struct e4_memory memory = {.records = records, .stored = stored, .count = PLACES};
static struct e4_port port;
static struct e4_config config = {
    .port = &port,
    .topics = topics,
    .topic_count = TOPICS,
    .seen = seen,
    .seen_count = 9,
    .sent = sent,
    .sent_count = 2,
    .public_key = &e4_public_key_mode,
    .signer = &signer,
    .peers = peers,
    .peer_count = TOPICS,
};
static struct e4_client client;
static struct factory factory;

/* What is bad about it. */
static struct {
    bool chatty;      /* says more than it is asked, before every answer */
    bool deaf;        /* answers nothing */
    bool forgetful;   /* forgets what is stored when it is told to: "forget" */
    bool garbage;     /* the line brings noise, and no answer */
    bool hangs_up;    /* when it is to store */
    bool liar;        /* is another than it said, when asked anew */
    bool loses_store; /* the request to store does not arrive */
    bool loses_word;  /* that it stored gets lost */
    bool newer;       /* speaks another version, and says that it does */
    bool newest;      /* the same, in lines of that version alone */
    bool torn;        /* a digit of the request to store changes */
    bool unwilling;   /* says yes, and stores nothing */
} nature;

static const struct {
    const char *name;
    bool *is;
} natures[] = {
    {"broken", &memory.fail_store},
    {"chatty", &nature.chatty},
    {"deaf", &nature.deaf},
    {"forgetful", &nature.forgetful},
    {"garbage", &nature.garbage},
    {"hangs-up", &nature.hangs_up},
    {"liar", &nature.liar},
    {"loses-store", &nature.loses_store},
    {"loses-word", &nature.loses_word},
    {"newer", &nature.newer},
    {"newest", &nature.newest},
    {"torn", &nature.torn},
    {"unwilling", &nature.unwilling},
};

static enum e4_result format(void *ctx)
{
    (void)ctx;
    memset(stored, 0, sizeof stored);
    return E4_OK;
}

static void open_device(void)
{
    e4_close(&client);
    memset(&factory, 0, sizeof factory);
    factory.client = &client;
    factory.config = &config;
    factory.format = format;
    factory.opened = e4_open(&client, &config);
}

static void take_nature(const char *name)
{
    for (size_t i = 0; i < sizeof natures / sizeof *natures; i++) {
        if (strcmp(name, natures[i].name) == 0) {
            *natures[i].is = true;
            return;
        }
    }
    if (strcmp(name, "symmetric-only") == 0) {
        config.public_key = NULL;
    } else if (strcmp(name, "damaged") == 0) {
        stored[0] = true;
        memset(records[0], 0x5a, sizeof records[0]);
    } else if (strcmp(name, "honest") != 0) {
        (void)fprintf(stderr, "factory_device: %s: no such nature\n", name);
        exit(2);
    }
}

static void say(int fd, const char *text)
{
    size_t len = strlen(text);

    if (write(fd, text, len) != (ssize_t)len)
        (void)fprintf(stderr, "the line is gone\n");
}

static void say_noise(int fd)
{
    static const char noise[] = "\x80\xff\x01 e4 holds 1\n"
                                "e4 holds 1 symmetric 00 00\ne4 stored 1 both\n"
                                "e4 empty two\ne4 hello 1\ne4 refused 1 one two\n";

    say(fd, noise);
    for (int i = 0; i < 100; i++)
        say(fd, "a line that is much too long ");
    say(fd, "e4 empty 1\n");
}

/* A digit of the id that it is about to say changes. */
static void lie(char answer[FACTORY_ANSWER_SIZE])
{
    char *digit = strrchr(answer, ' ') - 1;

    *digit = *digit == '0' ? '1' : '0';
}

static void give_answer(int fd, char answer[FACTORY_ANSWER_SIZE])
{
    if (nature.deaf)
        return;
    if (nature.chatty || nature.garbage)
        say_noise(fd);
    if (nature.garbage || (nature.loses_word && strncmp(answer, "e4 stored", 9) == 0))
        return;
    if (nature.liar && strncmp(answer, "e4 holds", 8) == 0)
        lie(answer);
    if (nature.newer)
        memcpy(answer, "e4 refused 1 version", sizeof "e4 refused 1 version");
    if (nature.newest)
        memcpy(answer, "e4 empty 2", sizeof "e4 empty 2");
    say(fd, answer);
    say(fd, "\r\n");
}

/* A byte has come in. False: it hangs up. */
static bool serve(int fd, char byte)
{
    char answer[FACTORY_ANSWER_SIZE];
    bool store = factory.len > 8 && memcmp(factory.line, "e4 store", 8) == 0;

    if (store && byte == '\n' && nature.hangs_up)
        return false;
    if (nature.forgetful && byte == '\n' && memcmp(factory.line, "forget", 6) == 0) {
        (void)format(NULL);
        open_device();
        (void)printf("forgotten\n");
    }
    if (store && byte == '\n' && nature.torn)
        factory.line[60] ^= 1;
    if (store && byte == '\n' && nature.loses_store)
        factory.line[0] = 'E';
    if (!factory_byte(&factory, byte, answer))
        return true;
    if (factory.stored) {
        factory.stored = false;
        (void)printf("%s\n", answer);
    }
    give_answer(fd, answer);
    if (nature.unwilling) {
        (void)format(NULL);
        open_device();
    }
    return true;
}

/* Until the factory hangs up, or the device does. */
static void converse(int fd)
{
    char byte;

    while (read(fd, &byte, 1) == 1) {
        if (!serve(fd, byte))
            break;
    }
}

/* Wait for callers on a socket, for ever. */
static void listen_on(int family, const struct sockaddr *at, socklen_t len, const char *where)
{
    struct sockaddr_in bound = {0};
    socklen_t bound_len = sizeof bound;
    int fd = socket(family, SOCK_STREAM, 0);

    if (fd < 0 || bind(fd, at, len) != 0 || listen(fd, 8) != 0) {
        perror("factory_device");
        exit(1);
    }
    if (family == AF_INET && getsockname(fd, (struct sockaddr *)&bound, &bound_len) == 0)
        (void)printf("tcp:127.0.0.1:%u\n", ntohs(bound.sin_port));
    else
        (void)printf("%s\n", where);
    for (;;) {
        int caller = accept(fd, NULL, NULL);

        if (caller < 0)
            continue;
        converse(caller);
        (void)close(caller);
    }
}

/* A serial port with no wire behind it. */
static void serve_terminal(void)
{
    int fd = posix_openpt(O_RDWR | O_NOCTTY);
    const char *name = fd >= 0 && grantpt(fd) == 0 && unlockpt(fd) == 0 ? ptsname(fd) : NULL;
    /* It is kept open here too, so that it lives on when a factory closes it. */
    int other = name != NULL ? open(name, O_RDWR | O_NOCTTY) : -1;

    if (other < 0) {
        perror("factory_device");
        exit(1);
    }
    (void)printf("%s\n", name);
    converse(fd);
    (void)close(other);
}

int main(int argc, char **argv)
{
    const struct sockaddr_in loopback = {.sin_family = AF_INET,
                                         .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr_un at = {.sun_family = AF_UNIX};

    (void)signal(SIGPIPE, SIG_IGN);
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    e4_memory_port(&port, &memory);
    for (int i = 2; i < argc; i++)
        take_nature(argv[i]);
    open_device();
    if (argc < 3 || strlen(argv[1]) >= sizeof at.sun_path) {
        (void)fputs("usage: factory_device SOCKET|tcp|pty NATURE...\n", stderr);
        return 2;
    }
    memcpy(at.sun_path, argv[1], strlen(argv[1]) + 1);
    if (strcmp(argv[1], "pty") == 0)
        serve_terminal();
    else if (strcmp(argv[1], "tcp") == 0)
        listen_on(AF_INET, (const struct sockaddr *)&loopback, sizeof loopback, "tcp");
    else
        listen_on(AF_UNIX, (const struct sockaddr *)&at, sizeof at, argv[1]);
    return 0;
}
