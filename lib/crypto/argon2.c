/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Argon2i and Argon2id (RFC 9106, section 3), one lane after the other: names and steps are
 * those of sections 3.2 to 3.4. Memory is lanes of blocks of 128 words; a pass goes through
 * each lane in four slices, and within a slice no lane reads what another is writing.
 */
#include "argon2.h"

#include <string.h>

#include "blake2b.h"
#include "ct.h"
#include "load.h"

enum { VERSION = 0x13, SLICES = 4, FIRST_HASH = 64 };
#define LANES_MAX 0xffffffUL

/* A derivation on its way. */
struct run {
    const struct e4_argon2 *params;
    e4_argon2_fill *fill;
    uint64_t *memory;
    uint32_t blocks; /* in all lanes */
    uint32_t lane_len;
    uint32_t segment_len;
    /* Secrets on the way, wiped at the end. */
    uint64_t scratch[E4_ARGON2_WORDS];
    uint64_t input[E4_ARGON2_WORDS]; /* of data-independent addressing */
    uint64_t address[E4_ARGON2_WORDS];
};

/* Where in the run a segment lies. */
struct place {
    uint32_t pass;
    uint32_t slice;
    uint32_t lane;
};

static void hash_number(struct e4_blake2b *hash, uint32_t number)
{
    uint8_t bytes[4];

    e4_store_le32(bytes, number);
    e4_blake2b_update(hash, bytes, sizeof bytes);
}

static void hash_bytes(struct e4_blake2b *hash, const struct e4_argon2_bytes *bytes)
{
    hash_number(hash, (uint32_t)bytes->len);
    e4_blake2b_update(hash, bytes->data, bytes->len);
}

/* H_0 of section 3.2 */
static void first_hash(uint8_t out[FIRST_HASH], const struct e4_argon2 *params, size_t out_len)
{
    struct e4_blake2b hash;

    e4_blake2b_init(&hash, FIRST_HASH);
    hash_number(&hash, params->lanes);
    hash_number(&hash, (uint32_t)out_len);
    hash_number(&hash, params->memory_kib);
    hash_number(&hash, params->passes);
    hash_number(&hash, VERSION);
    hash_number(&hash, (uint32_t)params->type);
    hash_bytes(&hash, &params->password);
    hash_bytes(&hash, &params->salt);
    hash_bytes(&hash, &params->secret);
    hash_bytes(&hash, &params->ad);
    e4_blake2b_final(&hash, out);
}

/* H' of section 3.3: any length of hash, in pieces of 32 bytes and a last one of up to 64. */
static void long_hash(uint8_t *out, size_t out_len, const uint8_t *in, size_t in_len)
{
    struct e4_blake2b hash;
    uint8_t piece[64];
    uint8_t piece_len = out_len < sizeof piece ? (uint8_t)out_len : sizeof piece;

    e4_blake2b_init(&hash, piece_len);
    hash_number(&hash, (uint32_t)out_len);
    e4_blake2b_update(&hash, in, in_len);
    e4_blake2b_final(&hash, piece);
    while (out_len > sizeof piece) {
        memcpy(out, piece, 32);
        out += 32;
        out_len -= 32;
        piece_len = out_len < sizeof piece ? (uint8_t)out_len : sizeof piece;
        e4_blake2b_init(&hash, piece_len);
        e4_blake2b_update(&hash, piece, sizeof piece);
        e4_blake2b_final(&hash, piece);
    }
    memcpy(out, piece, piece_len);
    e4_wipe(piece, sizeof piece);
}

static uint64_t *block_at(const struct run *run, uint32_t lane, uint32_t column)
{
    return run->memory + ((size_t)lane * run->lane_len + column) * E4_ARGON2_WORDS;
}

/* Steps 3 and 4 of section 3.2: the first two blocks of each lane. */
static void start_lanes(struct run *run, size_t out_len)
{
    uint8_t seed[FIRST_HASH + 8];
    uint8_t bytes[E4_ARGON2_BLOCK];

    first_hash(seed, run->params, out_len);
    for (uint32_t lane = 0; lane < run->params->lanes; lane++) {
        for (uint32_t column = 0; column < 2; column++) {
            uint64_t *block = block_at(run, lane, column);

            e4_store_le32(seed + FIRST_HASH, column);
            e4_store_le32(seed + FIRST_HASH + 4, lane);
            long_hash(bytes, sizeof bytes, seed, sizeof seed);
            for (unsigned i = 0; i < E4_ARGON2_WORDS; i++)
                block[i] = e4_load_le64(bytes + 8 * i);
        }
    }
    e4_wipe(seed, sizeof seed);
    e4_wipe(bytes, sizeof bytes);
}

/* Section 3.4.1.2: the next 128 pseudo-random values that depend on no secret. */
static void next_addresses(struct run *run)
{
    static const uint64_t zero[E4_ARGON2_WORDS];

    run->input[6]++;
    run->fill(run->address, zero, run->input, run->scratch, false);
    run->fill(run->address, zero, run->address, run->scratch, false);
}

static void start_addresses(struct run *run, const struct place *at)
{
    memset(run->input, 0, sizeof run->input);
    run->input[0] = at->pass;
    run->input[1] = at->lane;
    run->input[2] = at->slice;
    run->input[3] = run->blocks;
    run->input[4] = run->params->passes;
    run->input[5] = run->params->type;
}

/* Section 3.4.2: the block that a pseudo-random value stands for, seen from a place. */
static const uint64_t *reference(const struct run *run, const struct place *at, uint32_t index,
                                 uint64_t value)
{
    const uint32_t lane = at->pass == 0 && at->slice == 0
                              ? at->lane
                              : (uint32_t)(value >> 32) % run->params->lanes;
    /* In the first pass, all since its start; then the three slices before. */
    uint32_t area = run->segment_len * (at->pass == 0 ? at->slice : SLICES - 1);
    const uint32_t start = at->pass == 0 ? 0 : run->segment_len * (at->slice + 1);
    uint64_t x = value & 0xffffffff;

    if (lane == at->lane)
        area += index - 1;
    else if (index == 0)
        area--;
    x = x * x >> 32;
    x = area - 1 - (area * x >> 32);
    return block_at(run, lane, (uint32_t)((start + x) % run->lane_len));
}

static void fill_segment(struct run *run, const struct place *at)
{
    const bool independent =
        run->params->type == E4_ARGON2I || (at->pass == 0 && at->slice < SLICES / 2);
    const uint32_t first = at->pass == 0 && at->slice == 0 ? 2 : 0;
    uint32_t column = at->slice * run->segment_len + first;
    const uint64_t *previous =
        block_at(run, at->lane, (column + run->lane_len - 1) % run->lane_len);

    start_addresses(run, at);
    for (uint32_t i = first; i < run->segment_len; i++, column++) {
        uint64_t *next = block_at(run, at->lane, column);
        uint64_t value = previous[0];

        if (independent) {
            if (i == first || i % E4_ARGON2_WORDS == 0)
                next_addresses(run);
            value = run->address[i % E4_ARGON2_WORDS];
        }
        run->fill(next, previous, reference(run, at, i, value), run->scratch, at->pass > 0);
        previous = next;
    }
}

/* Step 7 of section 3.2: the last blocks of all lanes, added and hashed. */
static void finish(struct run *run, uint8_t *out, size_t out_len)
{
    uint8_t bytes[E4_ARGON2_BLOCK];

    memset(run->scratch, 0, sizeof run->scratch);
    for (uint32_t lane = 0; lane < run->params->lanes; lane++) {
        const uint64_t *last = block_at(run, lane, run->lane_len - 1);

        for (unsigned i = 0; i < E4_ARGON2_WORDS; i++)
            run->scratch[i] ^= last[i];
    }
    for (unsigned i = 0; i < E4_ARGON2_WORDS; i++)
        e4_store_le64(bytes + 8 * i, run->scratch[i]);
    long_hash(out, out_len, bytes, sizeof bytes);
    e4_wipe(bytes, sizeof bytes);
}

static bool too_long(size_t len)
{
    return len >> 16 >> 16 != 0; /* never where size_t has 32 bits */
}

static bool good(const struct e4_argon2 *params, size_t out_len, const void *work,
                 size_t work_len)
{
    if (params->type != E4_ARGON2I && params->type != E4_ARGON2ID)
        return false;
    if (params->passes == 0 || params->lanes == 0 || params->lanes > LANES_MAX)
        return false;
    if (params->memory_kib / 8 < params->lanes || params->memory_kib > work_len / 1024)
        return false;
    if (out_len < 4 || too_long(out_len) || (uintptr_t)work % sizeof(uint64_t) != 0)
        return false;
    return !too_long(params->password.len) && !too_long(params->salt.len) &&
           !too_long(params->secret.len) && !too_long(params->ad.len);
}

bool e4_argon2(uint8_t *out, size_t out_len, const struct e4_argon2 *params, void *work,
               size_t work_len)
{
    struct run run;

    if (!good(params, out_len, work, work_len))
        return false;
    run.params = params;
    run.fill = params->fill != NULL ? params->fill : e4_argon2_choose_fill();
    run.memory = work;
    run.segment_len = params->memory_kib / (SLICES * params->lanes);
    run.lane_len = SLICES * run.segment_len;
    run.blocks = params->lanes * run.lane_len;

    start_lanes(&run, out_len);
    for (struct place at = {0, 0, 0}; at.pass < params->passes; at.pass++)
        for (at.slice = 0; at.slice < SLICES; at.slice++)
            for (at.lane = 0; at.lane < params->lanes; at.lane++)
                fill_segment(&run, &at);
    finish(&run, out, out_len);
    e4_wipe(work, (size_t)run.blocks * E4_ARGON2_BLOCK);
    e4_wipe(&run, sizeof run);
    return true;
}
