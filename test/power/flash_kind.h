/* SPDX-License-Identifier: Apache-2.0 */
/* On what chips the laws of power_flash.c are tried, and how hard. */
#ifndef FLASH_KIND_H
#define FLASH_KIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PLACES_MAX = 8 };

/* A chip, and how many records are kept in it. */
struct kind {
    uint32_t sector_size;
    uint8_t unit;
    uint8_t places;
    bool zero_over;
    bool checks;
};
extern const struct kind flash_kind[];
extern const size_t flash_kind_count;

struct effort {
    unsigned long stride;  /* power is cut at each of so many steps of a store */
    unsigned long stores;  /* how many stores are cut like that or pass in between, */
    unsigned each;         /* and one in so many is cut, besides the first two and all turns */
    unsigned tries;        /* cuts by chance at steps that matter */
    unsigned long life;    /* stores in a long life */
    unsigned long turns;   /* in one without cuts */
    unsigned long failing; /* a chip fails at each of so many steps */
    uint32_t seed;         /* of all that happens by chance */
};
struct effort flash_effort(const struct kind *kind, uint32_t capacity);

#endif
