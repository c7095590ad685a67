/* SPDX-License-Identifier: Apache-2.0 */
/* The log of ESP-IDF: as much as the example uses. */
#ifndef TEST_ESP_LOG_H
#define TEST_ESP_LOG_H

#include <stdio.h>

#define ESP_LOGI(tag, ...) ((void)printf("I %s: ", tag), (void)printf(__VA_ARGS__))
#define ESP_LOGW(tag, ...) ((void)printf("W %s: ", tag), (void)printf(__VA_ARGS__))
#define ESP_LOGE(tag, ...) ((void)printf("E %s: ", tag), (void)printf(__VA_ARGS__))

#endif
