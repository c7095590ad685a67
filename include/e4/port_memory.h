/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A port in memory: storage that does not last and a clock that the caller sets. For
 * tests, and for devices that get all their keys anew at every start.
 */
#ifndef E4_PORT_MEMORY_H
#define E4_PORT_MEMORY_H

#include "e4/e4.h"

#ifdef __cplusplus
extern "C" {
#endif

struct e4_memory {
    uint8_t (*records)[E4_RECORD_SIZE]; /* the caller's; one for each of e4_places() */
    bool *stored;                       /* the caller's; which of them were ever stored */
    unsigned count;
    uint64_t now_s;  /* 0: the clock is not set */
    bool fail_store; /* every store() fails from now on, and changes nothing */
    bool fail_load;
    unsigned stores; /* how many there were */
};

/* Let port use memory; both must outlive the client. */
void e4_memory_port(struct e4_port *port, struct e4_memory *memory);

#ifdef __cplusplus
}
#endif

#endif
