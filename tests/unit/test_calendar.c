/* Dates, working days, periods and pausing clocks, against hand-made cases and a slow reference of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "calendar.h"

static struct bf__calendar *calendar;

static int32_t date(const char *text) {
  int32_t out;
  assert_int_equal(bf__date_parse(text, strlen(text), &out), 0);
  return out;
}

static const char *said(int32_t day) {
  static char text[4][BF__DATE_TEXT];
  static int turn;
  if (day == INT32_MAX) return "none";
  bf__date_format(day, text[turn = (turn + 1) % 4]);
  return text[turn];
}

static int load(void **state) {
  struct bf_error err = {0};
  (void)state;
  if (bf__calendar_load(BF_SOURCE_DIR "/config/calendar", &calendar, &err) == 0) return 0;
  print_error("%s: %s\n", err.where, err.message);
  return 1;
}

static int unload(void **state) {
  (void)state;
  bf__calendar_free(calendar);
  return 0;
}

static const char *add(const char *from, int count, enum bf__unit unit) {
  bool provisional;
  return said(bf__calendar_add(calendar, date(from), (struct bf__period){count, unit}, true, &provisional));
}

static const char *add_unrolled(const char *from, int count, enum bf__unit unit) {
  bool provisional;
  return said(bf__calendar_add(calendar, date(from), (struct bf__period){count, unit}, false, &provisional));
}

static void dates(void **state) {
  (void)state;
  static const char *const bad[] = {"2023-02-29", "2022-13-01",  "2022-00-10", "2022-04-31", "22-01-01", "2022-1-01",
                                    "2022/01/01", "2022-01-01 ", "1899-12-31", "3000-01-01", ""};
  int32_t out;
  int64_t ms;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_int_not_equal(bf__date_parse(bad[i], strlen(bad[i]), &out), 0);
  assert_string_equal(said(date("2024-02-29")), "2024-02-29");
  assert_int_equal(date("1970-01-01"), 0);
  assert_int_equal(bf__date_weekday(date("2026-11-23")), 1);
  for (int32_t day = date("1900-01-01"); day < date("2999-12-30"); day++) { /* each day follows the one before */
    int y, m, d;
    bf__date_split(day, &y, &m, &d);
    assert_int_equal(bf__date_make(y, m, d, &out), 0);
    assert_int_equal(out, day);
  }
  assert_int_equal(bf__moment_parse("2022-09-30T23:59:59", 19, &ms), 0);
  assert_int_equal(bf__date_of_ms(ms), date("2022-09-30"));
  assert_int_equal(bf__date_of_ms(ms + 1000), date("2022-10-01")); /* the last second belongs to the day, the next does not */
  assert_int_equal(bf__moment_parse("2022-09-30T16:00:00Z", 20, &ms), 0);
  assert_int_equal(bf__date_of_ms(ms), date("2022-10-01"));
}

static void yearly_counts(void **state) {
  (void)state;
  static const int counts[] = {249, 249, 251, 248, 248};
  for (int year = 2022; year <= 2026; year++) {
    int32_t first, last;
    assert_int_equal(bf__date_make(year - 1, 12, 31, &first), 0);
    assert_int_equal(bf__date_make(year, 12, 31, &last), 0);
    assert_int_equal(bf__calendar_workdays(calendar, first, last), counts[year - 2022]);
    assert_true(bf__calendar_known(calendar, last));
  }
  assert_false(bf__calendar_known(calendar, date("2027-03-01")));
  assert_false(bf__calendar_works(calendar, date("2027-06-09"))); /* statutory, though the notice is not out */
  assert_true(bf__calendar_works(calendar, date("2022-10-08")));  /* a made-up Saturday */
}

static void periods(void **state) {
  (void)state;
  assert_string_equal(add_unrolled("2024-02-29", 12, BF__MONTHS), "2025-02-28");
  assert_string_equal(add_unrolled("2024-02-29", 24, BF__MONTHS), "2026-02-28");
  assert_string_equal(add("2025-08-31", 6, BF__MONTHS), "2026-02-28"); /* a made-up Saturday: it does not roll */
  assert_string_equal(add("2025-04-01", 6, BF__MONTHS), "2025-10-09"); /* into the holiday: it rolls */
  assert_string_equal(add_unrolled("2025-04-01", 6, BF__MONTHS), "2025-10-01");
  assert_string_equal(add("2025-01-20", 10, BF__WORKDAYS), "2025-02-08");
  assert_string_equal(add("2023-09-25", 10, BF__WORKDAYS), "2023-10-13");
  assert_string_equal(add("2022-01-31", 1, BF__MONTHS), "2022-02-28");
  assert_string_equal(add_unrolled("2023-12-31", 2, BF__MONTHS), "2024-02-29");
  assert_string_equal(add_unrolled("2023-03-15", 3, BF__YEARS), "2026-03-15");
  assert_string_equal(add("2023-03-15", 3, BF__YEARS), "2026-03-16"); /* a Sunday */
  assert_string_equal(add("2022-09-30", 0, BF__WORKDAYS), "2022-09-30");
  assert_string_equal(said(bf__calendar_before(calendar, date("2023-09-30"), (struct bf__period){1, BF__WORKDAYS})),
                      "2023-09-28");
  assert_string_equal(said(bf__calendar_before(calendar, date("2023-10-05"), (struct bf__period){0, BF__DAYS})), "2023-09-28");
}

static void provisional(void **state) {
  (void)state;
  bool unsure;
  (void)bf__calendar_add(calendar, date("2026-12-28"), (struct bf__period){10, BF__WORKDAYS}, true, &unsure);
  assert_true(unsure);
  (void)bf__calendar_add(calendar, date("2026-12-01"), (struct bf__period){10, BF__WORKDAYS}, true, &unsure);
  assert_false(unsure);
}

static const char *clock_due(const char *started, const char *paused, const char *resumed, int count, const char *today,
                             int *used) {
  struct bf__pause pause = {0, 0};
  bool unsure;
  if (paused) pause = (struct bf__pause){date(paused), resumed ? date(resumed) : INT32_MAX};
  return said(bf__calendar_clock(calendar, date(started), &pause, paused ? 1 : 0, count, date(today), used, &unsure));
}

static void clocks(void **state) {
  int used;
  (void)state;
  assert_string_equal(clock_due("2023-09-25", NULL, NULL, 10, "2023-09-25", &used), "2023-10-13");
  assert_int_equal(used, 0);
  /* 26 and 27 used, the notice going out on the 27th; 10 to 13 and 16 to 19 October after the resubmission on the 9th */
  assert_string_equal(clock_due("2023-09-25", "2023-09-27", "2023-10-09", 10, "2023-10-09", &used), "2023-10-19");
  assert_int_equal(used, 2);
  assert_string_equal(clock_due("2023-09-25", "2023-09-27", NULL, 10, "2023-10-20", &used), "none");
  assert_int_equal(used, 2);
  /* paused and resumed on one day costs nothing */
  assert_string_equal(clock_due("2024-03-01", "2024-03-05", "2024-03-05", 5, "2024-03-05", &used), "2024-03-08");
  /* started on a Friday, paused on the Monday, over a weekend */
  assert_string_equal(clock_due("2024-03-01", "2024-03-04", "2024-03-08", 3, "2024-03-11", &used), "2024-03-12");
  /* the days were used up before the pause */
  assert_string_equal(clock_due("2024-03-01", "2024-03-20", NULL, 5, "2024-03-25", &used), "2024-03-08");
}

/* A slow reference: day by day. */
static int32_t slow_add(int32_t day, int count) {
  while (count > 0) count -= bf__calendar_works(calendar, ++day);
  return day;
}

static void against_the_reference(void **state) {
  (void)state;
  srand(20220915);
  for (int i = 0; i < 20000; i++) {
    int32_t from = date("2021-01-01") + rand() % 4000;
    int count = rand() % 400;
    bool unsure;
    int32_t fast = bf__calendar_add(calendar, from, (struct bf__period){count, BF__WORKDAYS}, true, &unsure),
            slow = slow_add(from, count);
    assert_int_equal(fast, slow);
    int32_t to = from + rand() % 1000;
    int walked = 0;
    for (int32_t day = from + 1; day <= to; day++) walked += bf__calendar_works(calendar, day);
    assert_int_equal(bf__calendar_workdays(calendar, from, to), walked);
    struct bf__pause pauses[2];
    int32_t at = from + rand() % 10;
    for (int k = 0; k < 2; k++) {
      pauses[k].paused = at;
      pauses[k].resumed = at + rand() % 12;
      at = pauses[k].resumed + 1 + rand() % 8;
    }
    int used, left = count % 40 + 1;
    int32_t day = from;
    while (left > 0) {
      day++;
      bool off = false;
      for (int k = 0; k < 2; k++) off |= day > pauses[k].paused && day <= pauses[k].resumed;
      left -= !off && bf__calendar_works(calendar, day);
    }
    assert_int_equal(bf__calendar_clock(calendar, from, pauses, 2, count % 40 + 1, from, &used, &unsure), day);
  }
}

static void refuse(const char *json, const char *part) {
  struct bf_error err = {0};
  struct bf__calendar *out = NULL;
  json_t *years = json_loads(json, 0, NULL);
  assert_non_null(years);
  assert_int_not_equal(bf__calendar_from_json(years, &out, &err), 0);
  assert_non_null(strstr(err.message, part));
  json_decref(years);
}

static void bad_calendars(void **state) {
  (void)state;
  refuse("{\"2025\":{\"off\":[\"2025-02-30\"]}}", "2025-02-30");
  refuse("{\"2025\":{\"off\":[\"2025-05-01\"],\"work\":[\"2025-05-01\"]}}", "both");
  refuse("{\"next\":{\"off\":[\"2025-05-01\"]}}", "year");
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(dates),        cmocka_unit_test(yearly_counts),
                                     cmocka_unit_test(periods),      cmocka_unit_test(provisional),
                                     cmocka_unit_test(clocks),       cmocka_unit_test(against_the_reference),
                                     cmocka_unit_test(bad_calendars)};
  return cmocka_run_group_tests(tests, load, unload);
}
