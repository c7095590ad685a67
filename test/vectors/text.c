/* SPDX-License-Identifier: Apache-2.0 */
/* Whole files as text. */
#include "text.h"

#include "suite.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *text_read(const char *path, size_t *len)
{
    FILE *file = fopen(path, "rb");
    char *text = NULL;
    long size = -1;

    if (file == NULL)
        fail_msg("%s: %s", path, strerror(errno));
    if (fseek(file, 0, SEEK_END) != 0 || (size = ftell(file)) < 0 ||
        fseek(file, 0, SEEK_SET) != 0)
        fail_msg("%s: cannot tell its size", path);
    text = malloc((size_t)size + 1);
    if (text == NULL || fread(text, 1, (size_t)size, file) != (size_t)size)
        fail_msg("%s: cannot be read", path);
    text[size] = '\0';
    fclose(file);
    if (len != NULL)
        *len = (size_t)size;
    return text;
}
