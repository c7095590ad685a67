/* SPDX-License-Identifier: Apache-2.0 */
/*
 * interop E4GO: a client of libe4 and the deployed Go client (the program E4GO) live the same
 * lives through a real broker, and are compared after every step with each other and with an
 * independent model. The seed is printed; E4_SEED repeats a run, E4_OPERATIONS sets its length,
 * and E4_LONG makes it longer.
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include <cmocka.h>

#include "broker.h"
#include "play.h"
#include "random.h"

enum { OPERATIONS = 10000, OPERATIONS_LONG = 100000, LIFE = 250 };

static const char *program; /* the Go client */
static struct broker broker;
static struct world world;
static struct gopeer go;
static struct link connection;
static struct random lives;
static unsigned operations = OPERATIONS;

static uint64_t pick_seed(void)
{
    const char *named = getenv("E4_SEED");
    uint64_t seed = 0;

    if (named != NULL)
        return strtoull(named, NULL, 0);
    if (getrandom(&seed, sizeof seed, 0) != (ssize_t)sizeof seed)
        fail_msg("no random seed: %s", strerror(errno));
    return seed;
}

static void print_tally(const char *mode, const struct tally *tally)
{
    print_message("%s: %u operations, %u frames; libe4 and e4go said the same of", mode,
                  tally->operations, tally->frames);
    for (int i = 0; i <= REFUSED; i++)
        if (tally->agreed[i] > 0)
            print_message(" %u (%s)", tally->agreed[i], outcome_name((enum outcome)i));
    print_message("\n");
    for (int i = 0; i <= REFUSED; i++)
        for (int k = 0; k <= REFUSED; k++)
            if (tally->differed[i][k] > 0)
                print_message("  e4go \"%s\", libe4 \"%s\": %u, as documented\n",
                              outcome_name((enum outcome)i), outcome_name((enum outcome)k),
                              tally->differed[i][k]);
}

static void live(bool public_key, const char *mode)
{
    struct tally tally = {.operations = 0};

    while (tally.operations < operations / 2) {
        unsigned left = operations / 2 - tally.operations;

        play(&world, random_next(&lives), public_key, left < LIFE ? left : LIFE, &tally);
    }
    print_tally(mode, &tally);
}

static void symmetric_clients_live_alike(void **state)
{
    (void)state;
    live(false, "symmetric");
}

static void public_key_clients_live_alike(void **state)
{
    (void)state;
    live(true, "public-key");
}

static int begin(void **state)
{
    (void)state;
    if (!broker_start(&broker))
        return -1;
    gopeer_start(&go, program, broker.port);
    link_open(&connection, broker.port);
    world.go = &go;
    world.link = &connection;
    lives.state = pick_seed();
    print_message("E4_SEED=0x%llx\n", (unsigned long long)lives.state);
    return 0;
}

/* However the tests end, nothing is left running. */
static void stop_all(void)
{
    link_close(&connection);
    gopeer_stop(&go);
    broker_stop(&broker);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(symmetric_clients_live_alike),
        cmocka_unit_test(public_key_clients_live_alike),
    };

    if (argc != 2) {
        fputs("usage: interop E4GO\n", stderr);
        return 2;
    }
    program = argv[1];
    atexit(stop_all);
    signal(SIGPIPE, SIG_IGN);
    if (getenv("E4_LONG") != NULL)
        operations = OPERATIONS_LONG;
    if (getenv("E4_OPERATIONS") != NULL)
        operations = (unsigned)strtoul(getenv("E4_OPERATIONS"), NULL, 10);
    if (!broker_exists()) {
        puts("SKIP: there is no mosquitto to send through");
        return 77;
    }
    return cmocka_run_group_tests_name("interop", tests, begin, NULL) > 0 ? 1 : 0;
}
