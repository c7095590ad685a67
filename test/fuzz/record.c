/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Storage that holds anything, with right check values: a client opens from it or does not,
 * and one that opens can be used, and opens again to the same.
 *
 * Input: mode; then for each place how it was stored (0: never), and its 120 bytes.
 */
#include "unit.h"

#include <string.h>

#include "crypto/load.h"
#include "crypto/sha3.h"
#include "e4/wire.h"

enum { CHECKED = 120 };

/* PROTOCOL.md §10: the first 8 bytes of SHA3-256 over place and record. */
static void put_check(uint8_t record[E4_RECORD_SIZE], unsigned place)
{
    uint8_t bytes[4 + CHECKED];
    uint8_t hash[32];

    e4_store_le32(bytes, place);
    memcpy(bytes + 4, record, CHECKED);
    e4_sha3_256(hash, bytes, sizeof bytes);
    memcpy(record + CHECKED, hash, E4_RECORD_SIZE - CHECKED);
}

static void fill(struct unit *unit, struct input *input)
{
    for (unsigned place = 0; place < UNIT_PLACES; place++) {
        uint8_t how = take_byte(input);

        if (how == 0)
            continue;
        take_bytes(input, unit->records[place], CHECKED);
        if (how % 16 != 0) {
            unit->records[place][0] = 1; /* the format's version */
            unit->records[place][1] %= 8;
        }
        put_check(unit->records[place], place);
        unit->stored[place] = true;
    }
}

/* Whatever it holds, it does what clients do. */
static void use(struct unit *unit)
{
    struct e4_command command = {.type = E4_SET_TOPIC_KEY, .topic = {1}, .key = {2, 3}};
    struct e4_topic topic;
    uint8_t frame[200];
    size_t len;
    enum e4_result result = e4_apply(&unit->client, &command);

    law(result == E4_OK || result == E4_ERR_FULL || result == E4_ERR_COMMAND,
        "a topic key is taken, or there is no room, or it is another topic's");
    unit_check(unit);
    law(e4_topic_init(&topic, "t", 1, NULL) == E4_OK, "a topic");
    result = e4_protect(&unit->client, &topic, frame, sizeof frame, &len,
                        (const uint8_t *)"text", 4);
    law(result == E4_OK || result == E4_ERR_NO_TOPIC || result == E4_ERR_CLOCK,
        "a text is protected, or there is no key or time");
    law(e4_save(&unit->client) == (unit->memory.now_s == 0 ? E4_ERR_CLOCK : E4_OK),
        "its time is saved, if it has any");
    unit_check(unit);
    command.type = E4_RESET_TOPICS;
    law(e4_apply(&unit->client, &command) == E4_OK, "topics can be forgotten");
    unit_check(unit);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct unit unit;
    static struct unit before;
    struct input input = {data, size};
    enum e4_mode mode = take_byte(&input) % 2 == 0 ? E4_SYMMETRIC : E4_PUBLIC_KEY;
    enum e4_result result;

    unit_prepare(&unit, mode);
    unit.memory.now_s = take_number(&input, 4);
    fill(&unit, &input);
    unit_copy(&before, &unit);
    result = e4_open(&unit.client, &unit.config);
    if (result != E4_OK) {
        law(all_zero(&unit.client, sizeof unit.client), "no client is left of a failure");
        law(all_zero(unit.topics, sizeof unit.topics) &&
                all_zero(unit.peers, sizeof unit.peers) &&
                all_zero(&unit.signer, sizeof unit.signer),
            "no secret is left of a failure");
        return 0;
    }
    if (unit_has_name_twice(&unit)) /* only others than the library store that */
        return 0;
    unit_check(&unit);
    use(&unit);
    return 0;
}
