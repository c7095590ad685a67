/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What somebody else's program does with an installed libe4: it is compiled as C and as C++,
 * and sends itself a message.
 */
#include <stdio.h>
#include <string.h>

#include <e4/e4.h>
#include <e4/keys.h>
#include <e4/password.h>
#include <e4/port_flash.h>
#include <e4/port_memory.h>
#include <e4/port_posix.h>
#include <e4/wire.h>

int main(void)
{
    const uint8_t key[E4_KEY_SIZE] = {1};
    uint8_t text[8];
    uint8_t bytes[sizeof text + E4_OVERHEAD_SK];
    struct e4_sealing sealing;
    struct e4_frame frame;
    size_t len;

    memset(&sealing, 0, sizeof sealing);
    sealing.key = key;
    sealing.sent_s = 1;
    memcpy(text, "installed", sizeof text);
    if (e4_frame_seal(bytes, sizeof bytes, &len, &sealing, text, sizeof text) != E4_OK ||
        e4_frame_parse(&frame, E4_SYMMETRIC, bytes, len) != E4_OK ||
        e4_frame_open(text, sizeof text, &len, &frame, key) != E4_OK)
        return 1;
    if (strcmp(e4_version(), E4_VERSION) != 0)
        return 1;
    printf("%.*s %s\n", (int)len, (const char *)text, e4_version());
    return 0;
}
