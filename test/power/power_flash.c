/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Laws of the flash port on a chip whose power is cut: at every unit programmed and every
 * erase, in each way that a cut can go, and again while the port repairs what the cut before
 * left. See flash_kind_all.c for the chips and for how to have it try harder.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test/power/flash_chip.h"
#include "test/power/flash_kind.h"
#include "test/unit/law.h"

/* A device: the chip, what runs on it, and which version of each record is in force. */
struct rig {
    struct chip chip;
    struct e4_flash flash;
    struct e4_port port;
    unsigned places;
    unsigned version[PLACES_MAX]; /* 0: never stored */
};

static struct rig rig;
static struct effort effort; /* for this kind of chip */

/* A number below that. */
static unsigned long pick(unsigned long below)
{
    return chip_random(&rig.chip.random) % below;
}

/* What version of a place looks like: like nothing else. */
static void fill(uint8_t record[E4_RECORD_SIZE], unsigned place, unsigned version)
{
    uint32_t state = (uint32_t)(place * 1000003UL + version * 7UL + 1);

    for (size_t i = 0; i < E4_RECORD_SIZE; i += 4) {
        uint32_t random = chip_random(&state);

        memcpy(record + i, &random, 4);
    }
}

static enum e4_result store(unsigned place, unsigned version)
{
    uint8_t record[E4_RECORD_SIZE];

    fill(record, place, version);
    return rig.port.store(rig.port.ctx, place, record);
}

/* Is this version of the place in force? */
static bool holds(unsigned place, unsigned version)
{
    uint8_t have[E4_RECORD_SIZE];
    uint8_t want[E4_RECORD_SIZE];
    enum e4_result result = rig.port.load(rig.port.ctx, place, have);

    fill(want, place, version);
    if (version == 0)
        return result == E4_ERR_EMPTY;
    return result == E4_OK && memcmp(have, want, sizeof have) == 0;
}

static bool holds_all(void)
{
    for (unsigned place = 0; place < rig.places; place++)
        if (!holds(place, rig.version[place]))
            return false;
    return rig.chip.misuses == 0;
}

/* Power comes back. */
static enum e4_result start(void)
{
    chip_connect(&rig.chip, &rig.flash);
    return e4_flash_port(&rig.port, &rig.flash);
}

static void rig_init(const struct kind *kind)
{
    memset(&rig, 0, sizeof rig);
    chip_init(&rig.chip, kind->sector_size, kind->unit);
    rig.chip.zero_over = kind->zero_over;
    rig.chip.checks = kind->checks;
    rig.places = kind->places;
    CHECK(start() == E4_OK);
    effort = flash_effort(kind, e4_flash_capacity(&rig.flash));
    rig.chip.random = kind->unit + (effort.seed << 8);
}

/* Store the next version; power is cut `steps` steps on (0: never). Was it cut? */
static bool store_with_cut(unsigned place, unsigned long steps, enum chip_cut cut)
{
    jmp_buf power_off;

    rig.chip.power_off = &power_off;
    rig.chip.cut = cut;
    rig.chip.cut_at = steps == 0 ? 0 : rig.chip.steps + steps;
    if (setjmp(power_off) != 0)
        return true;
    assert_int_equal(store(place, rig.version[place] + 1), E4_OK);
    rig.chip.cut_at = 0;
    return false;
}

/* Store the next version, in peace. */
static void store_next(unsigned place)
{
    CHECK(!store_with_cut(place, 0, CHIP_ALL));
    rig.version[place]++;
}

/* Start, with power cut again `steps` steps on, if it takes so many. Was it cut? */
static bool start_with_cut(unsigned long steps, enum chip_cut cut)
{
    jmp_buf power_off;

    rig.chip.power_off = &power_off;
    rig.chip.cut = cut;
    rig.chip.cut_at = rig.chip.steps + steps;
    if (setjmp(power_off) != 0)
        return true;
    assert_int_equal(start(), E4_OK);
    rig.chip.cut_at = 0;
    return false;
}

/* A turn, with power cut in its first steps. */
static void clean_with_cut(unsigned long steps, enum chip_cut cut)
{
    jmp_buf power_off;

    rig.chip.power_off = &power_off;
    rig.chip.cut = cut;
    rig.chip.cut_at = rig.chip.steps + steps;
    if (setjmp(power_off) == 0)
        CHECK(e4_flash_clean(&rig.flash) == E4_OK);
    rig.chip.cut_at = 0;
}

/* Nothing lies in the spare sector that could be a key. */
static bool spare_is_clean(void)
{
    const uint8_t *spare = rig.chip.cell[1 - rig.flash.active];

    for (uint32_t i = 192; i < rig.chip.sector_size; i++)
        if (spare[i] != 0xff)
            return false;
    return true;
}

/* After a cut store: the old record or the new one; and then it stays so. */
static void recover(unsigned place)
{
    for (int cuts = 0; cuts < 4; cuts++) /* repairing can take a few steps or thousands */
        if (!start_with_cut(1 + pick(1UL << pick(10)), (enum chip_cut)pick(CHIP_CUTS)))
            break;
    CHECK(start() == E4_OK);
    if (!holds(place, rig.version[place]))
        rig.version[place]++;
    CHECK(holds_all());
    CHECK(rig.flash.active == 2 || spare_is_clean());
    for (int restarts = 0; restarts < 3; restarts++)
        CHECK(start() == E4_OK && holds_all());
}

/* And it goes on working. */
static void check_after_cut(unsigned place)
{
    unsigned other = (place + 1) % rig.places;

    recover(place);
    store_next(other);
    CHECK(holds_all());
    CHECK(start() == E4_OK && holds_all());
}

/* Cut this store at every step (or at some, to be quick) and in every way; then let it be. */
static void cut_everywhere(unsigned place)
{
    static struct rig before;
    bool cut = true;

    before = rig;
    for (unsigned long steps = 1; cut; steps += effort.stride) {
        for (int way = 0; way < CHIP_CUTS && cut; way++) {
            rig = before;
            rig.chip.random += (uint32_t)(steps * CHIP_CUTS + (unsigned)way);
            cut = store_with_cut(place, steps, (enum chip_cut)way);
            if (cut)
                check_after_cut(place);
        }
    }
    rig.version[place]++;
    CHECK(holds_all());
}

TEST(a_power_cut_at_any_step_leaves_the_old_record_or_the_new_one)
{
    for (size_t i = 0; i < flash_kind_count; i++) {
        rig_init(&flash_kind[i]);
        for (unsigned long n = 0; n < effort.stores; n++) {
            unsigned place = (unsigned)pick(rig.places);

            if (n < 2 || n % effort.each == 0 || e4_flash_room(&rig.flash) == 0)
                cut_everywhere(place);
            else
                store_next(place);
        }
    }
}

/* How many steps a store of this place takes. */
static unsigned long steps_of_store(unsigned place)
{
    static struct rig before;
    unsigned long steps;

    before = rig;
    CHECK(!store_with_cut(place, 0, CHIP_ALL));
    steps = rig.chip.steps - before.chip.steps;
    rig = before;
    return steps;
}

/* Cut this store near its end, where marks decide, again and again by chance. */
static void cut_near_end(unsigned place)
{
    static struct rig before;
    unsigned long all = steps_of_store(place);
    unsigned long some = 8 + 40UL / rig.chip.unit; /* the marks, a header, an erase */
    uint32_t random = rig.chip.random;

    before = rig;
    for (unsigned n = 0; n < effort.tries; n++) {
        unsigned long back;

        rig = before;
        rig.chip.random = random += 0x51ed2701;
        back = pick(all < some ? all : some);
        CHECK(store_with_cut(place, all - back, n % 4 == 0 ? CHIP_PART : CHIP_CHAOS));
        recover(place);
        clean_with_cut(1 + pick(3), n % 3 == 0 ? CHIP_CHAOS : CHIP_PART);
        recover(place);
        CHECK(e4_flash_clean(&rig.flash) == E4_OK && holds_all());
        check_after_cut(place);
    }
    rig = before;
}

TEST(power_cuts_in_marks_leave_no_doubt_for_long)
{
    for (size_t i = 0; i < flash_kind_count; i++) {
        rig_init(&flash_kind[i]);
        cut_near_end(0); /* the first store there is */
        store_next(0);
        if (e4_flash_room(&rig.flash) > 0)
            cut_near_end(0); /* one that only appends */
        for (unsigned n = 0; n < 2; n++) {
            do
                store_next((unsigned)pick(rig.places));
            while (e4_flash_room(&rig.flash) > 0);
            cut_near_end(1); /* one with a turn */
        }
    }
}

/* Cut the last steps of a store, and then, again and again, the first steps of what repairs it.
 */
static void cut_again_and_again(unsigned place)
{
    static struct rig before;
    unsigned long all = steps_of_store(place);
    unsigned long some = 6 + 24UL / rig.chip.unit;
    uint32_t random = rig.chip.random;

    before = rig;
    for (unsigned n = 0; n < effort.tries; n++) {
        rig = before;
        rig.chip.random = random += 0x2c1b3c6d;
        CHECK(store_with_cut(place, all - pick(all < some ? all : some), CHIP_CHAOS));
        for (int cuts = 0; cuts < 6; cuts++)
            (void)start_with_cut(1 + pick(3), (enum chip_cut)pick(CHIP_CUTS));
        check_after_cut(place);
    }
    rig = before;
}

TEST(power_cuts_in_what_repairs_a_cut_turn_neither_lose_a_record_nor_bring_one_back)
{
    for (size_t i = 0; i < flash_kind_count; i++) {
        rig_init(&flash_kind[i]);
        cut_again_and_again(0);
        do
            store_next((unsigned)pick(rig.places));
        while (e4_flash_room(&rig.flash) > 0);
        cut_again_and_again(1);
    }
}

TEST(a_spare_sector_not_known_to_be_erased_to_its_end_is_erased_again_before_use)
{
    for (size_t i = 0; i < flash_kind_count; i++) {
        unsigned spare;
        unsigned long erases;

        rig_init(&flash_kind[i]);
        store_next(0);
        for (int cut = 0; cut < 2;
             cut++) { /* in the last step of a turn, which says so; or not */
            unsigned long steps = rig.chip.steps;

            CHECK(e4_flash_clean(&rig.flash) == E4_OK);
            steps = rig.chip.steps - steps;
            if (cut)
                clean_with_cut(steps, CHIP_NOTHING);
            CHECK(start() == E4_OK && holds_all());
            spare = 1U - rig.flash.active;
            erases = rig.chip.erases[spare];
            CHECK(e4_flash_clean(&rig.flash) == E4_OK && rig.flash.active == spare);
            CHECK_AT(i, rig.chip.erases[spare] - erases == (cut ? 1UL : 0UL));
        }
    }
}

/* A long life: stores at random, with power cuts at random, and what it wears. */
TEST(thousands_of_stores_with_power_cuts_lose_nothing_and_wear_both_sectors_alike)
{
    printf(
        "unit  sector  places  capacity  stores  cuts  erases of 0  of 1  stores an erase\n");
    for (size_t i = 0; i < flash_kind_count; i++) {
        unsigned long cuts = 0;
        unsigned long stores = 0;
        unsigned long tenths;

        rig_init(&flash_kind[i]);
        while (stores < effort.life) {
            unsigned place = (unsigned)pick(rig.places);
            unsigned long reach = 1UL << pick(11);
            unsigned long steps = pick(4) == 0 ? 1 + pick(reach) : 0;
            bool cut = store_with_cut(place, steps, (enum chip_cut)pick(CHIP_CUTS));

            stores++;
            if (!cut)
                rig.version[place]++;
            else
                recover(place);
            cuts += cut;
            CHECK_AT(stores, holds_all());
        }
        tenths = (stores + cuts) * 10 / (rig.chip.erases[0] + rig.chip.erases[1]);
        printf("%4u  %6lu  %6u  %8lu  %6lu  %4lu  %11lu  %4lu  %13lu.%lu\n", rig.chip.unit,
               (unsigned long)rig.chip.sector_size, rig.places,
               (unsigned long)e4_flash_capacity(&rig.flash), stores, cuts, rig.chip.erases[0],
               rig.chip.erases[1], tenths / 10, tenths % 10);
        /* Repairs do not always hit both sectors alike, and are all there is to tell them
         * apart. */
        CHECK_AT(i, labs((long)rig.chip.erases[0] - (long)rig.chip.erases[1]) <= (long)cuts);
        for (unsigned sector = 0; sector < 2; sector++)
            CHECK_AT(i, labs((long)rig.flash.erases[sector] - (long)rig.chip.erases[sector]) <=
                            (long)cuts);
    }
}

TEST(without_power_cuts_there_is_a_turn_each_time_the_sector_is_full_and_no_erase_besides)
{
    for (size_t i = 0; i < flash_kind_count; i++) {
        unsigned long free_slots;

        rig_init(&flash_kind[i]);
        for (unsigned place = 0; place < rig.places; place++)
            store_next(place);
        CHECK(e4_flash_clean(&rig.flash) == E4_OK);
        free_slots = e4_flash_capacity(&rig.flash) - rig.places;
        CHECK_AT(i, e4_flash_room(&rig.flash) == free_slots);
        rig.chip.erases[0] = rig.chip.erases[1] = 0;
        for (unsigned long n = 0; n < effort.turns * (free_slots + 1); n++) {
            unsigned place = (unsigned)(n % rig.places);

            if (n % 7 == 0)
                CHECK_AT(n, start() == E4_OK);
            store_next(place);
            CHECK_AT(n, holds_all());
        }
        CHECK_AT(i, rig.chip.erases[0] == effort.turns / 2 &&
                        rig.chip.erases[1] == effort.turns / 2);
        CHECK_AT(i, rig.chip.misuses == 0);
    }
}

/* Does any version of a place but the one in force lie in the chip, or a good part of one? */
static bool keeps_old_records(unsigned place)
{
    uint8_t record[E4_RECORD_SIZE];

    for (unsigned version = 1; version <= rig.version[place] + 1; version++) {
        fill(record, place, version);
        for (size_t at = 0; version != rig.version[place] && at < sizeof record; at += 16)
            if (chip_contains(&rig.chip, record + at, 16))
                return true;
    }
    return false;
}

TEST(replaced_records_are_gone_after_clean_and_with_zero_over_after_each_store)
{
    for (size_t i = 0; i < flash_kind_count; i++) {
        bool kept_some = false;

        rig_init(&flash_kind[i]);
        for (unsigned long n = 0; n < 8 + effort.life / 50; n++) {
            unsigned place = (unsigned)pick(rig.places);

            store_next(place);
            kept_some |= keeps_old_records(place);
            if (n % 3 == 0)
                CHECK_AT(n, e4_flash_clean(&rig.flash) == E4_OK && !keeps_old_records(place));
        }
        CHECK_AT(i, holds_all());
        CHECK_AT(i, kept_some == !flash_kind[i].zero_over);
    }
}

/* From step n on (or in it alone) programming fails, or erasing does: what is left? */
static void check_failing(const struct kind *kind, unsigned long step, bool onwards,
                          bool erasing)
{
    unsigned place = 0;
    enum e4_result result = E4_OK;

    rig_init(kind);
    rig.chip.cut = CHIP_PART; /* what a unit holds that failed */
    for (unsigned n = 0; n < 30 && result == E4_OK; n++) {
        if (n == 12) {
            rig.chip.fail_onwards = onwards;
            rig.chip.fail_program_at = erasing ? 0 : rig.chip.steps + step;
            rig.chip.fail_erase_at = erasing ? rig.chip.steps + step : 0;
        }
        place = (unsigned)pick(rig.places);
        result = store(place, rig.version[place] + 1);
        if (result == E4_OK)
            rig.version[place]++;
        CHECK_AT(step, holds_all());
    }
    CHECK_AT(step, result == E4_OK || result == E4_ERR_STORAGE);
    CHECK_AT(step, result == E4_OK || store(place, rig.version[place] + 1) == E4_ERR_STORAGE ||
                       (rig.version[place]++, holds_all()));
    rig.chip.fail_program_at = rig.chip.fail_erase_at = 0;
    CHECK_AT(step, holds_all());
    CHECK_AT(step, store(place, rig.version[place] + 1) == E4_OK);
    rig.version[place]++;
    CHECK_AT(step, holds_all());
    CHECK_AT(step, start() == E4_OK && holds_all());
}

TEST(a_chip_that_fails_leaves_the_old_record_in_force_and_is_got_over_when_it_stops)
{
    for (size_t i = 0; i < flash_kind_count; i++) {
        rig_init(&flash_kind[i]);
        for (unsigned long step = 1; step < 200; step += effort.failing) {
            check_failing(&flash_kind[i], step, false, false);
            check_failing(&flash_kind[i], step, true, false);
        }
        for (unsigned long step = 1; step < 400; step += 2 * effort.failing + 3) {
            check_failing(&flash_kind[i], step, false, true);
            check_failing(&flash_kind[i], step, true, true);
        }
    }
}

LAWS(LAW(a_power_cut_at_any_step_leaves_the_old_record_or_the_new_one),
     LAW(power_cuts_in_marks_leave_no_doubt_for_long),
     LAW(power_cuts_in_what_repairs_a_cut_turn_neither_lose_a_record_nor_bring_one_back),
     LAW(a_spare_sector_not_known_to_be_erased_to_its_end_is_erased_again_before_use),
     LAW(thousands_of_stores_with_power_cuts_lose_nothing_and_wear_both_sectors_alike),
     LAW(without_power_cuts_there_is_a_turn_each_time_the_sector_is_full_and_no_erase_besides),
     LAW(replaced_records_are_gone_after_clean_and_with_zero_over_after_each_store),
     LAW(a_chip_that_fails_leaves_the_old_record_in_force_and_is_got_over_when_it_stops))
