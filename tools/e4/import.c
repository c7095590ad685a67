/* SPDX-License-Identifier: Apache-2.0 */
/* See import.h. Parsing the file is a pure function; applying it is in import_apply.c. */
#include "tools/e4/import.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/hex.h"
#include "base/json_in.h"
#include "base/secret.h"
#include "e4/keys.h"

enum {
    KEY_SYMMETRIC = 0, /* "keyType" */
    KEY_PUBLIC = 1,
    OLD_KEY_SIZE = E4_KEY_SIZE + 8, /* a previous key, then the time */
    COUNT_MAX = 32767               /* topics, or peers: what a device has room for */
};

static bool is_zero(const uint8_t key[E4_KEY_SIZE])
{
    static const uint8_t zero[E4_KEY_SIZE];

    return e4_equal(key, zero, E4_KEY_SIZE);
}

/* Bytes in base64, of exactly this length. what names them in errors. */
static int take_bytes(uint8_t *bytes, size_t want, const struct json_in *value,
                      const char *what, struct err *err)
{
    size_t text_len;
    const char *text = json_in_text(value, &text_len);
    size_t len;

    if (text == NULL)
        return err_set(err, ERR_INPUT, "%s is missing or no text", what);
    if (base64_decode(bytes, want, &len, text, text_len) != 0)
        return err_set(err, ERR_INPUT, "%s is not base64 of %zu bytes", what, want);
    if (len == want)
        return 0;
    e4_wipe(bytes, want);
    return err_set(err, ERR_INPUT, "%s has %zu bytes, not %zu", what, len, want);
}

static int take_key(uint8_t key[E4_KEY_SIZE], const struct json_in *value, const char *what,
                    struct err *err)
{
    if (take_bytes(key, E4_KEY_SIZE, value, what, err) != 0)
        return -1;
    return is_zero(key) ? err_set(err, ERR_INPUT, "%s is all zero", what) : 0;
}

static int take_id(struct import *out, const struct json_in *root, struct err *err)
{
    size_t text_len;
    const char *text = json_in_text(json_in_get(root, "ID"), &text_len);
    uint8_t id[64];
    size_t len;

    if (text == NULL)
        return err_set(err, ERR_INPUT, "\"ID\" is missing or no text");
    if (base64_decode(id, sizeof id, &len, text, text_len) != 0)
        return err_set(err, ERR_INPUT, "\"ID\" is not base64 of %d bytes", E4_ID_SIZE);
    if (len != E4_ID_SIZE)
        return err_set(
            err, ERR_INPUT,
            "\"ID\" has %zu bytes, but ids have %d here; such a device has to be made "
            "anew, with e4 init --name",
            len, E4_ID_SIZE);
    memcpy(out->identity.id, id, E4_ID_SIZE);
    return 0;
}

/* "ReceivingTopic" is kept only where it is not the usual one. */
static int take_receiving_topic(struct import *out, const struct json_in *root, struct err *err)
{
    size_t len;
    const char *text = json_in_text(json_in_get(root, "ReceivingTopic"), &len);
    char usual[E4_RECEIVING_TOPIC_SIZE];
    uint8_t hash[E4_HASH_SIZE];

    if (text == NULL || e4_topic_hash(hash, text, len) != E4_OK)
        return err_set(err, ERR_INPUT, "\"ReceivingTopic\" is missing or no topic");
    e4_receiving_topic(usual, out->identity.id);
    if (strcmp(text, usual) == 0)
        return 0;
    out->receiving_topic = strdup(text);
    return out->receiving_topic != NULL ? 0 : err_set(err, ERR_SYSTEM, "out of memory");
}

/* The name of a member: a hash or an id in hexadecimal. */
static int take_name(uint8_t name[E4_HASH_SIZE], const struct json_in_member *member,
                     const char *what, struct err *err)
{
    const char *text = json_in_name(member);

    if (hex_decode(name, E4_HASH_SIZE, text, strlen(text)) != 0)
        return err_set(err, ERR_INPUT, "a name in \"%s\" is not 32 hexadecimal digits", what);
    return 0;
}

/* The members of an object that may be null, counted, with zeroed memory for as many. */
static int take_group(void **array, size_t size, const struct json_in *object, const char *what,
                      struct err *err)
{
    size_t count = json_in_size(object);

    if (!json_in_is_object(object) && !json_in_is_null(object))
        return err_set(err, ERR_INPUT, "\"%s\" is missing or no object", what);
    if (count > COUNT_MAX)
        return err_set(err, ERR_INPUT, "\"%s\" has %zu members; a device has room for %d", what,
                       count, COUNT_MAX);
    *array = calloc(count + 1, size);
    return *array != NULL ? 0 : err_set(err, ERR_SYSTEM, "out of memory");
}

static int take_peers(struct import *out, const struct json_in *data, struct err *err)
{
    const struct json_in *object = json_in_get_any_case(data, "PubKeys");
    const struct json_in_member *member = NULL;
    void *array;

    if (take_group(&array, sizeof *out->peers, object, "PubKeys", err) != 0)
        return -1;
    out->peers = array;
    while ((member = json_in_next(object, member)) != NULL) {
        struct import_peer *peer = &out->peers[out->peer_count++];

        if (take_name(peer->id, member, "PubKeys", err) != 0 ||
            take_key(peer->key, json_in_value(member), "a key in \"PubKeys\"", err) != 0)
            return -1;
    }
    return 0;
}

static int take_private_key(struct import *out, const struct json_in *data, struct err *err)
{
    uint8_t bytes[E4_PRIVATE_KEY_SIZE];
    uint8_t half[E4_KEY_SIZE];
    int rc = take_bytes(bytes, sizeof bytes, json_in_get_any_case(data, "PrivateKey"),
                        "\"PrivateKey\"", err);

    if (rc == 0 && is_zero(bytes)) {
        rc = err_set(err, ERR_INPUT, "\"PrivateKey\" is all zero");
    } else if (rc == 0) {
        memcpy(out->identity.key, bytes, E4_KEY_SIZE);
        if (e4_sign_public(half, bytes) != E4_OK ||
            !e4_equal(half, bytes + E4_KEY_SIZE, sizeof half))
            rc = err_set(err, ERR_INPUT, "the halves of \"PrivateKey\" do not belong together");
    }
    e4_wipe(bytes, sizeof bytes);
    return rc;
}

static int take_public_key_mode(struct import *out, const struct json_in *data, struct err *err)
{
    uint8_t signer[E4_ID_SIZE];
    uint8_t shared[E4_KEY_SIZE];
    enum e4_result result;

    out->identity.mode = E4_PUBLIC_KEY;
    if (take_private_key(out, data, err) != 0 ||
        take_bytes(signer, sizeof signer, json_in_get_any_case(data, "SignerID"),
                   "\"SignerID\"", err) != 0 ||
        take_key(out->identity.server_key, json_in_get_any_case(data, "C2PubKey"),
                 "\"C2PubKey\"", err) != 0)
        return -1;
    if (memcmp(signer, out->identity.id, E4_ID_SIZE) != 0)
        return err_set(err, ERR_INPUT, "\"SignerID\" is not \"ID\"");
    result = e4_command_key_client(shared, out->identity.key, out->identity.server_key);
    e4_wipe(shared, sizeof shared);
    if (result != E4_OK)
        return err_set(err, ERR_INPUT, "\"C2PubKey\" is no good public key");
    return take_peers(out, data, err);
}

static int take_identity(struct import *out, const struct json_in *root, struct err *err)
{
    const struct json_in *key = json_in_get(root, "Key");
    const struct json_in *data = json_in_get(key, "keyData");
    int64_t type;

    if (take_id(out, root, err) != 0)
        return -1;
    if (!json_in_is_object(key))
        return err_set(err, ERR_INPUT, "\"Key\" is missing: without it a device is of no use");
    if (!json_in_number(json_in_get(key, "keyType"), &type))
        return err_set(err, ERR_INPUT, "\"keyType\" is missing");
    if (!json_in_is_object(data))
        return err_set(err, ERR_INPUT, "\"keyData\" is missing");
    if (type == KEY_PUBLIC)
        return take_public_key_mode(out, data, err);
    if (type != KEY_SYMMETRIC)
        return err_set(err, ERR_INPUT, "\"keyType\" is neither symmetric nor public-key");
    out->identity.mode = E4_SYMMETRIC;
    return take_key(out->identity.key, json_in_get_any_case(data, "Key"), "the device's key",
                    err);
}

/* Is a member of "TopicKeys" a previous key? They are told by their length. */
static bool is_old_key(const struct json_in *value)
{
    size_t len;

    return json_in_text(value, &len) != NULL && len == BASE64_SIZE(OLD_KEY_SIZE) - 1;
}

/* Find the key that a topic had before, which may be none. */
static int take_old_key(struct import_topic *topic, const struct json_in *object,
                        struct err *err)
{
    uint8_t bytes[OLD_KEY_SIZE];
    uint8_t under[E4_HASH_SIZE];
    char name[2 * E4_HASH_SIZE + 1];
    const struct json_in *value;
    int rc;

    e4_hash(under, topic->hash, sizeof topic->hash);
    hex_encode(name, under, sizeof under);
    value = json_in_get(object, name);
    if (!is_old_key(value))
        return 0;
    rc = take_bytes(bytes, sizeof bytes, value, "a previous key in \"TopicKeys\"", err);
    if (rc == 0) {
        memcpy(topic->old_key, bytes, E4_KEY_SIZE);
        for (unsigned i = 0; i < 8; i++)
            topic->replaced_s |= (uint64_t)bytes[E4_KEY_SIZE + i] << (8 * i);
        if (is_zero(topic->old_key) || e4_equal(topic->old_key, topic->key, E4_KEY_SIZE))
            topic->replaced_s = 0; /* of no account */
    }
    e4_wipe(bytes, sizeof bytes);
    return rc;
}

static int take_topics(struct import *out, const struct json_in *root, struct err *err)
{
    const struct json_in *object = json_in_get(root, "TopicKeys");
    const struct json_in_member *member = NULL;
    size_t old_keys = 0;
    void *array;

    if (take_group(&array, sizeof *out->topics, object, "TopicKeys", err) != 0)
        return -1;
    out->topics = array;
    while ((member = json_in_next(object, member)) != NULL) {
        struct import_topic *topic = &out->topics[out->topic_count];

        if (take_name(topic->hash, member, "TopicKeys", err) != 0)
            return -1;
        if (is_old_key(json_in_value(member))) {
            old_keys++;
            continue;
        }
        out->topic_count++;
        if (take_key(topic->key, json_in_value(member), "a key in \"TopicKeys\"", err) != 0 ||
            take_old_key(topic, object, err) != 0)
            return -1;
        if (topic->replaced_s != 0)
            old_keys--;
    }
    out->strays = old_keys;
    return 0;
}

int import_parse(const char *text, size_t len, struct import *out, struct err *err)
{
    struct json_in *root = json_in_read(text, len, err);
    int rc = -1;

    memset(out, 0, sizeof *out);
    if (root == NULL)
        return -1;
    if (!json_in_is_object(root))
        (void)err_set(err, ERR_INPUT, "not a JSON object");
    else if (take_identity(out, root, err) == 0 && take_receiving_topic(out, root, err) == 0)
        rc = take_topics(out, root, err);
    json_in_free(root);
    if (rc != 0)
        import_free(out);
    return rc;
}

void import_free(struct import *import)
{
    if (import->topics != NULL)
        e4_wipe(import->topics, import->topic_count * sizeof *import->topics);
    free(import->topics);
    free(import->peers);
    free(import->receiving_topic);
    e4_wipe(import, sizeof *import);
}
