/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A device's folder for the tests of the POSIX port: made, filled, looked into, taken away. A
 * record is named by a number, which all of its bytes are.
 */
#ifndef PORT_FOLDER_H
#define PORT_FOLDER_H

#include "e4/port_posix.h"
#include "test/unit/law.h"

enum { PATH_ROOM = 512 };

extern char folder[200]; /* its path */
extern struct e4_posix posix;
extern struct e4_port port;

/* Each test lies between these. The folder itself does not exist yet. */
void folder_begin(void);
void folder_end(void);

/* Close the device if it is open, and open it. */
enum e4_result folder_open(unsigned flags);
enum e4_result folder_store(unsigned place, int fill);
/* What all bytes of a record are; -1: there is none, -2: they differ. */
int folder_load(unsigned place);
int folder_load_from(const struct e4_port *from, unsigned place);
/* The same for somebody who opens the folder for reading at this moment. */
int folder_load_beside(unsigned place);
/* Made and closed, with records 11 and 12 in places 0 and 2. */
void folder_make(void);

/* Does the sentence about what went wrong have these words in it? */
bool why_says(const char *words);

/* Files in the folder; the name "" is the folder itself. */
void folder_path(char path[PATH_ROOM], const char *name);
bool folder_has(const char *name);
unsigned folder_mode(const char *name);
size_t folder_read(const char *name, uint8_t *bytes, size_t cap);
void folder_write(const char *name, const void *bytes, size_t len);
void folder_remove(const char *name);

/* Run a part of a test in a process of its own; what it returns must hold. */
void in_child(bool (*part)(void));

#endif
