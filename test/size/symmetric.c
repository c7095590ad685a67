/* SPDX-License-Identifier: Apache-2.0 */
/* The device in symmetric-key mode. */
#define MODE     E4_SYMMETRIC
#define OVERHEAD E4_OVERHEAD_SK
#define OF_MODE  .peer_count = 0

#include "device.h"
