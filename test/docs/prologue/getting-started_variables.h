/* SPDX-License-Identifier: Apache-2.0 */
/* What parts that are some statements use without declaring it. */
extern struct mqtt *mqtt;
extern struct err err;
extern const char *password;
extern const uint8_t *line;
extern size_t line_len, text_len, frame_len;
extern void *work;
extern uint8_t text[4096], frame[4096], device_key[E4_KEY_SIZE];
extern char receiving[E4_RECEIVING_TOPIC_SIZE];
extern const struct mqtt_message *message;

extern struct e4_client client;
extern struct e4_identity identity;
extern struct e4_topic topic;
extern struct e4_opened opened;
extern struct e4_command command;
extern struct e4_posix state;
extern struct e4_config config;
extern struct e4_port port;
extern struct e4_signer signer;
extern struct e4_peer_slot peers[8];
extern enum e4_result result;

void received(void *ctx, const struct mqtt_message *message);
