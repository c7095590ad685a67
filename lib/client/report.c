/* SPDX-License-Identifier: Apache-2.0 */
/* What a client says of itself: receipts and hellos (PROTOCOL.md §9). */
#include "client/client.h"

#include <string.h>

#include "client/message.h"
#include "crypto/bytes.h"
#include "crypto/aes.h"
#include "crypto/ct.h"
#include "crypto/load.h"
#include "crypto/sha3.h"
#include "crypto/siv.h"
#include "e4/keys.h"
#include "e4/wire.h"
#include "wire/frame.h"

/* Protect a report under the command key. */
static enum e4_result send_report(struct e4_client *client, const struct e4_report *report,
                                  uint8_t *frame, size_t frame_cap, size_t *frame_len)
{
    uint8_t text[E4_REPORT_MAX];
    uint64_t now_s;
    size_t text_len;
    enum e4_result result = e4_report_encode(text, &text_len, report);

    *frame_len = 0;
    if (result == E4_OK && frame_cap < E4_OVERHEAD_SK + text_len)
        result = E4_ERR_SPACE;
    if (result == E4_OK)
        result = e4_time_of(client, &now_s);
    if (result != E4_OK)
        return result;
    e4_frame_date(client, frame, &now_s);
    e4_seal(client, NULL, client->command_key, frame, frame + E4_TAG_AT, text, text_len);
    *frame_len = E4_OVERHEAD_SK + text_len;
    return E4_OK;
}

enum e4_result e4_receipt(struct e4_client *client, const struct e4_opened *opened,
                          enum e4_result outcome, uint8_t *frame, size_t frame_cap,
                          size_t *frame_len)
{
    struct e4_report report;

    memset(&report, 0, sizeof report);
    report.type = E4_RECEIPT;
    report.outcome = outcome;
    e4_copy16(report.tag, opened->tag);
    return send_report(client, &report, frame, frame_cap, frame_len);
}

/* Take the held entries of a table into the digest, by name: keys of topics as their hashes. */
static void digest_table(struct e4_sha3 *sha3, const struct e4_table *table, bool hash_keys)
{
    uint8_t hash[E4_DIGEST_SIZE];

    for (unsigned slot = e4_table_sort(table); slot != E4_NO_SLOT;
         slot = e4_table_after(table, slot)) {
        const struct e4_entry *entry = e4_table_at(table, slot);

        e4_copy32(hash, entry->key);
        if (hash_keys)
            e4_sha3_256(hash, entry->key, E4_KEY_SIZE);
        e4_sha3_update(sha3, entry->name, E4_HASH_SIZE);
        e4_sha3_update(sha3, hash, sizeof hash);
    }
    e4_table_reindex(table);
    e4_wipe(hash, sizeof hash);
}

enum e4_result e4_hello(struct e4_client *client, uint8_t *frame, size_t frame_cap,
                        size_t *frame_len)
{
    struct e4_report report;
    struct e4_table topics = e4_table_of(client, true);
    struct e4_table peers = e4_table_of(client, false);
    struct e4_sha3 sha3;

    memset(&report, 0, sizeof report);
    report.type = E4_HELLO;
    report.mode = (enum e4_mode)client->mode;
    e4_sha3_init(&sha3);
    digest_table(&sha3, &topics, true);
    digest_table(&sha3, &peers, false);
    e4_sha3_final(&sha3, report.digest, 32);
    return send_report(client, &report, frame, frame_cap, frame_len);
}
