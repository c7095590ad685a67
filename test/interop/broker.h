/* SPDX-License-Identifier: Apache-2.0 */
/* A mosquitto of the test's own, on a free loopback port, with its files in a folder that goes
 * away. */
#ifndef BROKER_H
#define BROKER_H

#include <stdbool.h>
#include <sys/types.h>

struct broker {
    pid_t pid;
    unsigned port;
    char folder[64];
};

/* Is there a mosquitto to start? */
bool broker_exists(void);

/* False if it does not come up, and it is said why. */
bool broker_start(struct broker *broker);
/* No-op for one that was never started. */
void broker_stop(struct broker *broker);

#endif
