/* SPDX-License-Identifier: Apache-2.0 */
/* See status.h. What this table does not have is the server's own trouble. */
#include "server/api/status.h"

#include <stddef.h>

#include "base/err.h"

struct status status_of(const struct err *err)
{
    static const struct status table[ERR_KINDS] = {
        [ERR_INPUT] = {STATUS_INVALID_ARGUMENT, 400, NULL},
        [ERR_NOT_FOUND] = {STATUS_NOT_FOUND, 404, NULL},
        [ERR_CONFLICT] = {STATUS_INVALID_ARGUMENT, 400, NULL},
        [ERR_MODE] = {STATUS_FAILED_PRECONDITION, 400, NULL},
        [ERR_STRANGER] = {STATUS_UNAUTHENTICATED, 401, NULL},
        [ERR_DENIED] = {STATUS_PERMISSION_DENIED, 403, NULL},
        [ERR_BUSY] = {STATUS_RESOURCE_EXHAUSTED, 429, NULL},
        [ERR_TAMPERED] = {STATUS_DATA_LOSS, 500, NULL},
        [ERR_UNAVAILABLE] = {STATUS_UNAVAILABLE, 503, "the database cannot be reached"},
    };
    static const struct status internal = {STATUS_INTERNAL, 500,
                                           "the server failed; its log says why"};

    return table[err->kind].code != STATUS_OK ? table[err->kind] : internal;
}

const char *status_text(const struct status *status, const struct err *err)
{
    return status->words != NULL ? status->words : err->text;
}
