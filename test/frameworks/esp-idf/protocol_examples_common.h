/* SPDX-License-Identifier: Apache-2.0 */
/* What ESP-IDF's examples share: as much as the example uses. */
#ifndef TEST_PROTOCOL_EXAMPLES_COMMON_H
#define TEST_PROTOCOL_EXAMPLES_COMMON_H

#include "esp_err.h"

esp_err_t example_connect(void);

#endif
