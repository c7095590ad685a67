/* SPDX-License-Identifier: Apache-2.0 */
/* State files of e4go: read or refused with a sentence; what is read is fit for a device. */
#include "fuzz.h"

#include <string.h>

#include "base/err.h"
#include "e4/keys.h"
#include "tools/e4/import.h"

static void check(const struct import *import)
{
    uint8_t hash[E4_HASH_SIZE];

    law(import->identity.mode == E4_SYMMETRIC || import->identity.mode == E4_PUBLIC_KEY,
        "it has a mode");
    law(!all_zero(import->identity.key, E4_KEY_SIZE), "it has a key");
    law(import->receiving_topic == NULL ||
            e4_topic_hash(hash, import->receiving_topic, strlen(import->receiving_topic)) ==
                E4_OK,
        "its receiving topic is one");
    law(import->identity.mode == E4_PUBLIC_KEY || import->peer_count == 0,
        "peers are for public-key mode");
    for (size_t i = 0; i < import->topic_count; i++)
        law(!all_zero(import->topics[i].key, E4_KEY_SIZE), "its topics have keys");
    for (size_t i = 0; i < import->peer_count; i++)
        law(!all_zero(import->peers[i].key, E4_KEY_SIZE), "its peers have keys");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct import import;
    struct err err = {.kind = ERR_NONE};

    memset(&import, 0xee, sizeof import);
    if (import_parse((const char *)data, size, &import, &err) == 0) {
        check(&import);
    } else {
        law(err.kind != ERR_NONE && err.text[0] != '\0', "it says what is wrong");
        law(all_zero(&import, sizeof import), "nothing is left of a failure");
    }
    import_free(&import);
    return 0;
}
