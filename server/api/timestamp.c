/* SPDX-License-Identifier: Apache-2.0 */
/* See timestamp.h. Days are counted by the calendar's cycle of 400 years, from a 1 March. */
#include "server/api/timestamp.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum {
    DAY_S = 86400,
    ERA_DAYS = 146097,     /* in 400 years */
    EPOCH_OFFSET = 719468, /* days from 1 March of year 0 to 1 January 1970 */
    NANOSECONDS = 1000000000
};
#define SECONDS_MIN (-62135596800LL) /* 0001-01-01T00:00:00Z */
#define SECONDS_MAX 253402300799LL   /* 9999-12-31T23:59:59Z */

struct date {
    int year;
    int month;
    int day;
};

static int64_t days_of(const struct date *date)
{
    int64_t year = date->month <= 2 ? date->year - 1 : date->year;
    int64_t era = year / 400; /* never before year 0 */
    int64_t of_era = year - era * 400;
    int64_t of_year =
        (153 * (date->month + (date->month > 2 ? -3 : 9)) + 2) / 5 + date->day - 1;

    return era * ERA_DAYS + of_era * 365 + of_era / 4 - of_era / 100 + of_year - EPOCH_OFFSET;
}

static struct date date_of(int64_t days)
{
    int64_t from_march = days + EPOCH_OFFSET; /* not negative from year 1 on */
    int64_t era = from_march / ERA_DAYS;
    int64_t day = from_march - era * ERA_DAYS;
    int64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    int64_t of_year = day - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * of_year + 2) / 153;
    struct date date;

    date.day = (int)(of_year - (153 * month + 2) / 5 + 1);
    date.month = (int)(month < 10 ? month + 3 : month - 9);
    date.year = (int)(year + era * 400 + (date.month <= 2));
    return date;
}

/* ".5" is ".500": digits come in threes. */
static void fraction(char text[sizeof ".123456789"], int32_t nanoseconds)
{
    size_t len;

    text[0] = '\0';
    if (nanoseconds == 0)
        return;
    len = (size_t)snprintf(text, sizeof ".123456789", ".%09d", (int)nanoseconds);
    while (strcmp(text + len - 3, "000") == 0) {
        len -= 3;
        text[len] = '\0';
    }
}

int timestamp_encode(char text[TIMESTAMP_SIZE], int64_t seconds, int32_t nanoseconds)
{
    int64_t days;
    int64_t rest;
    struct date date;
    char digits[sizeof ".123456789"];

    if (seconds < SECONDS_MIN || seconds > SECONDS_MAX || nanoseconds < 0 ||
        nanoseconds >= NANOSECONDS)
        return -1;
    rest = seconds % DAY_S;
    days = seconds / DAY_S;
    if (rest < 0) {
        rest += DAY_S;
        days--;
    }
    date = date_of(days);
    fraction(digits, nanoseconds);
    /* The remainders say to the compiler what is so anyway: it all fits. */
    (void)snprintf(text, TIMESTAMP_SIZE, "%04u-%02u-%02uT%02u:%02u:%02u%.10sZ",
                   (unsigned)date.year % 10000, (unsigned)date.month % 100,
                   (unsigned)date.day % 100, (unsigned)(rest / 3600) % 100,
                   (unsigned)(rest / 60 % 60), (unsigned)(rest % 60), digits);
    return 0;
}

/* Takes exactly count digits from *text. */
static bool number(const char **text, int count, int *value)
{
    *value = 0;
    for (int i = 0; i < count; i++, (*text)++) {
        if (**text < '0' || **text > '9')
            return false;
        *value = *value * 10 + (**text - '0');
    }
    return true;
}

static bool letter(const char **text, const char *any_of)
{
    if (**text == '\0' || strchr(any_of, **text) == NULL)
        return false;
    (*text)++;
    return true;
}

static bool read_date(const char **text, int64_t *days)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    struct date date;
    bool leap;

    if (!number(text, 4, &date.year) || !letter(text, "-") || !number(text, 2, &date.month) ||
        !letter(text, "-") || !number(text, 2, &date.day))
        return false;
    leap = date.year % 4 == 0 && (date.year % 100 != 0 || date.year % 400 == 0);
    if (date.year < 1 || date.month < 1 || date.month > 12 || date.day < 1 ||
        date.day > lengths[date.month - 1] + (leap && date.month == 2))
        return false;
    *days = days_of(&date);
    return true;
}

static bool read_time(const char **text, int64_t *seconds, int32_t *nanoseconds)
{
    int hour;
    int minute;
    int second;
    int32_t unit = NANOSECONDS / 10;

    *nanoseconds = 0;
    if (!number(text, 2, &hour) || !letter(text, ":") || !number(text, 2, &minute) ||
        !letter(text, ":") || !number(text, 2, &second) || hour > 23 || minute > 59 ||
        second > 59)
        return false;
    *seconds = hour * 3600 + minute * 60 + second;
    if (!letter(text, "."))
        return true;
    for (int digit; number(text, 1, &digit); unit /= 10) {
        if (unit == 0)
            return false;
        *nanoseconds += digit * unit;
    }
    return unit < NANOSECONDS / 10;
}

/* What is to be taken from local time to get UTC. */
static bool read_offset(const char **text, int64_t *offset_s)
{
    const char sign = **text;
    int hours;
    int minutes;

    *offset_s = 0;
    if (letter(text, "Zz"))
        return true;
    if (!letter(text, "+-") || !number(text, 2, &hours) || !letter(text, ":") ||
        !number(text, 2, &minutes) || hours > 23 || minutes > 59)
        return false;
    *offset_s = (hours * 3600 + minutes * 60) * (sign == '-' ? -1 : 1);
    return true;
}

int timestamp_decode(int64_t *seconds, int32_t *nanoseconds, const char *text, size_t len)
{
    char copy[TIMESTAMP_SIZE + sizeof "+00:00"] = ""; /* with a NUL, whatever text has */
    const char *at = copy;
    int64_t days;
    int64_t time_s;
    int64_t offset_s;
    int32_t fraction_ns;

    if (len >= sizeof copy)
        return -1;
    memcpy(copy, text, len);
    if (!read_date(&at, &days) || !letter(&at, "Tt") ||
        !read_time(&at, &time_s, &fraction_ns) || !read_offset(&at, &offset_s) ||
        at != copy + len)
        return -1;
    time_s += days * DAY_S - offset_s;
    if (time_s < SECONDS_MIN || time_s > SECONDS_MAX)
        return -1;
    *seconds = time_s;
    *nanoseconds = fraction_ns;
    return 0;
}
