/* SPDX-License-Identifier: Apache-2.0 */
/* A server's settings: read, or refused with a line and a sentence. */
#include "fuzz.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/conf.h"
#include "base/err.h"
#include "e4/keys.h"

struct settings {
    char *text;
    int64_t number;
    bool flag;
    int64_t choice;
};

static const char *const words[] = {"one", "two", NULL};
static const struct conf_key keys[] = {
    {"text", CONF_TEXT, offsetof(struct settings, text), 0, 0, NULL},
    {"a-number", CONF_NUMBER, offsetof(struct settings, number), 3, 300, NULL},
    {"flag", CONF_BOOL, offsetof(struct settings, flag), 0, 0, NULL},
    {"choice", CONF_CHOICE, offsetof(struct settings, choice), 0, 0, words},
};
enum { KEYS = sizeof keys / sizeof keys[0] };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct settings settings = {.number = 3};
    struct err err = {.kind = ERR_NONE};
    int rc = conf_read(&settings, keys, KEYS, (const char *)data, size, "file", &err);

    if (rc != 0)
        law(err.kind == ERR_INPUT && strncmp(err.text, "file:", 5) == 0, "it says where");
    law(settings.number >= 3 && settings.number <= 300, "a number is in its range");
    law(settings.choice == 0 || settings.choice == 1, "a choice is one of the words");
    law(settings.text == NULL ||
            (*settings.text != '\0' && e4_is_utf8(settings.text, strlen(settings.text))),
        "a text is UTF-8");
    conf_free(&settings, keys, KEYS);
    law(settings.text == NULL, "nothing is left");
    return 0;
}
