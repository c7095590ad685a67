/* SPDX-License-Identifier: Apache-2.0 */
/* The file of commands issued: read or refused; what is read never lets a time go back. */
#include "fuzz.h"

#include <string.h>

#include "base/err.h"
#include "tools/e4/ledger.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t id[E4_ID_SIZE] = {0x11, 0x22, 0x33};
    static struct ledger ledger;
    struct input input = {data, size};
    struct e4_command command = {.type = (enum e4_command_type)(take_byte(&input) % 8)};
    uint64_t now_s = take_number(&input, 5);
    struct ledger_thing thing;
    struct err err = {.kind = ERR_NONE};
    uint64_t first_s;
    uint64_t second_s;

    take_bytes(&input, command.topic, 1);
    if (ledger_parse(&ledger, id, (const char *)input.data, input.len, &err) != 0) {
        law(err.kind != ERR_NONE && err.text[0] != '\0', "it says what is wrong");
        return 0;
    }
    law(ledger.count <= LEDGER_THINGS && memcmp(ledger.id, id, sizeof id) == 0,
        "a ledger is this device's");
    thing = ledger_thing_of(&command);
    first_s = ledger_next(&ledger, &thing, now_s);
    law(first_s >= ledger.newest_s, "no time before the newest");
    ledger_note(&ledger, &thing, first_s);
    law(ledger.newest_s == first_s, "the newest is noted");
    second_s = ledger_next(&ledger, &thing, now_s);
    law(second_s > first_s, "two commands about one thing never share a second");
    return 0;
}
