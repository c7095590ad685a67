/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Time of day over the ticks of FreeRTOS, for a struct e4_port or a struct e4_flash.
 */
#ifndef E4_TICKS_H
#define E4_TICKS_H

#include "e4.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Zero it: the time is not known. */
struct e4_ticks { /* private */
    uint64_t now_s;
    uint32_t at; /* the tick when it was now_s */
};

/* E4_ERR_CLOCK until it is set. To be asked once before the tick count comes round: with 32
 * bits and a thousand ticks a second every 49 days. */
enum e4_result e4_ticks_now(struct e4_ticks *ticks, uint64_t *now_s);
void e4_ticks_set(struct e4_ticks *ticks, uint64_t now_s);

#ifdef __cplusplus
}
#endif

#endif
