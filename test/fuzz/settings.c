/* SPDX-License-Identifier: Apache-2.0 */
/* The tool's own file beside a device's state: read, or refused with a sentence. */
#include "fuzz.h"

#include <string.h>

#include "base/err.h"
#include "e4/keys.h"
#include "tools/e4/settings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct settings_file file;
    struct err err = {.kind = ERR_NONE};
    uint8_t hash[E4_HASH_SIZE];
    const char *topic;

    memset(&file, 0, sizeof file);
    if (settings_parse(&file, (const char *)data, size, &err) != 0) {
        law(err.kind != ERR_NONE && err.text[0] != '\0', "it says what is wrong");
        law(file.settings.name == NULL && file.settings.receiving_topic == NULL,
            "nothing is left of a failure");
        return 0;
    }
    topic = file.settings.receiving_topic;
    law(topic == NULL || e4_topic_hash(hash, topic, strlen(topic)) == E4_OK,
        "its receiving topic is one");
    settings_free(&file.settings);
    return 0;
}
