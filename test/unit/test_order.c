/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Laws of lib/client/command.c: the order of commands. Nothing older than the newest is carried
 * out, nothing is undone in its own second, and a restart changes none of that.
 */
#include <string.h>

#include "fixture.h"
#include "law.h"

static struct device device, before;

/* What can be done to one object of each kind, and the two values that it can be given. */
enum act { SET_ONE, SET_TWO, REMOVE, RESET, ACTS };
enum object { TOPIC, PEER, OBJECTS };

static struct e4_command command_of(enum object object, enum act act)
{
    const struct e4_command command[OBJECTS][ACTS] = {
        {set_topic("t", 10), set_topic("t", 11), remove_topic("t"), reset_topics()},
        {set_peer("bob", 20), set_peer("bob", 21), remove_peer("bob"), reset_peers()},
    };

    return command[object][act];
}

/* A device that holds another value for the object since earlier seconds, or nothing. */
static void make(enum object object, bool holds_it)
{
    struct e4_command command = object == TOPIC ? set_topic("t", 12) : set_peer("bob", 22);

    device_make(&device, E4_PUBLIC_KEY, "alice");
    if (holds_it)
        CHECK(order_at(&device, &command, T0 - 5) == E4_OK);
}

/* What the second command of a second gives, by the first. */
static const enum e4_result in_one_second[ACTS][ACTS] = {
    [SET_ONE] = {E4_OK, E4_ERR_ORDER, E4_ERR_ORDER, E4_ERR_ORDER},
    [SET_TWO] = {E4_ERR_ORDER, E4_OK, E4_ERR_ORDER, E4_ERR_ORDER},
    [REMOVE] = {E4_ERR_ORDER, E4_ERR_ORDER, E4_OK, E4_OK},
    [RESET] = {E4_ERR_ORDER, E4_ERR_ORDER, E4_OK, E4_OK},
};

static void check_pair(enum object object, enum act first, enum act second, bool restart)
{
    unsigned row = object * 100U + first * 10U + second;
    struct e4_command a = command_of(object, first), b = command_of(object, second);
    enum e4_result want = in_one_second[first][second];
    uint64_t state;

    make(object, true);
    CHECK_AT(row, order_at(&device, &a, T0) == E4_OK);
    state = device_state(&device);
    if (restart)
        CHECK_AT(row, device_restart(&device) == E4_OK);
    else if (first == second)
        want = E4_ERR_REPLAY; /* the same frame, byte by byte */
    before = device;
    CHECK_AT(row, order_at(&device, &b, T0) == want);
    CHECK_AT(row, want == E4_OK || device_same(&device, &before));
    CHECK_AT(row, device_state(&device) == state);
    CHECK_AT(row, device_restart(&device) == E4_OK && device_state(&device) == state);
    CHECK_AT(row, order_at(&device, &b, T0 + 1) == E4_OK); /* a second later all is allowed */
}

TEST(no_command_undoes_another_of_its_second)
{
    for (int object = 0; object < OBJECTS; object++)
        for (int first = 0; first < ACTS; first++)
            for (int second = 0; second < ACTS; second++)
                for (int restart = 0; restart < 2; restart++)
                    check_pair((enum object)object, (enum act)first, (enum act)second, restart);
}

TEST(a_removal_of_what_was_never_held_may_be_followed_in_its_second)
{
    for (int object = 0; object < OBJECTS; object++) {
        struct e4_command remove = command_of((enum object)object, REMOVE);
        struct e4_command set = command_of((enum object)object, SET_ONE);

        make((enum object)object, false);
        CHECK(order_at(&device, &remove, T0) == E4_OK);
        CHECK(order_at(&device, &set, T0) == E4_OK);
        CHECK(order_at(&device, &remove, T0) == E4_ERR_REPLAY);
    }
}

/* One command of each kind that changes something. */
static size_t all_commands(struct e4_command *list, enum e4_mode mode)
{
    const struct e4_command all[] = {
        set_topic("t", 11),  remove_topic("t"),  reset_topics(), set_id_key(5),
        set_peer("bob", 21), remove_peer("bob"), reset_peers(),  set_server_key(6)};

    memcpy(list, all, sizeof all);
    return mode == E4_SYMMETRIC ? 4 : COUNT(all);
}

TEST(an_older_command_is_refused_whatever_it_is_and_whatever_came_before)
{
    static const enum e4_mode both_modes[] = {E4_SYMMETRIC, E4_PUBLIC_KEY};
    struct e4_command newer[8], older[8];

    for (size_t m = 0; m < COUNT(both_modes); m++) {
        size_t count = all_commands(newer, both_modes[m]);

        all_commands(older, both_modes[m]);
        for (size_t i = 0; i < count * count * 2; i++) {
            const struct e4_command *first = &newer[i % count];
            uint8_t frame[FRAME_MAX];
            struct e4_opened opened;
            size_t len;

            device_make(&device, both_modes[m], "alice");
            CHECK_AT(i, order_at(&device, first, T0) == E4_OK);
            if (first->type == E4_SET_ID_KEY)
                device_rekey(&device, 5);
            if (first->type == E4_SET_SERVER_KEY)
                device_reserve(&device, 6);
            if (i >= count * count)
                CHECK_AT(i, device_restart(&device) == E4_OK);
            before = device;
            len = seal_command(frame, &device, &older[i / count % count], T0 - 1);
            CHECK_AT(i, take_command(&device, &opened, frame, len) == E4_ERR_ORDER);
            CHECK_AT(i, device_same(&device, &before));
            CHECK_AT(i, opened.sent_s == T0 - 1 && opened.now_s == T0);
            CHECK_AT(i, opened.command == (uint8_t)older[i / count % count].type);
            CHECK_AT(i, memcmp(opened.tag, frame + 8, E4_TAG_SIZE) == 0);
            CHECK_AT(i, opened.kind == 0 && opened.text_len == 0);
        }
    }
}

TEST(own_keys_change_once_a_second_and_each_by_itself)
{
    struct e4_command one = set_id_key(5), two = set_id_key(7);
    struct e4_command server_one = set_server_key(6), server_two = set_server_key(8);
    static const struct {
        bool restart;
    } row[] = {{false}, {true}};

    for (size_t i = 0; i < COUNT(row); i++) {
        device_make(&device, E4_PUBLIC_KEY, "alice");
        CHECK_AT(i, order_at(&device, &one, T0) == E4_OK);
        device_rekey(&device, 5);
        if (row[i].restart)
            CHECK_AT(i, device_restart(&device) == E4_OK);
        CHECK_AT(i, order_at(&device, &two, T0) == E4_ERR_ORDER);
        CHECK_AT(i,
                 order_at(&device, &one, T0) == E4_OK); /* the same again, under the new key */
        CHECK_AT(i, order_at(&device, &server_one, T0) == E4_OK);
        device_reserve(&device, 6);
        if (row[i].restart)
            CHECK_AT(i, device_restart(&device) == E4_OK);
        CHECK_AT(i, order_at(&device, &server_two, T0) == E4_ERR_ORDER);
        CHECK_AT(i, order_at(&device, &two, T0) == E4_ERR_ORDER);
        CHECK_AT(i, order_at(&device, &server_one, T0) == E4_OK);
        CHECK_AT(i, order_at(&device, &two, T0 + 1) == E4_OK);
    }
}

TEST(a_symmetric_clients_key_changes_once_a_second)
{
    struct e4_command one = set_id_key(5), two = set_id_key(7);

    for (int restart = 0; restart < 2; restart++) {
        device_make(&device, E4_SYMMETRIC, "alice");
        CHECK_AT(restart, order_at(&device, &one, T0) == E4_OK);
        device_rekey(&device, 5);
        if (restart)
            CHECK_AT(restart, device_restart(&device) == E4_OK);
        before = device;
        CHECK_AT(restart, order_at(&device, &two, T0) == E4_ERR_ORDER);
        CHECK_AT(restart, device_same(&device, &before));
        CHECK_AT(restart, order_at(&device, &one, T0) == E4_OK); /* again, under the new key */
        CHECK_AT(restart, order_at(&device, &two, T0 + 1) == E4_OK);
        device_rekey(&device, 7);
        CHECK_AT(restart, order_at(&device, &two, T0 + 1) == E4_OK);
    }
}

TEST(a_reset_and_another_change_of_the_identity_in_one_second_are_both_remembered)
{
    struct e4_command reset = reset_topics(), reset_others = reset_peers();
    struct e4_command key = set_id_key(5), topic = set_topic("t", 10);
    struct e4_command peer = set_peer("bob", 20);

    device_make(&device, E4_PUBLIC_KEY, "alice");
    CHECK(order_at(&device, &reset, T0) == E4_OK);
    CHECK(order_at(&device, &reset_others, T0) == E4_OK);
    CHECK(order_at(&device, &key, T0) == E4_OK);
    device_rekey(&device, 5);
    CHECK(device_restart(&device) == E4_OK);
    CHECK(order_at(&device, &topic, T0) == E4_ERR_ORDER);
    CHECK(order_at(&device, &peer, T0) == E4_ERR_ORDER);
    key = set_id_key(7);
    CHECK(order_at(&device, &key, T0) == E4_ERR_ORDER);
    CHECK(order_at(&device, &topic, T0 + 1) == E4_OK);
    CHECK(order_at(&device, &peer, T0 + 1) == E4_OK);
}

TEST(an_exact_copy_is_replayed_and_after_a_restart_changes_nothing)
{
    struct e4_command list[8];
    size_t count = all_commands(list, E4_PUBLIC_KEY);

    for (size_t i = 0; i < count; i++) {
        uint8_t frame[FRAME_MAX];
        struct e4_opened opened;
        enum e4_result result;
        size_t len;

        device_make(&device, E4_PUBLIC_KEY, "alice");
        len = seal_command(frame, &device, &list[i], T0);
        CHECK_AT(i, take_command(&device, &opened, frame, len) == E4_OK);
        before = device;
        result = take_command(&device, &opened, frame, len);
        CHECK_AT(i,
                 result == E4_ERR_REPLAY || result == E4_ERR_FORGED); /* its key has changed */
        CHECK_AT(i, device_same(&device, &before));
        CHECK_AT(i, device_restart(&device) == E4_OK);
        result = take_command(&device, &opened, frame, len);
        CHECK_AT(i, result == E4_OK || result == E4_ERR_FORGED);
        CHECK_AT(i, device_state(&device) == device_state(&before));
    }
}

TEST(a_refused_command_does_not_move_the_order)
{
    struct e4_command good = set_topic("t", 10), bad = set_topic("u", 10);

    device_make(&device, E4_SYMMETRIC, "alice");
    CHECK(order_at(&device, &good, T0 - 9) == E4_OK);
    CHECK(order_at(&device, &bad, T0) == E4_ERR_COMMAND); /* that key is taken */
    CHECK(e4_client_command_time(&device.client) == T0 - 9);
    bad = set_topic("u", 11);
    CHECK(order_at(&device, &bad, T0 - 8) == E4_OK);
    CHECK(e4_client_command_time(&device.client) == T0 - 8);
}

/* An independent account of what a device holds, kept as a plain list that is searched. */
enum { NAMES = 5, SLOTS = 3 };
struct model {
    struct {
        bool known, held;
        uint64_t time_s;
        unsigned key, old_key; /* 0: none */
    } topic[NAMES];
    uint64_t newest_s, reset_s;
};

static enum e4_result model_set(struct model *model, unsigned name, unsigned key,
                                uint64_t sent_s)
{
    unsigned used = 0, oldest = NAMES;

    for (unsigned i = 0; i < NAMES; i++) {
        if (i != name && model->topic[i].held &&
            (model->topic[i].key == key || model->topic[i].old_key == key))
            return E4_ERR_COMMAND;
        used += model->topic[i].known;
        if (model->topic[i].known && !model->topic[i].held && model->topic[i].time_s < sent_s &&
            (oldest == NAMES || model->topic[i].time_s < model->topic[oldest].time_s))
            oldest = i;
    }
    if (model->reset_s == sent_s)
        return E4_ERR_ORDER;
    if (model->topic[name].known && model->topic[name].time_s == sent_s)
        return model->topic[name].held && model->topic[name].key == key ? E4_OK : E4_ERR_ORDER;
    if (!model->topic[name].known && used == SLOTS) {
        if (oldest == NAMES)
            return E4_ERR_FULL;
        memset(&model->topic[oldest], 0, sizeof model->topic[oldest]);
    }
    if (model->topic[name].held && model->topic[name].key != key)
        model->topic[name].old_key = model->topic[name].key;
    model->topic[name].known = true;
    model->topic[name].held = true;
    model->topic[name].time_s = sent_s;
    model->topic[name].key = key;
    return E4_OK;
}

static enum e4_result model_remove(struct model *model, unsigned name, uint64_t sent_s)
{
    if (!model->topic[name].known)
        return E4_OK;
    if (model->topic[name].time_s == sent_s && model->topic[name].held)
        return E4_ERR_ORDER;
    memset(&model->topic[name], 0, sizeof model->topic[name]);
    model->topic[name].known = true;
    model->topic[name].time_s = sent_s;
    return E4_OK;
}

static enum e4_result model_reset(struct model *model, uint64_t sent_s)
{
    for (unsigned i = 0; i < NAMES; i++)
        if (model->topic[i].held && model->topic[i].time_s == sent_s)
            return E4_ERR_ORDER;
    memset(model->topic, 0, sizeof model->topic);
    model->reset_s = sent_s;
    return E4_OK;
}

/* Do the device and the model hold the same keys? */
static bool agrees(const struct model *model)
{
    unsigned held = 0;
    uint16_t at = 0;
    struct e4_held what;

    while (e4_next_topic(&device.client, &at, &what)) {
        for (unsigned i = 0; i < NAMES; i++) {
            char name[2] = {(char)('a' + i)};
            struct e4_command command = set_topic(name, model->topic[i].key);
            uint8_t print[16];

            e4_fingerprint(print, command.key);
            held += model->topic[i].held && memcmp(what.name, command.topic, 16) == 0 &&
                    memcmp(what.fingerprint, print, 16) == 0 &&
                    what.has_old == (model->topic[i].old_key != 0) &&
                    what.command_s == model->topic[i].time_s;
        }
        held += 1000;
    }
    for (unsigned i = 0; i < NAMES; i++)
        held -= model->topic[i].held ? 1001 : 0;
    return held == 0;
}

static void storm(uint64_t seed, unsigned steps)
{
    struct model model = {.newest_s = 0};
    uint64_t state = seed, base_s = T0;

    device_init(&device, E4_SYMMETRIC, "alice");
    device.config.topic_count = SLOTS;
    CHECK(e4_create(&device.client, &device.config, &device.identity) == E4_OK);
    for (unsigned step = 0; step < steps; step++) {
        uint64_t draw = random_next(&state), sent_s = base_s + draw % 4;
        unsigned name = (unsigned)(draw >> 8) % NAMES, key = 10 + (unsigned)(draw >> 16) % 7;
        char topic[2] = {(char)('a' + name)};
        unsigned act = (unsigned)(draw >> 24) % 16;
        struct e4_command command = act == 0   ? reset_topics()
                                    : act <= 5 ? remove_topic(topic)
                                               : set_topic(topic, key);
        enum e4_result got = order_at(&device, &command, sent_s), want = E4_ERR_ORDER;

        if (sent_s >= model.newest_s)
            want = act == 0   ? model_reset(&model, sent_s)
                   : act <= 5 ? model_remove(&model, name, sent_s)
                              : model_set(&model, name, key, sent_s);
        if (want == E4_OK)
            model.newest_s = sent_s;
        CHECK_AT(step, got == want || (got == E4_ERR_REPLAY && want != E4_ERR_FULL));
        CHECK_AT(step, agrees(&model));
        CHECK_AT(step, e4_client_command_time(&device.client) == model.newest_s);
        if (draw >> 60 == 0)
            CHECK_AT(step, device_restart(&device) == E4_OK && agrees(&model));
        if (draw >> 40 & 1)
            device.memory.now_s = ++base_s;
    }
}

TEST(any_storm_of_commands_and_restarts_ends_as_an_independent_account_says)
{
    for (uint64_t seed = 1; seed <= 20; seed++)
        storm(seed, 400);
}

LAWS(LAW(no_command_undoes_another_of_its_second),
     LAW(a_removal_of_what_was_never_held_may_be_followed_in_its_second),
     LAW(an_older_command_is_refused_whatever_it_is_and_whatever_came_before),
     LAW(own_keys_change_once_a_second_and_each_by_itself),
     LAW(a_symmetric_clients_key_changes_once_a_second),
     LAW(a_reset_and_another_change_of_the_identity_in_one_second_are_both_remembered),
     LAW(an_exact_copy_is_replayed_and_after_a_restart_changes_nothing),
     LAW(a_refused_command_does_not_move_the_order),
     LAW(any_storm_of_commands_and_restarts_ends_as_an_independent_account_says))
