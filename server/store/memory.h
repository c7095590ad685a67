/* SPDX-License-Identifier: Apache-2.0 */
/* A store that forgets all when it is closed: for tests, which it serves one transaction at a
 * time. */
#ifndef SERVER_STORE_MEMORY_H
#define SERVER_STORE_MEMORY_H

struct err;
struct store;

int memory_open(struct store **store, struct err *err);

#endif
