/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A port for hosts: a client's state in a folder of a POSIX file system, time from the system.
 *
 *   state            the records. Replaced as a whole at every store() or batch of them, so
 *                    that a power cut at any moment leaves the old file or the new one
 *   state.new        the next one being written; of no account after a crash
 *   state.old        the one before, until it has been overwritten with zeros
 *   state.damaged-N  a file whose check value was wrong, kept aside
 *   lock             holds the number of the process that has the folder open
 *   sent, seen       memory that outlives the process, see e4_posix_map()
 *
 * Files are made with mode 0600. What others may read, or a folder that others may write, is
 * refused. A key that was replaced or removed is overwritten where it stood before store()
 * returns; file systems that never write in place (btrfs, ZFS) and the spare blocks of flash
 * drives keep copies that no program reaches: encrypt such a disk.
 */
#ifndef E4_PORT_POSIX_H
#define E4_PORT_POSIX_H

#include "e4/e4.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { E4_POSIX_PATH_SIZE = 1024, E4_POSIX_WHY_SIZE = 1280 };

struct e4_posix { /* private */
    bool is_open;
    bool read_only;
    int folder; /* descriptors; -1: none */
    int lock;
    int file; /* the state file in force */
    int sent;
    uint32_t owner; /* of the folder, and so of the files made in it */
    uint32_t count; /* of records in the image */
    uint8_t *image; /* the state file as it is in force, or will be after a batch */
    size_t image_size;
    bool batch;
    bool noted;    /* something was stored in it */
    uint8_t *kept; /* the image as it was when the batch began */
    size_t kept_size;
    uint32_t kept_count;
    void *sent_memory;
    size_t sent_size;
    void *seen_memory;
    size_t seen_size;
    char path[E4_POSIX_PATH_SIZE];
    char damaged[E4_POSIX_PATH_SIZE + 32];
    char why[E4_POSIX_WHY_SIZE];
};

enum {
    E4_POSIX_CREATE = 1,   /* make the folder (mode 0700) where it is missing */
    E4_POSIX_READ_ONLY = 2 /* what is stored at this moment, without the lock; no store() */
};

/*
 * Open a state folder and let port use it; state must outlive the client. One process at a
 * time, and once at a time in a process, has it open without E4_POSIX_READ_ONLY; after a
 * fork() one of the two goes on with it, and the other closes it. Any number may read.
 *
 *   E4_ERR_ARGUMENT  a path that is empty or too long, flags that do not go together
 *   E4_ERR_STORAGE   missing, no folder, open to others, somebody else's, read-only, full, in
 *                    use, damaged, ...: e4_posix_why() says it in one sentence
 *   E4_ERR_VERSION   written by a newer version of this port; nothing was touched
 *
 * A damaged state file is moved aside (not with E4_POSIX_READ_ONLY), and the open fails this
 * time, so that a lost state is never taken for a new device by accident. The next one finds
 * nothing stored, and e4_open() says E4_ERR_EMPTY. After an error state is closed.
 */
enum e4_result e4_posix_open(struct e4_posix *state, struct e4_port *port, const char *folder,
                             unsigned flags);

/* Close everything and wipe what was kept in memory. No-op on a state that is closed or all
 * zero. */
void e4_posix_close(struct e4_posix *state);

/*
 * What went wrong last, in one sentence with the path and the cause; "" if nothing did. It also
 * tells of port->load and port->store, and of old keys that store() could not overwrite (it
 * succeeds then, and they are overwritten at the next store() or open). Kept by
 * e4_posix_close().
 */
const char *e4_posix_why(const struct e4_posix *state);

/* Where e4_posix_open() moved a damaged file to; NULL: there was none. */
const char *e4_posix_damaged(const struct e4_posix *state);

/*
 * Many stores as one: between begin and end store() only takes note, load() gives what was
 * noted, and end brings all of it into the folder at once. Until then, and if the power fails
 * or the state is closed before, the folder holds what it held at the beginning. So what the
 * library says is done is done only when the end has succeeded: for setting a device up, not
 * for commands that are answered. Nothing noted: end does nothing.
 *
 *   E4_ERR_ARGUMENT  begin: closed, for reading only, or in a batch already; end: in none
 *   E4_ERR_STORAGE   begin: no memory, and no batch. end: all is as before the batch, which is
 *                    over; a client that was changed in it must be closed and opened again
 */
enum e4_result e4_posix_batch_begin(struct e4_posix *state);
enum e4_result e4_posix_batch_end(struct e4_posix *state);

/*
 * Memory that outlives the process, for config->sent and config->seen: a file each in the
 * folder, mapped. All zero when it is new, from before the machine's last start, of another
 * count, or damaged. Processes that share sent ask for the same sent_count. Readers
 * (E4_POSIX_READ_ONLY) may ask for sent only: seen NULL and seen_count 0. Once for each open;
 * unmapped by e4_posix_close().
 *
 * E4_ERR_ARGUMENT: nothing asked for, or asked for twice; E4_ERR_STORAGE: see e4_posix_why().
 */
enum e4_result e4_posix_map(struct e4_posix *state, struct e4_sent_slot **sent,
                            uint16_t sent_count, struct e4_seen_slot **seen,
                            uint32_t seen_count);

/*
 * Where several processes send as one device, hold this around e4_protect(). It waits for the
 * others, and goes with a process that dies. E4_ERR_ARGUMENT: sent is not mapped.
 */
enum e4_result e4_posix_lock_sent(struct e4_posix *state);
void e4_posix_unlock_sent(struct e4_posix *state);

#ifdef __cplusplus
}
#endif

#endif
