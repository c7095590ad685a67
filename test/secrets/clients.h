/* SPDX-License-Identifier: Apache-2.0 */
/* Whole clients whose keys and texts are secret, in each mode. */
#ifndef CLIENTS_H
#define CLIENTS_H

void symmetric_client(void);
void public_key_client(void);

#endif
