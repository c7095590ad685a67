/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames, commands and receipts without a client: for key servers, tools and tests.
 * Pure functions; the conventions of e4/e4.h hold. §5, §7 and §9 of PROTOCOL.md.
 */
#ifndef E4_WIRE_H
#define E4_WIRE_H

#include "e4/e4.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A frame taken apart. The pointers lead into the bytes it was parsed from. */
struct e4_frame {
    const uint8_t *bytes;
    uint64_t sent_s;
    const uint8_t *sender; /* E4_ID_SIZE bytes; NULL in a symmetric frame or command */
    const uint8_t *tag;    /* E4_TAG_SIZE bytes, unique to this frame under its key */
    const uint8_t *body;
    size_t body_len;
    const uint8_t *signature; /* E4_SIGNATURE_SIZE over all before it; NULL as sender */
};

/*
 * Parse, then find the keys that sender and topic call for, then verify, then open.
 * Commands and receipts have the symmetric layout in both modes. E4_ERR_SHORT: shorter
 * than E4_OVERHEAD_SK or E4_OVERHEAD_PK bytes.
 */
enum e4_result e4_frame_parse(struct e4_frame *frame, enum e4_mode mode, const uint8_t *in,
                              size_t in_len);
/* E4_ERR_SIGNATURE; E4_ERR_ARGUMENT for a frame without one. */
enum e4_result e4_frame_verify(const struct e4_frame *frame,
                               const uint8_t sender_public[E4_KEY_SIZE]);
/* text: body_len bytes; may be the body itself, otherwise it must not overlap. E4_ERR_FORGED.
 */
enum e4_result e4_frame_open(uint8_t *text, size_t text_cap, size_t *text_len,
                             const struct e4_frame *frame, const uint8_t key[E4_KEY_SIZE]);

/* What to seal with. e4_frame_seal() reads the first two. */
struct e4_sealing {
    const uint8_t *key; /* E4_KEY_SIZE bytes: the topic's, or the client's command key */
    uint64_t sent_s;
    const uint8_t *sender;     /* E4_ID_SIZE bytes */
    const uint8_t *seed;       /* E4_KEY_SIZE bytes: the sender's Ed25519 seed */
    const uint8_t *public_key; /* E4_KEY_SIZE bytes: what e4_sign_public() makes of it */
};
/* A symmetric message, or any command: text_len + E4_OVERHEAD_SK bytes. */
enum e4_result e4_frame_seal(uint8_t *out, size_t out_cap, size_t *out_len,
                             const struct e4_sealing *sealing, const uint8_t *text,
                             size_t text_len);
/* A signed message: text_len + E4_OVERHEAD_PK bytes. */
enum e4_result e4_frame_seal_signed(uint8_t *out, size_t out_cap, size_t *out_len,
                                    const struct e4_sealing *sealing, const uint8_t *text,
                                    size_t text_len);

/* Numbers are the first byte on the wire. */
enum e4_command_type {
    E4_REMOVE_TOPIC = 0x00,
    E4_RESET_TOPICS = 0x01,
    E4_SET_ID_KEY = 0x02,
    E4_SET_TOPIC_KEY = 0x03,
    E4_REMOVE_PUB_KEY = 0x04,
    E4_RESET_PUB_KEYS = 0x05,
    E4_SET_PUB_KEY = 0x06,
    E4_SET_SERVER_KEY = 0x07
};
enum { E4_COMMAND_MAX = 65, E4_COMMAND_FRAME_MAX = 89 };

struct e4_command {
    enum e4_command_type type;
    uint8_t topic[E4_HASH_SIZE];     /* REMOVE_TOPIC, SET_TOPIC_KEY */
    uint8_t id[E4_ID_SIZE];          /* REMOVE_PUB_KEY, SET_PUB_KEY */
    uint8_t key[E4_KEY_SIZE];        /* every SET_*; SET_ID_KEY in public-key mode: the seed */
    uint8_t public_key[E4_KEY_SIZE]; /* SET_ID_KEY in public-key mode: the seed's public half */
};

/*
 * Bytes only: whether keys are any good is for e4_apply() and the receiving client to say.
 * E4_ERR_COMMAND: an unknown type or a wrong length; E4_ERR_MODE: not of this mode.
 */
enum e4_result e4_command_encode(uint8_t out[E4_COMMAND_MAX], size_t *out_len,
                                 const struct e4_command *command, enum e4_mode mode);
enum e4_result e4_command_decode(struct e4_command *command, enum e4_mode mode,
                                 const uint8_t *in, size_t in_len);
/* "SetTopicKey" and so on, as in §7; NULL for a number that is no command. */
const char *e4_command_name(unsigned type);
/* Is this a command for public-key clients only? */
bool e4_command_needs_public_key(enum e4_command_type type);

/* What a device says on "<receiving topic>/up" (§9). */
enum e4_report_type { E4_RECEIPT = 0x80, E4_HELLO = 0x81 };
enum { E4_REPORT_MAX = 35, E4_HELLO_FORMAT = 1, E4_DIGEST_SIZE = 32 };
struct e4_report {
    enum e4_report_type type;
    uint8_t tag[E4_TAG_SIZE];       /* RECEIPT: of the command's frame */
    enum e4_result outcome;         /* RECEIPT: E4_OK or an error */
    enum e4_mode mode;              /* HELLO */
    uint8_t digest[E4_DIGEST_SIZE]; /* HELLO: of the topics and public keys held */
};
enum e4_result e4_report_encode(uint8_t out[E4_REPORT_MAX], size_t *out_len,
                                const struct e4_report *report);
/* E4_ERR_COMMAND: anything that e4_report_encode() would not write. */
enum e4_result e4_report_decode(struct e4_report *report, const uint8_t *in, size_t in_len);

#ifdef __cplusplus
}
#endif

#endif
