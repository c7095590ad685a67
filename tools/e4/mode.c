/* SPDX-License-Identifier: Apache-2.0 */
/* See mode.h. */
#include "tools/e4/mode.h"

#include <string.h>

#include "base/err.h"

const char *mode_name(enum e4_mode mode)
{
    return mode == E4_SYMMETRIC ? "symmetric" : "public-key";
}

int mode_parse(enum e4_mode *mode, const char *name, struct err *err)
{
    *mode = E4_SYMMETRIC;
    if (name == NULL || strcmp(name, mode_name(E4_SYMMETRIC)) == 0)
        return 0;
    *mode = E4_PUBLIC_KEY;
    if (strcmp(name, mode_name(E4_PUBLIC_KEY)) == 0)
        return 0;
    return err_set(err, ERR_USAGE, "%s: no mode; it is symmetric or public-key", name);
}
