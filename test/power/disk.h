/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a folder can look like after power was cut, made from the journal of calls.h. What was
 * not flushed may be there or not: each name that was made, moved or removed since the folder
 * was flushed, and what was written to each file since that was.
 */
#ifndef DISK_H
#define DISK_H

#include <stdbool.h>
#include <stddef.h>

/* What has become of writes that were not flushed. */
enum unflushed {
    UNFLUSHED_LOST,
    UNFLUSHED_KEPT,
    UNFLUSHED_ZEROS, /* the file is as long as it should be, and holds zeros there */
    UNFLUSHED_LAST,  /* only what was written last is there, and before it holes */
    UNFLUSHED_WAYS
};

struct crash {
    size_t changes;     /* how many of the journal had happened */
    size_t bytes;       /* and of the next one, if it is a write, so many bytes */
    unsigned names;     /* bit n: the nth change of names since the flush is on the disk */
    enum unflushed way; /* of all files */
};

/* How many changes of names are not flushed after so many changes? */
unsigned disk_unflushed_names(size_t changes);

/* Make the files that this crash leaves in a folder that is empty. */
void disk_make(const struct crash *crash, const char *folder);

#endif
