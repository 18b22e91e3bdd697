/* Working days, periods and clocks against a second calendar: typed from the notices again, walking one day at a time, asking the
 * C library for the day of the week. Each rule also has its cases by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "calendar.h"

#define LAST_DAY 376199 /* 2999-12-31 */
#define OPEN INT32_MAX

static struct bf__calendar *calendar; /* the one the program ships with */

static int32_t d(const char *text) {
  int32_t date = 0;
  if (bf__date_parse(text, strlen(text), &date) < 0) fail_msg("'%s' is no date", text);
  return date;
}

static void is_date(const char *due, int32_t date) {
  char text[BF__DATE_TEXT];
  bf__date_format(date, text);
  assert_string_equal(due, text);
}

/* ends: with the roll; sure or not. */
static void ends(const char *due, const char *anchor, int count, enum bf__unit unit, bool provisional) {
  bool own = !provisional;
  is_date(due, bf__calendar_add(calendar, d(anchor), (struct bf__period){count, unit}, true, &own));
  assert_int_equal(provisional, own);
}

static void falls(const char *due, const char *anchor, int count, enum bf__unit unit) {
  bool provisional = true;
  is_date(due, bf__calendar_add(calendar, d(anchor), (struct bf__period){count, unit}, false, &provisional));
  assert_false(provisional); /* no roll: no notice was asked */
}

static void before(const char *due, const char *date, int count, enum bf__unit unit) {
  is_date(due, bf__calendar_before(calendar, d(date), (struct bf__period){count, unit}));
}

/* The second calendar ------------------------------------------------------------------------------------------------------ */

static const char off_ranges[] = "2022-01-01 2022-01-03,2022-01-31 2022-02-06,2022-04-03 2022-04-05,2022-04-30 "
                                 "2022-05-04,2022-06-03 2022-06-05,2022-09-10 2022-09-12,"
                                 "2022-10-01 2022-10-07,2022-12-31 2023-01-02,2023-01-21 2023-01-27,2023-04-05 "
                                 "2023-04-05,2023-04-29 2023-05-03,2023-06-22 2023-06-24,"
                                 "2023-09-29 2023-10-06,2024-01-01 2024-01-01,2024-02-10 2024-02-17,2024-04-04 "
                                 "2024-04-06,2024-05-01 2024-05-05,2024-06-10 2024-06-10,"
                                 "2024-09-15 2024-09-17,2024-10-01 2024-10-07,2025-01-01 2025-01-01,2025-01-28 "
                                 "2025-02-04,2025-04-04 2025-04-06,2025-05-01 2025-05-05,"
                                 "2025-05-31 2025-06-02,2025-10-01 2025-10-08,2026-01-01 2026-01-03,2026-02-15 "
                                 "2026-02-23,2026-04-04 2026-04-06,2026-05-01 2026-05-05,"
                                 "2026-06-19 2026-06-21,2026-09-25 2026-09-27,2026-10-01 2026-10-07,2027-01-01 "
                                 "2027-01-01,2027-02-05 2027-02-08,2027-04-05 2027-04-05,"
                                 "2027-05-01 2027-05-02,2027-06-09 2027-06-09,2027-09-15 2027-09-15,2027-10-01 2027-10-03,";
static const char made_up[] =
    "2022-01-29 2022-01-30 2022-04-02 2022-04-24 2022-05-07 2022-10-08 2022-10-09 2023-01-28 2023-01-29 2023-04-23 2023-05-06 "
    "2023-06-25 "
    "2023-10-07 2023-10-08 2024-02-04 2024-02-18 2024-04-07 2024-04-28 2024-05-11 2024-09-14 2024-09-29 2024-10-12 2025-01-26 "
    "2025-02-08 "
    "2025-04-27 2025-09-28 2025-10-11 2026-01-04 2026-02-14 2026-02-28 2026-05-09 2026-09-20 2026-10-10";

static bool slow_works(int32_t date) {
  time_t at = (time_t)date * 86400;
  struct tm tm;
  char text[64];
  assert_non_null(gmtime_r(&at, &tm));
  (void)strftime(text, sizeof text, "%Y-%m-%d", &tm);
  if (strstr(made_up, text)) return true;
  for (const char *range = off_ranges; *range; range += 22)
    if (strncmp(range, text, 10) <= 0 && strncmp(text, range + 11, 10) <= 0) return false;
  return tm.tm_wday != 0 && tm.tm_wday != 6;
}

/* One month after the other, then the day, or the month's last. */
static int32_t slow_months(int32_t date, int count) {
  time_t at = (time_t)date * 86400;
  struct tm tm, last;
  assert_non_null(gmtime_r(&at, &tm));
  for (; count != 0; count += count > 0 ? -1 : 1) {
    tm.tm_mon += count > 0 ? 1 : -1;
    if (tm.tm_mon == 12) tm.tm_mon = 0, tm.tm_year++;
    if (tm.tm_mon == -1) tm.tm_mon = 11, tm.tm_year--;
  }
  last = (struct tm){.tm_year = tm.tm_year, .tm_mon = tm.tm_mon + 1, .tm_mday = 0, .tm_hour = 12};
  (void)timegm(&last);
  if (tm.tm_mday > last.tm_mday) tm.tm_mday = last.tm_mday;
  return (int32_t)(timegm(&tm) / 86400);
}

static int32_t slow_roll(int32_t date, int step) {
  while (!slow_works(date)) date += step;
  return date;
}

static int32_t slow_move(int32_t date, struct bf__period period, int way) {
  if (period.unit == BF__DAYS) return date + way * period.count;
  if (period.unit != BF__WORKDAYS) return slow_months(date, way * period.count * (period.unit == BF__YEARS ? 12 : 1));
  for (int left = period.count; left > 0;) left -= slow_works(date += way);
  return date;
}

static int32_t slow_add(int32_t date, struct bf__period period, bool roll) {
  date = slow_move(date, period, 1);
  return roll && period.unit != BF__WORKDAYS ? slow_roll(date, 1) : date;
}

/* The rule as it is written, day by day, ten years on. */
static int32_t slow_clock(int32_t started, const struct bf__pause *pauses, size_t n, int count, int32_t today, int *ret_used) {
  int32_t due = count == 0 ? started : INT32_MAX;
  int total = 0;
  *ret_used = 0;
  for (int32_t day = started + 1; day < started + 3700; day++) {
    bool stands = false;
    for (size_t i = 0; i < n; i++) stands |= pauses[i].paused < day && day <= pauses[i].resumed;
    if (stands || !slow_works(day)) continue;
    total++;
    *ret_used += day <= today;
    if (total == count) due = day;
  }
  return due;
}

static uint32_t seed = 20220901;
static int next(int below) {
  seed = seed * 1664525u + 1013904223u;
  return (int)((seed >> 8) % (uint32_t)below);
}

static int32_t some_date(void) {
  int32_t first = d("2021-06-01");
  return first + next(d("2028-06-30") - first);
}

/* Days --------------------------------------------------------------------------------------------------------------------- */

static void test_years(void **state) {
  (void)state;
  static const int counts[] = {249, 249, 251, 248, 248};
  for (int year = 2022; year <= 2026; year++) {
    int32_t first, last;
    assert_int_equal(0, bf__date_make(year - 1, 12, 31, &first));
    assert_int_equal(0, bf__date_make(year, 12, 31, &last));
    assert_int_equal(counts[year - 2022], bf__calendar_workdays(calendar, first, last));
  }
}

static void test_every_day(void **state) {
  (void)state;
  for (int32_t day = d("2021-01-01"); day <= d("2028-12-31"); day++) {
    assert_int_equal(slow_works(day), bf__calendar_works(calendar, day));
    assert_int_equal(day >= d("2022-01-01") && day <= d("2026-12-31"), bf__calendar_known(calendar, day));
    assert_int_equal(slow_roll(day, 1), bf__calendar_next_workday(calendar, day));
    assert_int_equal(slow_roll(day, -1), bf__calendar_last_workday(calendar, day));
  }
  assert_true(bf__calendar_works(calendar, d("2024-02-04")));  /* a Sunday made up */
  assert_true(bf__calendar_works(calendar, d("2025-02-08")));  /* a Saturday made up */
  assert_false(bf__calendar_works(calendar, d("2022-12-31"))); /* announced with 2023 */
  assert_false(bf__calendar_works(calendar, d("2027-06-09"))); /* statutory, a Wednesday */
}

/* The edges of the table and what lies beyond it are all weekends. */
static void test_beyond(void **state) {
  (void)state;
  static const char *const around[] = {"1900-01-01", "1989-12-31", "2150-12-31", "2999-12-31"};
  for (size_t i = 0; i < sizeof around / sizeof *around; i++) {
    for (int32_t day = d(around[i]) - 30; day < d(around[i]) + 30; day++) {
      assert_int_equal(bf__date_weekday(day) <= 5, bf__calendar_works(calendar, day));
      assert_int_equal(bf__date_weekday(day) <= 5, bf__calendar_workdays(calendar, day - 1, day));
      assert_int_equal(slow_roll(day, 1), bf__calendar_next_workday(calendar, day));
      assert_int_equal(slow_roll(day, -1), bf__calendar_last_workday(calendar, day));
      for (int n = 1; n < 40; n++) {
        struct bf__period period = {n, BF__WORKDAYS};
        bool provisional;
        if (day >= d("1900-01-01") && day + 60 < LAST_DAY)
          assert_int_equal(slow_add(day, period, true), bf__calendar_add(calendar, day, period, true, &provisional));
      }
    }
  }
  assert_int_equal(5 * 4000, bf__calendar_workdays(calendar, d("1900-01-01"), d("1900-01-01") + 7 * 4000));
  assert_int_equal(5 * 10000, bf__calendar_workdays(calendar, d("2200-01-01"), d("2200-01-01") + 7 * 10000));
  assert_int_equal(0, bf__calendar_workdays(calendar, d("2999-01-01"), d("1900-01-01")));
  assert_int_equal(0, bf__calendar_workdays(calendar, d("2025-09-30"), d("2025-10-08")));
  assert_int_equal(1, bf__calendar_workdays(calendar, d("2025-09-30"), d("2025-10-09")));
}

/* Periods ------------------------------------------------------------------------------------------------------------------ */

static void test_examples(void **state) {
  (void)state;
  ends("2025-02-28", "2024-02-29", 12, BF__MONTHS, false);
  ends("2026-02-28", "2024-02-29", 24, BF__MONTHS, false); /* a make-up Saturday */
  ends("2026-02-28", "2025-08-31", 6, BF__MONTHS, false);  /* does not roll */
  ends("2025-10-09", "2025-04-01", 6, BF__MONTHS, false);  /* rolls over the holiday */
  falls("2025-10-01", "2025-04-01", 6, BF__MONTHS);
  ends("2025-02-08", "2025-01-20", 10, BF__WORKDAYS, false);
  ends("2023-10-13", "2023-09-25", 10, BF__WORKDAYS, false);
}

static void test_month_ends(void **state) {
  (void)state;
  falls("2023-02-28", "2022-12-31", 2, BF__MONTHS);
  falls("2024-02-29", "2023-12-31", 2, BF__MONTHS);
  falls("2024-02-29", "2024-01-30", 1, BF__MONTHS);
  falls("2024-04-30", "2024-03-31", 1, BF__MONTHS);
  falls("2025-03-31", "2024-01-31", 14, BF__MONTHS); /* from the anchor: February in between takes nothing away */
  falls("2025-12-30", "2025-11-30", 1, BF__MONTHS);  /* the same number, not the month's last day */
  falls("2024-01-15", "2023-01-15", 12, BF__MONTHS);
  falls("2025-02-28", "2024-02-29", 1, BF__YEARS);
  falls("2028-02-29", "2024-02-29", 4, BF__YEARS); /* year n from the anchor, never from year n-1 */
  falls("2028-02-29", "2024-02-29", 48, BF__MONTHS);
  falls("2100-02-28", "2000-02-29", 100, BF__YEARS);
}

static void test_rolls(void **state) {
  (void)state;
  ends("2022-09-13", "2022-08-31", 10, BF__DAYS, false);    /* Saturday 10 September, Mid-Autumn: Tuesday */
  ends("2022-10-08", "2022-09-30", 1, BF__DAYS, false);     /* the whole holiday, to a make-up Saturday */
  ends("2024-01-02", "2023-12-30", 0, BF__DAYS, false);     /* no day at all still rolls, over New Year */
  ends("2023-12-30", "2023-12-30", 0, BF__WORKDAYS, false); /* no working day: the day itself */
  ends("2024-01-02", "2023-12-30", 1, BF__WORKDAYS, false);
  ends("2024-02-18", "2024-02-09", 1, BF__WORKDAYS, false);   /* over the Spring Festival to a make-up Sunday */
  ends("2022-12-30", "2021-12-31", 249, BF__WORKDAYS, false); /* the year's last working day */
}

static void test_before(void **state) {
  (void)state;
  before("2025-02-27", "2025-02-28", 1, BF__WORKDAYS);
  before("2025-01-27", "2025-02-08", 4, BF__WORKDAYS); /* the day before the holiday */
  before("2025-02-07", "2025-02-08", 1, BF__WORKDAYS); /* from a make-up Saturday */
  before("2025-09-30", "2025-10-09", 1, BF__WORKDAYS);
  before("2025-09-30", "2025-10-09", 1, BF__DAYS);     /* a rest day moves back */
  before("2025-10-11", "2025-10-12", 0, BF__WORKDAYS); /* a Sunday; the Saturday is made up */
  before("2024-02-29", "2024-03-31", 1, BF__MONTHS);
  before("2024-02-28", "2025-02-28", 12, BF__MONTHS);
  before("2023-02-28", "2024-02-29", 1, BF__YEARS);
}

static void test_provisional(void **state) {
  (void)state;
  ends("2026-12-31", "2026-12-01", 30, BF__DAYS, false); /* a working Thursday: nothing beyond matters */
  ends("2027-01-04", "2026-12-01", 31, BF__DAYS, true);  /* New Year's Day is off by statute, the rest is not known */
  falls("2027-01-01", "2026-12-01", 31, BF__DAYS);
  ends("2026-12-31", "2026-12-30", 1, BF__WORKDAYS, false);
  ends("2027-01-04", "2026-12-30", 2, BF__WORKDAYS, true);
  ends("2022-01-04", "2021-12-30", 2, BF__WORKDAYS, true);  /* counted through 2021 */
  ends("2022-01-05", "2021-12-31", 2, BF__WORKDAYS, false); /* the anchor does not count */
  ends("2027-12-31", "2027-12-31", 0, BF__WORKDAYS, false);
  ends("2027-05-03", "2026-11-01", 6, BF__MONTHS, true); /* 1 May 2027, a Saturday and statutory */
}

/* Never before the anchor, never a date that cannot be written. */
static void test_far(void **state) {
  (void)state;
  ends("2999-12-31", "2022-09-01", 36500, BF__YEARS, true);
  ends("2999-12-31", "2999-12-30", 36500, BF__DAYS, true);
  ends("2999-12-31", "2990-12-30", 36500, BF__WORKDAYS, true);
  falls("2999-12-31", "2999-01-31", 11, BF__MONTHS);
  falls("2999-12-31", "2999-01-31", 12, BF__MONTHS);
  before("1900-01-01", "2022-09-01", 36500, BF__YEARS);
  before("1900-01-01", "1900-01-10", 36500, BF__DAYS);
  before("1900-01-01", "1910-01-10", 36500, BF__WORKDAYS);
  before("1900-01-31", "1900-02-28", 28, BF__DAYS);
  ends("2122-09-01", "2022-09-01", 100, BF__YEARS, true);
  ends("2222-09-02", "2022-09-01", 200, BF__YEARS, true); /* a Sunday, by weekends alone */
}

static void test_random(void **state) {
  (void)state;
  for (int i = 0; i < 4000; i++) {
    int32_t date = some_date(), other = date + next(300);
    struct bf__period period = {0, (enum bf__unit)next(4)};
    period.count = next(period.unit == BF__YEARS ? 5 : period.unit == BF__MONTHS ? 40 : i % 8 ? 30 : 400);
    bool roll = next(2), provisional;
    assert_int_equal(slow_add(date, period, roll), bf__calendar_add(calendar, date, period, roll, &provisional));
    assert_int_equal(slow_roll(slow_move(date, period, -1), -1), bf__calendar_before(calendar, date, period));
    int count = 0;
    for (int32_t day = date + 1; day <= other && i % 8 == 0; day++) count += slow_works(day);
    if (i % 8 == 0) assert_int_equal(count, bf__calendar_workdays(calendar, date, other));
  }
}

/* Clocks ------------------------------------------------------------------------------------------------------------------- */

static void clock_ends(const char *due, int used, const char *started, int count, const char *today, size_t n,
                       const struct bf__pause *pauses) {
  int own = -1;
  bool provisional = true;
  int32_t date = bf__calendar_clock(calendar, d(started), pauses, n, count, d(today), &own, &provisional);
  if (due)
    is_date(due, date);
  else
    assert_int_equal(INT32_MAX, date);
  assert_int_equal(used, own);
  assert_false(provisional);
}

static void test_clock_runs(void **state) {
  (void)state;
  clock_ends("2024-03-15", 0, "2024-03-01", 10, "2024-03-01", 0, NULL); /* started on a Friday */
  clock_ends("2024-03-15", 0, "2024-03-01", 10, "2024-03-03", 0, NULL);
  clock_ends("2024-03-15", 1, "2024-03-01", 10, "2024-03-04", 0, NULL);
  clock_ends("2024-03-15", 10, "2024-03-01", 10, "2024-03-17", 0, NULL);
  clock_ends("2024-03-15", 11, "2024-03-01", 10, "2024-03-18", 0, NULL); /* the days used go on */
  clock_ends("2024-03-15", 0, "2024-03-01", 10, "2024-02-01", 0, NULL);  /* today before the start */
  clock_ends("2024-03-01", 1, "2024-03-01", 0, "2024-03-04", 0, NULL);
  clock_ends("2025-02-08", 5, "2025-01-20", 10, "2025-01-26", 0, NULL); /* the make-up Sunday is the fifth */
}

static void test_clock_pauses(void **state) {
  (void)state;
  struct bf__pause week = {d("2024-03-06"),
                           d("2024-03-13")}; /* Monday to Wednesday count; Thursday to the next Wednesday do not */
  clock_ends("2024-03-22", 3, "2024-03-01", 10, "2024-03-13", 1, &week);
  clock_ends("2024-03-22", 4, "2024-03-01", 10, "2024-03-14", 1, &week);
  struct bf__pause same = {d("2024-03-06"), d("2024-03-06")}; /* paused and resumed on one day: no day is lost */
  clock_ends("2024-03-15", 3, "2024-03-01", 10, "2024-03-06", 1, &same);
  struct bf__pause first = {d("2024-03-01"), d("2024-03-05")}; /* paused on the day it started */
  clock_ends("2024-03-19", 0, "2024-03-01", 10, "2024-03-05", 1, &first);
  struct bf__pause weekend = {d("2024-03-08"), d("2024-03-10")}; /* Friday to Sunday: no working day is lost */
  clock_ends("2024-03-15", 5, "2024-03-01", 10, "2024-03-10", 1, &weekend);
  struct bf__pause holiday = {d("2025-09-30"), d("2025-10-09")}; /* the day of resumption does not count, the made-up 11th does */
  clock_ends("2025-10-13", 4, "2025-09-25", 7, "2025-10-09", 1, &holiday);
  clock_ends("2025-10-13", 6, "2025-09-25", 7, "2025-10-11", 1, &holiday);
  struct bf__pause last = {d("2024-03-15"), d("2024-03-20")}; /* on the very last day: it still counts */
  clock_ends("2024-03-15", 10, "2024-03-01", 10, "2024-03-20", 1, &last);
}

static void test_clock_open(void **state) {
  (void)state;
  struct bf__pause open = {d("2024-03-06"), OPEN};
  clock_ends(NULL, 3, "2024-03-01", 10, "2024-04-30", 1, &open);
  clock_ends(NULL, 2, "2024-03-01", 10, "2024-03-05", 1, &open);
  clock_ends("2024-03-06", 3, "2024-03-01", 3, "2024-04-30", 1, &open); /* used up on the day of the pause */
  clock_ends("2024-03-05", 3, "2024-03-01", 2, "2024-04-30", 1, &open);
  open.paused = d("2024-02-20"); /* before the start: never ran */
  clock_ends(NULL, 0, "2024-03-01", 10, "2024-04-30", 1, &open);
}

static void test_clock_two(void **state) {
  (void)state;
  struct bf__pause two[] = {{d("2024-03-05"), d("2024-03-07")},
                            {d("2024-03-11"), d("2024-03-14")}}; /* 4, 5, 8, 11, 15 March, then 18 to 22 */
  clock_ends("2024-03-22", 4, "2024-03-01", 10, "2024-03-14", 2, two);
  clock_ends("2024-03-22", 5, "2024-03-01", 10, "2024-03-15", 2, two);
  two[1].resumed = OPEN;
  clock_ends(NULL, 4, "2024-03-01", 10, "2024-06-14", 2, two);
  clock_ends("2024-03-11", 4, "2024-03-01", 4, "2024-06-14", 2, two);
  struct bf__pause touching[] = {
      {d("2024-03-05"), d("2024-03-07")}, {d("2024-03-07"), d("2024-03-08")}, {d("2024-03-08"), d("2024-03-08")}};
  clock_ends("2024-03-20", 2, "2024-03-01", 10, "2024-03-08", 3, touching);
}

static void test_clock_provisional(void **state) {
  (void)state;
  int used;
  bool provisional = false;
  struct bf__pause pause = {d("2026-12-10"), d("2026-12-15")};
  is_date("2027-01-05", bf__calendar_clock(calendar, d("2026-12-30"), NULL, 0, 3, d("2026-12-30"), &used, &provisional));
  assert_true(provisional);
  is_date("2026-12-04", bf__calendar_clock(calendar, d("2026-12-01"), &pause, 1, 3, d("2028-01-01"), &used, &provisional));
  assert_false(provisional); /* used up in a known year, whatever today is */
  pause = (struct bf__pause){d("2021-12-01"), d("2022-03-01")};
  is_date("2022-03-02", bf__calendar_clock(calendar, d("2021-12-01"), &pause, 1, 1, d("2022-01-01"), &used, &provisional));
  assert_false(provisional); /* the days of 2021 did not count either way */
}

static void test_clock_random(void **state) {
  (void)state;
  for (int i = 0; i < 400; i++) {
    struct bf__pause pauses[5];
    int32_t started = some_date(), at = started - 5, today = started - 10 + next(200);
    int count = next(60), used, slow_used;
    size_t n = (size_t)next(6);
    bool provisional;
    for (size_t k = 0; k < n;
         k++) { /* sorted by their first day; some overlap, some end on the day they began, the last may stay open */
      pauses[k].paused = at += next(20);
      pauses[k].resumed = at + next(25);
      if (k + 1 == n && next(3) == 0) pauses[k].resumed = OPEN;
    }
    int32_t due = slow_clock(started, pauses, n, count, today, &slow_used);
    assert_int_equal(due, bf__calendar_clock(calendar, started, pauses, n, count, today, &used, &provisional));
    assert_int_equal(slow_used, used);
  }
}

/* A preview derives a million deadlines, however long ago their clocks started. */
static void test_speed(void **state) {
  (void)state;
  struct bf__pause pauses[] = {{d("2022-03-07"), d("2022-06-09")}, {d("2023-03-07"), d("2023-06-09")}};
  int32_t start = d("2022-01-04"), today = d("2026-11-23");
  int64_t sum = 0;
  int used;
  bool provisional;
  clock_t began = clock();
  for (int i = 0; i < 500000; i++) {
    sum += bf__calendar_add(calendar, start + i % 1500, (struct bf__period){i % 300, (enum bf__unit)(i % 3)}, true, &provisional);
    sum += bf__calendar_clock(calendar, start + i % 50, pauses, 2, i % 600, today, &used, &provisional);
  }
  double seconds = (double)(clock() - began) / CLOCKS_PER_SEC;
  print_message("a million deadlines in %.3f s (%lld)\n", seconds, (long long)sum);
  assert_true(seconds < 5); /* the bound only tells apart what walks day by day, under sanitizers too */
}

static int load(void **state) {
  (void)state;
  struct bf_error err = {0};
  int r = bf__calendar_load(BF_SOURCE_DIR "/config/calendar", &calendar, &err);
  if (r < 0) print_error("%s: %s\n", err.where, err.message);
  return r;
}

static int drop(void **state) {
  (void)state;
  bf__calendar_free(calendar);
  return 0;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_years),        cmocka_unit_test(test_every_day),   cmocka_unit_test(test_beyond),
      cmocka_unit_test(test_examples),     cmocka_unit_test(test_month_ends),  cmocka_unit_test(test_rolls),
      cmocka_unit_test(test_before),       cmocka_unit_test(test_provisional), cmocka_unit_test(test_far),
      cmocka_unit_test(test_random),       cmocka_unit_test(test_clock_runs),  cmocka_unit_test(test_clock_pauses),
      cmocka_unit_test(test_clock_open),   cmocka_unit_test(test_clock_two),   cmocka_unit_test(test_clock_provisional),
      cmocka_unit_test(test_clock_random), cmocka_unit_test(test_speed)};
  return cmocka_run_group_tests(tests, load, drop);
}
