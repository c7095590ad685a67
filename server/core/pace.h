/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The times of a client's commands ("The key server's part", §8 of PROTOCOL.md): they never go
 * back, and no two commands about one object share a second. Pure.
 */
#ifndef SERVER_CORE_PACE_H
#define SERVER_CORE_PACE_H

#include <stdbool.h>
#include <stdint.h>

#include "server/store/store.h"

enum { PACE_BACK_S = 2 }; /* how far times are set back, for receivers whose clocks are late */

/*
 * The time of the next command to a client, of this type about this object, noted in pace.
 * false: it must not be issued before *sent_s; pace stays as it is.
 */
bool pace_take(struct store_pace *pace, int64_t *sent_s, int64_t type,
               const uint8_t object[STORE_ID_SIZE], int64_t now_s);

#endif
