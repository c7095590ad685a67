/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A key server in memory, and devices that get what it sends: for tests of server/core. The bus
 * stands in for the broker, the devices are libe4's own (fixture.h), and the time is one for
 * all.
 */
#ifndef CORE_RIG_H
#define CORE_RIG_H

#include "base/err.h"
#include "fixture.h"
#include "server/bus/bus.h"
#include "server/bus/memory.h"
#include "server/core/client.h"
#include "server/core/core.h"
#include "server/core/dispatch.h"
#include "server/core/link.h"
#include "server/core/topic.h"
#include "server/store/store.h"

struct rig {
    struct store *store;
    struct core *core;
    struct bus *bus;
    struct dispatch *dispatch;
    uint64_t now_s;
    bool not_retained; /* from rig_restart() on */
    size_t read;       /* what of the bus has been given to devices */
    struct err err;
};

void rig_open(struct rig *rig, enum e4_mode mode);
/* As after a crash: what was in memory is gone, the store and the bus stay. */
void rig_restart(struct rig *rig);
void rig_close(struct rig *rig);

/* A device of this name, with key n, that the server knows. */
void rig_device(struct rig *rig, struct device *device, const char *name, unsigned n);

/* Let the server send what it has, and the device take all that is for it, until nothing more
 * comes. How many commands were carried out. */
unsigned rig_deliver(struct rig *rig, struct device *device);
/* Let the server send what it has, with nobody there. */
void rig_send(struct rig *rig);
/* The device's time and the server's. */
void rig_pass(struct rig *rig, struct device *device, uint64_t seconds);

/* Publish what a device says on its topic for reports; in particular, which keys it holds. */
void rig_publish(struct rig *rig, const struct device *device, const uint8_t *frame,
                 size_t len);
void rig_hello(struct rig *rig, struct device *device);
/* Let the server send, and a device that gives receipts take what is on the bus from number
 * *read on, until both are done. How many commands were carried out. */
unsigned rig_converse(struct rig *rig, struct device *device, size_t *read);

/* What the server knows of a device's times; and does it know that the device holds all? */
struct store_pace rig_pace(struct rig *rig, const struct device *device);
bool rig_is_confirmed(struct rig *rig, const struct device *device);

/* Does a text from one reach the other on a topic? */
bool rig_talk(struct device *from, struct device *to, const char *topic);

/* How many commands wait. */
int64_t rig_waiting(struct rig *rig);

#endif
