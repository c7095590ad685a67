/* SPDX-License-Identifier: Apache-2.0 */
/* The files of schema/, which the build puts into the program. */
#ifndef SERVER_STORE_SCHEMA_H
#define SERVER_STORE_SCHEMA_H

enum { SCHEMA_VERSION = 9 };

/* What leads from version 0, an empty database, to 1, from 1 to 2 and so on. */
extern const char *const schema_text[SCHEMA_VERSION];

#endif
