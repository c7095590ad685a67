/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AES-SIV of many messages. One CMAC is a chain that leaves the CPU waiting, so several go side
 * by side, each in a lane. Eight messages of one length go together from start to end; with
 * mixed lengths, a lane that has finished its message takes up the next.
 */
#include "siv.h"

#include <string.h>

#include "bytes.h"
#include "ct.h"
#include "siv_part.h"

/* A lane goes through three stretches of blocks for a message. */
enum stretch { IDLE, ASSOCIATED, PLAIN, LAST };

struct work {
    struct e4_siv_job *job;
    enum stretch stretch;
    size_t left;      /* blocks of this stretch */
    size_t last;      /* blocks of LAST */
    uint8_t made[32]; /* the blocks of ASSOCIATED and LAST; those of PLAIN lie in the text */
};

struct lanes {
    struct e4_aes_lane lane[E4_AES_LANES];
    struct work work[E4_AES_LANES];
    struct e4_siv_job *next, *end; /* jobs that no lane has taken up */
    bool check;                    /* compare with the tag, over what was decrypted */
};

static const uint8_t *text_of(const struct e4_siv_job *job, bool check)
{
    return check ? job->out : job->in;
}

/* Write the tag, or check what was decrypted. */
static void finish(struct e4_siv_job *job, const uint8_t mac[16], bool check)
{
    if (!check) {
        e4_copy16(job->tag, mac);
        return;
    }
    job->ok = e4_equal(mac, job->tag, 16);
    if (!job->ok)
        e4_wipe(job->out, job->len);
}

static void take_up(struct lanes *lanes, struct e4_aes_lane *lane, struct work *work)
{
    if (lanes->next == lanes->end) {
        work->stretch = IDLE;
        work->left = SIZE_MAX;
        return;
    }
    work->job = lanes->next++;
    work->stretch = ASSOCIATED;
    work->left = 1;
    e4_siv_first(work->made, work->job->key, work->job->ad);
    lane->key = work->job->key;
    lane->in = work->made;
    memset(lane->mac, 0, sizeof lane->mac);
}

static void enter_text(struct lanes *lanes, struct e4_aes_lane *lane, struct work *work)
{
    const struct e4_siv_job *job = work->job;

    lane->in = text_of(job, lanes->check);
    e4_xor(lane->mac, e4_siv_start(job->key), 16);
    work->last = e4_siv_last(work->made, job->key, lane->mac, lane->in, job->len);
    work->left = e4_siv_plain_blocks(job->len);
    work->stretch = PLAIN;
    memset(lane->mac, 0, sizeof lane->mac);
}

/* A stretch has ended: on to the next that has blocks, of this message or another. */
static void move_on(struct lanes *lanes, struct e4_aes_lane *lane, struct work *work)
{
    if (work->stretch == ASSOCIATED)
        enter_text(lanes, lane, work);
    if (work->left > 0)
        return;
    if (work->stretch == PLAIN) {
        work->stretch = LAST;
        work->left = work->last;
        lane->in = work->made;
        return;
    }
    if (work->stretch == LAST)
        finish(work->job, lane->mac, lanes->check);
    take_up(lanes, lane, work);
}

/* Advance all lanes by as many blocks as each of them has. */
static void advance(const struct e4_aes *aes, struct lanes *lanes, size_t shortest, size_t used)
{
    size_t blocks = lanes->work[shortest].left;

    for (size_t i = 0; i < E4_AES_LANES; i++)
        if (lanes->work[i].stretch == IDLE)
            lanes->lane[i] = lanes->lane[shortest]; /* something that can be read */
    aes->lanes->chain(lanes->lane, used, blocks);
    for (size_t i = 0; i < used; i++) {
        if (lanes->work[i].stretch == IDLE)
            continue;
        lanes->lane[i].in += 16 * blocks;
        lanes->work[i].left -= blocks;
    }
}

static void run_mixed(const struct e4_aes *aes, struct e4_siv_job *jobs, size_t count,
                      bool check)
{
    struct lanes lanes;
    size_t used;

    memset(&lanes, 0, sizeof lanes);
    lanes.next = jobs;
    lanes.end = jobs + count;
    lanes.check = check;
    do {
        size_t shortest = 0;

        used = 0;
        for (size_t i = 0; i < E4_AES_LANES; i++) {
            struct work *work = &lanes.work[i];

            if (work->left == 0)
                move_on(&lanes, &lanes.lane[i], work);
            if (work->stretch == IDLE)
                continue;
            if (used == 0 || work->left < lanes.work[shortest].left)
                shortest = i;
            used = i + 1;
        }
        if (used > 0)
            advance(aes, &lanes, shortest, used);
    } while (used > 0);
    e4_wipe(&lanes, sizeof lanes);
}

static bool alike(const struct e4_siv_job jobs[E4_AES_LANES])
{
    size_t differ = 0;

    for (size_t i = 1; i < E4_AES_LANES; i++)
        differ |= jobs[i].len ^ jobs[0].len;
    return differ == 0;
}

static void run_alike(const struct e4_aes *aes, struct e4_siv_job jobs[E4_AES_LANES],
                      bool check)
{
    struct e4_aes_lane lane[E4_AES_LANES];
    uint8_t made[E4_AES_LANES][32];
    size_t last = 0;

    for (size_t i = 0; i < E4_AES_LANES; i++) {
        lane[i].key = jobs[i].key;
        lane[i].in = text_of(&jobs[i], check);
        memset(lane[i].mac, 0, sizeof lane[i].mac);
        last = aes->lanes->last(jobs[i].key, made[i], jobs[i].ad, lane[i].in, jobs[i].len);
    }
    aes->lanes->chain(lane, E4_AES_LANES, e4_siv_plain_blocks(jobs[0].len));
    for (size_t i = 0; i < E4_AES_LANES; i++)
        lane[i].in = made[i];
    aes->lanes->chain(lane, E4_AES_LANES, last);
    for (size_t i = 0; i < E4_AES_LANES; i++)
        finish(&jobs[i], lane[i].mac, check);
    e4_wipe(lane, sizeof lane);
    e4_wipe(made, sizeof made);
}

static void run(const struct e4_aes *aes, struct e4_siv_job *jobs, size_t count, bool check)
{
    if (aes->lanes->last != NULL) {
        for (; count >= E4_AES_LANES && alike(jobs); count -= E4_AES_LANES) {
            run_alike(aes, jobs, check);
            jobs += E4_AES_LANES;
        }
    }
    if (count > 0)
        run_mixed(aes, jobs, count, check);
}

void e4_siv_tag_many(const struct e4_aes *aes, struct e4_siv_job *jobs, size_t count)
{
    if (aes->lanes != NULL) {
        run(aes, jobs, count, false);
        return;
    }
    for (struct e4_siv_job *job = jobs; count > 0; job++, count--)
        e4_siv_tag(aes, job->key, job->tag, job->ad, job->in, job->len);
}

void e4_siv_crypt_many(const struct e4_aes *aes, struct e4_siv_job *jobs, size_t count)
{
    if (aes->whole != NULL) {
        for (struct e4_siv_job *job = jobs; count > 0; job++, count--)
            aes->whole->crypt(job->key, job->out, job->in, job->len, job->tag);
        return;
    }
    for (struct e4_siv_job *job = jobs; count > 0; job++, count--)
        e4_siv_crypt(aes, job->key, job->out, job->in, job->len, job->tag);
}

void e4_siv_open_many(const struct e4_aes *aes, struct e4_siv_job *jobs, size_t count)
{
    if (aes->lanes != NULL) {
        e4_siv_crypt_many(aes, jobs, count);
        run(aes, jobs, count, true);
        return;
    }
    for (struct e4_siv_job *job = jobs; count > 0; job++, count--)
        job->ok = e4_siv_open(aes, job->key, job->out, job->in, job->len, job->ad, job->tag);
}
