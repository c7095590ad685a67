/* SPDX-License-Identifier: Apache-2.0 */
/* Receipts and hellos in plain form: what decodes encodes to the same bytes. */
#include "fuzz.h"

#include <string.h>

#include "e4/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct e4_report report;
    struct e4_command command;
    uint8_t out[E4_REPORT_MAX];
    size_t out_len;
    enum e4_result result = e4_report_decode(&report, data, size);

    if (result != E4_OK) {
        law(result == E4_ERR_COMMAND, "it says what is wrong");
        return 0;
    }
    law(e4_report_encode(out, &out_len, &report) == E4_OK, "what decodes encodes");
    law(out_len == size && memcmp(out, data, size) == 0, "encode(decode(x)) = x");
    law(e4_command_decode(&command, E4_SYMMETRIC, data, size) != E4_OK &&
            e4_command_decode(&command, E4_PUBLIC_KEY, data, size) != E4_OK,
        "no report is a command");
    return 0;
}
