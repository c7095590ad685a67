/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The system calls of the POSIX port, watched: linked with --wrap, they can be made to fail,
 * and what they do to a folder is written down. While calls.watch is false they are as always.
 */
#ifndef CALLS_H
#define CALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct calls {
    bool watch;
    unsigned count;     /* of calls that could have failed */
    unsigned fail_at;   /* this one fails, counted from 1; 0: none */
    bool onwards;       /* and so do all after it */
    int error;          /* EINTR: only calls that can be interrupted fail */
    const char *only;   /* only calls of this name count, and can fail; NULL: all */
    const char *failed; /* out: the name of the call that failed first */
    int descriptors;    /* out: opened while watching, and not closed */
    int mappings;

    size_t write_max; /* a write takes no more than this; 0: no limit */
    bool write_none;  /* or nothing at all, without an error */
    bool read_none;
    bool no_sync;  /* fsync() does nothing; also while not watching */
    bool no_links; /* a file system without second names */
    bool no_time;
    bool fake_user; /* geteuid() says user */
    uid_t user;

    /* Called once before the nth call from now of this name, unwatched, then forgotten. */
    const char *before;
    unsigned nth;
    void (*intrude)(void);

    bool journal; /* write down what happens */
};
extern struct calls calls;

/* Not watched, nothing fails, an empty journal. */
void calls_reset(void);

/* What was done to the folder. Inodes are numbered from 1. */
enum change_kind {
    CHANGE_CREATE, /* inode under name */
    CHANGE_WRITE,  /* data to inode at an offset */
    CHANGE_SYNC,   /* inode is flushed */
    CHANGE_LINK,   /* inode gets a further name */
    CHANGE_RENAME, /* inode goes from name to name_2 */
    CHANGE_UNLINK, /* inode loses name */
    CHANGE_SYNC_FOLDER,
    CHANGE_NOTE /* of the test's own: a number in inode */
};
struct change {
    enum change_kind kind;
    unsigned inode;
    char name[32];
    char name_2[32];
    size_t at;
    size_t len;
    uint8_t *data;
};
size_t journal_count(void);
const struct change *journal_at(size_t n);
void journal_note(unsigned number);
/* Begin with a file that is there, flushed; or with a second name of one. */
void journal_file(const char *name, const uint8_t *bytes, size_t len);
void journal_second_name(const char *name, const char *second);

#endif
