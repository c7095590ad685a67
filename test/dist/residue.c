/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is left of keys on the stack when a call of the library has returned: nothing of eight
 * bytes in a row, neither of a key nor of what AES makes of it. Before each call the stack
 * below is painted, afterwards it is searched. Over nothing but e4.h, so that it runs on
 * boards; a call that does leave a key there shows that the search finds it.
 *
 * Compilers may keep a value on the stack wherever they want to. So this holds for the builds
 * that are tested, which are those for devices.
 */
#include "e4.h"

#include <stdio.h>
#include <string.h>

#include "below.h"

enum { PART = 8, WORDS = 68, TEXT = 64, PLACES = 5 };
#define NOW UINT64_C(1700000000)

static struct e4_client client;
static struct e4_config config;
static struct e4_topic_slot topics[2];
static struct e4_peer_slot peers[2];
static struct e4_signer signer;
static struct e4_seen_slot seen[16];
static struct e4_sent_slot sent[4];
static struct e4_memory memory;
static struct e4_port port;
static uint8_t records[PLACES][E4_RECORD_SIZE];
static bool stored[PLACES];
static struct e4_identity identity;
static struct e4_topic topic, receiving;
static struct e4_command command;
static uint8_t order[E4_COMMAND_FRAME_MAX], frame[TEXT + E4_OVERHEAD_PK], text[TEXT];
static size_t order_len, frame_len;
static enum e4_result result;

/* What is searched for: keys, and under each topic key's name the words that it expands to. */
static struct {
    const char *name;
    uint8_t bytes[WORDS * 4];
    size_t len;
} secret[6];
static size_t secrets;
static uint8_t old_key[E4_KEY_SIZE], new_key[E4_KEY_SIZE], command_key[E4_KEY_SIZE];

/* The name of a secret of which a part is on the stack; NULL: none is. */
static const char *residue(void)
{
    static const uint8_t zeros[PART];

    for (size_t i = 0; i < secrets; i++)
        for (size_t at = 0; at + PART <= secret[i].len; at++)
            if (memcmp(secret[i].bytes + at, zeros, PART) != 0 &&
                was_below(secret[i].bytes + at, PART))
                return secret[i].name;
    return NULL;
}

static void search_for(const char *name, const void *bytes, size_t len)
{
    secret[secrets].name = name;
    memcpy(secret[secrets].bytes, bytes, len);
    secret[secrets++].len = len;
}

static void fill_key(uint8_t key[E4_KEY_SIZE], unsigned which)
{
    for (unsigned i = 0; i < E4_KEY_SIZE; i++)
        key[i] = (uint8_t)(which * 59 + i * i * 7 + i * 37);
}

/* The key server's command that gives the topic a key. */
static void make_order(const uint8_t key[E4_KEY_SIZE])
{
    struct e4_sealing sealing = {0};
    uint8_t plain[E4_COMMAND_MAX];
    size_t len;

    memset(&command, 0, sizeof command);
    command.type = E4_SET_TOPIC_KEY;
    memcpy(command.topic, topic.hash, E4_HASH_SIZE);
    memcpy(command.key, key, E4_KEY_SIZE);
    sealing.key = command_key;
    sealing.sent_s = ++memory.now_s;
    if (e4_command_encode(plain, &len, &command, identity.mode) != E4_OK ||
        e4_frame_seal(order, sizeof order, &order_len, &sealing, plain, len) != E4_OK)
        printf("no command\n");
}

/* By a pointer that compilers do not look behind: they would find that nobody needs the copy.
 */
__attribute__((noinline)) static void leave_a_key(void)
{
    void *(*volatile copy)(void *, const void *, size_t) = memcpy;
    uint8_t room[E4_KEY_SIZE + 256];

    copy(room, old_key, E4_KEY_SIZE);
}

static void create(void)
{
    result = e4_create(&client, &config, &identity);
}

static void open_again(void)
{
    result = e4_open(&client, &config);
}

static void take_order(void)
{
    struct e4_opened opened;

    result = e4_unprotect(&client, &receiving, NULL, 0, &opened, order, order_len);
}

static void report(void)
{
    struct e4_opened opened;
    uint8_t receipt[E4_RECEIPT_FRAME_SIZE], hello[E4_HELLO_FRAME_SIZE];
    size_t len;

    memset(&opened, 0, sizeof opened);
    opened.kind = E4_COMMAND;
    result = e4_receipt(&client, &opened, E4_OK, receipt, sizeof receipt, &len);
    if (result == E4_OK)
        result = e4_hello(&client, hello, sizeof hello, &len);
}

static void protect(void)
{
    memory.now_s++;
    result = e4_protect(&client, &topic, frame, sizeof frame, &frame_len, text, TEXT);
}

static void unprotect(void)
{
    struct e4_opened opened;

    result = e4_unprotect(&client, &topic, text, TEXT, &opened, frame, frame_len);
}

static void refuse(void)
{
    frame[frame_len - E4_SIGNATURE_SIZE - 1] ^= 1; /* part of the text, in both modes */
    unprotect();
    result = result == E4_OK ? E4_ERR_ARGUMENT : E4_OK;
}

static void protect_many(void)
{
    struct e4_outgoing out = {0};

    memory.now_s++;
    out.topic = &topic;
    out.frame = frame;
    out.frame_cap = sizeof frame;
    out.text = text;
    out.text_len = TEXT;
    result = e4_protect_many(&client, &out, 1);
    frame_len = out.frame_len;
}

static void unprotect_many(void)
{
    struct e4_incoming in = {0};

    in.topic = &topic;
    in.text = text;
    in.text_cap = TEXT;
    in.frame = frame;
    in.frame_len = frame_len;
    result = e4_unprotect_many(&client, &in, 1);
}

static void apply(void)
{
    result = e4_apply(&client, &command);
}

static void save(void)
{
    memory.now_s += 100000; /* the old key's transition is over */
    result = e4_save(&client);
}

static void fingerprint(void)
{
    uint8_t print[16];

    e4_client_fingerprint(&client, print);
}

static void close_it(void)
{
    e4_close(&client);
}

/* Call it, and say what is left. */
static bool leaves_nothing(const char *what, void (*call)(void))
{
    const char *left;

    look_below(true);
    call();
    look_below(false);
    left = residue();
    if (result != E4_OK)
        printf("%s went wrong: %d\n", what, (int)result);
    if (left != NULL)
        printf("%s leaves a part of %s on the stack\n", what, left);
    return result == E4_OK && left == NULL;
}

static void set_up(enum e4_mode mode)
{
    char name[E4_RECEIVING_TOPIC_SIZE];
    uint8_t server[E4_KEY_SIZE];

    memset(&memory, 0, sizeof memory);
    memset(stored, 0, sizeof stored);
    memory.records = records;
    memory.stored = stored;
    memory.count = PLACES;
    memory.now_s = NOW;
    e4_memory_port(&port, &memory);
    memset(&config, 0, sizeof config);
    config.port = &port;
    config.topics = topics;
    config.topic_count = 2;
    config.seen = seen;
    config.seen_count = 16;
    config.sent = sent;
    config.sent_count = 4;
    memset(&identity, 0, sizeof identity);
    identity.mode = mode;
    identity.id[0] = 1;
    fill_key(identity.key, 1);
    fill_key(old_key, 2);
    fill_key(new_key, 3);
    memcpy(command_key, identity.key, E4_KEY_SIZE);
    if (mode == E4_PUBLIC_KEY) {
        config.public_key = &e4_public_key_mode;
        config.signer = &signer;
        config.peers = peers;
        config.peer_count = 2;
        fill_key(server, 4);
        if (e4_curve_public(identity.server_key, server) != E4_OK ||
            e4_command_key_client(command_key, identity.key, identity.server_key) != E4_OK)
            printf("no command key\n");
    }
    e4_receiving_topic(name, identity.id);
    if (e4_topic_init(&topic, "topic", 5, NULL) != E4_OK ||
        e4_topic_init(&receiving, name, strlen(name), NULL) != E4_OK)
        printf("no topic\n");
}

/* What a key expands to is in the cache of a handle once it was used. */
static bool know_secrets(void)
{
    struct e4_cache cache;
    struct e4_topic cached;

    secrets = 0;
    search_for("the client's key", identity.key, E4_KEY_SIZE);
    search_for("the command key", command_key, E4_KEY_SIZE);
    search_for("the old topic key", old_key, E4_KEY_SIZE);
    search_for("the new topic key", new_key, E4_KEY_SIZE);
    if (e4_topic_init(&cached, "topic", 5, &cache) != E4_OK ||
        e4_protect(&client, &cached, frame, sizeof frame, &frame_len, text, TEXT) != E4_OK)
        return false;
    search_for("the expanded topic key", cache.words, sizeof cache.words);
    e4_topic_forget(&cached);
    return true;
}

/* Another sender is not needed: what this client sends it may open itself. */
static bool know_itself(void)
{
    struct e4_command own;

    memset(&own, 0, sizeof own);
    own.type = E4_SET_PUB_KEY;
    memcpy(own.id, identity.id, E4_ID_SIZE);
    memcpy(own.key, e4_client_public_key(&client), E4_KEY_SIZE);
    return e4_apply(&client, &own) == E4_OK;
}

static bool plays(enum e4_mode mode)
{
    bool good;

    set_up(mode);
    secrets = 0;
    create();
    make_order(old_key);
    take_order();
    good = result == E4_OK && know_secrets() && (mode == E4_SYMMETRIC || know_itself());
    look_below(true);
    leave_a_key();
    look_below(false);
    if (residue() == NULL) {
        printf("a key on the stack is not found\n");
        return false;
    }
    good = good && leaves_nothing("e4_open", open_again);
    good = good && leaves_nothing("e4_protect", protect);
    good = good && leaves_nothing("e4_unprotect", unprotect);
    good = good && leaves_nothing("e4_protect_many", protect_many);
    good = good && leaves_nothing("e4_unprotect_many", unprotect_many);
    protect();
    make_order(new_key);
    good = good && leaves_nothing("a command", take_order);
    good = good && leaves_nothing("e4_unprotect of an old key", unprotect);
    good = good && leaves_nothing("e4_unprotect of a changed frame", refuse);
    good = good && leaves_nothing("e4_receipt and e4_hello", report);
    good = good && leaves_nothing("e4_apply", apply);
    good = good && leaves_nothing("e4_save", save);
    good = good && leaves_nothing("e4_client_fingerprint", fingerprint);
    good = good && leaves_nothing("e4_close", close_it);
    memset(stored, 0, sizeof stored);
    return good && leaves_nothing("e4_create", create);
}

int main(void)
{
    bool symmetric = plays(E4_SYMMETRIC);
    bool public_key = plays(E4_PUBLIC_KEY);

    return symmetric && public_key ? 0 : 1;
}
