/* Dates, working days and periods. Pure: no clock here. A date is a day number, days since 1970-01-01 (proleptic Gregorian).
 * Sources: Civil Code articles 200 to 204 (first day not counted; month's last day; rest days roll); State Council notices. */
#ifndef BF_CORE_CALENDAR_H
#define BF_CORE_CALENDAR_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "banfa/error.h"

#define BF__DATE_TEXT 11            /* "YYYY-MM-DD" and NUL */
#define BF__ZONE_SECONDS (8 * 3600) /* Asia/Shanghai: +08:00 all year */

enum bf__unit { BF__DAYS, BF__WORKDAYS, BF__MONTHS, BF__YEARS };

struct bf__period {
  int count; /* 0 to 36,500 */
  enum bf__unit unit;
};

/* Strict "YYYY-MM-DD", years 1900 to 2999, a day that exists. */
int bf__date_parse(const char *text, size_t length, int32_t *ret_date);
void bf__date_format(int32_t date, char text[BF__DATE_TEXT]);
void bf__date_split(int32_t date, int *ret_year, int *ret_month, int *ret_day);
int bf__date_make(int year, int month, int day, int32_t *ret_date); /* BF_EINVAL when there is no such day */
int bf__date_weekday(int32_t date);                                 /* 1 Monday … 7 Sunday */

/* Moments: milliseconds since the epoch. A date's first millisecond in the program's zone, and the date of a moment. */
int64_t bf__date_start_ms(int32_t date);
int32_t bf__date_of_ms(int64_t ms);
/* "2022-09-01", "2022-09-01T08:30", "2022-09-01T08:30:00", "2022-09-01T08:30:00.000" (T or a space), each with "Z" or "+08:00" or
 * nothing
 * (= +08:00). What is finer than a millisecond is read over. */
int bf__moment_parse(const char *text, size_t length, int64_t *ret_ms);
void bf__moment_format(int64_t ms, char text[32]); /* "2022-09-01T08:30:00.000+08:00" */

struct bf__calendar; /* immutable once loaded, may be shared by threads */

/* From JSON { "2022": {"off": [dates], "work": [dates], "provisional"?: true}, … } (borrowed), keyed by date, not by notice: a
 * year may name dates of the year before and after. A year counts as known unless it says "provisional": true. */
int bf__calendar_from_json(const json_t *years, struct bf__calendar **ret, struct bf_error *err) BF_WARN_UNUSED;
/* Every *.json of a folder (`config/calendar/2022.json` holds {"year": 2022, "off": […], "work": […], "source": …}), merged by
 * date in the order of their names. Two notices that name a date differently are refused, unless the later says "amends": true. A
 * file that says "provisional": true stands only until its year's notice is there. Errors name the file and the date. */
int bf__calendar_load(const char *folder, struct bf__calendar **ret, struct bf_error *err) BF_WARN_UNUSED;
void bf__calendar_free(struct bf__calendar *calendar);
/* The merged content, each date under its own year, sorted, for the ruleset's hash; `from_json` makes the same calendar of it. A
 * new reference. */
json_t *bf__calendar_json(const struct bf__calendar *calendar);

bool bf__calendar_works(const struct bf__calendar *calendar, int32_t date); /* a working day? */
bool bf__calendar_known(const struct bf__calendar *calendar, int32_t date); /* false: no notice for that year, provisional */

/* The last day of PERIOD counted from ANCHOR (which does not count), at most 2999-12-31. Days, months and years end on the next
 * working day when their last day is a rest day and ROLL is set. *ret_provisional tells whether a day without a notice was
 * decisive. */
int32_t bf__calendar_add(const struct bf__calendar *calendar, int32_t anchor, struct bf__period period, bool roll,
                         bool *ret_provisional);
/* The day that lies PERIOD before DATE; months and years by the same number; a rest day moves to the working day before.
 * At least 1900-01-01. */
int32_t bf__calendar_before(const struct bf__calendar *calendar, int32_t date, struct bf__period period);
/* Working days after FROM up to and including TO; negative never: 0 when TO <= FROM. */
int bf__calendar_workdays(const struct bf__calendar *calendar, int32_t from, int32_t to);
int32_t bf__calendar_next_workday(const struct bf__calendar *calendar, int32_t date); /* DATE itself when it is one */
int32_t bf__calendar_last_workday(const struct bf__calendar *calendar,
                                  int32_t date); /* DATE itself when it is one, else the one before */

/* A clock that pauses. Day `started` does not count; a day p on which it pauses still counts; days after p up to and including
 * the day of resumption do not. Pauses are sorted by their first day and may overlap; an open pause has `resumed` = INT32_MAX. */
struct bf__pause {
  int32_t paused, resumed;
};
/* The day on which COUNT working days are used up, or INT32_MAX while paused; *ret_used = working days used up to and including
 * TODAY. */
int32_t bf__calendar_clock(const struct bf__calendar *calendar, int32_t started, const struct bf__pause *pauses,
                           size_t pause_count, int count, int32_t today, int *ret_used, bool *ret_provisional);

#endif
