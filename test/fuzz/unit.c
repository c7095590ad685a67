/* SPDX-License-Identifier: Apache-2.0 */
/* A small client, and the laws about it. */
#include "unit.h"

#include <string.h>

#include "e4/wire.h"

static void wire_up(struct unit *unit)
{
    bool is_public = unit->config.public_key != NULL;

    e4_memory_port(&unit->port, &unit->memory);
    unit->memory.records = unit->records;
    unit->memory.stored = unit->stored;
    unit->memory.count = UNIT_PLACES;
    unit->config.port = &unit->port;
    unit->config.policy = &unit->policy;
    unit->config.topics = unit->topics;
    unit->config.seen = unit->seen;
    unit->config.sent = unit->sent;
    unit->config.signer = is_public ? &unit->signer : NULL;
    unit->config.peers = is_public ? unit->peers : NULL;
    unit->client.config = &unit->config;
}

void unit_prepare(struct unit *unit, enum e4_mode mode)
{
    memset(unit, 0, sizeof *unit);
    unit->policy = e4_policy_default;
    unit->config.topic_count = UNIT_TOPICS;
    unit->config.seen_count = UNIT_SEEN;
    unit->config.sent_count = UNIT_SENT;
    if (mode == E4_PUBLIC_KEY) {
        unit->config.public_key = &e4_public_key_mode;
        unit->config.peer_count = UNIT_PEERS;
    }
    wire_up(unit);
}

void unit_copy(struct unit *to, const struct unit *from)
{
    *to = *from;
    wire_up(to);
}

bool unit_same(const struct unit *a, const struct unit *b)
{
    return memcmp(a->topics, b->topics, sizeof a->topics) == 0 &&
           memcmp(a->peers, b->peers, sizeof a->peers) == 0 &&
           memcmp(&a->signer, &b->signer, sizeof a->signer) == 0 &&
           memcmp(a->records, b->records, sizeof a->records) == 0 &&
           memcmp(a->stored, b->stored, sizeof a->stored) == 0 &&
           e4_client_command_time(&a->client) == e4_client_command_time(&b->client);
}

void unit_digest(struct unit *unit, uint8_t digest[32])
{
    uint8_t frame[E4_HELLO_FRAME_SIZE];
    uint8_t text[E4_REPORT_MAX];
    struct e4_frame parsed;
    struct e4_report report;
    size_t len;
    uint64_t now_s = unit->memory.now_s;

    if (now_s == 0)
        unit->memory.now_s = 1; /* a hello needs a clock, however wrong */
    law(e4_hello(&unit->client, frame, sizeof frame, &len) == E4_OK, "a client says hello");
    unit->memory.now_s = now_s;
    law(e4_frame_parse(&parsed, E4_SYMMETRIC, frame, len) == E4_OK &&
            e4_frame_open(text, sizeof text, &len, &parsed, unit->client.command_key) ==
                E4_OK &&
            e4_report_decode(&report, text, len) == E4_OK && report.type == E4_HELLO,
        "a hello is one");
    memcpy(digest, report.digest, sizeof report.digest);
}

bool unit_has_name_twice(const struct unit *unit)
{
    bool (*const next[])(const struct e4_client *, uint16_t *,
                         struct e4_held *) = {e4_next_topic, e4_next_peer};

    for (size_t i = 0; i < 2; i++) {
        struct e4_held one;

        for (uint16_t at = 0; next[i](&unit->client, &at, &one);) {
            struct e4_held other;

            for (uint16_t rest = at; next[i](&unit->client, &rest, &other);)
                if (memcmp(one.name, other.name, sizeof one.name) == 0)
                    return true;
        }
    }
    return false;
}

void unit_check(struct unit *unit)
{
    static struct unit copy;
    uint8_t mine[32];
    uint8_t again[32];

    law(!unit_has_name_twice(unit), "no name twice");
    unit_digest(unit, mine);
    unit_copy(&copy, unit);
    copy.memory.fail_load = false;
    copy.memory.fail_store = false;
    e4_close(&copy.client);
    law(e4_open(&copy.client, &copy.config) == E4_OK, "what is stored opens");
    unit_digest(&copy, again);
    law(memcmp(mine, again, sizeof mine) == 0, "what is stored is what is held");
    law(memcmp(unit->client.command_key, copy.client.command_key, E4_KEY_SIZE) == 0,
        "the command key follows from what is stored");
    law(e4_client_command_time(&copy.client) >= e4_client_command_time(&unit->client),
        "the newest command's time is stored");
    law(!unit_has_name_twice(&copy), "no name twice");
}
