/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of lib/wire/report.c: receipts and hellos as bytes. What a client sends: test_hello.c.
 */
#include <string.h>

#include "fixture.h"
#include "law.h"

TEST(each_receipt_and_hello_decodes_to_itself)
{
    struct e4_report report, again;
    uint8_t bytes[E4_REPORT_MAX];
    size_t len;

    for (int outcome = 0; outcome >= E4_ERR_VERSION; outcome--) {
        memset(&report, 0, sizeof report);
        report.type = E4_RECEIPT;
        report.outcome = (enum e4_result)outcome;
        memset(report.tag, 0x5A, sizeof report.tag);
        CHECK_AT(-outcome, e4_report_encode(bytes, &len, &report) == E4_OK && len == 18);
        CHECK_AT(-outcome, bytes[0] == 0x80 && bytes[17] == -outcome);
        CHECK_AT(-outcome, e4_report_decode(&again, bytes, len) == E4_OK);
        CHECK_AT(-outcome, memcmp(&report, &again, sizeof report) == 0);
    }
    for (int mode = E4_SYMMETRIC; mode <= E4_PUBLIC_KEY; mode++) {
        memset(&report, 0, sizeof report);
        report.type = E4_HELLO;
        report.mode = (enum e4_mode)mode;
        key_of(report.digest, 1);
        CHECK_AT(mode, e4_report_encode(bytes, &len, &report) == E4_OK && len == 35);
        CHECK_AT(mode, bytes[0] == 0x81 && bytes[1] == 1 && bytes[2] == mode);
        CHECK_AT(mode, e4_report_decode(&again, bytes, len) == E4_OK);
        CHECK_AT(mode, memcmp(&report, &again, sizeof report) == 0);
    }
}

TEST(what_is_decoded_encodes_to_the_same_bytes_and_all_else_is_refused)
{
    uint8_t bytes[71], again[E4_REPORT_MAX];
    struct e4_report report;
    size_t again_len;
    unsigned accepted = 0;

    for (size_t len = 0; len <= 70; len++) {
        for (unsigned first = 0; first < 256; first++) {
            for (unsigned value = 0; value < 256; value++) {
                memset(bytes, (int)value, sizeof bytes);
                bytes[0] = (uint8_t)first;
                if (value < 4 && len == 35)
                    bytes[1] = (uint8_t)(value == 3 ? 2 : 1); /* the one format there is */
                if (e4_report_decode(&report, bytes, len) != E4_OK) {
                    CHECK_AT(value, e4_report_decode(&report, bytes, len) == E4_ERR_COMMAND);
                    CHECK_AT(value, all_zero(&report, sizeof report));
                    continue;
                }
                accepted++;
                CHECK_AT(len, e4_report_encode(again, &again_len, &report) == E4_OK);
                CHECK_AT(len, again_len == len && memcmp(again, bytes, len) == 0);
            }
        }
    }
    CHECK(accepted == 20 + 2); /* results 0 to 19; modes 1 and 2 */
}

TEST(what_no_peer_would_decode_is_not_encoded)
{
    static const struct e4_report bad[] = {
        {.type = E4_RECEIPT, .outcome = (enum e4_result)1},
        {.type = E4_RECEIPT, .outcome = (enum e4_result)(E4_ERR_VERSION - 1)},
        {.type = E4_HELLO, .mode = (enum e4_mode)0},
        {.type = E4_HELLO, .mode = (enum e4_mode)3},
        {.type = (enum e4_report_type)0x82, .mode = E4_SYMMETRIC},
        {.type = (enum e4_report_type)0x7F},
    };
    uint8_t bytes[E4_REPORT_MAX], before[E4_REPORT_MAX];

    memset(before, 0xEE, sizeof before);
    for (size_t i = 0; i < COUNT(bad); i++) {
        size_t len = 99;

        memset(bytes, 0xEE, sizeof bytes);
        CHECK_AT(i, e4_report_encode(bytes, &len, &bad[i]) == E4_ERR_ARGUMENT);
        CHECK_AT(i, len == 0 && memcmp(bytes, before, sizeof bytes) == 0);
    }
}

TEST(no_report_is_a_command_and_no_command_a_report)
{
    uint8_t bytes[E4_COMMAND_MAX];
    struct e4_command command;
    struct e4_report report;

    memset(bytes, 1, sizeof bytes);
    for (size_t len = 0; len <= sizeof bytes; len++) {
        bytes[0] = E4_RECEIPT;
        CHECK_AT(len, e4_command_decode(&command, E4_PUBLIC_KEY, bytes, len) != E4_OK);
        bytes[0] = E4_HELLO;
        CHECK_AT(len, e4_command_decode(&command, E4_PUBLIC_KEY, bytes, len) != E4_OK);
        for (unsigned type = 0; type < 8; type++) {
            bytes[0] = (uint8_t)type;
            CHECK_AT(len, e4_report_decode(&report, bytes, len) == E4_ERR_COMMAND);
        }
    }
}

LAWS(LAW(each_receipt_and_hello_decodes_to_itself),
     LAW(what_is_decoded_encodes_to_the_same_bytes_and_all_else_is_refused),
     LAW(what_no_peer_would_decode_is_not_encoded),
     LAW(no_report_is_a_command_and_no_command_a_report))
