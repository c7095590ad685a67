/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of port/flash.c and port/flash_sector.c with steady power. Power cuts: test/power. */
#include <string.h>

#include "e4/port_flash.h"
#include "law.h"
#include "port/crc.h"

enum { SECTOR_MAX = 128 * 1024, SMALL = 2048 };

/* A chip that programs by clearing bits, and counts what is done to it. */
struct chip {
    uint8_t cell[2][SECTOR_MAX];
    unsigned long programs;
    unsigned long erases;
    bool fail_read;
    unsigned long fail_read_in; /* the nth read from now fails; 0: none */
    bool fail_program;
    bool program_does_nothing;
    bool fail_erase;
    bool fail_erase_of_0; /* of that sector alone */
    bool erase_does_nothing;
    bool refuse_zeros;
};

static struct chip chip;
static struct e4_flash flash;
static struct e4_port port;

static bool chip_read(void *ctx, unsigned sector, uint32_t offset, void *data, size_t len)
{
    struct chip *from = ctx;

    memcpy(data, &from->cell[sector][offset], len);
    if (from->fail_read_in > 0 && --from->fail_read_in == 0)
        return false;
    return !from->fail_read;
}

static bool chip_program(void *ctx, unsigned sector, uint32_t offset, const void *data,
                         size_t len)
{
    struct chip *to = ctx;
    const uint8_t *bytes = data;

    to->programs++;
    if (to->fail_program || (to->refuse_zeros && bytes[0] == 0 && bytes[len - 1] == 0))
        return false;
    for (size_t i = 0; i < len && !to->program_does_nothing; i++)
        to->cell[sector][offset + i] &= bytes[i];
    return true;
}

static bool chip_erase(void *ctx, unsigned sector)
{
    struct chip *of = ctx;

    of->erases++;
    if (!of->erase_does_nothing)
        memset(of->cell[sector], 0xff, SECTOR_MAX);
    return !of->fail_erase && !(of->fail_erase_of_0 && sector == 0);
}

/* What the firmware fills in. */
static void connect(uint32_t sector_size, uint8_t unit)
{
    memset(&flash, 0, sizeof flash);
    flash.ctx = &chip;
    flash.read = chip_read;
    flash.program = chip_program;
    flash.erase = chip_erase;
    flash.sector_size = sector_size;
    flash.unit = unit;
}

static enum e4_result start(uint32_t sector_size, uint8_t unit)
{
    connect(sector_size, unit);
    return e4_flash_port(&port, &flash);
}

static void new_chip(void)
{
    memset(&chip, 0, sizeof chip);
    memset(chip.cell, 0xff, sizeof chip.cell);
}

static enum e4_result store(unsigned place, unsigned fill)
{
    uint8_t record[E4_RECORD_SIZE];

    memset(record, (int)(fill & 0xff), sizeof record);
    record[0] = (uint8_t)(fill >> 8);
    return port.store(port.ctx, place, record);
}

/* The result of load(), and the number with which the record was stored. */
static enum e4_result load(unsigned place, unsigned *fill)
{
    uint8_t record[E4_RECORD_SIZE] = {0};
    enum e4_result result = port.load(port.ctx, place, record);

    *fill = record[0] * 256U + record[1];
    for (size_t i = 2; i < sizeof record; i++)
        if (record[i] != record[1])
            *fill = 0xbad;
    return result;
}

static bool holds(unsigned place, unsigned fill)
{
    unsigned have;

    return load(place, &have) == E4_OK && have == fill;
}

TEST(units_and_sector_sizes_that_do_not_do_are_refused)
{
    static const struct {
        uint32_t sector_size;
        uint8_t unit;
        enum e4_result want;
        uint32_t capacity;
    } row[] = {
        {1024, 0, E4_ERR_ARGUMENT, 0},
        {1024, 3, E4_ERR_ARGUMENT, 0},
        {1024, 64, E4_ERR_ARGUMENT, 0},
        {1001, 8, E4_ERR_ARGUMENT, 0},
        {191, 1, E4_ERR_ARGUMENT, 0},
        {192, 1, E4_OK, 1},
        {1024, 1, E4_OK, 6},
        {4096, 2, E4_OK, 28},
        {4096, 4, E4_OK, 28},
        {4096, 8, E4_OK, 26},
        {4096, 16, E4_OK, 22},
        {4096, 32, E4_OK, 17},
        {2048, 8, E4_OK, 13},
        {128 * 1024UL, 32, E4_OK, 584},
    };

    for (size_t i = 0; i < COUNT(row); i++) {
        new_chip();
        CHECK_AT(i, start(row[i].sector_size, row[i].unit) == row[i].want);
        if (row[i].want == E4_OK)
            CHECK_AT(i, e4_flash_capacity(&flash) == row[i].capacity);
    }
}

TEST(a_sector_without_room_for_all_places_is_refused_at_the_start)
{
    new_chip();
    connect(1024, 1); /* six records */
    flash.places = 7;
    CHECK(e4_flash_port(&port, &flash) == E4_ERR_FULL);
    flash.places = 6;
    CHECK(e4_flash_port(&port, &flash) == E4_OK);
    for (unsigned place = 0; place < 6; place++)
        CHECK_AT(place, store(place, place) == E4_OK);
    CHECK(store(6, 6) == E4_ERR_STORAGE); /* which is what comes of it otherwise */
}

/* For a watchdog: how long the driver may take. */
TEST(the_first_store_erases_both_sectors_and_no_other_more_than_one)
{
    new_chip();
    CHECK(start(1024, 1) == E4_OK && chip.erases == 0);
    CHECK(store(0, 0) == E4_OK && chip.erases == 2);
    for (unsigned fill = 1; fill < 50; fill++) {
        unsigned long want = chip.erases + (e4_flash_room(&flash) == 0);

        CHECK_AT(fill, store(0, fill) == E4_OK && chip.erases == want);
    }
}

TEST(a_driver_without_one_of_its_functions_is_refused)
{
    new_chip();
    connect(SMALL, 8);
    flash.read = NULL;
    CHECK(e4_flash_port(&port, &flash) == E4_ERR_ARGUMENT);
    connect(SMALL, 8);
    flash.program = NULL;
    CHECK(e4_flash_port(&port, &flash) == E4_ERR_ARGUMENT);
    connect(SMALL, 8);
    flash.erase = NULL;
    CHECK(e4_flash_port(&port, &flash) == E4_ERR_ARGUMENT);
    CHECK(e4_flash_format(&flash) == E4_ERR_ARGUMENT);
}

TEST(a_chip_never_used_is_empty_and_is_not_written_to_before_the_first_store)
{
    unsigned fill;

    new_chip();
    CHECK(start(SMALL, 8) == E4_OK);
    for (unsigned place = 0; place < 20; place++)
        CHECK_AT(place, load(place, &fill) == E4_ERR_EMPTY);
    CHECK(e4_flash_room(&flash) == 0 && e4_flash_clean(&flash) == E4_OK);
    CHECK(chip.programs == 0 && chip.erases == 0);
    CHECK(store(0, 1) == E4_OK && holds(0, 1));
    CHECK(start(SMALL, 8) == E4_OK && holds(0, 1) && load(1, &fill) == E4_ERR_EMPTY);
    CHECK(flash.erases[0] == 1 && flash.erases[1] == 1 && chip.erases == 2);
}

TEST(a_place_holds_what_was_stored_in_it_last_through_turns_and_restarts)
{
    unsigned want[10] = {0};
    unsigned fill;

    new_chip();
    CHECK(start(SMALL, 16) == E4_OK && e4_flash_capacity(&flash) == 11);
    for (unsigned n = 1; n < 400; n++) {
        unsigned place = n * n % COUNT(want);

        CHECK_AT(n, store(place, n) == E4_OK);
        want[place] = n;
        if (n % 13 == 0)
            CHECK_AT(n, start(SMALL, 16) == E4_OK);
        for (place = 0; place < COUNT(want); place++)
            CHECK_AT(n, want[place] == 0 ? load(place, &fill) == E4_ERR_EMPTY
                                         : holds(place, want[place]));
    }
    CHECK(chip.erases > 20 && flash.erases[0] + flash.erases[1] == chip.erases);
}

TEST(a_sector_full_of_places_can_still_be_stored_to_and_no_more_places_fit)
{
    unsigned capacity;

    new_chip();
    CHECK(start(SMALL, 4) == E4_OK);
    capacity = e4_flash_capacity(&flash);
    for (unsigned round = 1; round < 4; round++)
        for (unsigned place = 0; place < capacity; place++)
            CHECK_AT(place, store(place, round) == E4_OK);
    CHECK(store(capacity, 9) == E4_ERR_STORAGE);
    CHECK(start(SMALL, 4) == E4_OK);
    for (unsigned place = 0; place < capacity; place++)
        CHECK_AT(place, holds(place, 3));
}

TEST(hundreds_of_places_survive_a_turn)
{
    unsigned capacity;

    new_chip();
    CHECK(start(SECTOR_MAX, 1) == E4_OK);
    capacity = e4_flash_capacity(&flash);
    CHECK(capacity > 900); /* more than are gone through at once */
    for (unsigned place = 0; place < capacity - 1; place += place < 100 ? 1 : 9)
        CHECK_AT(place, store(place, place + 1) == E4_OK);
    CHECK(e4_flash_clean(&flash) == E4_OK && start(SECTOR_MAX, 1) == E4_OK);
    for (unsigned place = 0; place < capacity - 1; place += place < 100 ? 1 : 9)
        CHECK_AT(place, holds(place, place + 1));
}

TEST(no_more_than_65535_places_are_named)
{
    new_chip();
    CHECK(start(SMALL, 8) == E4_OK);
    flash.sector_size = 1UL << 30; /* never touched: the place is refused before */
    CHECK(store(65535, 1) == E4_ERR_STORAGE && store(70000, 1) == E4_ERR_STORAGE);
    CHECK(chip.programs == 0);
}

static uint64_t clock_s;

static enum e4_result chip_now(void *ctx, uint64_t *now_s)
{
    *now_s = clock_s;
    return ctx == &chip ? E4_OK : E4_ERR_CLOCK;
}

static void chip_set_clock(void *ctx, uint64_t now_s)
{
    if (ctx == &chip)
        clock_s = now_s;
}

TEST(the_clock_is_the_firmware_s_and_there_may_be_none)
{
    uint64_t now_s;

    new_chip();
    CHECK(start(SMALL, 8) == E4_OK);
    CHECK(port.now(port.ctx, &now_s) == E4_ERR_CLOCK && port.set_clock == NULL);
    flash.now = chip_now;
    flash.set_clock = chip_set_clock;
    CHECK(e4_flash_port(&port, &flash) == E4_OK);
    port.set_clock(port.ctx, 1700000000);
    CHECK(port.now(port.ctx, &now_s) == E4_OK && now_s == 1700000000);
}

TEST(what_is_no_e4_flash_is_refused_untouched_until_it_is_formatted)
{
    static struct chip before;
    unsigned fill;

    for (int byte = 0; byte < 0xff; byte += 15) {
        new_chip();
        memset(chip.cell, byte, sizeof chip.cell);
        before = chip;
        CHECK_AT(byte, start(SMALL, 8) == E4_ERR_STORAGE);
        CHECK_AT(byte, memcmp(&before, &chip, sizeof chip) == 0);
        CHECK_AT(byte, e4_flash_format(&flash) == E4_OK);
        CHECK_AT(byte, start(SMALL, 8) == E4_OK && load(0, &fill) == E4_ERR_EMPTY);
        CHECK_AT(byte, store(0, 5) == E4_OK && start(SMALL, 8) == E4_OK && holds(0, 5));
    }
}

TEST(formatting_forgets_all_but_how_often_the_sectors_were_erased)
{
    unsigned fill;

    new_chip();
    CHECK(start(SMALL, 8) == E4_OK);
    for (unsigned n = 0; n < 100; n++)
        CHECK(store(n % 3, n) == E4_OK);
    CHECK(e4_flash_format(&flash) == E4_OK && load(0, &fill) == E4_ERR_EMPTY);
    CHECK(start(SMALL, 8) == E4_OK);
    for (unsigned place = 0; place < 3; place++)
        CHECK(load(place, &fill) == E4_ERR_EMPTY);
    CHECK(flash.erases[0] + flash.erases[1] == chip.erases && chip.erases > 8);
    CHECK(store(0, 7) == E4_OK && start(SMALL, 8) == E4_OK && holds(0, 7));
    CHECK(flash.erases[0] + flash.erases[1] == chip.erases);
}

TEST(flash_written_with_other_measures_or_by_a_newer_version_is_refused_untouched)
{
    static struct chip before;
    uint8_t *header;

    new_chip();
    CHECK(start(SMALL, 8) == E4_OK && store(0, 1) == E4_OK);
    before = chip;
    CHECK(start(SMALL, 4) == E4_ERR_ARGUMENT && start(SMALL / 2, 8) == E4_ERR_ARGUMENT);
    CHECK(memcmp(&before, &chip, sizeof chip) == 0);
    header = chip.cell[0];
    CHECK(header[4] == 1);
    header[4] = 2;
    e4_port_store32(header + 24, e4_port_crc(0, header, 24));
    before = chip;
    CHECK(start(SMALL, 8) == E4_ERR_VERSION);
    CHECK(memcmp(&before, &chip, sizeof chip) == 0);
}

/* Each bit of the chip is wrong in turn. Each place was stored twice since the last turn. */
static void check_bits(unsigned stores)
{
    static struct chip before;
    unsigned long refused = 0;
    unsigned active;

    new_chip();
    CHECK(start(SMALL, 8) == E4_OK);
    for (unsigned n = 0; n < stores; n++)
        CHECK(store(n % 3, 100 + n) == E4_OK);
    active = flash.active;
    before = chip;
    for (uint32_t at = 0; at < SMALL * 2; at++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            unsigned fill = 0;
            enum e4_result result;

            chip.cell[at / SMALL ^ active][at % SMALL] ^= (uint8_t)(1 << bit);
            result = start(SMALL, 8);
            for (unsigned place = 0; place < 3 && result == E4_OK; place++) {
                result = load(place, &fill);
                CHECK_AT(at, result == E4_ERR_STORAGE ||
                                 (result == E4_OK && fill == 100 + stores - 3 + place));
            }
            CHECK_AT(at, result == E4_OK || result == E4_ERR_STORAGE);
            CHECK_AT(at, result == E4_OK || at < SMALL); /* the other sector does not matter */
            refused += result != E4_OK;
            memcpy(chip.cell[0], before.cell[0], SMALL);
            memcpy(chip.cell[1], before.cell[1], SMALL);
        }
    }
    CHECK(refused > 3 * 8 * E4_RECORD_SIZE);
}

TEST(a_bit_that_is_wrong_anywhere_never_makes_a_record_wrong_old_or_empty)
{
    check_bits(21);
    CHECK(flash.active == 1);
    check_bits(30);
    CHECK(flash.active == 0);
}

TEST(a_sector_in_use_that_holds_nothing_is_empty)
{
    unsigned fill;

    new_chip();
    CHECK(start(SMALL, 8) == E4_OK && store(0, 1) == E4_OK);
    memset(chip.cell[flash.active] + 72, 0xff, SMALL - 72); /* all but the header */
    CHECK(start(SMALL, 8) == E4_OK && load(0, &fill) == E4_ERR_EMPTY);
    CHECK(store(0, 2) == E4_OK && start(SMALL, 8) == E4_OK && holds(0, 2));
}

/* A turn from sector 0 to sector 1 whose second mark was cut, before sector 0 was erased. */
static void cut_turn(void)
{
    static uint8_t old[SMALL];

    new_chip();
    CHECK(start(SMALL, 8) == E4_OK);
    for (unsigned n = 0; n < 13; n++)
        CHECK(store(n % 3, 100 + n) == E4_OK);
    memcpy(old, chip.cell[0], SMALL);
    CHECK(flash.active == 0 && e4_flash_room(&flash) == 0);
    CHECK(store(0, 200) == E4_OK && flash.active == 1 && flash.used == 3);
    memcpy(chip.cell[0], old, SMALL);
    chip.cell[1][40] |= 2;                  /* the second mark */
    memset(chip.cell[1] + 48, 0xff, 3 * 8); /* those after it */
}

TEST(after_a_cut_turn_the_new_sector_counts_if_it_is_whole_and_otherwise_the_old_one)
{
    enum { SLOT_SIZE = 152, SLOTS = 72 };
    static const struct {
        uint32_t erased_from; /* until the end of the new sector */
        uint32_t wrong_at;    /* one byte of it; 0: none */
        bool is_new;
    } row[] = {
        {SLOTS + 3 * SLOT_SIZE, 0, true},
        {SLOTS + 3 * SLOT_SIZE - 8, 0, false},
        {SLOTS + 2 * SLOT_SIZE + 100, 0, false},
        {SLOTS, 0, false},
        {SMALL, SLOTS + 20, false},
        {SMALL, SLOTS + SLOT_SIZE + 20, false},
    };

    for (size_t i = 0; i < COUNT(row); i++) {
        cut_turn();
        memset(chip.cell[1] + row[i].erased_from, 0xff, SMALL - row[i].erased_from);
        chip.cell[1][row[i].wrong_at] ^= row[i].wrong_at != 0;
        for (int starts = 0; starts < 2; starts++) {
            CHECK_AT(i, start(SMALL, 8) == E4_OK && holds(0, row[i].is_new ? 200 : 112));
            CHECK_AT(i, holds(1, 110) && holds(2, 111));
        }
    }
}

TEST(a_first_store_that_was_cut_and_half_taken_back_never_happened)
{
    for (uint32_t at = 80; at <= 208; at += 128) { /* its record, or the first of its marks */
        unsigned fill;

        new_chip();
        CHECK(start(SMALL, 8) == E4_OK && store(0, 7) == E4_OK);
        memset(chip.cell[1], 0xff, SMALL);
        chip.cell[0][40] |= 2;                  /* the second mark */
        memset(chip.cell[0] + 48, 0xff, 3 * 8); /* those after it */
        memset(chip.cell[0] + at, 0xff, 8);
        CHECK_AT(at, start(SMALL, 8) == E4_OK && load(0, &fill) == E4_ERR_EMPTY);
        CHECK_AT(at, store(0, 8) == E4_OK && start(SMALL, 8) == E4_OK && holds(0, 8));
    }
}

TEST(after_a_cut_turn_damage_in_the_old_sector_does_not_matter)
{
    cut_turn();
    chip.cell[0][72 + 152 * 12 + 136] ^= 1; /* a mark of its last slot */
    CHECK(start(SMALL, 8) == E4_OK && holds(0, 200) && holds(1, 110) && holds(2, 111));
}

/* A store in which the nth read fails. Were there so many? */
static bool store_with_read_failing(unsigned long n, unsigned stores_before)
{
    enum e4_result result;
    bool reached;

    new_chip();
    CHECK(start(SMALL, 8) == E4_OK && store(1, 7) == E4_OK);
    for (unsigned i = 1; i < stores_before; i++)
        CHECK(store(0, i) == E4_OK);
    chip.fail_read_in = n;
    result = store(0, 100);
    reached = chip.fail_read_in == 0;
    chip.fail_read_in = 0;
    CHECK_AT(n, result == E4_OK || (reached && result == E4_ERR_STORAGE));
    CHECK_AT(n, holds(1, 7) && holds(0, result == E4_OK ? 100 : stores_before - 1));
    CHECK_AT(n, start(SMALL, 8) == E4_OK && holds(1, 7));
    return reached;
}

TEST(a_read_that_fails_once_loses_nothing)
{
    unsigned long appending = 1, turning = 1, loading = 1;
    unsigned fill;

    while (store_with_read_failing(appending, 12))
        appending++;
    while (store_with_read_failing(turning, 13))
        turning++;
    CHECK(turning > 100 && appending > 6);
    for (bool reached = true; reached; loading++) {
        enum e4_result result;

        chip.fail_read_in = loading;
        result = load(1, &fill);
        reached = chip.fail_read_in == 0;
        chip.fail_read_in = 0;
        CHECK_AT(loading,
                 (result == E4_OK && fill == 7) || (reached && result == E4_ERR_STORAGE));
    }
    CHECK(loading > 6);
}

TEST(damage_is_not_carried_over_by_a_turn_and_storing_anew_mends_it)
{
    unsigned fill;

    new_chip();
    CHECK(start(SMALL, 8) == E4_OK && store(0, 0x0101) == E4_OK && store(1, 0x0202) == E4_OK);
    for (uint32_t at = 0; at < SMALL; at++)
        if (chip.cell[flash.active][at] == 2 && chip.cell[flash.active][at + 90] == 2)
            chip.cell[flash.active][at + 50] ^= 4;
    CHECK(holds(0, 0x0101) && load(1, &fill) == E4_ERR_STORAGE);
    CHECK(e4_flash_clean(&flash) == E4_ERR_STORAGE);
    CHECK(holds(0, 0x0101) && load(1, &fill) == E4_ERR_STORAGE);
    CHECK(store(1, 0x0303) == E4_OK);
    CHECK(holds(0, 0x0101) && holds(1, 0x0303));
    CHECK(e4_flash_clean(&flash) == E4_OK && start(SMALL, 8) == E4_OK);
    CHECK(holds(0, 0x0101) && holds(1, 0x0303));
}

TEST(a_slot_that_does_not_tell_whose_it_is_hides_what_is_older)
{
    unsigned fill;
    uint32_t slot_1 = 32 + 5 * 8 + 152; /* header, its marks, slot 0 */

    new_chip();
    CHECK(start(SMALL, 8) == E4_OK && store(0, 1) == E4_OK && store(1, 2) == E4_OK);
    CHECK(store(2, 3) == E4_OK);
    CHECK(chip.cell[flash.active][slot_1] == 1);
    chip.cell[flash.active][slot_1] = 0; /* place 1 becomes 0, its complement does not */
    CHECK(start(SMALL, 8) == E4_OK);
    CHECK(holds(2, 3) && load(1, &fill) == E4_ERR_STORAGE && load(0, &fill) == E4_ERR_STORAGE);
    CHECK(e4_flash_clean(&flash) == E4_ERR_STORAGE);
}

TEST(a_chip_that_cannot_be_read_is_refused_and_not_written_to)
{
    unsigned fill;

    new_chip();
    CHECK(start(SMALL, 8) == E4_OK && store(0, 1) == E4_OK);
    chip.fail_read = true;
    chip.programs = chip.erases = 0;
    CHECK(load(0, &fill) == E4_ERR_STORAGE);
    CHECK(start(SMALL, 8) == E4_ERR_STORAGE);
    CHECK(chip.programs == 0 && chip.erases == 0);
    chip.fail_read = false;
    CHECK(start(SMALL, 8) == E4_OK && holds(0, 1));
}

TEST(a_store_that_cannot_be_programmed_leaves_the_old_record_in_force)
{
    new_chip();
    CHECK(start(SMALL, 8) == E4_OK && store(0, 1) == E4_OK);
    for (int silently = 0; silently < 2; silently++) {
        chip.fail_program = !silently;
        chip.program_does_nothing = silently;
        for (int n = 0; n < 3; n++)
            CHECK(store(0, 2) == E4_ERR_STORAGE && holds(0, 1));
        chip.fail_program = chip.program_does_nothing = false;
        CHECK(holds(0, 1) && store(0, 3) == E4_OK && holds(0, 3));
        CHECK(start(SMALL, 8) == E4_OK && holds(0, 3) && store(0, 1) == E4_OK);
    }
}

TEST(a_sector_that_cannot_be_erased_is_told_by_format_and_clean_and_does_no_harm_before_a_turn)
{
    new_chip();
    CHECK(start(SMALL, 8) == E4_OK && store(0, 1) == E4_OK);
    for (int way = 0; way < 2; way++) {
        chip.fail_erase = way == 0;
        chip.erase_does_nothing = way == 1;
        CHECK(e4_flash_clean(&flash) == E4_ERR_STORAGE && holds(0, 1));
        CHECK(e4_flash_clean(&flash) == E4_ERR_STORAGE && holds(0, 1));
        CHECK(start(SMALL, 8) == E4_OK && holds(0, 1));
        CHECK(e4_flash_room(&flash) > 0 && store(0, 1) == E4_OK && holds(0, 1));
        chip.fail_erase = chip.erase_does_nothing = false;
        CHECK(e4_flash_clean(&flash) == E4_OK && start(SMALL, 8) == E4_OK && holds(0, 1));
    }
    chip.fail_erase = true;
    CHECK(e4_flash_format(&flash) == E4_ERR_STORAGE);
    chip.fail_erase = false;
    chip.fail_erase_of_0 = true;
    CHECK(e4_flash_format(&flash) == E4_ERR_STORAGE);
    chip.fail_erase_of_0 = false;
    CHECK(e4_flash_format(&flash) == E4_OK);
}

/* How often does this byte lie eight times in a row in the sector in use? */
static unsigned runs_of(uint8_t byte)
{
    unsigned runs = 0;

    for (uint32_t at = 0; at + 8 <= SMALL; at += 8) {
        unsigned i = 0;

        while (i < 8 && chip.cell[flash.active][at + i] == byte)
            i++;
        runs += i == 8;
    }
    return runs;
}

TEST(with_zero_over_a_replaced_record_is_gone_at_once_or_at_the_next_store)
{
    new_chip();
    connect(SMALL, 8);
    flash.zero_over = true;
    CHECK(e4_flash_port(&port, &flash) == E4_OK);
    CHECK(store(0, 0x1111) == E4_OK && store(1, 0x2222) == E4_OK && runs_of(0x11) > 10);
    CHECK(store(0, 0x3333) == E4_OK && runs_of(0x11) == 0 && runs_of(0x33) > 10);
    CHECK(holds(0, 0x3333) && holds(1, 0x2222));
    chip.refuse_zeros = true;
    CHECK(store(0, 0x4444) == E4_OK && runs_of(0x33) > 10 && holds(0, 0x4444));
    CHECK(store(1, 0x5555) == E4_OK && runs_of(0x33) == 0);
    CHECK(holds(0, 0x4444) && holds(1, 0x5555));
    CHECK(start(SMALL, 8) == E4_OK && holds(0, 0x4444) && holds(1, 0x5555));
}

LAWS(
    LAW(units_and_sector_sizes_that_do_not_do_are_refused),
    LAW(a_sector_without_room_for_all_places_is_refused_at_the_start),
    LAW(the_first_store_erases_both_sectors_and_no_other_more_than_one),
    LAW(a_driver_without_one_of_its_functions_is_refused),
    LAW(a_chip_never_used_is_empty_and_is_not_written_to_before_the_first_store),
    LAW(a_place_holds_what_was_stored_in_it_last_through_turns_and_restarts),
    LAW(a_sector_full_of_places_can_still_be_stored_to_and_no_more_places_fit),
    LAW(hundreds_of_places_survive_a_turn), LAW(no_more_than_65535_places_are_named),
    LAW(the_clock_is_the_firmware_s_and_there_may_be_none),
    LAW(what_is_no_e4_flash_is_refused_untouched_until_it_is_formatted),
    LAW(formatting_forgets_all_but_how_often_the_sectors_were_erased),
    LAW(flash_written_with_other_measures_or_by_a_newer_version_is_refused_untouched),
    LAW(a_bit_that_is_wrong_anywhere_never_makes_a_record_wrong_old_or_empty),
    LAW(a_sector_in_use_that_holds_nothing_is_empty), LAW(a_read_that_fails_once_loses_nothing),
    LAW(after_a_cut_turn_the_new_sector_counts_if_it_is_whole_and_otherwise_the_old_one),
    LAW(a_first_store_that_was_cut_and_half_taken_back_never_happened),
    LAW(after_a_cut_turn_damage_in_the_old_sector_does_not_matter),
    LAW(damage_is_not_carried_over_by_a_turn_and_storing_anew_mends_it),
    LAW(a_slot_that_does_not_tell_whose_it_is_hides_what_is_older),
    LAW(a_chip_that_cannot_be_read_is_refused_and_not_written_to),
    LAW(a_store_that_cannot_be_programmed_leaves_the_old_record_in_force),
    LAW(a_sector_that_cannot_be_erased_is_told_by_format_and_clean_and_does_no_harm_before_a_turn),
    LAW(with_zero_over_a_replaced_record_is_gone_at_once_or_at_the_next_store))
