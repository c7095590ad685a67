/* SPDX-License-Identifier: Apache-2.0 */
/* Telling the service manager how far we are: sd_notify(3), where there is one that asks. */
#ifndef BASE_NOTIFY_H
#define BASE_NOTIFY_H

void notify_ready(void);
void notify_stopping(void);

#endif
