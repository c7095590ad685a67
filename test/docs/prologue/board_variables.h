/* SPDX-License-Identifier: Apache-2.0 */
/* What examples that are some statements use without declaring it. */
bool board_read(void *ctx, unsigned sector, uint32_t offset, void *data, size_t len);
bool board_program(void *ctx, unsigned sector, uint32_t offset, const void *data, size_t len);
bool board_erase(void *ctx, unsigned sector);
enum e4_result board_now(void *ctx, uint64_t *now_s);
void board_set_clock(void *ctx, uint64_t now_s);

extern struct e4_client client;
extern struct e4_config config;
extern struct e4_policy policy;
extern struct e4_port port;
extern struct e4_posix state;
extern struct e4_flash flash;
extern struct e4_memory memory;
extern struct e4_identity identity;
extern struct e4_topic topic;
extern struct e4_opened opened;
extern struct e4_command command;
extern enum e4_result result;

extern uint8_t *frame, *in, key[E4_KEY_SIZE], topic_key[E4_KEY_SIZE], command_key[E4_KEY_SIZE];
extern size_t frame_cap, frame_len, in_len, text_len, text_cap;
extern uint64_t sent_s;
extern const char *password, *up_topic;
extern uint8_t text[256];
