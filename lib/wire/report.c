/* SPDX-License-Identifier: Apache-2.0 */
/* Receipts and hellos to bytes and back (PROTOCOL.md §9). */
#include "e4/wire.h"

#include <string.h>

#include "crypto/bytes.h"

enum { RECEIPT_SIZE = 1 + E4_TAG_SIZE + 1, HELLO_SIZE = 3 + E4_DIGEST_SIZE };
enum { LAST_RESULT = -E4_ERR_VERSION };

enum e4_result e4_report_encode(uint8_t out[E4_REPORT_MAX], size_t *out_len,
                                const struct e4_report *report)
{
    *out_len = 0;
    if (report->type == E4_RECEIPT && report->outcome <= 0 && report->outcome >= -LAST_RESULT) {
        out[0] = E4_RECEIPT;
        e4_copy16(out + 1, report->tag);
        out[RECEIPT_SIZE - 1] = (uint8_t)-report->outcome;
        *out_len = RECEIPT_SIZE;
        return E4_OK;
    }
    if (report->type == E4_HELLO &&
        (report->mode == E4_SYMMETRIC || report->mode == E4_PUBLIC_KEY)) {
        out[0] = E4_HELLO;
        out[1] = E4_HELLO_FORMAT;
        out[2] = (uint8_t)report->mode;
        memcpy(out + 3, report->digest, E4_DIGEST_SIZE);
        *out_len = HELLO_SIZE;
        return E4_OK;
    }
    return E4_ERR_ARGUMENT;
}

enum e4_result e4_report_decode(struct e4_report *report, const uint8_t *in, size_t in_len)
{
    memset(report, 0, sizeof *report);
    if (in_len == RECEIPT_SIZE && in[0] == E4_RECEIPT && in[RECEIPT_SIZE - 1] <= LAST_RESULT) {
        report->type = E4_RECEIPT;
        e4_copy16(report->tag, in + 1);
        report->outcome = (enum e4_result) - in[RECEIPT_SIZE - 1];
        return E4_OK;
    }
    if (in_len == HELLO_SIZE && in[0] == E4_HELLO && in[1] == E4_HELLO_FORMAT &&
        (in[2] == E4_SYMMETRIC || in[2] == E4_PUBLIC_KEY)) {
        report->type = E4_HELLO;
        report->mode = (enum e4_mode)in[2];
        memcpy(report->digest, in + 3, E4_DIGEST_SIZE);
        return E4_OK;
    }
    return E4_ERR_COMMAND;
}
