/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A script made up from a seed: commands and messages, good and bad, from either side, again
 * and again, and both clients and both models say what they make of each.
 */
#ifndef PLAY_H
#define PLAY_H

#include "world.h"

/* How often the two clients said the same, and what they said when they did not. */
struct tally {
    unsigned operations;
    unsigned frames;
    unsigned differed[REFUSED + 1][REFUSED + 1]; /* by what e4go said, and libe4 */
    unsigned agreed[REFUSED + 1];
};

/* One life of a pair of clients: so many operations. A test failure at the first surprise. */
void play(struct world *world, uint64_t seed, bool public_key, unsigned operations,
          struct tally *tally);

#endif
