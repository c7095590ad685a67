/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The audit trail as a file of JSON lines, beside the database. A record is in the database
 * first; so the file can always be completed from there, and what only the file has was taken
 * out of the database.
 */
#ifndef SERVER_CORE_AUDIT_FILE_H
#define SERVER_CORE_AUDIT_FILE_H

#include "server/store/store.h"

struct audit_file;
struct audit_reader;

/* Write a record that has been committed, and what else is missing before it. A failure is
 * logged, and made up for with the next record. NULL is fine here and below: no file. */
void audit_file_add(struct audit_file *file, const struct store_audit *audit);
void audit_file_close(struct audit_file *file);

/*
 * Compare what is in the file at this moment with the database: each of its records in order,
 * and then the end. ERR_TAMPERED: they differ. The caller closes.
 */
int audit_reader_open(struct audit_reader **reader, struct audit_file *file, struct err *err);
int audit_reader_compare(struct audit_reader *reader, const struct store_audit *audit,
                         struct err *err);
int audit_reader_end(struct audit_reader *reader, struct err *err);
void audit_reader_close(struct audit_reader *reader);

#endif
