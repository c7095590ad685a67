/* SPDX-License-Identifier: Apache-2.0 */
/* What e4 inspect makes of bytes that somebody found: hex, base64 or raw, a frame or none. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "e4/keys.h"
#include "tools/e4/look.h"
#include "tools/e4/words.h"

static const uint8_t key[E4_KEY_SIZE] = {1, 2, 3};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct look_keys keys = {.key = key, .command = key};
    uint8_t *bytes = malloc(size + 1);
    uint8_t *text = malloc(size + 1);
    size_t len = size;
    struct look look;
    char words[WORDS_SIZE];
    enum look_coding coding;

    law(bytes != NULL && text != NULL, "there is memory");
    memcpy(bytes, data, size);
    coding = look_decode(bytes, &len);
    law(look_coding_name(coding) != NULL && len <= size, "decoding makes nothing longer");
    if (coding == LOOK_RAW)
        law(len == size && memcmp(bytes, data, size) == 0, "what is neither stays as it is");
    look_outside(&look, bytes, len, 1600000000);
    words_of_look(words, &look);
    law(memchr(words, 0, sizeof words) != NULL, "it is told in words");
    look_inside(&look, &keys, text);
    law(look.verdict != LOOK_OPEN, "nothing is authentic by chance");
    words_of_look(words, &look);
    words_of_age(words, &look);
    law(memchr(words, 0, sizeof words) != NULL, "it is told in words");
    free(bytes);
    free(text);
    return 0;
}
