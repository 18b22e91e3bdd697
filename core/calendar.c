/* Working days as a table: every working day has a number, so that counting and finding one cost the same however far it lies.
 * Beyond the table the numbers go on by weekends alone. */
#include <stdlib.h>
#include <string.h>

#include "calendar.h"
#include "operation.h"

#define FIRST_YEAR 1990
#define LAST_YEAR 2150
#define YEARS (LAST_YEAR - FIRST_YEAR + 1)
#define DATE_LEAST (-25567) /* 1900-01-01 */
#define DATE_MOST 376199    /* 2999-12-31 */

enum named { NOT_NAMED, OFF, WORK };

struct bf__calendar {
  int32_t first, last;  /* the table's days, both included */
  unsigned char *named; /* enum named: what the notices say of each day */
  int32_t *number;      /* of the last working day up to and including each day, from 1 */
  int32_t *day;         /* the working day of each number: day[0] is number 1 */
  int64_t total;
  bool known[YEARS], present[YEARS];
};

static int32_t within(int64_t date) {
  return date < DATE_LEAST ? DATE_LEAST : date > DATE_MOST ? DATE_MOST : (int32_t)date;
}

static bool inside(const struct bf__calendar *c, int64_t date) {
  return date >= c->first && date <= c->last;
}

/* Mondays to Fridays from Monday, 1969-12-29, up to and including DATE; and the day of that number again. */
static int64_t weekdays_to(int64_t date) {
  int64_t since = date + 3, week = (since >= 0 ? since : since - 6) / 7, rest = since - week * 7;
  return week * 5 + (rest < 5 ? rest + 1 : 5);
}

static int64_t weekday_of(int64_t number) {
  int64_t since = number - 1, week = (since >= 0 ? since : since - 4) / 5;
  return week * 7 + since - week * 5 - 3;
}

/* The number of the last working day up to and including DATE: 0 before the table's first, then below. */
static int64_t number_of(const struct bf__calendar *c, int64_t date) {
  if (date < c->first) return weekdays_to(date) - weekdays_to((int64_t)c->first - 1);
  if (date > c->last) return c->total + weekdays_to(date) - weekdays_to(c->last);
  return c->number[date - c->first];
}

static int64_t day_of(const struct bf__calendar *c, int64_t number) {
  if (number < 1) return weekday_of(weekdays_to((int64_t)c->first - 1) + number);
  if (number > c->total) return weekday_of(weekdays_to(c->last) + number - c->total);
  return c->day[number - 1];
}

bool bf__calendar_works(const struct bf__calendar *c, int32_t date) {
  return number_of(c, date) > number_of(c, (int64_t)date - 1);
}

static bool year_known(const struct bf__calendar *c, int year) {
  return year >= FIRST_YEAR && year <= LAST_YEAR && c->known[year - FIRST_YEAR];
}

bool bf__calendar_known(const struct bf__calendar *c, int32_t date) {
  int year, month, day;
  bf__date_split(date, &year, &month, &day);
  return year_known(c, year);
}

int bf__calendar_workdays(const struct bf__calendar *c, int32_t from, int32_t to) {
  return to <= from ? 0 : (int)(number_of(c, to) - number_of(c, from));
}

int32_t bf__calendar_next_workday(const struct bf__calendar *c, int32_t date) {
  return (int32_t)day_of(c, number_of(c, (int64_t)date - 1) + 1);
}

int32_t bf__calendar_last_workday(const struct bf__calendar *c, int32_t date) {
  return (int32_t)day_of(c, number_of(c, date));
}

/* COUNT months after DATE: the same number, or the month's last day (Civil Code 202). */
static int32_t add_months(int32_t date, int count) {
  int year, month, day;
  int32_t out = date;
  bf__date_split(date, &year, &month, &day);
  int index = year * 12 + month - 1 + count;
  if (index < 1900 * 12) return DATE_LEAST;
  if (index >= 3000 * 12) return DATE_MOST;
  while (bf__date_make(index / 12, index % 12 + 1, day, &out) < 0 && day > 28) day--;
  return out;
}

static int32_t add_workdays(const struct bf__calendar *c, int32_t date, int count) {
  return count > 0 ? within(day_of(c, number_of(c, date) + count)) : date;
}

/* Does any day of (FROM, TO] fall in a year without a notice? */
static bool unknown_between(const struct bf__calendar *c, int32_t from, int32_t to) {
  int year, last, month, day;
  if (to <= from) return false;
  bf__date_split(from + 1, &year, &month, &day);
  bf__date_split(to, &last, &month, &day);
  while (year < last && year_known(c, year)) year++;
  return !year_known(c, year);
}

int32_t bf__calendar_add(const struct bf__calendar *c, int32_t anchor, struct bf__period period, bool roll,
                         bool *ret_provisional) {
  int32_t date;
  *ret_provisional = false;
  if (period.unit == BF__WORKDAYS) {
    date = add_workdays(c, anchor, period.count);
    *ret_provisional = unknown_between(c, anchor, date);
    return date;
  }
  if (period.unit == BF__DAYS)
    date = within((int64_t)anchor + period.count);
  else
    date = add_months(anchor, period.unit == BF__YEARS ? period.count * 12 : period.count);
  if (!roll) return date;
  int32_t rolled = bf__calendar_next_workday(c, date);
  *ret_provisional = !bf__calendar_known(c, date) || !bf__calendar_known(c, rolled);
  return within(rolled);
}

int32_t bf__calendar_before(const struct bf__calendar *c, int32_t date, struct bf__period period) {
  if (period.unit == BF__WORKDAYS && period.count > 0)
    return within(day_of(c, number_of(c, (int64_t)date - 1) + 1 - period.count));
  if (period.unit == BF__DAYS)
    date = within((int64_t)date - period.count);
  else if (period.unit != BF__WORKDAYS)
    date = add_months(date, -(period.unit == BF__YEARS ? period.count * 12 : period.count));
  return within(bf__calendar_last_workday(c, date));
}

/* A clock that runs from one pause to the next. */
struct run {
  const struct bf__calendar *calendar;
  int32_t today, due;
  int count, total, used;
  bool provisional; /* a day without a notice was counted */
};

/* The clock runs in (FROM, TO]. */
static void run(struct run *run, int32_t from, int32_t to) {
  int days = bf__calendar_workdays(run->calendar, from, to);
  if (run->due == INT32_MAX && run->total + days >= run->count) {
    run->due = add_workdays(run->calendar, from, run->count - run->total);
    run->provisional |= unknown_between(run->calendar, from, run->due);
  } else if (run->due == INT32_MAX) {
    run->provisional |= unknown_between(run->calendar, from, to);
  }
  run->total += days;
  run->used += bf__calendar_workdays(run->calendar, from, to < run->today ? to : run->today);
}

int32_t bf__calendar_clock(const struct bf__calendar *c, int32_t started, const struct bf__pause *pauses, size_t pause_count,
                           int count, int32_t today, int *ret_used, bool *ret_provisional) {
  struct run now = {.calendar = c, .today = today, .due = count == 0 ? started : INT32_MAX, .count = count};
  int32_t at = started; /* all days up to this one are dealt with */
  for (size_t i = 0; i < pause_count && at != INT32_MAX; i++) {
    if (pauses[i].resumed <= pauses[i].paused) continue; /* on the same day: no day is lost */
    if (pauses[i].paused > at) run(&now, at, pauses[i].paused);
    if (pauses[i].resumed > at) at = pauses[i].resumed;
  }
  if (at != INT32_MAX) { /* runs on: the rest of the days, and those used up to today */
    if (now.due == INT32_MAX)
      run(&now, at, add_workdays(c, at, count - now.total) > today ? add_workdays(c, at, count - now.total) : today);
    else
      now.used += bf__calendar_workdays(c, at, today);
  }
  *ret_used = now.used;
  *ret_provisional = now.due != INT32_MAX && now.provisional;
  return now.due;
}

/* Making one --------------------------------------------------------------------------------------------------------------- */

static int mark(struct bf__calendar *c, const json_t *dates, enum named named, const char *name, int year, struct bf_error *err) {
  size_t i;
  json_t *one;
  char word[40];
  if (dates && !json_is_array(dates))
    return bf_fail(err, BF_EINVAL, name, "'%s' must be a list of dates", named == OFF ? "off" : "work");
  json_array_foreach(dates, i, one) {
    int32_t date;
    int own, month, day;
    if (!json_is_string(one) || bf__date_parse(json_string_value(one), json_string_length(one), &date) < 0 || !inside(c, date))
      return bf_fail(err, BF_EINVAL, name, "'%s' is no date between %d and %d",
                     json_is_string(one) ? bf__short(json_string_value(one), word, sizeof word) : "?", FIRST_YEAR, LAST_YEAR);
    bf__date_split(date, &own, &month, &day);
    if (own < year - 1 || own > year + 1)
      return bf_fail(err, BF_EINVAL, name, "%s does not belong to %d", json_string_value(one), year);
    unsigned char *was = &c->named[date - c->first];
    if (*was && *was != named)
      return bf_fail(err, BF_EINVAL, name, "%s is named both as a day off and as a working day", json_string_value(one));
    *was = named;
    c->present[own - FIRST_YEAR] = true;
  }
  return 0;
}

static int mark_year(struct bf__calendar *c, const char *name, const json_t *year, struct bf_error *err) {
  int number = 0;
  if (strlen(name) == 4 && strspn(name, "0123456789") == 4) number = (int)strtol(name, NULL, 10);
  if (number < FIRST_YEAR || number > LAST_YEAR || !json_is_object(year))
    return bf_fail(err, BF_EINVAL, name, "a calendar is { \"2026\": {\"off\": [dates], \"work\": [dates]}, … }, years %d to %d",
                   FIRST_YEAR, LAST_YEAR);
  c->present[number - FIRST_YEAR] = true;
  c->known[number - FIRST_YEAR] = !json_is_true(json_object_get(year, "provisional"));
  int r = mark(c, json_object_get(year, "off"), OFF, name, number, err);
  return r < 0 ? r : mark(c, json_object_get(year, "work"), WORK, name, number, err);
}

static void count(struct bf__calendar *c) {
  int weekday = bf__date_weekday(c->first);
  for (int32_t i = 0; i <= c->last - c->first; i++) {
    bool works = c->named[i] ? c->named[i] == WORK : weekday <= 5;
    if (works) c->day[c->total++] = c->first + i;
    c->number[i] = (int32_t)c->total;
    weekday = weekday % 7 + 1;
  }
}

static struct bf__calendar *new_calendar(void) {
  struct bf__calendar *c = calloc(1, sizeof *c);
  if (!c) return NULL;
  (void)bf__date_make(FIRST_YEAR, 1, 1, &c->first);
  (void)bf__date_make(LAST_YEAR, 12, 31, &c->last);
  size_t days = (size_t)(c->last - c->first + 1);
  c->named = calloc(days, 1);
  c->number = calloc(days, sizeof *c->number);
  c->day = calloc(days, sizeof *c->day);
  if (c->named && c->number && c->day) return c;
  bf__calendar_free(c);
  return NULL;
}

int bf__calendar_from_json(const json_t *years, struct bf__calendar **ret, struct bf_error *err) {
  const char *name;
  json_t *year;
  int r = 0;
  if (!json_is_object(years)) return bf_fail(err, BF_EINVAL, "calendar", "an object of years is due");
  struct bf__calendar *c = new_calendar();
  if (!c) return bf_fail(err, BF_ENOMEM, "calendar", "no memory");
  json_object_foreach((json_t *)(uintptr_t)years, name, year) if (r >= 0) r = mark_year(c, name, year, err);
  if (r < 0) {
    bf__calendar_free(c);
    return r;
  }
  count(c);
  *ret = c;
  return 0;
}

void bf__calendar_free(struct bf__calendar *c) {
  if (!c) return;
  free(c->named);
  free(c->number);
  free(c->day);
  free(c);
}

/* What the notices name in one year, in order. */
static json_t *json_of_year(const struct bf__calendar *c, int year) {
  json_t *off = json_array(), *work = json_array(), *out = json_pack("{so so}", "off", off, "work", work);
  int32_t first = c->first, last = c->last;
  char text[BF__DATE_TEXT];
  int r = out ? 0 : -1;
  (void)bf__date_make(year, 1, 1, &first);
  (void)bf__date_make(year, 12, 31, &last);
  if (!c->known[year - FIRST_YEAR] && r == 0) r = json_object_set_new(out, "provisional", json_true());
  for (int32_t date = first; date <= last && r == 0; date++) {
    enum named named = (enum named)c->named[date - c->first];
    if (!named) continue;
    bf__date_format(date, text);
    r = json_array_append_new(named == OFF ? off : work, json_string(text));
  }
  if (r == 0) return out;
  json_decref(out);
  return NULL;
}

json_t *bf__calendar_json(const struct bf__calendar *c) {
  json_t *out = json_object();
  char name[16];
  for (int year = FIRST_YEAR; year <= LAST_YEAR && out; year++) {
    if (!c->present[year - FIRST_YEAR]) continue;
    (void)snprintf(name, sizeof name, "%d", year);
    if (json_object_set_new(out, name, json_of_year(c, year)) == 0) continue;
    json_decref(out);
    out = NULL;
  }
  return out;
}
