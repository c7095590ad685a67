/* SPDX-License-Identifier: Apache-2.0 */
/* Errors as whoever asked is told them: gRPC's code, HTTP's, and words that give nothing away.
 */
#ifndef SERVER_API_STATUS_H
#define SERVER_API_STATUS_H

#include <stdbool.h>

struct err;

/* gRPC's codes, those that we answer with. */
enum status_code {
    STATUS_OK = 0,
    STATUS_INVALID_ARGUMENT = 3,
    STATUS_NOT_FOUND = 5,
    STATUS_PERMISSION_DENIED = 7,
    STATUS_RESOURCE_EXHAUSTED = 8,
    STATUS_FAILED_PRECONDITION = 9,
    STATUS_UNIMPLEMENTED = 12,
    STATUS_INTERNAL = 13,
    STATUS_UNAVAILABLE = 14,
    STATUS_DATA_LOSS = 15,
    STATUS_UNAUTHENTICATED = 16
};

struct status {
    enum status_code code;
    unsigned http;
    const char *words; /* NULL: the error's own are for whoever asked */
};

struct status status_of(const struct err *err);

/* What to say: status.words, or err's. */
const char *status_text(const struct status *status, const struct err *err);

#endif
