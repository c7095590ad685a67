/* SPDX-License-Identifier: Apache-2.0 */
/* How long connections may take over what they are at, whatever trickles in meanwhile. */
#ifndef SERVER_API_PATIENCE_H
#define SERVER_API_PATIENCE_H

struct err;
struct patience;
struct patience_one;

/* A thread of its own looks every few seconds. */
int patience_start(struct patience **patience, struct err *err);
/* All have left. NULL is fine. */
void patience_stop(struct patience *patience);

/* A connection, by its socket, which is shut down when its time is over. NULL: no memory. */
struct patience_one *patience_join(struct patience *patience, int fd, unsigned for_s);
/* From now on it has so long; 0: for ever. NULL is fine. */
void patience_set(struct patience_one *one, unsigned for_s);
/* Before the socket is closed. NULL is fine. */
void patience_leave(struct patience_one *one);

/* Shut down those whose time is over in so many seconds from now. */
void patience_look(struct patience *patience, unsigned ahead_s);

#endif
