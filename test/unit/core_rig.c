/* SPDX-License-Identifier: Apache-2.0 */
/* See core_rig.h. */
#include "core_rig.h"

#include <string.h>

#include "law.h"
#include "server/core/serverkey.h"
#include "server/store/memory.h"

enum { SETTLED = 4 }; /* steps without a message after which none will come */

static uint64_t now_s(void *ctx)
{
    return ((const struct rig *)ctx)->now_s;
}

static void open_core(struct rig *rig, enum e4_mode mode)
{
    static const uint8_t master[CORE_MASTER_SIZE] = {1, 2, 3};
    const struct core_options how = {
        .store = rig->store, .master = master, .mode = mode, .now_s = now_s, .ctx = rig};
    const struct dispatch_options dispatch = {.not_retained = rig->not_retained};

    CHECK(core_open(&rig->core, &how, &rig->err) == 0);
    CHECK(dispatch_new(&rig->dispatch, rig->core, rig->bus, &dispatch, &rig->err) == 0);
}

void rig_open(struct rig *rig, enum e4_mode mode)
{
    memset(rig, 0, sizeof *rig);
    rig->now_s = T0;
    CHECK(memory_open(&rig->store, &rig->err) == 0);
    CHECK(bus_memory_open(&rig->bus, &rig->err) == 0);
    open_core(rig, mode);
}

void rig_restart(struct rig *rig)
{
    dispatch_free(rig->dispatch);
    core_close(rig->core);
    open_core(rig, 0);
}

void rig_close(struct rig *rig)
{
    dispatch_free(rig->dispatch);
    core_close(rig->core);
    rig->bus->close(rig->bus);
    rig->store->close(rig->store);
}

void rig_device(struct rig *rig, struct device *device, const char *name, unsigned n)
{
    uint8_t key[E4_KEY_SIZE];
    enum e4_mode mode = core_mode(rig->core);

    device_init(device, mode, name);
    device->memory.now_s = rig->now_s;
    device_rekey(device, n);
    memcpy(key, device->identity.key, sizeof key);
    if (mode == E4_PUBLIC_KEY) {
        public_of(key, n);
        CHECK(serverkey_public(rig->core, device->identity.server_key, &rig->err) == 0);
    }
    CHECK(e4_create(&device->client, &device->config, &device->identity) == E4_OK);
    CHECK(client_new(rig->core, "test", name, key, sizeof key, &rig->err) == 0);
}

/* Hand a device what is on its receiving topic; was it a command that it carried out? */
static bool take(struct device *device, const struct bus_message *message)
{
    char topic[E4_RECEIVING_TOPIC_SIZE];
    struct e4_opened opened;

    e4_receiving_topic(topic, device->identity.id);
    return strcmp(message->topic, topic) == 0 && message->len > 0 &&
           take_command(device, &opened, message->payload, message->len) == E4_OK;
}

unsigned rig_deliver(struct rig *rig, struct device *device)
{
    unsigned done = 0;

    for (unsigned quiet = 0; quiet < SETTLED;) {
        CHECK(dispatch_step(rig->dispatch, 0, &rig->err) == 0);
        quiet++;
        while (rig->read < bus_memory_count(rig->bus)) {
            const struct bus_message *message = bus_memory_sent(rig->bus, rig->read++);

            quiet = 0;
            done += device != NULL && take(device, message);
        }
    }
    return done;
}

void rig_send(struct rig *rig)
{
    (void)rig_deliver(rig, NULL);
}

void rig_pass(struct rig *rig, struct device *device, uint64_t seconds)
{
    rig->now_s += seconds;
    device->memory.now_s = rig->now_s;
}

bool rig_talk(struct device *from, struct device *to, const char *topic)
{
    uint8_t frame[FRAME_MAX];
    size_t len;

    return send_text(from, topic, "hello", frame, &len) == E4_OK &&
           receive_text(to, topic, "hello", frame, len) == E4_OK;
}

int64_t rig_waiting(struct rig *rig)
{
    struct tx *tx = NULL;
    int64_t count;

    CHECK(rig->store->begin(rig->store, &tx, STORE_READ, &rig->err) == 0);
    CHECK(tx->ask->count_commands(tx, &count, NULL, &rig->err) == 0);
    store_rollback(&tx);
    return count;
}

void rig_publish(struct rig *rig, const struct device *device, const uint8_t *frame, size_t len)
{
    char topic[E4_RECEIVING_TOPIC_SIZE + 3];

    e4_receiving_topic(topic, device->identity.id);
    strcat(topic, "/up");
    CHECK(bus_memory_receive(rig->bus, topic, frame, len, &rig->err) == 0);
}

void rig_hello(struct rig *rig, struct device *device)
{
    uint8_t frame[FRAME_MAX];
    size_t len;

    CHECK(e4_hello(&device->client, frame, sizeof frame, &len) == E4_OK);
    rig_publish(rig, device, frame, len);
}

/* Take the commands on the bus from number *read on, and give a receipt for each. */
static unsigned take_all(struct rig *rig, struct device *device, size_t *read)
{
    unsigned done = 0;
    char topic[E4_RECEIVING_TOPIC_SIZE];

    e4_receiving_topic(topic, device->identity.id);
    for (; *read < bus_memory_count(rig->bus); ++*read) {
        const struct bus_message *message = bus_memory_sent(rig->bus, *read);
        struct e4_opened opened;
        uint8_t frame[FRAME_MAX];
        enum e4_result result;
        size_t len;

        if (strcmp(message->topic, topic) != 0)
            continue;
        result = take_command(device, &opened, message->payload, message->len);
        done += result == E4_OK;
        if (e4_receipt(&device->client, &opened, result, frame, sizeof frame, &len) == E4_OK)
            rig_publish(rig, device, frame, len);
    }
    return done;
}

unsigned rig_converse(struct rig *rig, struct device *device, size_t *read)
{
    unsigned done = 0;

    for (unsigned turn = 0; turn < 8; turn++) {
        rig_send(rig);
        done += take_all(rig, device, read);
    }
    return done;
}

struct store_pace rig_pace(struct rig *rig, const struct device *device)
{
    struct tx *tx = NULL;
    struct store_pace pace;

    CHECK(rig->store->begin(rig->store, &tx, STORE_READ, &rig->err) == 0);
    CHECK(tx->ask->find_pace(tx, &pace, device->identity.id, &rig->err) == 0);
    store_rollback(&tx);
    return pace;
}

bool rig_is_confirmed(struct rig *rig, const struct device *device)
{
    return rig_pace(rig, device).refresh_s == 0;
}
