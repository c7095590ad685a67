/* SPDX-License-Identifier: Apache-2.0 */
/* Records to storage and back, with a check value over each and the place it belongs to. */
#include "client/record.h"

#include <string.h>

#include "crypto/ct.h"
#include "crypto/load.h"
#include "crypto/sha3.h"

enum { RECORD_VERSION = 1, CHECK_SIZE = 8 };

typedef char
    record_is_as_long_as_its_bytes[sizeof(struct e4_record) == E4_RECORD_SIZE ? 1 : -1];

/* Numbers from the machine's byte order to that of storage, and back. */
static void order_numbers(struct e4_record *record)
{
    record->epoch = e4_order32(record->epoch);
    record->command_s = e4_order64(record->command_s);
    record->time_s = e4_order64(record->time_s);
    record->guard_s = e4_order64(record->guard_s);
    record->peer_epoch = e4_order32(record->peer_epoch);
    record->places = e4_order32(record->places);
}

/* The first bytes of SHA3-256 over the place and all before the check value. */
static void check_value(uint8_t check[CHECK_SIZE], unsigned place,
                        const struct e4_record *record)
{
    uint8_t where[4];
    struct e4_sha3 sha3;

    e4_store_le32(where, place);
    e4_sha3_init(&sha3);
    e4_sha3_update(&sha3, where, sizeof where);
    e4_sha3_update(&sha3, record, sizeof *record - CHECK_SIZE);
    e4_sha3_final(&sha3, check, CHECK_SIZE);
}

enum e4_result e4_record_store(const struct e4_port *port, unsigned place,
                               struct e4_record *record)
{
    enum e4_result result;

    record->version = RECORD_VERSION;
    order_numbers(record);
    check_value(record->check, place, record);
    result = port->store(port->ctx, place, (const uint8_t *)record);
    order_numbers(record);
    return result == E4_OK ? E4_OK : E4_ERR_STORAGE;
}

/* Load the bytes of a place and prove them whole. */
static enum e4_result load_bytes(const struct e4_port *port, unsigned place,
                                 struct e4_record *record)
{
    uint8_t check[CHECK_SIZE];
    enum e4_result result = port->load(port->ctx, place, (uint8_t *)record);

    if (result == E4_ERR_EMPTY)
        return E4_ERR_EMPTY;
    if (result != E4_OK)
        return E4_ERR_STORAGE;
    check_value(check, place, record);
    if (!e4_equal(check, record->check, CHECK_SIZE))
        return E4_ERR_STORAGE;
    return record->version == RECORD_VERSION ? E4_OK : E4_ERR_VERSION;
}

enum e4_result e4_record_load(const struct e4_port *port, unsigned place,
                              struct e4_record *record)
{
    enum e4_result result = load_bytes(port, place, record);

    if (result != E4_OK)
        e4_wipe(record, sizeof *record);
    order_numbers(record);
    return result == E4_ERR_EMPTY ? E4_OK : result;
}
