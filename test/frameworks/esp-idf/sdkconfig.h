/* SPDX-License-Identifier: Apache-2.0 */
/* What Kconfig would write. */
#ifndef TEST_SDKCONFIG_H
#define TEST_SDKCONFIG_H

#define CONFIG_E4_TOPICS       4
#define CONFIG_E4_PEERS        4
#define CONFIG_E4_SEEN         33
#define CONFIG_E4_SENT         8
#define CONFIG_E4_FRAME_MAX    256
#define CONFIG_E4_HARDWARE_AES 1

#endif
