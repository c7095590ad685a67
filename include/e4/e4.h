/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libe4: end-to-end protection of messages, with keys managed from afar.
 *
 * What holds for every function of the library:
 *
 *   memory    Nothing is allocated. The caller owns every object and every
 *             buffer; the library keeps pointers only to what e4_config names.
 *   structs   Complete so that they can be placed anywhere, but fields under
 *             "private" belong to the library. Zero them before first use
 *             (static memory is zero).
 *   pointers  Never NULL unless said; a NULL buffer is fine when its length is 0.
 *   lengths   _len counts bytes in use, _cap bytes of room, _count elements.
 *   errors    E4_OK or one E4_ERR_*. After an error, output lengths are 0,
 *             output buffers hold no secret, and the client is as it was.
 *   clients   All calls but e4_create(), e4_open() and e4_close() are for a client that one
 *             of the first two has taken up with E4_OK.
 *   threads   One client, one thread at a time. Different clients share nothing.
 *   time      Whole seconds since 1970-01-01 UTC, in names ending in _s.
 *
 * Section numbers (§) are those of PROTOCOL.md.
 */
#ifndef E4_E4_H
#define E4_E4_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define E4_VERSION "0.1.0"

enum {
    E4_ID_SIZE = 16,
    E4_HASH_SIZE = 16,
    E4_KEY_SIZE = 32,
    E4_TAG_SIZE = 16,
    E4_SIGNATURE_SIZE = 64,
    E4_RECORD_SIZE = 128,        /* one place in storage */
    E4_OVERHEAD_SK = 24,         /* bytes a protected message is longer than its text */
    E4_OVERHEAD_PK = 104,        /* the same with a signature */
    E4_RECEIVING_TOPIC_SIZE = 36 /* "e4/", 32 hex digits, NUL */
};
#define E4_TOPIC_MAX 65535UL /* bytes in a topic's name, as in MQTT */

/* How messages are protected: the topic's key alone, or signed by the sender as well. */
enum e4_mode { E4_SYMMETRIC = 1, E4_PUBLIC_KEY = 2 };

enum e4_result {
    E4_OK = 0,
    E4_ERR_ARGUMENT = -1,  /* a value this call does not take */
    E4_ERR_SPACE = -2,     /* the output buffer is too small */
    E4_ERR_NO_TOPIC = -3,  /* no key is held for this topic */
    E4_ERR_NO_SENDER = -4, /* the sender's public key is not held */
    E4_ERR_SHORT = -5,     /* the frame is shorter than its fixed parts */
    E4_ERR_FORGED = -6,    /* not authentic under any key in force */
    E4_ERR_SIGNATURE = -7, /* the sender is known and the signature is wrong */
    E4_ERR_STALE = -8,     /* older than policy.max_age_s, or than the guard remembers */
    E4_ERR_FUTURE = -9,    /* sent more than policy.max_skew_s from now */
    E4_ERR_REPLAY = -10,   /* accepted before */
    E4_ERR_COMMAND = -11,  /* no command, or one that cannot be carried out as it is */
    E4_ERR_MODE = -12,     /* belongs to the other mode */
    E4_ERR_FULL = -13,     /* no free place for another topic or public key */
    E4_ERR_CLOCK = -14,    /* the port has no time */
    E4_ERR_STORAGE = -15,  /* the port could not load or store, or what it loaded is damaged */
    E4_ERR_EMPTY = -16,    /* nothing is stored here yet */
    E4_ERR_ORDER = -17,    /* a command older than one already carried out */
    E4_ERR_GUARD = -18,    /* the replay guard is too small for this many messages a second */
    E4_ERR_VERSION = -19   /* stored by a newer version of the library */
};

/* A short lower-case English phrase for a log; never NULL. */
const char *e4_strerror(enum e4_result result);

/* The library's version at run time, as E4_VERSION at compile time. */
const char *e4_version(void);

/*
 * What the library needs from its surroundings. ctx is handed back unread.
 * There is no random source: nothing a client does is random.
 *
 * A record is E4_RECORD_SIZE bytes. Places are numbered from 0 without gaps;
 * e4_places() says how many a configuration uses. store() must be atomic and
 * durable: after a power cut, load() gives the old record or the new one, and after an
 * error the old one. Every command is one store(), so a command is done or not done.
 *
 *   now        E4_ERR_CLOCK while the time is not known
 *   load       E4_ERR_EMPTY if the place was never stored
 *   set_clock  NULL: the clock never needs setting. Otherwise it is called with
 *              the time of the first authentic command that arrives while now()
 *              says E4_ERR_CLOCK
 */
struct e4_port {
    void *ctx;
    enum e4_result (*now)(void *ctx, uint64_t *now_s);
    enum e4_result (*load)(void *ctx, unsigned place, uint8_t record[E4_RECORD_SIZE]);
    enum e4_result (*store)(void *ctx, unsigned place, const uint8_t record[E4_RECORD_SIZE]);
    void (*set_clock)(void *ctx, uint64_t now_s);
};

/* Working memory, as arrays of the caller's. */
struct e4_entry { /* private; what is kept of a topic or of a peer */
    uint16_t first;
    uint16_t next;
    uint16_t place;
    uint8_t state;
    uint8_t has_old;
    uint64_t command_s;
    uint8_t name[E4_HASH_SIZE];
    uint8_t key[E4_KEY_SIZE];
};

struct e4_topic_slot { /* private; 104 bytes */
    struct e4_entry entry;
    uint8_t old_key[E4_KEY_SIZE];
    uint64_t changed_s;
};

struct e4_peer_slot { /* private; 64 bytes */
    struct e4_entry entry;
};

struct e4_seen_slot { /* private; 16 bytes */
    uint64_t mark;
    uint64_t sent_s;
};

struct e4_sent_slot { /* private; 8 bytes */
    uint64_t mark;
};

/* What a public-key client keeps of itself; symmetric clients need none. */
struct e4_signer { /* private; 96 bytes */
    uint8_t seed[E4_KEY_SIZE];
    uint8_t public_key[E4_KEY_SIZE];
    uint8_t server_key[E4_KEY_SIZE];
};

/* What is a matter of choice. e4_policy_default holds the values in brackets. */
struct e4_policy {
    uint32_t max_age_s;       /* older frames are E4_ERR_STALE [600] */
    uint32_t max_skew_s;      /* frames further ahead are E4_ERR_FUTURE [60] */
    uint32_t transition_s;    /* how long a replaced topic key still opens frames [3600] */
    uint32_t back_date_s;     /* taken off the time of what is sent [2] */
    uint64_t earliest_s;      /* it is never earlier: when the firmware was built [0] */
    bool unknown_senders;     /* open frames whose signer is not held, unverified; of those,
                                 equal texts of one second pass once, whoever they name; each
                                 verified message then takes two places in the guard [false] */
    bool report_repeats;      /* open a repeated frame and say so [false: E4_ERR_REPLAY] */
    bool refuse_before_start; /* messages sent before e4_open() are E4_ERR_STALE [false] */
    bool send_empty;          /* protect a text of no bytes; e4go peers refuse those [false] */
};
extern const struct e4_policy e4_policy_default;

/* Public-key mode as a whole. Only a program that names it carries its code. */
struct e4_public_key_mode;
extern const struct e4_public_key_mode e4_public_key_mode;

/*
 * The replay guard remembers up to about seen_count - 1 messages, and forgets the
 * oldest first. Give it the messages of the busiest two seconds, or better of as
 * many seconds as messages may overtake one another: 64 on a small device, 65,536
 * on a host. A frame older than what it had to forget is E4_ERR_STALE; more frames in one
 * second than it holds, or in a large one than about three quarters of that, are E4_ERR_GUARD.
 * The array may be kept across a restart (memory that survives a reset, a mapped file): then
 * nothing that was accepted before is accepted again. e4_create() clears it, and so does
 * e4_open() unless it is this client's own, with this seen_count: so RAM with anything in it
 * may be handed over.
 *
 * sent remembers the frames sent last, so that equal texts in one second leave
 * as different frames, each a second older than the one before; 8 are plenty, and max_age_s
 * is too many. It too may be kept across a restart.
 */
struct e4_config {
    const struct e4_port *port;
    const struct e4_policy *policy; /* NULL: e4_policy_default */
    struct e4_topic_slot *topics;
    struct e4_seen_slot *seen;
    struct e4_sent_slot *sent;
    uint16_t topic_count;        /* 1 or more; with peer_count at most 65,534 */
    uint16_t sent_count;         /* 1 or more */
    uint32_t seen_count;         /* 9 or more */
    const char *receiving_topic; /* NULL: "e4/" and the id in hex (§1) */

    /* Public-key mode; all NULL and 0 in symmetric mode. */
    const struct e4_public_key_mode *public_key; /* &e4_public_key_mode */
    struct e4_signer *signer;
    struct e4_peer_slot *peers;
    uint16_t peer_count;
};

/* Who a client is when it is first set up. */
struct e4_identity {
    enum e4_mode mode;
    uint8_t id[E4_ID_SIZE];
    uint8_t key[E4_KEY_SIZE];        /* symmetric key, or Ed25519 seed (RFC 8032, 5.1.5) */
    uint8_t server_key[E4_KEY_SIZE]; /* public-key mode: Curve25519 (RFC 7748) */
};

struct e4_aes;
struct e4_client { /* private; 128 bytes at most */
    const struct e4_config *config;
    const struct e4_policy *policy;
    const struct e4_aes *aes;
    uint64_t floor_s;
    uint16_t topic_top;
    uint8_t mode;
    uint8_t changed;
    uint32_t topic_epoch;
    uint64_t identity_s;
    uint8_t id[E4_ID_SIZE];
    uint8_t command_key[E4_KEY_SIZE];
    uint8_t receiving[E4_HASH_SIZE];
    uint64_t command_s;
    uint32_t peer_epoch;
    uint16_t peer_top;
    bool start_pending;
};

/* Number of storage places a configuration uses: 1 + topics + peers. */
unsigned e4_places(const struct e4_config *config);

/*
 * Set up a new client and store it, replacing whatever was stored: one store() decides,
 * the ones after it only overwrite what the client before left behind, in the places that this
 * configuration uses.
 *
 * E4_ERR_ARGUMENT: a key of zeros, a server key of low order, or a count out of range;
 * E4_ERR_MODE: a public-key identity and no config->public_key. After an error the client is
 * closed; what is stored is still to be taken up by e4_open().
 */
enum e4_result e4_create(struct e4_client *client, const struct e4_config *config,
                         const struct e4_identity *identity);

/*
 * Take up a stored client. E4_ERR_EMPTY: e4_create() has never succeeded here.
 * E4_ERR_FULL: more topics or public keys are stored than the arrays have room for.
 */
enum e4_result e4_open(struct e4_client *client, const struct e4_config *config);

/*
 * Store the time that has been reached, so that after a restart time does not run below
 * it, and overwrite topic keys whose transition is over. Before an orderly stop, and
 * as often otherwise as the storage bears. E4_ERR_CLOCK: there is no time to store.
 */
enum e4_result e4_save(struct e4_client *client);

/* Wipe every secret in the client and its slots and nothing else. Storage stays. */
void e4_close(struct e4_client *client);

/* What may be known of a client. */
enum e4_mode e4_client_mode(const struct e4_client *client);
const uint8_t *e4_client_id(const struct e4_client *client);     /* E4_ID_SIZE bytes */
uint64_t e4_client_command_time(const struct e4_client *client); /* newest; 0: none yet */
/* Its Ed25519 public key, E4_KEY_SIZE bytes; NULL in symmetric mode. */
const uint8_t *e4_client_public_key(const struct e4_client *client);
/* First 16 bytes of SHA3-256 of its public key, or in symmetric mode of its key: safe to show.
 */
void e4_client_fingerprint(const struct e4_client *client, uint8_t print[16]);

/*
 * The topic on which a client of this id gets its commands, and NUL (§1).
 */
void e4_receiving_topic(char name[E4_RECEIVING_TOPIC_SIZE], const uint8_t id[E4_ID_SIZE]);

/*
 * Topics and public keys held, in no particular order: start with *at = 0 and go on
 * until false. fingerprint is the first 16 bytes of SHA3-256 of the key: safe to show.
 */
struct e4_held {
    uint8_t name[E4_HASH_SIZE]; /* topic hash, or client id */
    uint8_t fingerprint[16];
    uint64_t command_s; /* when the command was sent that set it */
    bool has_old;       /* topics: the key before it still opens frames */
};
bool e4_next_topic(const struct e4_client *client, uint16_t *at, struct e4_held *held);
bool e4_next_peer(const struct e4_client *client, uint16_t *at, struct e4_held *held);

/*
 * A topic, hashed once and used often.
 *
 * With a cache (may be NULL) the expanded key is kept as well, which spares
 * short messages the key expansion. A handle is right whatever happens to the keys
 * behind it, with every client, and works for the receiving topic too. One cache
 * belongs to one handle.
 */
struct e4_cache { /* private; 312 bytes at most; holds a secret: wiped by e4_topic_forget() */
    uint8_t key[E4_KEY_SIZE];
    const struct e4_aes *aes;
    uint32_t words[68];
};
struct e4_topic { /* private */
    uint8_t hash[E4_HASH_SIZE];
    uint16_t slot;
    struct e4_cache *cache;
};
/* E4_ERR_ARGUMENT: empty, over E4_TOPIC_MAX, with '+', '#' or NUL, or of "$SYS" (§1). */
enum e4_result e4_topic_init(struct e4_topic *topic, const char *name, size_t name_len,
                             struct e4_cache *cache);
/* Wipe the key that a handle's cache keeps. The handle stays usable. */
void e4_topic_forget(struct e4_topic *topic);
/* Is this the topic on which the client's commands arrive? */
bool e4_is_receiving(const struct e4_client *client, const struct e4_topic *topic);

/*
 * Protect one message for all who hold the topic's key (§5).
 *
 *   frame      room for text_len + E4_OVERHEAD_SK or E4_OVERHEAD_PK bytes
 *   frame_len  out: bytes written
 *   text       1 byte or more (0 with policy.send_empty)
 *
 * frame and text may be the same memory if text == frame + E4_TEXT_AT(mode);
 * otherwise they must not overlap.
 */
#define E4_TEXT_AT(mode) ((mode) == E4_SYMMETRIC ? 24 : 40)
enum e4_result e4_protect(struct e4_client *client, struct e4_topic *topic, uint8_t *frame,
                          size_t frame_cap, size_t *frame_len, const uint8_t *text,
                          size_t text_len);

/* What e4_unprotect() found. */
enum e4_kind { E4_MESSAGE = 1, E4_COMMAND = 2 };
struct e4_opened {
    enum e4_kind kind;
    uint8_t command;            /* command: its first byte */
    bool verified;              /* the signature was checked and is right */
    bool old_key;               /* opened with the key before the last */
    bool repeated;              /* accepted before; only with policy.report_repeats */
    size_t text_len;            /* message: bytes of text; command: 0 */
    uint64_t sent_s;            /* when it was sent, by its sender's clock */
    uint64_t now_s;             /* what the time was here */
    uint8_t sender[E4_ID_SIZE]; /* public-key message: who signed */
    uint8_t tag[E4_TAG_SIZE];   /* identifies the frame, for e4_receipt() */
};

/*
 * Open one frame that arrived under topic (§6).
 *
 * Under the client's receiving topic the frame is a command: it is carried out
 * and stored before this returns, and text is not touched. Under any other
 * topic it is a message. Nothing of the text is released unless age,
 * signature, authenticity and freshness all hold.
 *
 *   text    room for frame_len - overhead bytes; may be frame + E4_TEXT_AT(mode),
 *           otherwise it must not overlap frame
 *   opened  out: with an error all zero, but for sent_s and now_s after E4_ERR_STALE,
 *           E4_ERR_FUTURE and E4_ERR_ORDER, and for command and tag after an error of
 *           an authentic command
 */
enum e4_result e4_unprotect(struct e4_client *client, struct e4_topic *topic, uint8_t *text,
                            size_t text_cap, struct e4_opened *opened, const uint8_t *frame,
                            size_t frame_len);

/*
 * Many messages at once, of one topic or of many: the same results as one after the
 * other, in their order, for a fraction of the time where the topics have caches.
 * Returns E4_OK if every one succeeded, otherwise the first error; each has its own result.
 */
struct e4_outgoing {
    struct e4_topic *topic;
    uint8_t *frame; /* as for e4_protect() */
    size_t frame_cap;
    const uint8_t *text;
    size_t text_len;
    size_t frame_len;      /* out */
    enum e4_result result; /* out */
};
enum e4_result e4_protect_many(struct e4_client *client, struct e4_outgoing *list,
                               size_t count);

struct e4_incoming {
    struct e4_topic *topic;
    uint8_t *text; /* as for e4_unprotect() */
    size_t text_cap;
    const uint8_t *frame;
    size_t frame_len;
    struct e4_opened opened; /* out */
    enum e4_result result;   /* out */
};
enum e4_result e4_unprotect_many(struct e4_client *client, struct e4_incoming *list,
                                 size_t count);

/*
 * Carry out a command of the application's own (see e4/wire.h), as if the key server had
 * sent it in the second of the newest command; but no order is kept among such commands.
 */
struct e4_command;
enum e4_result e4_apply(struct e4_client *client, const struct e4_command *command);

/*
 * Frames for "<receiving topic>/up" (§9): what became of a command, and what this client
 * holds. Room for E4_RECEIPT_FRAME_SIZE and E4_HELLO_FRAME_SIZE bytes.
 */
enum { E4_RECEIPT_FRAME_SIZE = 42, E4_HELLO_FRAME_SIZE = 59 };
enum e4_result e4_receipt(struct e4_client *client, const struct e4_opened *opened,
                          enum e4_result outcome, uint8_t *frame, size_t frame_cap,
                          size_t *frame_len);
enum e4_result e4_hello(struct e4_client *client, uint8_t *frame, size_t frame_cap,
                        size_t *frame_len);

#ifdef __cplusplus
}
#endif

#endif
