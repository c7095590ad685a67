/* SPDX-License-Identifier: Apache-2.0 */
/* Commands in plain form: what decodes encodes to the same bytes; what does not says nothing.
 */
#include "fuzz.h"

#include <string.h>

#include "e4/wire.h"

static void one_mode(enum e4_mode mode, const uint8_t *data, size_t len)
{
    struct e4_command command;
    uint8_t out[E4_COMMAND_MAX];
    size_t out_len;
    enum e4_result result;

    memset(&command, 0xee, sizeof command);
    result = e4_command_decode(&command, mode, data, len);
    if (result != E4_OK) {
        law(result == E4_ERR_COMMAND || result == E4_ERR_MODE, "it says what is wrong");
        return;
    }
    law(len >= 1 && e4_command_name(data[0]) != NULL, "a command has a name");
    law(e4_command_encode(out, &out_len, &command, mode) == E4_OK, "what decodes encodes");
    law(out_len == len && memcmp(out, data, len) == 0, "encode(decode(x)) = x");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    one_mode(E4_SYMMETRIC, data, size);
    one_mode(E4_PUBLIC_KEY, data, size);
    return 0;
}
