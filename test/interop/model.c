/* SPDX-License-Identifier: Apache-2.0 */
/* The model: PROTOCOL.md §6 to §8, on numbers. Nothing of libe4 is used here. */
#include "model.h"

#include <assert.h>
#include <string.h>

enum {
    FIXED_SYMMETRIC = 24,
    FIXED_SIGNED = 104,
    FIXED_SIGNED_E4GO = 72, /* all that e4go looks at before the signature */
    COMMAND_MAX = 24 + 65,
    MAX_AGE_S = 600
};

const struct rules rules_of_e4go = {.once = false};
const struct rules rules_of_libe4 = {true, true, true, true, true, true, true, 60};

const char *outcome_name(enum outcome outcome)
{
    static const char *const names[] = {
        "done",          "no topic key", "no sender's key", "too short", "forged",
        "bad signature", "too old",      "in the future",   "replayed",  "no command",
        "wrong mode",    "out of order", "refused",
    };

    return names[outcome];
}

void model_start(struct model *model, const struct rules *rules, bool public_key,
                 struct key command_key)
{
    memset(model, 0, sizeof *model);
    model->rules = rules;
    model->public_key = public_key;
    model->command_key = command_key;
}

void model_restart(struct model *model, bool keeps_memory)
{
    if (!keeps_memory)
        model->seen_count = 0;
}

static bool same_key(struct key a, struct key b)
{
    return a.is_command_key == b.is_command_key && a.number == b.number &&
           a.server_key == b.server_key;
}

static bool same_order(const struct order *a, const struct order *b)
{
    return a->action == b->action && a->topic == b->topic && a->peer == b->peer &&
           a->key == b->key;
}

static struct key topic_key(int number)
{
    return (struct key){false, number, 0};
}

static enum outcome check_time(const struct model *model, const struct arrival *arrival,
                               int64_t now_s)
{
    /* Times of 2^63 and above are in the past for e4go: its times have a sign. */
    if (arrival->sent_s < 0)
        return model->rules->once ? IN_FUTURE : TOO_OLD;
    if (arrival->sent_s > now_s + model->rules->skew_s)
        return IN_FUTURE;
    return arrival->sent_s < now_s - MAX_AGE_S ? TOO_OLD : DONE;
}

/* Is this frame authentic under the key, leaving its signature aside? */
static bool opens(const struct arrival *arrival, enum layout layout, struct key key)
{
    const struct made *made = arrival->made;

    return arrival->intact && made->layout == layout && !made->spoilt &&
           same_key(made->key, key);
}

/* Note an accepted frame; false if it was noted before. */
static bool admit(struct model *model, const struct made *made)
{
    struct seen frame = {made->key, made->sent_s, made->text, made->order,
                         made->layout == SIGNED_LAYOUT ? made->signer : NOBODY};

    if (!model->rules->once)
        return true;
    for (size_t i = 0; i < model->seen_count; i++) {
        const struct seen *seen = &model->seen[i];

        if (same_key(seen->key, frame.key) && seen->sent_s == frame.sent_s &&
            seen->text == frame.text && same_order(&seen->order, &frame.order) &&
            seen->signer == frame.signer)
            return false;
    }
    assert(model->seen_count < MODEL_SEEN_MAX);
    model->seen[model->seen_count++] = frame;
    return true;
}

static bool was_seen(const struct model *model, const struct made *made)
{
    struct model copy;

    copy = *model;
    return !admit(&copy, made);
}

/* The signature of a frame of public-key mode. */
static enum outcome check_signer(const struct model *model, const struct arrival *arrival)
{
    const struct made *made = arrival->made;

    if (arrival->signer == NOBODY || !model->peer[arrival->signer].held)
        return NO_SENDER;
    if (!arrival->intact || made->layout != SIGNED_LAYOUT ||
        made->signing_key != model->peer[arrival->signer].key)
        return BAD_SIGNATURE;
    return DONE;
}

static bool too_short(const struct model *model, size_t len)
{
    bool exact = model->rules->exact_lengths;

    if (model->public_key)
        return exact ? len < FIXED_SIGNED : len <= FIXED_SIGNED_E4GO;
    return model->rules->empty_texts ? len < FIXED_SYMMETRIC : len <= FIXED_SYMMETRIC;
}

static enum outcome receive_message(struct model *model, int topic,
                                    const struct arrival *arrival, int64_t now_s)
{
    enum layout layout = model->public_key ? SIGNED_LAYOUT : SYMMETRIC_LAYOUT;
    const struct model_topic *held = &model->topic[topic];
    enum outcome outcome;

    if (!held->held)
        return NO_TOPIC;
    if (too_short(model, arrival->len))
        return TOO_SHORT;
    outcome = check_time(model, arrival, now_s);
    if (outcome == DONE && model->public_key)
        outcome = check_signer(model, arrival);
    if (outcome != DONE)
        return outcome;
    if (!opens(arrival, layout, topic_key(held->key)) &&
        (held->old_key == NO_KEY || !opens(arrival, layout, topic_key(held->old_key))))
        return FORGED;
    return admit(model, arrival->made) ? DONE : REPLAYED;
}

static enum outcome set_topic_key(struct model *model, const struct order *order,
                                  int64_t sent_s)
{
    struct model_topic *topic = &model->topic[order->topic];

    for (int i = 0; i < MODEL_TOPICS && model->rules->own_keys; i++) {
        const struct model_topic *other = &model->topic[i];

        if (i != order->topic && other->held &&
            (other->key == order->key || other->old_key == order->key))
            return NO_COMMAND;
    }
    if (model->rules->in_order && model->reset_topics_s == sent_s)
        return OUT_OF_ORDER;
    if (model->rules->in_order && topic->touched && topic->command_s == sent_s)
        return topic->held && topic->key == order->key ? DONE : OUT_OF_ORDER;
    if (!topic->held)
        topic->old_key = NO_KEY;
    else if (topic->key != order->key)
        topic->old_key = topic->key;
    topic->key = order->key;
    topic->held = true;
    topic->touched = true;
    topic->command_s = sent_s;
    return DONE;
}

static enum outcome remove_topic(struct model *model, const struct order *order, int64_t sent_s)
{
    struct model_topic *topic = &model->topic[order->topic];

    if (!topic->touched)
        return DONE;
    if (model->rules->in_order && topic->command_s == sent_s)
        return topic->held ? OUT_OF_ORDER : DONE;
    topic->held = false;
    topic->old_key = NO_KEY;
    topic->command_s = sent_s;
    return DONE;
}

static enum outcome reset_topics(struct model *model, int64_t sent_s)
{
    for (int i = 0; i < MODEL_TOPICS; i++)
        if (model->rules->in_order && model->topic[i].held &&
            model->topic[i].command_s == sent_s)
            return OUT_OF_ORDER;
    memset(model->topic, 0, sizeof model->topic);
    model->reset_topics_s = sent_s;
    return DONE;
}

static enum outcome set_pub_key(struct model *model, const struct order *order, int64_t sent_s)
{
    struct model_peer *peer = &model->peer[order->peer];

    if (order->key == NO_KEY) /* e4go says done, and does nothing */
        return model->rules->good_peers ? NO_COMMAND : DONE;
    if (model->rules->in_order && model->reset_peers_s == sent_s)
        return OUT_OF_ORDER;
    if (model->rules->in_order && peer->touched && peer->command_s == sent_s)
        return peer->held && peer->key == order->key ? DONE : OUT_OF_ORDER;
    peer->key = order->key;
    peer->held = true;
    peer->touched = true;
    peer->command_s = sent_s;
    return DONE;
}

static enum outcome remove_pub_key(struct model *model, const struct order *order,
                                   int64_t sent_s)
{
    struct model_peer *peer = &model->peer[order->peer];

    if (!peer->held && !model->rules->remove_nothing)
        return NO_COMMAND;
    if (!peer->touched)
        return DONE;
    if (model->rules->in_order && peer->command_s == sent_s)
        return peer->held ? OUT_OF_ORDER : DONE;
    peer->held = false;
    peer->command_s = sent_s;
    return DONE;
}

static enum outcome reset_pub_keys(struct model *model, int64_t sent_s)
{
    for (int i = 0; i < MODEL_PEERS; i++)
        if (model->rules->in_order && model->peer[i].held && model->peer[i].command_s == sent_s)
            return OUT_OF_ORDER;
    memset(model->peer, 0, sizeof model->peer);
    model->reset_peers_s = sent_s;
    return DONE;
}

/* One of the two keys that the command key follows from. */
static enum outcome set_own_key(const struct model *model, int *key, int64_t *set_s,
                                int new_key, int64_t sent_s)
{
    if (model->rules->in_order && *set_s == sent_s && *key != new_key)
        return OUT_OF_ORDER;
    *key = new_key;
    *set_s = sent_s;
    return DONE;
}

static bool only_public_key(enum action action)
{
    return (action >= REMOVE_PUB_KEY && action <= SET_SERVER_KEY) || action == MALFORMED_PK;
}

static enum outcome carry_out(struct model *model, const struct order *order, int64_t sent_s)
{
    if (!model->public_key && only_public_key(order->action)) {
        bool wrong_length = order->action == MALFORMED_PK;

        return wrong_length && !model->rules->exact_lengths ? NO_COMMAND : WRONG_MODE;
    }
    switch (order->action) {
    case REMOVE_TOPIC:
        return remove_topic(model, order, sent_s);
    case RESET_TOPICS:
        return reset_topics(model, sent_s);
    case SET_ID_KEY:
        return set_own_key(model, &model->command_key.number, &model->id_key_s, order->key,
                           sent_s);
    case SET_TOPIC_KEY:
        return set_topic_key(model, order, sent_s);
    case REMOVE_PUB_KEY:
        return remove_pub_key(model, order, sent_s);
    case RESET_PUB_KEYS:
        return reset_pub_keys(model, sent_s);
    case SET_PUB_KEY:
        return set_pub_key(model, order, sent_s);
    case SET_SERVER_KEY:
        return set_own_key(model, &model->command_key.server_key, &model->server_key_s,
                           order->key, sent_s);
    case MALFORMED:
    case MALFORMED_PK:
        break;
    }
    return NO_COMMAND;
}

static enum outcome receive_command(struct model *model, const struct arrival *arrival,
                                    int64_t now_s)
{
    const struct made *made = arrival->made;
    enum outcome outcome;

    if (arrival->len <= FIXED_SYMMETRIC)
        return TOO_SHORT;
    if (model->rules->exact_lengths && arrival->len > COMMAND_MAX)
        return NO_COMMAND;
    outcome = check_time(model, arrival, now_s);
    if (outcome != DONE)
        return outcome;
    if (!opens(arrival, SYMMETRIC_LAYOUT, model->command_key))
        return FORGED;
    if (was_seen(model, made))
        return REPLAYED;
    if (model->rules->in_order && made->sent_s < model->newest_s)
        return OUT_OF_ORDER;
    outcome = carry_out(model, &made->order, made->sent_s);
    if (outcome != DONE)
        return outcome;
    if (made->sent_s > model->newest_s)
        model->newest_s = made->sent_s;
    admit(model, made);
    return DONE;
}

enum outcome model_receive(struct model *model, int topic, const struct arrival *arrival,
                           int64_t now_s)
{
    if (topic == RECEIVING)
        return receive_command(model, arrival, now_s);
    return receive_message(model, topic, arrival, now_s);
}

enum outcome model_protect(const struct model *model, int topic, size_t text_len, int *key)
{
    if (!model->topic[topic].held)
        return NO_TOPIC;
    if (text_len == 0 && model->rules->empty_texts)
        return REFUSED;
    *key = model->topic[topic].key;
    return DONE;
}
