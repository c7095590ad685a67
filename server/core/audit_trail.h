/* SPDX-License-Identifier: Apache-2.0 */
/* How a record of the audit trail is made; audit.h is how it is read. */
#ifndef SERVER_CORE_AUDIT_TRAIL_H
#define SERVER_CORE_AUDIT_TRAIL_H

#include "server/store/store.h"

/* Add a record: number and hash are filled in. */
int audit_add(struct tx *tx, struct store_audit *audit, struct err *err);

#endif
