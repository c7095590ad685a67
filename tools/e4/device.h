/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A device stored in a folder: the library's client with room for what is stored there, and
 * what only the tool keeps of it (device.json): its name and receiving topic.
 */
#ifndef TOOLS_E4_DEVICE_H
#define TOOLS_E4_DEVICE_H

#include "e4/e4.h"
#include "e4/port_posix.h"

struct err;

/* READ takes no lock and changes nothing, so that e4 pub works beside a running e4 sub. */
enum device_access { DEVICE_READ, DEVICE_WRITE };

/* Room for topics and peers; it grows with what is stored, to 65,534 of both together. */
enum { DEVICE_TOPICS = 1024, DEVICE_PEERS = 1024 };
/* Frames that it remembers to have sent: more than there are seconds in which receivers accept
 * them, so that none is ever sent twice. */
enum { DEVICE_SENT = 4096, DEVICE_BACK_S = 540 };
#define DEVICE_SEEN 65536UL /* of the replay guard; it is kept across restarts */

/* What device.json holds. */
struct device_settings {
    char *name;            /* that the id was made from; NULL: made by id */
    char *receiving_topic; /* NULL: the usual one */
};

/* Must not move in memory while it is open. */
struct device {
    struct e4_client client;
    struct e4_config config;
    struct e4_policy policy; /* may be changed after device_open() */
    struct e4_port port;
    struct e4_posix state;
    struct device_settings settings;
    char *folder;
    char *receiving_topic; /* on which its commands arrive; never NULL while open */
    void *memory;          /* private: the slots */
    size_t memory_len;
};

/*
 * Where devices are kept: folder if not NULL, else $E4_STATE, else $XDG_STATE_HOME/e4, else
 * ~/.local/state/e4. The caller frees the result. NULL: err is set.
 */
char *device_folder(const char *folder, struct err *err);

/*
 * Take up the device in a folder (NULL: as device_folder() says). After an error, and after
 * device_close(), it is all zero, and device_close() does nothing.
 *
 * A device opened with DEVICE_READ protects messages (device_protect()) and tells what is
 * stored. It can open frames too, but whatever that changes is forgotten, and nothing guards
 * against replays.
 */
int device_open(struct device *device, const char *folder, enum device_access access,
                struct err *err);

/* What a new device is to be. The texts stay the caller's. */
struct device_plan {
    struct e4_identity identity;
    struct device_settings settings;
    size_t topics; /* how many it gets at once; 0: not known */
    size_t peers;
    bool replace; /* the device that is stored there, if any; otherwise that is an error */
};

/*
 * Make a device in a folder, which is created with the ones above it if need be, and leave it
 * open for writing. It can be opened again only after device_ready(), so that one that was
 * interrupted halfway is not taken for whole.
 */
int device_create(struct device *device, const char *folder, const struct device_plan *plan,
                  struct err *err);
int device_ready(struct device *device, struct err *err);

/* Wipe and give back everything. */
void device_close(struct device *device);

/*
 * e4_protect(), with no other process of the same device sending the same frame. text may lie
 * in frame as there. E4_ERR_STALE: equal texts have been sent so fast that this one, dated a
 * second before the last, would be more than DEVICE_BACK_S old and soon too old for receivers.
 * With every second that passes, one more may be sent.
 */
enum e4_result device_protect(struct device *device, struct e4_topic *topic, uint8_t *frame,
                              size_t frame_cap, size_t *frame_len, const uint8_t *text,
                              size_t text_len);

/*
 * Set err to "what: why; what to do" from a result of the library. For E4_ERR_STORAGE the why
 * is the port's sentence; device may be NULL. Always returns -1.
 */
int device_err(struct err *err, const struct device *device, const char *what,
               enum e4_result result);
/* The same for a result of device_protect(). */
int device_protect_err(struct err *err, const struct device *device, enum e4_result result);

#endif
