/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts in docs/getting-started.md take for granted of examples/. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/err.h"
#include "base/mqtt.h"
#include "base/secret.h"
#include "e4/e4.h"
#include "e4/keys.h"
#include "e4/password.h"
#include "e4/port_posix.h"
#include "e4/wire.h"
