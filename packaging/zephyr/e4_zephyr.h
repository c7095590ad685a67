/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libe4 on Zephyr: state in the settings subsystem, time counted from a moment that is known.
 */
#ifndef E4_ZEPHYR_H
#define E4_ZEPHYR_H

#include "e4_link.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Zero it; it must outlive the client. */
struct e4_settings {  /* private */
    uint64_t began_s; /* when the system started; 0: not known */
};

/*
 * Keep a client's records as the settings "e4/r0", "e4/r1" and so on, after
 * settings_subsys_init(). What was replaced stays in flash until the backend erases its sector.
 *
 * The time is not known until the first command brings it, or the application, from SNTP or a
 * clock chip, by e4_settings_set_clock().
 */
void e4_settings_port(struct e4_port *port, struct e4_settings *settings);
void e4_settings_set_clock(struct e4_settings *settings, uint64_t now_s);

#ifdef __cplusplus
}
#endif

#endif
