/* SPDX-License-Identifier: Apache-2.0 */
/* Results in words, and the version. */
#include "e4/e4.h"

static const char *const phrase[] = {
    "ok",
    "bad argument",
    "output buffer too small",
    "topic key not found",
    "signer public key not found",
    "frame too short",
    "not authentic",
    "invalid signature",
    "too old",
    "in the future",
    "replayed",
    "not a command that can be carried out",
    "wrong mode",
    "no room for another topic or public key",
    "the time is not known",
    "storage failed or damaged",
    "nothing stored yet",
    "older than a command already carried out",
    "more messages a second than the replay guard holds",
    "stored by a newer version",
};

const char *e4_strerror(enum e4_result result)
{
    if (result > E4_OK || result < E4_ERR_VERSION)
        return "unknown result";
    return phrase[-(int)result];
}

const char *e4_version(void)
{
    return E4_VERSION;
}
