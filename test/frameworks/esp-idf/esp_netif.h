/* SPDX-License-Identifier: Apache-2.0 */
/* The network of ESP-IDF: as much as the example uses. */
#ifndef TEST_ESP_NETIF_H
#define TEST_ESP_NETIF_H

#include "esp_err.h"

esp_err_t esp_netif_init(void);

#endif
