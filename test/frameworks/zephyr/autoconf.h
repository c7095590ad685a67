/* SPDX-License-Identifier: Apache-2.0 */
/* What Kconfig would write, and Zephyr include everywhere. */
#ifndef TEST_AUTOCONF_H
#define TEST_AUTOCONF_H

#define CONFIG_E4_TOPICS  4
#define CONFIG_E4_PEERS   4
#define CONFIG_E4_SEEN    33
#define CONFIG_E4_SENT    8
#define CONFIG_E4_PSA_AES 1

#endif
