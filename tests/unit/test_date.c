/* Dates and moments: what is read, what is refused, and that each day's text is read again as that day. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "calendar.h"

#define FIRST_DAY (-25567) /* 1900-01-01 */
#define LAST_DAY 376199    /* 2999-12-31 */

static int32_t d(const char *text) {
  int32_t date = 0;
  assert_int_equal(0, bf__date_parse(text, strlen(text), &date));
  return date;
}

/* Every day there is, against the C library's own calendar. */
static void test_every_day(void **state) {
  (void)state;
  char before[BF__DATE_TEXT] = "";
  for (int32_t date = FIRST_DAY; date <= LAST_DAY; date++) {
    char text[BF__DATE_TEXT], own[64];
    int year, month, day;
    time_t at = (time_t)date * 86400;
    struct tm tm;
    assert_non_null(gmtime_r(&at, &tm));
    bf__date_format(date, text);
    (void)strftime(own, sizeof own, "%Y-%m-%d", &tm);
    assert_string_equal(own, text);
    assert_true(strcmp(before, text) < 0);
    assert_int_equal(date, d(text));
    assert_int_equal(tm.tm_wday == 0 ? 7 : tm.tm_wday, bf__date_weekday(date));
    bf__date_split(date, &year, &month, &day);
    assert_int_equal(tm.tm_year + 1900, year);
    assert_int_equal(tm.tm_mon + 1, month);
    assert_int_equal(tm.tm_mday, day);
    memcpy(before, text, sizeof before);
  }
}

static void test_ends(void **state) {
  (void)state;
  assert_int_equal(FIRST_DAY, d("1900-01-01"));
  assert_int_equal(0, d("1970-01-01"));
  assert_int_equal(LAST_DAY, d("2999-12-31"));
  for (int i = 0; i < 2; i++) { /* a day far out of range is still a day of the week */
    int weekday = bf__date_weekday(i ? INT32_MAX : INT32_MIN), year, month, day;
    assert_in_range(weekday, 1, 7);
    bf__date_split(i ? INT32_MAX : INT32_MIN, &year, &month, &day);
    assert_in_range(month, 1, 12);
    assert_in_range(day, 1, 31);
  }
}

static void test_no_dates(void **state) {
  (void)state;
  static const char *const bad[] = {"",           "2022",       "2022-9-01",       "2022-09-1",  "2022-13-01", "2022-00-10",
                                    "2022-01-00", "2022-01-32", "2022-04-31",      "2022-02-29", "2023-02-29", "1900-02-29",
                                    "2100-02-29", "1899-12-31", "3000-01-01",      "0000-01-01", "2022/09/01", "2022-09-01 ",
                                    " 2022-09-1", "2022-09-+1", "+022-09-01",      "-022-09-01", "20220901",   "２０２２-09-01",
                                    "2022-09-0x", "2022-0 -01", "2022-09-01T00:00"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    int32_t date = 77;
    assert_int_equal(BF_EINVAL, bf__date_parse(bad[i], strlen(bad[i]), &date));
    assert_int_equal(77, date); /* untouched */
  }
  int32_t date = 77;
  assert_int_equal(BF_EINVAL, bf__date_parse(NULL, 10, &date));
  assert_int_equal(BF_EINVAL, bf__date_parse("2022-09-0\0", 10, &date));
  assert_int_equal(BF_EINVAL, bf__date_make(2023, 2, 29, &date));
  assert_int_equal(BF_EINVAL, bf__date_make(2023, -1, 1, &date));
  assert_int_equal(BF_EINVAL, bf__date_make(INT32_MIN, INT32_MAX, INT32_MIN, &date));
  assert_int_equal(77, date);
  assert_int_equal(0, bf__date_parse("2000-02-29 and more", 10, &date));
  assert_int_equal(d("2024-02-29") + 1, d("2024-03-01"));
}

static int64_t moment(const char *text) {
  int64_t ms = 0;
  if (bf__moment_parse(text, strlen(text), &ms) < 0) fail_msg("'%s' is not read", text);
  return ms;
}

static void test_moments(void **state) {
  (void)state;
  int64_t start = bf__date_start_ms(d("2022-09-01")), minute = 60000;
  assert_int_equal(INT64_C(1661961600000), start); /* 2022-08-31T16:00Z */
  assert_int_equal(start, moment("2022-09-01"));
  assert_int_equal(start, moment("2022-09-01+08:00"));
  assert_int_equal(start + 8 * 60 * minute, moment("2022-09-01Z"));
  assert_int_equal(start + 510 * minute, moment("2022-09-01T08:30"));
  assert_int_equal(start + 510 * minute, moment("2022-09-01T08:30:00"));
  assert_int_equal(start + 510 * minute, moment("2022-09-01T08:30+08:00"));
  assert_int_equal(start + 510 * minute, moment("2022-09-01T00:30:00Z"));
  assert_int_equal(start + 510 * minute + 7120, moment("2022-09-01T08:30:07.12"));
  assert_int_equal(start + 86400000 - 1, moment("2022-09-01T23:59:59.999+08:00"));
  assert_int_equal(start + 86400000 - 1, moment("2022-09-01T15:59:59.999999999Z"));
}

static void test_no_moments(void **state) {
  (void)state;
  static const char *const bad[] = {"2022-09-01T",
                                    "2022-09-01T8:30",
                                    "2022-09-01T24:00",
                                    "2022-09-01T08:60",
                                    "2022-09-01T08:30:60",
                                    "2022-09-01T08:30:",
                                    "2022-09-01T08:30:0",
                                    "2022-09-01T08:30:00.",
                                    "2022-09-01T08:30:00.Z",
                                    "2022-09-01T08:30:00z",
                                    "2022-09-01T08:30+8",
                                    "2022-09-01T08:30+09:00",
                                    "2022-09-01T08:30ZZ",
                                    "2022-09-01T08:30:00 ",
                                    "2022-02-30T08:30",
                                    "2022-09-01T08:30.5",
                                    "2022-09-01T-8:30",
                                    "now",
                                    "",
                                    "2022-09-01T08",
                                    "2022-09-01T08:30:00.1234567890"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    int64_t ms = 77;
    if (bf__moment_parse(bad[i], strlen(bad[i]), &ms) != BF_EINVAL || ms != 77) fail_msg("'%s' is read", bad[i]);
  }
}

/* What is written is read again as the same moment, and belongs to the day in its text; the day turns at 16:00 UTC. */
static void test_round_trip(void **state) {
  (void)state;
  uint64_t seed = 2022;
  for (int i = 0; i < 20000; i++) {
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    int64_t ms = bf__date_start_ms(FIRST_DAY) + (int64_t)((seed >> 16) % (UINT64_C(86400000) * (uint64_t)(LAST_DAY - FIRST_DAY)));
    char text[32], day[BF__DATE_TEXT];
    bf__moment_format(ms, text);
    assert_int_equal(ms, moment(text));
    bf__date_format(bf__date_of_ms(ms), day);
    assert_memory_equal(day, text, 10);
  }
  int64_t start = bf__date_start_ms(d("2026-11-23"));
  assert_int_equal(d("2026-11-23"), bf__date_of_ms(start));
  assert_int_equal(d("2026-11-22"), bf__date_of_ms(start - 1));
  assert_int_equal(d("1970-01-01"), bf__date_of_ms(0));
  assert_int_equal(d("1969-12-31"), bf__date_of_ms(-28800001));
  assert_int_equal(INT32_MAX, bf__date_of_ms(INT64_MAX)); /* "never" stays later than any day */
  assert_int_equal(INT32_MIN, bf__date_of_ms(INT64_MIN));
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_day),  cmocka_unit_test(test_ends),
                                     cmocka_unit_test(test_no_dates),   cmocka_unit_test(test_moments),
                                     cmocka_unit_test(test_no_moments), cmocka_unit_test(test_round_trip)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
