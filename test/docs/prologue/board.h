/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the examples of the manual and of the guides take for granted: the library, and what
 * they call the board's, the system's or the application's.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "e4/aes.h"
#include "e4/device.h"
#include "e4/e4.h"
#include "e4/keys.h"
#include "e4/password.h"
#include "e4/port_flash.h"
#include "e4/port_memory.h"
#include "e4/port_posix.h"
#include "e4/wire.h"

#define KV_NOT_FOUND (-2)
int kv_get(const char *key, void *data, size_t cap);
int kv_set(const char *key, const void *data, size_t len);
bool rtc_read(uint64_t *now_s);
bool board_random(uint8_t *data, size_t len);
extern const struct e4_port board_port;

extern const uint8_t flash_sectors[2][4096];
bool hal_flash_program(const uint8_t *at, const void *data, size_t len);
bool hal_flash_erase(const uint8_t *at, size_t len);
bool reset_left_ram_alone(void);

void unit_take(void);
void unit_give(void);
void unit_load_key(const uint32_t *key);
void unit_run(uint8_t *out, const uint8_t *in);

bool radio_receive(char name[64], uint8_t *frame, size_t *frame_len, char reading[16]);
void radio_send(const char *topic, const uint8_t *frame, size_t frame_len);
void mqtt_publish(const char *topic, const uint8_t *frame, size_t frame_len);
void mqtt_subscribe(const char *topic, int qos);

void show(const char *topic, const uint8_t *text, size_t text_len);
void show_key(const uint8_t name[16], const uint8_t fingerprint[16]);
void log_refusal(const char *topic, const char *why);

bool send_to_key_server(const uint8_t key[E4_KEY_SIZE]);
void read_factory_key(uint8_t key[E4_KEY_SIZE]);
const uint8_t *public_key_of(const uint8_t id[E4_ID_SIZE]);
