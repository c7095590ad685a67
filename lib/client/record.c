/* SPDX-License-Identifier: Apache-2.0 */
/* Records to bytes and back, with a check value over each and the place it belongs to. */
#include "client/record.h"

#include <string.h>

#include "crypto/ct.h"
#include "crypto/load.h"
#include "crypto/sha3.h"

enum { VERSION = 1 };

/* Where the fields lie. Version and check value keep their places in every later version. */
enum {
    AT_VERSION = 0,
    AT_KIND = 1,
    AT_FLAG = 2,
    AT_CHANGED = 3,
    AT_EPOCH = 4,
    AT_COMMAND = 8,
    AT_NAME = 16,
    AT_KEY = 32,
    AT_SECOND = 64,
    AT_TIME = 96,
    AT_GUARD = 104,
    AT_PEER_EPOCH = 112,
    AT_PLACES = 116,
    AT_CHECK = 120,
    CHECK_SIZE = 8
};

/* The first bytes of SHA3-256 over the place and all before the check value. */
static void check_value(uint8_t check[CHECK_SIZE], unsigned place, const uint8_t *bytes)
{
    uint8_t full[32], where[4];
    struct e4_sha3 sha3;

    e4_store_le32(where, place);
    e4_sha3_init(&sha3);
    e4_sha3_update(&sha3, where, sizeof where);
    e4_sha3_update(&sha3, bytes, AT_CHECK);
    e4_sha3_final(&sha3, full);
    memcpy(check, full, CHECK_SIZE);
}

enum e4_result e4_record_store(const struct e4_port *port, unsigned place,
                               const struct e4_record *record)
{
    uint8_t bytes[E4_RECORD_SIZE] = {VERSION};
    enum e4_result result;

    bytes[AT_KIND] = record->kind;
    bytes[AT_FLAG] = record->flag;
    bytes[AT_CHANGED] = record->changed;
    e4_store_le32(bytes + AT_EPOCH, record->epoch);
    e4_store_le64(bytes + AT_COMMAND, record->command_s);
    memcpy(bytes + AT_NAME, record->name, E4_HASH_SIZE);
    memcpy(bytes + AT_KEY, record->key, E4_KEY_SIZE);
    memcpy(bytes + AT_SECOND, record->second, E4_KEY_SIZE);
    e4_store_le64(bytes + AT_TIME, record->time_s);
    e4_store_le64(bytes + AT_GUARD, record->guard_s);
    e4_store_le32(bytes + AT_PEER_EPOCH, record->peer_epoch);
    e4_store_le32(bytes + AT_PLACES, record->places);
    check_value(bytes + AT_CHECK, place, bytes);
    result = port->store(port->ctx, place, bytes);
    e4_wipe(bytes, sizeof bytes);
    return result == E4_OK ? E4_OK : E4_ERR_STORAGE;
}

/* Load the bytes of a place and prove them whole. */
static enum e4_result load_bytes(const struct e4_port *port, unsigned place, uint8_t *bytes)
{
    uint8_t check[CHECK_SIZE];
    enum e4_result result = port->load(port->ctx, place, bytes);

    if (result == E4_ERR_EMPTY)
        return E4_ERR_EMPTY;
    if (result != E4_OK)
        return E4_ERR_STORAGE;
    check_value(check, place, bytes);
    if (!e4_equal(check, bytes + AT_CHECK, CHECK_SIZE))
        return E4_ERR_STORAGE;
    return bytes[AT_VERSION] == VERSION ? E4_OK : E4_ERR_VERSION;
}

enum e4_result e4_record_load(const struct e4_port *port, unsigned place,
                              struct e4_record *record)
{
    uint8_t bytes[E4_RECORD_SIZE];
    enum e4_result result = load_bytes(port, place, bytes);

    memset(record, 0, sizeof *record);
    if (result == E4_OK) {
        record->kind = bytes[AT_KIND];
        record->flag = bytes[AT_FLAG];
        record->changed = bytes[AT_CHANGED];
        record->epoch = e4_load_le32(bytes + AT_EPOCH);
        record->command_s = e4_load_le64(bytes + AT_COMMAND);
        memcpy(record->name, bytes + AT_NAME, E4_HASH_SIZE);
        memcpy(record->key, bytes + AT_KEY, E4_KEY_SIZE);
        memcpy(record->second, bytes + AT_SECOND, E4_KEY_SIZE);
        record->time_s = e4_load_le64(bytes + AT_TIME);
        record->guard_s = e4_load_le64(bytes + AT_GUARD);
        record->peer_epoch = e4_load_le32(bytes + AT_PEER_EPOCH);
        record->places = e4_load_le32(bytes + AT_PLACES);
    }
    e4_wipe(bytes, sizeof bytes);
    return result == E4_ERR_EMPTY ? E4_OK : result;
}
