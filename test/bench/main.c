/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How fast is it? One table for messages of several sizes, one for what happens once, and what
 * was aimed at. All that is compared is measured here in the same run; ratios are what counts,
 * machines differ.
 *
 * Frames take a few hundred kilobytes together: a receiver has just been handed what it opens,
 * so they are in the processor's caches, as they would be there. The guard is as large as a
 * host's should be and as full as long use makes it, and each frame finds its place at random.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <sodium.h>

#include "client/replay.h"
#include "clock.h"
#include "crypto/aes.h"
#include "crypto/siv.h"
#include "e4/e4.h"
#include "e4/keys.h"
#include "e4/password.h"
#include "e4/port_posix.h"
#include "e4/wire.h"
#include "target.h"

enum {
    TEXT_MAX = 16384,
    MESSAGES = 1024,
    SEEN = 65536 + 1,
    BATCH = 8,
    TOPICS = 8,
    PASSES = 12
};

/* Two devices that share topics, and room for the messages between them. */
struct world {
    struct e4_client client[2];
    struct e4_config config[2];
    struct e4_port port[2];
    struct e4_posix state[2];
    struct e4_topic_slot topics[2][TOPICS];
    struct e4_peer_slot peers[2][2];
    struct e4_sent_slot sent[2][8];
    struct e4_signer signer[2];
    struct e4_seen_slot *seen[2];
    struct e4_seen_slot *full; /* what the guard has seen before the messages */
    struct e4_cache cache[2][TOPICS];
    struct e4_topic handle[2][TOPICS];
    char name[TOPICS][32];
    uint8_t *frames;
    size_t frame_len;
    size_t messages; /* of them in use for this size */
    uint8_t text[TEXT_MAX + E4_OVERHEAD_PK];
    size_t text_len;
    uint64_t number;                          /* of the next message: texts differ */
    uint8_t private_key[E4_PRIVATE_KEY_SIZE]; /* as libsodium wants it */
    const struct e4_aes *aes;
    uint32_t words[BATCH][E4_SIV_KEY_WORDS];
};

static void must(enum e4_result result, const char *what)
{
    if (result == E4_OK)
        return;
    fprintf(stderr, "bench: %s: %s\n", what, e4_strerror(result));
    exit(1);
}

static void set_key(struct world *world, int side, int topic)
{
    struct e4_command command = {.type = E4_SET_TOPIC_KEY};

    memset(command.key, topic + 1, sizeof command.key);
    must(e4_topic_hash(command.topic, world->name[topic], strlen(world->name[topic])), "hash");
    must(e4_apply(&world->client[side], &command), "set topic key");
}

static void set_peer(struct world *world, int side)
{
    struct e4_command command = {.type = E4_SET_PUB_KEY};

    memcpy(command.key, e4_client_public_key(&world->client[!side]), sizeof command.key);
    memcpy(command.id, e4_client_id(&world->client[!side]), sizeof command.id);
    must(e4_apply(&world->client[side], &command), "set public key");
}

static void make_device(struct world *world, int side, enum e4_mode mode, const char *folder)
{
    struct e4_identity identity = {.mode = mode};
    struct e4_config *config = &world->config[side];
    uint8_t secret[E4_KEY_SIZE] = {7};
    char path[256];

    snprintf(path, sizeof path, "%s/%d-%d", folder, (int)mode, side);
    if (e4_posix_open(&world->state[side], &world->port[side], path, E4_POSIX_CREATE) !=
        E4_OK) {
        fprintf(stderr, "bench: %s\n", e4_posix_why(&world->state[side]));
        exit(1);
    }
    world->seen[side] = calloc(SEEN, sizeof *world->seen[side]);
    *config = (struct e4_config){.port = &world->port[side],
                                 .topics = world->topics[side],
                                 .topic_count = TOPICS,
                                 .seen = world->seen[side],
                                 .seen_count = SEEN,
                                 .sent = world->sent[side],
                                 .sent_count = 8,
                                 .public_key = &e4_public_key_mode,
                                 .signer = &world->signer[side],
                                 .peers = world->peers[side],
                                 .peer_count = 2};
    memset(identity.id, side + 1, sizeof identity.id);
    memset(identity.key, side + 1, sizeof identity.key);
    must(e4_curve_public(identity.server_key, secret), "server key");
    must(e4_create(&world->client[side], config, &identity), "create");
    for (int topic = 0; topic < TOPICS; topic++) {
        snprintf(world->name[topic], sizeof world->name[topic], "building/7/room/%d/temp",
                 topic);
        set_key(world, side, topic);
        must(e4_topic_init(&world->handle[side][topic], world->name[topic],
                           strlen(world->name[topic]), &world->cache[side][topic]),
             "topic");
    }
}

/* The messages of ten minutes until just now, five hundred a second: more than it holds. */
static void fill_guard(struct e4_seen_slot *seen)
{
    const struct e4_config guard = {.seen = seen, .seen_count = SEEN};
    const uint64_t minutes_s = 600, a_second = 500;
    const uint64_t start_s = (uint64_t)time(NULL) - minutes_s - 60;

    seen->sent_s = 1;
    for (uint64_t i = 0; i < minutes_s * a_second; i++) {
        uint64_t sent_s = start_s + i / a_second;
        uint8_t tag[32];

        e4_hash(tag, &i, sizeof i);
        must(e4_replay_admit(&guard, tag, NULL, &sent_s), "filling the guard");
    }
}

static struct world *make_world(enum e4_mode mode, const char *folder)
{
    struct world *world = calloc(1, sizeof *world);

    make_device(world, 0, mode, folder);
    make_device(world, 1, mode, folder);
    if (mode == E4_PUBLIC_KEY) {
        set_peer(world, 0);
        set_peer(world, 1);
        memcpy(world->private_key, world->signer[0].seed, E4_KEY_SIZE);
        memcpy(world->private_key + E4_KEY_SIZE, world->signer[0].public_key, E4_KEY_SIZE);
    }
    world->frames = calloc(MESSAGES, TEXT_MAX + E4_OVERHEAD_PK);
    world->full = calloc(SEEN, sizeof *world->full);
    fill_guard(world->full);
    world->aes = e4_aes_choose();
    return world;
}

static void free_world(struct world *world)
{
    for (int side = 0; side < 2; side++) {
        e4_close(&world->client[side]);
        e4_posix_close(&world->state[side]);
        free(world->seen[side]);
    }
    free(world->frames);
    free(world->full);
    free(world);
}

static uint8_t *frame_at(struct world *world, size_t i)
{
    return world->frames + (i % world->messages) * (world->text_len + E4_OVERHEAD_PK);
}

/* The next text, unlike all before. */
static const uint8_t *next_text(struct world *world)
{
    world->number++;
    memcpy(world->text, &world->number, sizeof world->number);
    return world->text;
}

static void protect(void *context, size_t count)
{
    struct world *world = context;

    for (size_t i = 0; i < count; i++)
        must(e4_protect(&world->client[0], &world->handle[0][i % TOPICS], frame_at(world, i),
                        world->text_len + E4_OVERHEAD_PK, &world->frame_len, next_text(world),
                        world->text_len),
             "protect");
}

/* Another round of messages, and a guard that has seen all but them. */
static void fresh_messages(void *context, size_t count)
{
    struct world *world = context;

    memcpy(world->seen[1], world->full, SEEN * sizeof *world->seen[1]);
    protect(context, count);
}

static void unprotect(void *context, size_t count)
{
    struct world *world = context;
    struct e4_opened opened;

    for (size_t i = 0; i < count; i++)
        must(e4_unprotect(&world->client[1], &world->handle[1][i % TOPICS], world->text,
                          sizeof world->text, &opened, frame_at(world, i), world->frame_len),
             "unprotect");
}

static void protect_by_name(void *context, size_t count)
{
    struct world *world = context;
    struct e4_topic topic;

    for (size_t i = 0; i < count; i++) {
        const char *name = world->name[i % TOPICS];

        must(e4_topic_init(&topic, name, strlen(name), NULL), "topic");
        must(e4_protect(&world->client[0], &topic, frame_at(world, i),
                        world->text_len + E4_OVERHEAD_PK, &world->frame_len, next_text(world),
                        world->text_len),
             "protect");
    }
}

static void protect_many(void *context, size_t count)
{
    struct world *world = context;
    static uint8_t text[BATCH][TEXT_MAX];
    struct e4_outgoing list[BATCH];

    for (size_t i = 0; i < count; i += BATCH) {
        for (size_t j = 0; j < BATCH; j++) {
            memcpy(text[j], next_text(world), 8);
            list[j] = (struct e4_outgoing){.topic = &world->handle[0][j % TOPICS],
                                           .frame = frame_at(world, i + j),
                                           .frame_cap = world->text_len + E4_OVERHEAD_PK,
                                           .text = text[j],
                                           .text_len = world->text_len};
        }
        must(e4_protect_many(&world->client[0], list, BATCH), "protect many");
        world->frame_len = list[0].frame_len;
    }
}

static void unprotect_many(void *context, size_t count)
{
    struct world *world = context;
    static uint8_t text[BATCH][TEXT_MAX];
    static struct e4_incoming list[BATCH];

    for (size_t i = 0; i < count; i += BATCH) {
        for (size_t j = 0; j < BATCH; j++) {
            list[j].topic = &world->handle[1][(i + j) % TOPICS];
            list[j].text = text[j];
            list[j].text_cap = TEXT_MAX;
            list[j].frame = frame_at(world, i + j);
            list[j].frame_len = world->frame_len;
        }
        must(e4_unprotect_many(&world->client[1], list, BATCH), "unprotect many");
    }
}

/* Nothing but AES-SIV, with a key that is kept: the least that protecting can cost. */
static void bare_seal(void *context, size_t count)
{
    struct world *world = context;

    for (size_t i = 0; i < count; i++) {
        uint8_t *frame = frame_at(world, i);
        const uint8_t *text = next_text(world);

        e4_siv_tag(world->aes, world->words[0], frame + 8, frame, text, world->text_len);
        e4_siv_crypt(world->aes, world->words[0], frame + 24, text, world->text_len, frame + 8);
    }
}

static void bare_open(void *context, size_t count)
{
    struct world *world = context;

    for (size_t i = 0; i < count; i++) {
        const uint8_t *frame = frame_at(world, i);

        if (!e4_siv_open(world->aes, world->words[0], world->text, frame + 24, world->text_len,
                         frame, frame + 8))
            must(E4_ERR_FORGED, "bare open");
    }
}

/* libsodium by itself, on as many bytes as a frame of this size signs. */
static void bare_sign(void *context, size_t count)
{
    struct world *world = context;
    size_t len = world->text_len + 40;

    for (size_t i = 0; i < count; i++)
        crypto_sign_ed25519_detached(frame_at(world, i) + len, NULL, frame_at(world, i), len,
                                     world->private_key);
}

static void bare_verify(void *context, size_t count)
{
    struct world *world = context;
    size_t len = world->text_len + 40;

    for (size_t i = 0; i < count; i++)
        if (crypto_sign_ed25519_verify_detached(frame_at(world, i) + len, frame_at(world, i),
                                                len, world->signer[0].public_key) != 0)
            must(E4_ERR_SIGNATURE, "bare verify");
}

static void expand_bare(struct world *world, const struct e4_aes *aes)
{
    const uint8_t key[E4_KEY_SIZE] = {1};

    world->aes = aes;
    e4_siv_expand(aes, world->words[0], key);
}

static void set_size(struct world *world, size_t text_len)
{
    world->text_len = text_len;
    world->messages = text_len > 4096 ? 16 : text_len > 256 ? 256 : MESSAGES;
}

static const size_t sizes[] = {16, 64, 256, 1024, 16384};
enum { AT_64 = 1, AT_1024 = 3, AT_16384 = 4, SIZES = sizeof sizes / sizeof sizes[0] };

static void row(const char *what, const double ns[SIZES])
{
    printf("%-46s", what);
    for (size_t i = 0; i < SIZES; i++)
        printf(" %10.1f", ns[i]);
    printf("\n");
}

static void ratio(const char *what, const double ns[SIZES], const double base[SIZES])
{
    printf("%-46s", what);
    for (size_t i = 0; i < SIZES; i++)
        printf(" %9.2fx", ns[i] / base[i]);
    printf("\n");
}

/* What the deployed client needed, from the file that its own bench wrote: mode, operation,
 * bytes, ns, between tabs. False: it was not measured. */
static bool deployed(const char *path, const char *mode, const char *operation,
                     double ns[SIZES])
{
    FILE *file = path != NULL ? fopen(path, "r") : NULL;
    char line[128], its_mode[8], its_operation[16];
    size_t bytes, found = 0;
    double its_ns;

    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        if (sscanf(line, "%7s %15s %zu %lf", its_mode, its_operation, &bytes, &its_ns) != 4 ||
            strcmp(its_mode, mode) != 0 || strcmp(its_operation, operation) != 0)
            continue;
        for (size_t i = 0; i < SIZES; i++) {
            if (sizes[i] == bytes) {
                ns[i] = its_ns;
                found++;
            }
        }
    }
    if (file != NULL)
        fclose(file);
    return found == SIZES;
}

/* How many times as long it takes at 64 bytes; 0 if it was not measured. */
static double compare_deployed(const char *path, const char *mode, const char *operation,
                               const double ours[SIZES])
{
    double ns[SIZES];
    char what[64];

    if (!deployed(path, mode, operation, ns))
        return 0;
    snprintf(what, sizeof what, "  the deployed Go client: %s", operation);
    row(what, ns);
    snprintf(what, sizeof what, "  the deployed Go client / here: %s", operation);
    ratio(what, ns, ours);
    return ns[AT_64] / ours[AT_64];
}

enum { SEAL, OPEN, PROTECT, UNPROTECT, BY_NAME, MANY_OUT, MANY_IN, SK_KINDS };

static const double BARE_NS = 81.8; /* bare seal of 64 bytes where the targets were set */

static void symmetric_targets(double ns[SK_KINDS][SIZES], double protect_times,
                              double unprotect_times)
{
    const double *bare = ns[SEAL], *out = ns[PROTECT], *in = ns[UNPROTECT];

    target_at_most("protect / bare seal", out[AT_64] / bare[AT_64], 1.6, "x");
    target_at_most("unprotect / bare seal", in[AT_64] / bare[AT_64], 110 / BARE_NS, "x");
    target_at_most("protect / bare seal, 1024 bytes", out[AT_1024] / bare[AT_1024], 1.15, "x");
    target_at_most("unprotect / bare seal, 1024 bytes", in[AT_1024] / bare[AT_1024], 1.15, "x");
    target_at_most("protect / bare seal, 16384 bytes", out[AT_16384] / bare[AT_16384], 1.15,
                   "x");
    target_at_most("unprotect / bare seal, 16384 bytes", in[AT_16384] / bare[AT_16384], 1.15,
                   "x");
    target_at_most("protect by topic name / bare seal", ns[BY_NAME][AT_64] / bare[AT_64],
                   600 / BARE_NS, "x");
    target_at_most("protect, 8 at once / bare seal", ns[MANY_OUT][AT_64] / bare[AT_64],
                   45 / BARE_NS, "x");
    target_at_most("unprotect, 8 at once / bare seal", ns[MANY_IN][AT_64] / bare[AT_64],
                   45 / BARE_NS, "x");
    if (protect_times > 0)
        target_at_least("the deployed client / here: protect", protect_times, 20, "x");
    if (unprotect_times > 0)
        target_at_least("the deployed client / here: unprotect", unprotect_times, 20, "x");
}

static struct bench_kind sk[SIZES][SK_KINDS];

static void measure_symmetric(struct world *world)
{
    static const struct bench_kind kinds[SK_KINDS] = {
        [SEAL] = {.name = "  bare AES-SIV, key kept: seal", .work = bare_seal},
        [OPEN] = {.name = "  bare AES-SIV, key kept: open",
                  .work = bare_open,
                  .prepare = bare_seal},
        [PROTECT] = {.name = "  protect: handle, cache, guard, clock", .work = protect},
        [UNPROTECT] = {.name = "  unprotect: the same",
                       .work = unprotect,
                       .prepare = fresh_messages},
        [BY_NAME] = {.name = "  protect by topic name, no handle", .work = protect_by_name},
        [MANY_OUT] = {.name = "  protect, 8 at once, 8 topics", .work = protect_many},
        [MANY_IN] = {.name = "  unprotect, 8 at once, 8 topics",
                     .work = unprotect_many,
                     .prepare = fresh_messages},
    };

    for (size_t i = 0; i < SIZES; i++) {
        if (sk[i][0].name == NULL)
            memcpy(sk[i], kinds, sizeof kinds);
        set_size(world, sizes[i]);
        bench_run(sk[i], SK_KINDS, world, world->messages);
    }
}

static void print_symmetric(const char *engine, const char *e4go)
{
    double ns[SK_KINDS][SIZES], protect_times, unprotect_times;

    printf("symmetric mode, ns a message; AES engine: %s\n", engine);
    for (size_t k = 0; k < SK_KINDS; k++) {
        for (size_t i = 0; i < SIZES; i++)
            ns[k][i] = sk[i][k].ns;
        row(sk[0][k].name, ns[k]);
    }
    ratio("  protect / bare seal", ns[PROTECT], ns[SEAL]);
    ratio("  unprotect / bare seal", ns[UNPROTECT], ns[SEAL]);
    ratio("  protect by topic name / bare seal", ns[BY_NAME], ns[SEAL]);
    ratio("  protect, 8 at once / bare seal", ns[MANY_OUT], ns[SEAL]);
    ratio("  unprotect, 8 at once / bare seal", ns[MANY_IN], ns[SEAL]);
    protect_times = compare_deployed(e4go, "sk", "protect", ns[PROTECT]);
    unprotect_times = compare_deployed(e4go, "sk", "unprotect", ns[UNPROTECT]);
    symmetric_targets(ns, protect_times, unprotect_times);
}

/* Every engine that this machine can run, without anything around it. */
static void engines(const char *folder)
{
    struct world *world = make_world(E4_SYMMETRIC, folder);
    static const char *const name[2] = {"seal", "open"};

    printf("\nAES engines, bare AES-SIV, ns a message\n");
    for (size_t n = 0; e4_aes_engine(n) != NULL; n++) {
        double ns[2][SIZES];
        char what[64];

        expand_bare(world, e4_aes_engine(n));
        for (size_t i = 0; i < SIZES; i++) {
            struct bench_kind kind[2] = {{.work = bare_seal},
                                         {.work = bare_open, .prepare = bare_seal}};

            set_size(world, sizes[i]);
            bench_run(kind, 2, world, world->messages / 4);
            ns[0][i] = kind[0].ns;
            ns[1][i] = kind[1].ns;
        }
        for (size_t k = 0; k < 2; k++) {
            snprintf(what, sizeof what, "  %s: %s", e4_aes_name(world->aes), name[k]);
            row(what, ns[k]);
        }
    }
    free_world(world);
}

enum { SIGN, VERIFY, PK_PROTECT, PK_UNPROTECT, PK_KINDS, SIGNATURES = 16 };

static struct bench_kind pk[SIZES][PK_KINDS];

static void measure_public_key(struct world *world)
{
    static const struct bench_kind kinds[PK_KINDS] = {
        [SIGN] = {.name = "  libsodium alone: sign", .work = bare_sign},
        [VERIFY] = {.name = "  libsodium alone: verify",
                    .work = bare_verify,
                    .prepare = bare_sign},
        [PK_PROTECT] = {.name = "  protect", .work = protect},
        [PK_UNPROTECT] = {.name = "  unprotect", .work = unprotect, .prepare = fresh_messages},
    };

    for (size_t i = 0; i < SIZES; i++) {
        if (pk[i][0].name == NULL)
            memcpy(pk[i], kinds, sizeof kinds);
        set_size(world, sizes[i]);
        protect(world, SIGNATURES);
        bench_run(pk[i], PK_KINDS, world, SIGNATURES);
    }
}

static void print_public_key(const char *e4go)
{
    double ns[PK_KINDS][SIZES];

    printf("\npublic-key mode, ns a message\n");
    for (size_t k = 0; k < PK_KINDS; k++) {
        for (size_t i = 0; i < SIZES; i++)
            ns[k][i] = pk[i][k].ns;
        row(pk[0][k].name, ns[k]);
    }
    ratio("  protect / libsodium's sign", ns[PK_PROTECT], ns[SIGN]);
    ratio("  unprotect / libsodium's verify", ns[PK_UNPROTECT], ns[VERIFY]);
    (void)compare_deployed(e4go, "pk", "protect", ns[PK_PROTECT]);
    (void)compare_deployed(e4go, "pk", "unprotect", ns[PK_UNPROTECT]);
    target_at_most("signed: protect / libsodium's sign",
                   ns[PK_PROTECT][AT_64] / ns[SIGN][AT_64], 1.1, "x");
    target_at_most("signed: unprotect / libsodium's verify",
                   ns[PK_UNPROTECT][AT_64] / ns[VERIFY][AT_64], 1.1, "x");
}

/* Both modes in turn, a little at a time. */
static void modes(const char *folder, const char *e4go)
{
    struct world *symmetric = make_world(E4_SYMMETRIC, folder);
    struct world *public_key = make_world(E4_PUBLIC_KEY, folder);

    expand_bare(symmetric, e4_aes_engine(0));
    for (int pass = 0; pass < PASSES; pass++) {
        measure_symmetric(symmetric);
        measure_public_key(public_key);
    }
    print_symmetric(e4_aes_name(symmetric->aes), e4go);
    print_public_key(e4go);
    free_world(symmetric);
    free_world(public_key);
}

struct password_work {
    void *memory;
    uint8_t key[E4_KEY_SIZE];
};

static void derive(void *context, size_t count)
{
    struct password_work *work = context;

    for (size_t i = 0; i < count; i++)
        must(e4_key_from_password(work->key, "testRandomPassword", 18, work->memory,
                                  E4_PASSWORD_WORK),
             "key from password");
}

static void password(void)
{
    struct bench_kind kind = {.work = derive};
    struct password_work work;
    const size_t huge = 2UL << 20, room = E4_PASSWORD_WORK + huge;
    uint8_t *map = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    bool has_huge;

    if (map == MAP_FAILED) {
        perror("bench: mmap");
        exit(1);
    }
    work.memory = map + (huge - (uintptr_t)map % huge) % huge;
    has_huge = madvise(work.memory, E4_PASSWORD_WORK, MADV_HUGEPAGE) == 0;
    bench_run(&kind, 1, &work, 1);
    printf("  key from a password, %s pages: %10.1f ms\n", has_huge ? "huge" : "small",
           kind.ns / 1e6);
    target_at_most("a key from a password", kind.ns / 1e6, 60, "ms");
    munmap(map, room);
}

/* The tool, from start to end, on a stored device. */
struct tool {
    char path[512];
    char folder[64];
};

static void show_key(void *context, size_t count)
{
    struct tool *tool = context;
    char key[] = "key", state[] = "--state";
    char *argv[] = {tool->path, key, state, tool->folder, NULL};
    char *none[] = {NULL};

    for (size_t i = 0; i < count; i++) {
        posix_spawn_file_actions_t quiet;
        pid_t pid;
        int status = -1;

        posix_spawn_file_actions_init(&quiet);
        posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
        if (posix_spawn(&pid, tool->path, &quiet, NULL, argv, none) != 0 ||
            waitpid(pid, &status, 0) != pid || status != 0) {
            fprintf(stderr, "bench: %s key failed\n", tool->path);
            exit(1);
        }
        posix_spawn_file_actions_destroy(&quiet);
    }
}

static void tool_start(const char *folder, const char *bin)
{
    struct bench_kind kind = {.work = show_key, .is_elsewhere = true};
    struct tool tool;
    char command[700];

    snprintf(tool.path, sizeof tool.path, "%s/e4", bin);
    snprintf(tool.folder, sizeof tool.folder, "%s/device", folder);
    snprintf(command, sizeof command,
             "%s init --name bench --state %s --export-key %s/key > /dev/null", tool.path,
             tool.folder, folder);
    if (system(command) != 0)
        exit(1);
    for (int pass = 0; pass < PASSES; pass++)
        bench_run(&kind, 1, &tool, 1);
    printf("  e4 key on a stored device, start to end: %4.1f ms\n", kind.ns / 1e6);
    target_at_most("e4 key on a stored device", kind.ns / 1e6, 5, "ms");
}

/* e4_bench [BIN [E4GO]]: the folder of the tool, and what the deployed client's bench printed.
 */
int main(int argc, char **argv)
{
    char folder[] = "/tmp/e4-bench-XXXXXX";
    const char *e4go = argc > 2 ? argv[2] : NULL;
    char command[64];

    if (sodium_init() < 0 || mkdtemp(folder) == NULL) {
        perror("bench: temporary folder");
        return 1;
    }
    printf("%-46s", "payload, bytes");
    for (size_t i = 0; i < SIZES; i++)
        printf(" %10zu", sizes[i]);
    printf("\n");
    modes(folder, e4go);
    engines(folder);
    printf("\nonce\n");
    password();
    if (argc > 1)
        tool_start(folder, argv[1]);
    printf("\nmedians are %.2f times these figures: 1.00 on a machine that does nothing else\n",
           bench_unrest());
    printf("\ntargets (64 bytes where nothing is said)\n");
    target_print();
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command) == 0 ? 0 : 1;
}
