/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the parts of the POSIX port share: posix.c opens and closes, posix_state.c keeps the
 * state file, posix_map.c the mapped files, posix_file.c talks to the system.
 *
 * Functions that return enum e4_result have set state->why when it is not E4_OK. All names are
 * relative to the state folder. Every call that a signal may interrupt is made again.
 */
#ifndef E4_PORT_POSIX_INTERNAL_H
#define E4_PORT_POSIX_INTERNAL_H

#include <sys/stat.h>
#include <sys/types.h>

#include "e4/port_posix.h"

/* The sentence "cannot <doing> <folder>/<name>: <error>"; an empty name is the folder itself.
 */
enum e4_result e4_posix_fail(struct e4_posix *state, const char *doing, const char *name,
                             int error);
/* The sentence "<folder>/<name> <complaint>". */
enum e4_result e4_posix_refuse(struct e4_posix *state, const char *name, const char *complaint);

/* -1 and errno, or a descriptor; symbolic links are not followed. create: fails with EEXIST. */
int e4_posix_open_file(const struct e4_posix *state, const char *name, int flags);
int e4_posix_create_file(const struct e4_posix *state, const char *name);
/* Close unless it is -1, and set it to -1. */
void e4_posix_shut(int *fd);

/* A regular file that only its owner can read, who is that of the folder. */
enum e4_result e4_posix_check_file(struct e4_posix *state, const char *name, int fd,
                                   struct stat *info);

/* All of it, at an offset; false and errno otherwise (EIO where the file is shorter). */
bool e4_posix_read(int fd, void *data, size_t len, off_t at);
bool e4_posix_write(int fd, const void *data, size_t len, off_t at);
bool e4_posix_write_zeros(int fd, off_t len);
/* Wait until what was written is on the disk. */
bool e4_posix_sync(int fd);
/* The same for names in the folder. */
bool e4_posix_sync_folder(const struct e4_posix *state);
/* flock() */
bool e4_posix_flock(int fd, int operation);

/* Fill a file with zeros to the disk, unless it also goes by another name. False and errno. */
bool e4_posix_overwrite(int fd);
/* Overwrite a file, then remove it. Missing is fine. */
enum e4_result e4_posix_discard(struct e4_posix *state, const char *name);

/* Take up the state file, which need not exist. */
enum e4_result e4_posix_take_state(struct e4_posix *state);
enum e4_result e4_posix_load(void *ctx, unsigned place, uint8_t record[E4_RECORD_SIZE]);
enum e4_result e4_posix_store(void *ctx, unsigned place, const uint8_t record[E4_RECORD_SIZE]);
/* Wipe and give back the memory that holds the state. */
void e4_posix_drop_state(struct e4_posix *state);

/* e4_posix_map() for a machine started under this name ("" where starts have no name). */
enum e4_result e4_posix_map_since(struct e4_posix *state, struct e4_sent_slot **sent,
                                  uint16_t sent_count, struct e4_seen_slot **seen,
                                  uint32_t seen_count, const char *start);
void e4_posix_unmap(struct e4_posix *state);

#endif
