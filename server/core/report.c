/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See report.h. A report is sealed under the key of the client's commands, and so proves which
 * key the client has: the one in use, or the one that is on its way to it. There is at most one
 * of those, because nothing follows a key change before it is settled. Or it has one from
 * before a change that it missed.
 */
#include "server/core/report.h"

#include <string.h>

#include "base/err.h"
#include "base/hex.h"
#include "base/log.h"
#include "e4/keys.h"
#include "e4/wire.h"
#include "server/core/adopt.h"
#include "server/core/issue.h"
#include "server/core/pace.h"
#include "server/core/refresh.h"
#include "server/core/state.h"

enum { MAX_AGE_S = 600, MAX_SKEW_S = 60, ON_ITS_WAY_S = 2 };

struct report {
    struct e4_report said;
    uint64_t sent_s;
    struct store_client client;
    int64_t change; /* number of the key change that it proves; 0: none */
    bool is_behind; /* it is sealed under keys from before a change */
};

/* "e4/" and the id in hex and "/up". */
static bool id_in_topic(uint8_t id[STORE_ID_SIZE], const char *topic)
{
    enum { AT = 3, DIGITS = 2 * STORE_ID_SIZE };

    return strlen(topic) == AT + DIGITS + 3 && memcmp(topic, "e4/", AT) == 0 &&
           strcmp(topic + AT + DIGITS, "/up") == 0 &&
           hex_decode(id, STORE_ID_SIZE, topic + AT, DIGITS) == 0;
}

static bool is_timely(const struct core *core, const struct e4_frame *frame)
{
    uint64_t now_s = (uint64_t)state_now(core);

    return frame->sent_s < now_s ? now_s - frame->sent_s <= MAX_AGE_S
                                 : frame->sent_s - now_s <= MAX_SKEW_S;
}

/* Does the frame open under the key that comes from these two? 1: yes; 0: no; -1: err. */
static int opens(struct core *core, struct tx *tx, const struct e4_frame *frame,
                 struct report *report, const uint8_t client_key[E4_KEY_SIZE],
                 int64_t server_version, struct err *err)
{
    struct issue_keys keys = {0};
    uint8_t key[E4_KEY_SIZE] = {0};
    uint8_t text[E4_REPORT_MAX];
    size_t len = 0;
    int rc = -1;

    if (issue_command_key(core, tx, &keys, key, client_key, server_version, err) == 0)
        rc = frame->body_len <= sizeof text &&
             e4_frame_open(text, sizeof text, &len, frame, key) == E4_OK &&
             e4_report_decode(&report->said, text, len) == E4_OK;
    e4_wipe(key, sizeof key);
    issue_wipe(&keys);
    return rc;
}

/* The client's key after a SetIDKey that is on its way. */
static int key_after(struct core *core, uint8_t key[E4_KEY_SIZE],
                     const struct store_command *command, struct err *err)
{
    struct seal_place place = {"command", command->client, command->version};
    uint8_t seed[E4_KEY_SIZE];
    int rc = seal_open(core->seal, seed, &place, command->key, err);

    if (rc == 0 && core->mode == E4_SYMMETRIC)
        memcpy(key, seed, E4_KEY_SIZE);
    else if (rc == 0 && e4_sign_public(key, seed) != E4_OK)
        rc = err_set(err, ERR_SYSTEM, "no public key of a random seed");
    e4_wipe(seed, sizeof seed);
    return rc;
}

/* Is it sealed under what a key change of this type leads to? As opens(). */
static int opens_after(struct core *core, struct tx *tx, const struct e4_frame *frame,
                       struct report *report, int64_t type, struct err *err)
{
    const struct store_client *client = &report->client;
    struct store_command change;
    uint8_t key[E4_KEY_SIZE] = {0};
    int rc;

    if (tx->ask->pick_command(tx, &change, client->id, type, false, err) != 0)
        return err->kind == ERR_NOT_FOUND ? 0 : -1;
    if (type == E4_SET_ID_KEY)
        rc = key_after(core, key, &change, err);
    else
        rc = state_client_key(core, key, client, err);
    if (rc == 0)
        rc = opens(core, tx, frame, report, key,
                   type == E4_SET_ID_KEY ? client->server_version : change.version, err);
    e4_wipe(key, sizeof key);
    if (rc == 1)
        report->change = change.number;
    return rc;
}

/* What is tried with each former key. */
struct looking_back {
    struct core *core;
    struct tx *tx;
    const struct e4_frame *frame;
    struct report *report;
};

static int try_former(void *ctx, const struct store_former *former, struct err *err)
{
    const struct looking_back *look = ctx;
    struct store_client client = look->report->client;
    uint8_t key[E4_KEY_SIZE] = {0};
    int rc;

    if (look->report->is_behind)
        return 0;
    memcpy(client.key, former->key, sizeof client.key);
    client.key_version = former->key_version;
    rc = state_client_key(look->core, key, &client, err);
    if (rc == 0)
        rc = opens(look->core, look->tx, look->frame, look->report, key, former->server_version,
                   err);
    e4_wipe(key, sizeof key);
    look->report->is_behind = rc == 1;
    return rc < 0 ? -1 : 0;
}

/* Is it sealed under keys from before a change? As opens(). */
static int opens_before(struct core *core, struct tx *tx, const struct e4_frame *frame,
                        struct report *report, struct err *err)
{
    struct looking_back look = {core, tx, frame, report};

    if (tx->ask->read_formers(tx, report->client.id, try_former, &look, err) != 0)
        return -1;
    return report->is_behind ? 1 : 0;
}

/* Is it an authentic report of the client? As opens(). */
static int authenticate(struct core *core, struct tx *tx, const struct e4_frame *frame,
                        struct report *report, struct err *err)
{
    uint8_t key[E4_KEY_SIZE] = {0};
    int rc = state_client_key(core, key, &report->client, err);

    if (rc == 0)
        rc = opens(core, tx, frame, report, key, report->client.server_version, err);
    e4_wipe(key, sizeof key);
    if (rc == 0)
        rc = opens_after(core, tx, frame, report, E4_SET_ID_KEY, err);
    if (rc == 0 && core->mode == E4_PUBLIC_KEY)
        rc = opens_after(core, tx, frame, report, E4_SET_SERVER_KEY, err);
    return rc == 0 ? opens_before(core, tx, frame, report, err) : rc;
}

static int count_one(void *ctx, const uint8_t *tag, struct err *err)
{
    (void)tag;
    (void)err;
    ++*(size_t *)ctx;
    return 0;
}

/* Has everything been sent, and is there nothing that has not been confirmed? Of a client that
 * held something else that is believed after it had to begin from nothing. */
static int is_settled(struct tx *tx, bool *settled, const uint8_t *client, struct err *err)
{
    struct store_pace pace;
    size_t unconfirmed = 0;
    int64_t waiting;

    if (tx->ask->count_commands(tx, &waiting, client, err) != 0 ||
        tx->ask->list_links(tx, STORE_UNCONFIRMED, client, count_one, &unconfirmed, err) != 0)
        return -1;
    if (tx->ask->find_pace(tx, &pace, client, err) != 0)
        return -1;
    *settled = waiting == 0 && unconfirmed == 0 && pace.misses != 1;
    return 0;
}

/* A command less that is not confirmed; perhaps it was the last. */
static int apply_receipt(struct tx *tx, const struct report *report, struct err *err)
{
    const uint8_t *client = report->client.id;
    bool settled;

    if (report->said.outcome != E4_OK)
        return 0;
    if (tx->ask->remove_link(tx, STORE_UNCONFIRMED, client, report->said.tag, err) != 0)
        return err->kind == ERR_NOT_FOUND ? 0 : -1;
    if (is_settled(tx, &settled, client, err) != 0)
        return -1;
    return settled ? refresh_confirmed(tx, client, err) : 0;
}

/* Does the hello come from after the newest command? A client that has carried that out does
 * not say an earlier time, but for what times are set back. */
static bool is_up_to_date(const struct report *report, const struct store_pace *pace)
{
    return (int64_t)report->sent_s >= pace->issued_s - PACE_BACK_S;
}

/* Should the newest command have been carried out by then? Soon after it was sent a client may
 * not have it yet, and has missed nothing. */
static bool is_well_after(const struct report *report, const struct store_pace *pace)
{
    return (int64_t)report->sent_s > pace->issued_s + ON_ITS_WAY_S;
}

/* What it holds is right, or it is sent once more; while commands wait, that is not known. What
 * it says of its keys does not matter before it has missed no key change. */
static int apply_hello(struct core *core, struct tx *tx, const struct report *report,
                       const struct store_pace *pace, struct err *err)
{
    const uint8_t *client = report->client.id;
    uint8_t digest[E4_DIGEST_SIZE];
    int64_t waiting;

    /* It is there now, so nothing need wait for it any longer. */
    if (tx->ask->delay_client(tx, client, 0, err) != 0 ||
        tx->ask->count_commands(tx, &waiting, client, err) != 0)
        return -1;
    if (waiting > 0)
        return 0;
    if (report->is_behind)
        return refresh_behind(core, tx, client, err);
    if (refresh_digest(core, tx, digest, client, err) != 0)
        return -1;
    if (memcmp(digest, report->said.digest, sizeof digest) == 0)
        return is_up_to_date(report, pace) ? refresh_matched(core, tx, client, err) : 0;
    log_info("reports", "client %s holds other keys than it should", report->client.name);
    return is_well_after(report, pace) ? refresh_missed(core, tx, client, err)
                                       : refresh_behind(core, tx, client, err);
}

/* Is it newer than what the client said before? Receipts of one second have no order, and count
 * once because the command that they are for is then confirmed; a hello is the only one of its
 * second. */
static bool is_news(const struct report *report, const struct store_pace *pace)
{
    int64_t sent_s = (int64_t)report->sent_s;

    return report->said.type == E4_HELLO ? sent_s >= pace->heard_s && sent_s > pace->hello_s
                                         : sent_s >= pace->heard_s;
}

/* Note when the client spoke. */
static int note_time(struct tx *tx, const struct report *report, struct store_pace *pace,
                     struct err *err)
{
    int64_t sent_s = (int64_t)report->sent_s;

    if (report->said.type == E4_RECEIPT && sent_s == pace->heard_s)
        return 0;
    pace->heard_s = sent_s;
    if (report->said.type == E4_HELLO)
        pace->hello_s = sent_s;
    return tx->ask->put_pace(tx, report->client.id, pace, err);
}

/* The key change that a report proves to be carried out. */
static int adopt(struct core *core, struct tx *tx, struct store_client *client, int64_t number,
                 struct err *err)
{
    struct store_command change;

    if (number == 0)
        return 0;
    if (tx->ask->find_command(tx, &change, number, err) != 0)
        return err->kind == ERR_NOT_FOUND ? 0 : -1;
    return adopt_key(core, tx, client, &change, err);
}

/* What an authentic report changes, in the transaction tx. */
static int apply(struct core *core, struct tx *tx, const struct report *report, struct err *err)
{
    struct store_client client;
    struct store_pace pace;

    if (tx->ask->find_client(tx, &client, report->client.id, err) != 0 ||
        tx->ask->find_pace(tx, &pace, report->client.id, err) != 0)
        return err->kind == ERR_NOT_FOUND ? 0 : -1;
    if (!is_news(report, &pace))
        return 0;
    if (note_time(tx, report, &pace, err) != 0)
        return -1;
    if (!client.receipts) {
        client.receipts = true;
        if (tx->ask->put_client(tx, &client, err) != 0)
            return -1;
    }
    if (adopt(core, tx, &client, report->change, err) != 0)
        return -1;
    if (!report->is_behind && /* it has carried out all changes */
        tx->ask->drop_formers(tx, client.id, 0, err) != 0)
        return -1;
    if (report->said.type == E4_HELLO)
        return apply_hello(core, tx, report, &pace, err);
    return report->is_behind ? 0 : apply_receipt(tx, report, err);
}

static void tell(struct core *core, const struct report *report)
{
    const struct e4_report *said = &report->said;
    const enum tally_of done = said->outcome == E4_OK ? TALLY_CONFIRMED : TALLY_FAILED;

    tally_add(&core->tally, said->type == E4_RECEIPT ? done : TALLY_HELLOS);
    if (said->type == E4_RECEIPT && said->outcome != E4_OK)
        log_warning("reports", "client %s did not carry out a command: %s", report->client.name,
                    e4_strerror(said->outcome));
    else
        log_debug("reports", "client %s: %s", report->client.name,
                  said->type == E4_RECEIPT ? "receipt" : "hello");
}

/* Is it a report of a client that says something new? 1: yes; 0: no; -1: err. */
static int look_at(struct core *core, struct tx *tx, const struct e4_frame *frame,
                   struct report *report, const uint8_t *id, struct err *err)
{
    struct store_pace pace;
    int rc;

    if (tx->ask->find_client(tx, &report->client, id, err) != 0 ||
        tx->ask->find_pace(tx, &pace, id, err) != 0)
        return err->kind == ERR_NOT_FOUND ? 0 : -1;
    report->sent_s = frame->sent_s;
    if ((int64_t)frame->sent_s < pace.heard_s)
        return 0;
    rc = authenticate(core, tx, frame, report, err);
    return rc == 1 && !is_news(report, &pace) ? 0 : rc;
}

int report_take(struct core *core, const char *topic, const uint8_t *payload, size_t len,
                struct err *err)
{
    struct report report = {.change = 0};
    struct e4_frame frame;
    struct tx *tx = NULL;
    uint8_t id[STORE_ID_SIZE];
    int rc;

    if (!id_in_topic(id, topic) ||
        e4_frame_parse(&frame, E4_SYMMETRIC, payload, len) != E4_OK || !is_timely(core, &frame))
        return 0;
    if (state_begin_read(core, &tx, err) != 0)
        return -1;
    rc = look_at(core, tx, &frame, &report, id, err);
    store_rollback(&tx);
    if (rc != 1)
        return rc;
    tell(core, &report);
    if (core->store->begin(core->store, &tx, STORE_WRITE, err) != 0)
        return -1;
    rc = apply(core, tx, &report, err);
    if (rc == 0)
        rc = core->store->commit(&tx, err);
    store_rollback(&tx);
    return rc;
}
