/* SPDX-License-Identifier: Apache-2.0 */
/* The options of e4.h, as Kconfig has them: Zephyr defines those for every file. */
#ifndef E4_ZEPHYR_OPTIONS_H
#define E4_ZEPHYR_OPTIONS_H

#define E4_TOPICS CONFIG_E4_TOPICS
#define E4_PEERS  CONFIG_E4_PEERS
#define E4_SEEN   CONFIG_E4_SEEN
#define E4_SENT   CONFIG_E4_SENT
#ifdef CONFIG_E4_PSA_AES
#define E4_AES_BITS 0 /* e4_psa_aes.c has the engine */
#endif

#endif
