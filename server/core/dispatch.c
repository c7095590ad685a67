/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See dispatch.h. One transaction a step settles what the broker acknowledged and claims what
 * comes next; frames go out after it has committed. So a command's time is durable before the
 * command can be seen, and a crash at any point leads to sending again, never to losing.
 *
 * Several servers may share a database. What one has claimed is its own until it settles it, or
 * is gone: then the others take it back. One of them leads: it alone repeats what was not
 * confirmed, drops what is old, and deals with reports.
 */
#include "server/core/dispatch.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"
#include "e4/keys.h"
#include "server/bus/bus.h"
#include "server/core/adopt.h"
#include "server/core/audit_trail.h"
#include "server/core/issue.h"
#include "server/core/outbox.h"
#include "server/core/overheard.h"
#include "server/core/refresh.h"
#include "server/core/report.h"
#include "server/core/state.h"

enum {
    WINDOW = 1024,        /* commands with the bus at a time */
    BATCH = 256,          /* commands claimed, or settled, in one transaction */
    GATHER_MS = 2,        /* an acknowledgement is followed by others within so much */
    REFRESHES = 16,       /* clients whose state is repeated in one transaction */
    STALE_S = 300,        /* acknowledged so late that devices may find it too old */
    UNANSWERED_S = 600,   /* after which no acknowledgement is waited for any more */
    REFUSED_WAIT_S = 30,  /* before a command that the broker refused is tried again */
    DAMAGED_WAIT_S = 300, /* before a command that could not be made is tried again */
    AHEAD_S = 60,
    CONFIRMATIONS = 8, /* how often a receipt for a key change is asked for */
    SWEEP_S = 3600,
    BEAT_S = 2, /* at least so often the database hears of us, and we of the other servers */
    OFFLINE_S = 10, /* after which others are to send what a broker does not answer us */
    TICK_MS = 1000
};

/* A command that the bus has. */
struct flight {
    struct store_command command; /* without its key */
    uint64_t ticket;
    int64_t sent_s;
    int64_t since_s; /* when the bus got it */
    bool refused;
};

struct dispatch {
    struct core *core;
    struct bus *bus;
    bool retained;
    int wake;
    atomic_bool stopping;
    bool lost; /* all claims are to be taken back */
    struct flight flight[WINDOW];
    size_t flights;
    struct flight settled[WINDOW];
    size_t settlements;
    struct store_command next[BATCH];
    struct issued issued[BATCH]; /* of next, those that are to be sent; len 0: retained goes */
    bool ready[BATCH];
    size_t count;
    size_t refreshed;
    bool told_ahead;
    int64_t swept_s; /* when old events were last dropped */
    int64_t beat_s;
    int64_t online_s; /* when the broker was last there */
    int64_t owner;    /* which server this is; 0: not known yet */
    bool leads;
    struct overheard overheard;
};

static void on_sent(void *ctx, uint64_t ticket, const char *refused)
{
    struct dispatch *dispatch = ctx;

    for (size_t i = 0; i < dispatch->flights; i++) {
        struct flight *flight = &dispatch->flight[i];

        if (flight->ticket != ticket)
            continue;
        if (refused != NULL)
            log_error("outbox", "the broker refuses a command: %s", refused);
        tally_add(&dispatch->core->tally, refused != NULL ? TALLY_REFUSED : TALLY_ACKNOWLEDGED);
        flight->refused = refused != NULL;
        dispatch->settled[dispatch->settlements++] = *flight;
        *flight = dispatch->flight[--dispatch->flights];
        return;
    }
}

static void on_lost(void *ctx)
{
    ((struct dispatch *)ctx)->lost = true;
}

static void take_report(struct dispatch *dispatch, const char *topic, const uint8_t *payload,
                        size_t len)
{
    struct err err = {.kind = ERR_NONE};

    if (report_take(dispatch->core, topic, payload, len, &err) != 0)
        log_warning("reports", "%s: %s", topic, err.text);
}

static void on_received(void *ctx, const char *topic, const uint8_t *payload, size_t len)
{
    struct dispatch *dispatch = ctx;

    if (dispatch->leads)
        take_report(dispatch, topic, payload, len);
    else
        overheard_keep(&dispatch->overheard, topic, payload, len, state_now(dispatch->core));
}

/* What came while nobody led. Some of it may have been dealt with: then keys are sent again. */
static void take_overheard(struct dispatch *dispatch, int64_t now_s)
{
    const struct overheard_report *report;

    while (dispatch->leads && (report = overheard_take(&dispatch->overheard, now_s)) != NULL)
        take_report(dispatch, report->topic, report->payload, report->len);
}

int dispatch_new(struct dispatch **dispatch, struct core *core, struct bus *bus,
                 const struct dispatch_options *options, struct err *err)
{
    struct dispatch *made = calloc(1, sizeof *made);

    if (made == NULL)
        return err_set(err, ERR_SYSTEM, "out of memory");
    made->core = core;
    made->bus = bus;
    made->retained = !options->not_retained;
    made->lost = true; /* whatever an earlier run had claimed */
    bus->events = (struct bus_events){made, on_sent, on_received, on_lost};
    made->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (made->wake < 0)
        (void)err_system(err, ERR_SYSTEM, errno, "eventfd");
    if (made->wake < 0 || bus->listen(bus, REPORT_FILTER, err) != 0) {
        dispatch_free(made);
        return -1;
    }
    *dispatch = made;
    return 0;
}

void dispatch_free(struct dispatch *dispatch)
{
    if (dispatch == NULL)
        return;
    if (dispatch->wake >= 0)
        (void)close(dispatch->wake);
    e4_wipe(dispatch, sizeof *dispatch);
    free(dispatch);
}

/* Put a command back among those that wait, to be sent no earlier than after wait_s. */
static int again(struct tx *tx, const struct store_command *command, int64_t until_s,
                 struct err *err)
{
    if (tx->ask->unclaim_command(tx, command->number, err) != 0)
        return -1;
    return until_s == 0 ? 0 : tx->ask->delay_client(tx, command->client, until_s, err);
}

/* How long to wait for a receipt of a key change that was sent so often. */
static int64_t confirmation_wait(int64_t attempts)
{
    int64_t wait_s = REFRESH_RECEIPTS_S;

    while (attempts-- > 1 && wait_s < REFRESH_LAST_S)
        wait_s = refresh_next_wait(wait_s);
    return wait_s;
}

/* A key change is with the broker. Clients that give receipts will say when they have it; of
 * the others nobody ever will, so this is the moment. Who was asked in vain for two hours is of
 * the others by now. */
static int settle_key_change(struct dispatch *dispatch, struct tx *tx,
                             const struct flight *flight, int64_t now_s, struct err *err)
{
    struct store_command row;
    struct store_client client;

    if (tx->ask->find_command(tx, &row, flight->command.number, err) != 0 ||
        tx->ask->find_client(tx, &client, row.client, err) != 0)
        return err->kind == ERR_NOT_FOUND ? 0 : -1;
    if (client.receipts && row.attempts < CONFIRMATIONS)
        return again(tx, &row, now_s + confirmation_wait(row.attempts), err);
    client.receipts = false; /* until it gives one again */
    return adopt_key(dispatch->core, tx, &client, &row, err);
}

static int settle(struct dispatch *dispatch, struct tx *tx, const struct flight *flight,
                  int64_t now_s, struct err *err)
{
    const struct store_command *command = &flight->command;

    if (flight->refused)
        return again(tx, command, now_s + REFUSED_WAIT_S, err);
    if (command->type != OUTBOX_CLEAR && now_s - flight->sent_s > STALE_S)
        return again(tx, command, 0, err);
    if (command->type == STORE_KEY_CHANGE || command->type == STORE_SERVER_KEY_CHANGE)
        return settle_key_change(dispatch, tx, flight, now_s, err);
    return tx->ask->remove_command(tx, command->number, err);
}

static int settle_all(struct dispatch *dispatch, struct tx *tx, int64_t now_s, struct err *err)
{
    if (dispatch->lost && tx->ask->unclaim_command(tx, 0, err) != 0)
        return -1;
    for (size_t i = 0; i < dispatch->settlements; i++) {
        if (settle(dispatch, tx, &dispatch->settled[i], now_s, err) != 0)
            return -1;
    }
    return 0;
}

/* Does this client have to wait, because a command before this one in the batch does, or will
 * change the key that this one is sealed under? */
static bool must_wait(const struct dispatch *dispatch, size_t at)
{
    for (size_t i = 0; i < at; i++) {
        const struct store_command *before = &dispatch->next[i];
        bool holds_back = !dispatch->ready[i] || before->type == STORE_KEY_CHANGE ||
                          before->type == STORE_SERVER_KEY_CHANGE;

        if (holds_back &&
            memcmp(before->client, dispatch->next[at].client, sizeof before->client) == 0)
            return true;
    }
    return false;
}

/* Seconds are the pace; more than that comes from a clock that was ahead. Said once. */
static void tell_if_ahead(struct dispatch *dispatch, int64_t wait_s)
{
    if (wait_s < AHEAD_S || dispatch->told_ahead)
        return;
    dispatch->told_ahead = true;
    log_warning("outbox",
                "commands wait up to %lld s, for clients to whom some were sent when this "
                "machine's clock was ahead",
                (long long)wait_s);
}

/* One command of the batch: make its frame and claim it, delay it, or drop it. */
static int prepare(struct dispatch *dispatch, struct tx *tx, struct issue_keys *keys, size_t at,
                   int64_t now_s, struct err *err)
{
    const struct store_command *command = &dispatch->next[at];
    enum issue_outcome outcome;

    dispatch->ready[at] = false;
    if (must_wait(dispatch, at))
        return 0;
    if (issue_make(dispatch->core, tx, keys, command, now_s, &dispatch->issued[at], &outcome,
                   err) != 0) {
        if (err->kind != ERR_STATE)
            return -1;
        /* A damaged row stops its client, not the others. */
        log_error("outbox", "command %lld: %s", (long long)command->number, err->text);
        return tx->ask->delay_client(tx, command->client, now_s + DAMAGED_WAIT_S, err);
    }
    if (outcome == ISSUE_LATER) {
        tell_if_ahead(dispatch, dispatch->issued[at].sent_s - now_s);
        return tx->ask->delay_client(tx, command->client, dispatch->issued[at].sent_s, err);
    }
    if (outcome == ISSUE_GONE)
        return tx->ask->remove_command(tx, command->number, err);
    if (command->attempts > 0 && outbox_redo(tx, command, err) != 0)
        return -1;
    dispatch->ready[at] = true;
    return tx->ask->claim_command(tx, command->number, err);
}

static int prepare_all(struct dispatch *dispatch, struct tx *tx, int64_t now_s, struct err *err)
{
    struct issue_keys keys = {0};
    size_t room = WINDOW - dispatch->flights;
    int rc;

    if (room > BATCH)
        room = BATCH;
    if (!dispatch->bus->is_online(dispatch->bus))
        room = 0;
    rc = tx->ask->next_commands(tx, dispatch->next, room, &dispatch->count, now_s, err);
    for (size_t i = 0; rc == 0 && i < dispatch->count; i++)
        rc = prepare(dispatch, tx, &keys, i, now_s, err);
    issue_wipe(&keys);
    return rc;
}

/* Is there anything to be done in a transaction that writes? */
static int look(struct dispatch *dispatch, bool *is_work, int64_t now_s, struct err *err)
{
    struct store_command first;
    uint8_t due[1][STORE_ID_SIZE];
    struct tx *tx = NULL;
    size_t count = 0;
    int rc;

    *is_work = dispatch->lost || dispatch->settlements > 0 ||
               now_s - dispatch->beat_s >= BEAT_S || now_s < dispatch->beat_s;
    if (*is_work || !dispatch->bus->is_online(dispatch->bus) ||
        dispatch->flights > WINDOW - BATCH)
        return 0;
    if (state_begin_read(dispatch->core, &tx, err) != 0)
        return -1;
    rc = tx->ask->next_commands(tx, &first, 1, &count, now_s, err);
    if (rc == 0 && count == 0 && dispatch->leads)
        rc = tx->ask->due_clients(tx, due, 1, &count, now_s, err);
    store_rollback(&tx);
    *is_work = count > 0;
    return rc;
}

/* Nobody waits to hear what became of a probe, except for the client's answer. */
static void send_probe(struct dispatch *dispatch, const struct issued *issued)
{
    struct bus_message message = {issued->topic, issued->probe, issued->probe_len, false};
    struct err err = {.kind = ERR_NONE};
    uint64_t ticket;

    if (issued->probe_len > 0 &&
        dispatch->bus->send(dispatch->bus, &message, &ticket, &err) != 0)
        log_warning("outbox", "%s", err.text);
}

/* Hand what was claimed to the bus. What it does not take is claimed in vain: back with it. */
static void send_all(struct dispatch *dispatch, int64_t now_s)
{
    struct err err = {.kind = ERR_NONE};

    for (size_t i = 0; i < dispatch->count; i++) {
        struct flight *flight = &dispatch->flight[dispatch->flights];
        const struct issued *issued = &dispatch->issued[i];
        struct bus_message message = {issued->topic, issued->frame, issued->len,
                                      (dispatch->retained && !issued->is_passing) ||
                                          issued->len == 0};

        if (!dispatch->ready[i])
            continue;
        send_probe(dispatch, issued);
        *flight = (struct flight){
            .command = dispatch->next[i], .sent_s = issued->sent_s, .since_s = now_s};
        if (dispatch->bus->send(dispatch->bus, &message, &flight->ticket, &err) != 0) {
            log_warning("outbox", "%s", err.text);
            flight->refused = true;
            dispatch->settled[dispatch->settlements++] = *flight;
            continue;
        }
        dispatch->flights++;
        tally_add(&dispatch->core->tally, TALLY_SENT);
    }
    e4_wipe(dispatch->issued, sizeof dispatch->issued);
    e4_wipe(dispatch->next, sizeof dispatch->next);
}

/* Drop events that are older than those kept, every now and then. */
static int sweep(struct dispatch *dispatch, struct tx *tx, int64_t now_s, struct err *err)
{
    int64_t newest;

    if (now_s - dispatch->swept_s < SWEEP_S)
        return 0;
    dispatch->swept_s = now_s;
    return tx->ask->newest_event(tx, &newest, err) != 0
               ? -1
               : tx->ask->drop_events(tx, newest - DISPATCH_EVENTS_KEPT, err);
}

/* Nothing that was claimed is ours any more: others may be sending it already. */
static void forget_all(struct dispatch *dispatch)
{
    if (dispatch->flights > 0)
        dispatch->bus->forget(dispatch->bus);
    dispatch->flights = dispatch->settlements = 0;
    dispatch->lost = true;
}

/* Which server is this, what have others left behind, and who leads? */
static int meet_others(struct dispatch *dispatch, struct tx *tx, int64_t now_s, struct err *err)
{
    bool online = dispatch->bus->is_online(dispatch->bus);
    int64_t owner;

    if (tx->ask->owner(tx, &owner, err) != 0)
        return -1;
    if (owner != dispatch->owner) {
        if (dispatch->owner != 0)
            forget_all(dispatch);
        dispatch->owner = owner;
        dispatch->leads = false;
        dispatch->beat_s = 0;
    }
    if (now_s - dispatch->beat_s < BEAT_S && now_s >= dispatch->beat_s)
        return 0;
    dispatch->beat_s = now_s;
    if (tx->ask->take_back(tx, err) != 0)
        return -1;
    return tx->ask->lead(tx, online, &dispatch->leads, err);
}

/* What one server does for all. */
static int do_scheduled(struct dispatch *dispatch, struct tx *tx, int64_t now_s,
                        struct err *err)
{
    if (!dispatch->leads)
        return 0;
    return sweep(dispatch, tx, now_s, err) != 0
               ? -1
               : refresh_due(dispatch->core, tx, REFRESHES, &dispatch->refreshed, now_s, err);
}

/* All that is to be done in one transaction, and what follows from it. */
static int work(struct dispatch *dispatch, int64_t now_s, struct err *err)
{
    struct store *store = dispatch->core->store;
    struct tx *tx = NULL;
    int rc = -1;

    dispatch->count = dispatch->refreshed = 0;
    if (dispatch->lost)
        forget_all(dispatch);
    if (store->begin(store, &tx, STORE_WRITE, err) != 0)
        return -1;
    if (audit_trail_check(dispatch->core->trail, tx, err) == 0 &&
        meet_others(dispatch, tx, now_s, err) == 0 &&
        settle_all(dispatch, tx, now_s, err) == 0 &&
        do_scheduled(dispatch, tx, now_s, err) == 0 &&
        prepare_all(dispatch, tx, now_s, err) == 0) {
        rc = store->commit(&tx, err);
        /* After an error it may have been done all the same, and the claims with it. */
        dispatch->lost = rc != 0;
    }
    store_rollback(&tx);
    if (rc != 0)
        return -1;
    dispatch->settlements = 0;
    send_all(dispatch, now_s);
    take_overheard(dispatch, now_s);
    return 0;
}

/* Wakes that came until now are being answered. */
static void forget_wakes(struct dispatch *dispatch)
{
    uint64_t count;

    while (read(dispatch->wake, &count, sizeof count) > 0)
        ;
}

/* Of what is not answered for so long, nothing will be heard. */
static void give_up(struct dispatch *dispatch, int64_t now_s)
{
    for (size_t i = dispatch->flights; i-- > 0;) {
        struct flight *flight = &dispatch->flight[i];

        if (now_s - flight->since_s <= UNANSWERED_S)
            continue;
        log_warning("outbox", "the broker does not answer to a command; it is sent again");
        flight->refused = flight->command.type == OUTBOX_CLEAR; /* which is never too old */
        dispatch->settled[dispatch->settlements++] = *flight;
        *flight = dispatch->flight[--dispatch->flights];
    }
}

/* A broker that is away for long may be away from here only. */
static void note_broker(struct dispatch *dispatch, int64_t now_s)
{
    if (dispatch->bus->is_online(dispatch->bus) || now_s < dispatch->online_s)
        dispatch->online_s = now_s;
    if (now_s - dispatch->online_s > OFFLINE_S && dispatch->flights > 0)
        forget_all(dispatch);
}

/* Wait for something to happen; and if that is acknowledgements, for those that follow at once,
 * because settling them one by one would cost a commit for each. */
static int wait_for_events(struct dispatch *dispatch, int timeout_ms, struct err *err)
{
    struct bus *bus = dispatch->bus;
    size_t before;

    do {
        before = dispatch->settlements;
        if (bus->wait(bus, dispatch->wake, timeout_ms, err) != 0)
            return -1;
        timeout_ms = timeout_ms == 0 ? 0 : GATHER_MS;
    } while (dispatch->settlements > before && dispatch->settlements < BATCH &&
             dispatch->flights > 0);
    return 0;
}

int dispatch_step(struct dispatch *dispatch, int timeout_ms, struct err *err)
{
    int64_t now_s = state_now(dispatch->core);
    bool is_work;

    atomic_store(&dispatch->core->tally.broker, dispatch->bus->is_online(dispatch->bus));
    forget_wakes(dispatch);
    give_up(dispatch, now_s);
    note_broker(dispatch, now_s);
    if (look(dispatch, &is_work, now_s, err) != 0)
        return -1;
    dispatch->count = dispatch->refreshed = 0;
    if (is_work && work(dispatch, now_s, err) != 0)
        return -1;
    if (dispatch->count > 0 || dispatch->refreshed > 0)
        timeout_ms = 0; /* there may be more of them */
    return wait_for_events(dispatch, timeout_ms, err);
}

void dispatch_wake(struct dispatch *dispatch)
{
    const uint64_t one = 1;

    /* A counter that is full wakes as well. */
    if (write(dispatch->wake, &one, sizeof one) < 0 && errno != EAGAIN)
        log_error("outbox", "it cannot be woken");
}

void dispatch_run(struct dispatch *dispatch)
{
    unsigned wait_ms = 0;

    while (!dispatch->stopping) {
        struct err err = {.kind = ERR_NONE};

        if (dispatch_step(dispatch, TICK_MS, &err) == 0) {
            wait_ms = 0;
            continue;
        }
        wait_ms = wait_ms == 0 ? 100 : wait_ms < 10000 ? 2 * wait_ms : wait_ms;
        log_error("outbox", "%s; trying again in %u ms", err.text, wait_ms);
        (void)poll(&(struct pollfd){.fd = dispatch->wake, .events = POLLIN}, 1, (int)wait_ms);
    }
}

void dispatch_stop(struct dispatch *dispatch)
{
    dispatch->stopping = true;
    dispatch_wake(dispatch);
}
