/* SPDX-License-Identifier: Apache-2.0 */
/* Keys from passwords, as the deployed clients derive them (PROTOCOL.md §3). */
#include "e4/password.h"

#include "crypto/argon2.h"
#include "e4/keys.h"

enum e4_result e4_key_from_password(uint8_t key[E4_KEY_SIZE], const char *password,
                                    size_t password_len, void *work, size_t work_cap)
{
    const struct e4_argon2 params = {
        .type = E4_ARGON2I,
        .passes = 1,
        .memory_kib = (uint32_t)(E4_PASSWORD_WORK / 1024),
        .lanes = 4,
        .password = {password, password_len},
    };

    if (password_len < E4_PASSWORD_MIN || !e4_is_utf8(password, password_len))
        return E4_ERR_ARGUMENT;
    if (work_cap < E4_PASSWORD_WORK)
        return E4_ERR_SPACE;
    if (!e4_argon2(key, E4_KEY_SIZE, &params, work, work_cap))
        return E4_ERR_ARGUMENT;
    return E4_OK;
}
