/* Dates and moments, by the proleptic Gregorian calendar; the program's zone is +08:00 all year. */
#include <stdio.h>
#include <string.h>

#include "calendar.h"

static int number(const char *text, int digits, int *ret) {
  *ret = 0;
  for (int i = 0; i < digits; i++) {
    if (text[i] < '0' || text[i] > '9') return BF_EINVAL;
    *ret = *ret * 10 + text[i] - '0';
  }
  return 0;
}

static bool leap(int year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int days_in(int year, int month) {
  static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && leap(year) ? 29 : days[month - 1];
}

/* Days before 1 January of YEAR since year 0's March, shifted to 1970. */
static int32_t day_number(int year, int month, int day) {
  year -= month <= 2;
  int era = (year >= 0 ? year : year - 399) / 400, of_era = year - era * 400;
  int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

int bf__date_make(int year, int month, int day, int32_t *ret_date) {
  if (year < 1900 || year > 2999 || month < 1 || month > 12 || day < 1 || day > days_in(year, month)) return BF_EINVAL;
  *ret_date = day_number(year, month, day);
  return 0;
}

int bf__date_parse(const char *text, size_t length, int32_t *ret_date) {
  int year, month, day;
  if (!text || length != 10 || text[4] != '-' || text[7] != '-' || number(text, 4, &year) < 0 ||
      number(text + 5, 2, &month) < 0 || number(text + 8, 2, &day) < 0)
    return BF_EINVAL;
  return bf__date_make(year, month, day, ret_date);
}

void bf__date_split(int32_t date, int *ret_year, int *ret_month, int *ret_day) {
  int64_t shifted = (int64_t)date + 719468, era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
  int of_era = (int)(shifted - era * 146097);
  int of_era_year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  int of_year = of_era - (365 * of_era_year + of_era_year / 4 - of_era_year / 100), m = (5 * of_year + 2) / 153;
  *ret_day = of_year - (153 * m + 2) / 5 + 1;
  *ret_month = m < 10 ? m + 3 : m - 9;
  *ret_year = of_era_year + (int)era * 400 + (*ret_month <= 2);
}

void bf__date_format(int32_t date, char text[BF__DATE_TEXT]) {
  int year, month, day;
  bf__date_split(date, &year, &month, &day);
  text[0] = (char)('0' + year / 1000 % 10), text[1] = (char)('0' + year / 100 % 10), text[2] = (char)('0' + year / 10 % 10),
  text[3] = (char)('0' + year % 10);
  text[4] = '-', text[5] = (char)('0' + month / 10), text[6] = (char)('0' + month % 10);
  text[7] = '-', text[8] = (char)('0' + day / 10), text[9] = (char)('0' + day % 10), text[10] = 0;
}

int bf__date_weekday(int32_t date) {
  return (int)((((int64_t)date + 3) % 7 + 7) % 7) + 1;
}

int64_t bf__date_start_ms(int32_t date) {
  return ((int64_t)date * 86400 - BF__ZONE_SECONDS) * 1000;
}

int32_t bf__date_of_ms(int64_t ms) {
  int64_t day = ms / 86400000, rest = ms % 86400000; /* the zone comes second: "never" is INT64_MAX */
  rest += (int64_t)BF__ZONE_SECONDS * 1000;
  day += rest < 0 ? -1 : rest >= 86400000;
  return day > INT32_MAX ? INT32_MAX : day < INT32_MIN ? INT32_MIN : (int32_t)day;
}

/* ".5" to ".123456789" after the seconds: milliseconds, what is finer is read over. */
static const char *fraction(const char *at, const char *end, int64_t *ret_ms) {
  const char *first = ++at;
  for (int64_t worth = 100; at < end && at - first < 9 && *at >= '0' && *at <= '9'; at++, worth /= 10)
    *ret_ms += (*at - '0') * worth;
  return at > first ? at : NULL;
}

/* "T08:30", "T08:30:00", "T08:30:00.000" from AT on; returns what follows, or NULL. */
static const char *time_of_day(const char *at, const char *end, int64_t *ret_ms) {
  int hour, minute, second = 0;
  if (end - at < 6 || number(at + 1, 2, &hour) < 0 || at[3] != ':' || number(at + 4, 2, &minute) < 0) return NULL;
  at += 6;
  bool seconds = at < end && *at == ':';
  if (seconds && (end - at < 3 || number(at + 1, 2, &second) < 0)) return NULL;
  if (seconds) at += 3;
  if (hour > 23 || minute > 59 || second > 59) return NULL;
  *ret_ms = (hour * INT64_C(3600) + minute * 60 + second) * 1000;
  return seconds && at < end && *at == '.' ? fraction(at, end, ret_ms) : at;
}

int bf__moment_parse(const char *text, size_t length, int64_t *ret_ms) {
  int32_t date;
  int64_t of_day = 0;
  if (!text || length < 10 || bf__date_parse(text, 10, &date) < 0) return BF_EINVAL;
  const char *at = text + 10, *end = text + length;
  if (at < end && (*at == 'T' || *at == ' ') && !(at = time_of_day(at, end, &of_day))) return BF_EINVAL;
  bool utc = end - at == 1 && *at == 'Z', own = end - at == 6 && memcmp(at, "+08:00", 6) == 0;
  if (at != end && !utc && !own) return BF_EINVAL;
  *ret_ms = bf__date_start_ms(date) + of_day + (utc ? (int64_t)BF__ZONE_SECONDS * 1000 : 0);
  return 0;
}

void bf__moment_format(int64_t ms, char text[32]) {
  int32_t date = bf__date_of_ms(ms);
  unsigned of_day = (unsigned)((ms - bf__date_start_ms(date)) % 86400000);
  bf__date_format(date, text);
  (void)snprintf(text + 10, 22, "T%02u:%02u:%02u.%03u+08:00", of_day / 3600000 % 24, of_day / 60000 % 60, of_day / 1000 % 60,
                 of_day % 1000);
}
