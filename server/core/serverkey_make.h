/* SPDX-License-Identifier: Apache-2.0 */
/* The keys that a new state of public-key mode begins with. */
#ifndef SERVER_CORE_SERVERKEY_MAKE_H
#define SERVER_CORE_SERVERKEY_MAKE_H

#include "server/core/core.h"

struct seal;
struct tx;

/* The first server key, and the seed that the server signs messages with. */
int serverkey_make_first(struct core *core, struct tx *tx, struct err *err);

/* That seed. The caller wipes it. */
int serverkey_signer(struct core *core, uint8_t seed[E4_KEY_SIZE], struct tx *tx,
                     struct err *err);

/* Seal the key that signs messages once more, with what seals by now. One that is not there is
 * fine. */
int serverkey_reseal_signer(const struct seal *seal, struct tx *tx, struct err *err);

#endif
