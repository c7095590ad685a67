/* SPDX-License-Identifier: Apache-2.0 */
/* The device in public-key mode. */
#include "e4/e4.h"

static struct e4_signer signer;
static struct e4_peer_slot peers[8];

#define MODE     E4_PUBLIC_KEY
#define OVERHEAD E4_OVERHEAD_PK
#define OF_MODE                                                                                \
    .public_key = &e4_public_key_mode, .signer = &signer, .peers = peers, .peer_count = 8

#include "device.h"
