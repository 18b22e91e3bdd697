/* Working days as a table with running sums over two centuries, so that deriving a date never walks far. */
#include <stdlib.h>
#include <string.h>

#include "calendar.h"

#define FIRST_YEAR 1990
#define LAST_YEAR 2150

struct bf__calendar {
  int32_t first, last; /* the table's days, both included */
  bool *works;
  int32_t *sum;        /* working days from `first` up to and including the day */
  bool known[LAST_YEAR - FIRST_YEAR + 1];
  json_t *years;
};

static bool weekday(int32_t date) { return bf__date_weekday(date) <= 5; }
static bool inside(const struct bf__calendar *c, int32_t date) { return date >= c->first && date <= c->last; }

bool bf__calendar_works(const struct bf__calendar *c, int32_t date) { return inside(c, date) ? c->works[date - c->first] : weekday(date); }

bool bf__calendar_known(const struct bf__calendar *c, int32_t date) {
  int year, month, day;
  bf__date_split(date, &year, &month, &day);
  return year >= FIRST_YEAR && year <= LAST_YEAR && c->known[year - FIRST_YEAR];
}

static int32_t sum_to(const struct bf__calendar *c, int32_t date) { return date < c->first ? 0 : c->sum[date - c->first]; }

int bf__calendar_workdays(const struct bf__calendar *c, int32_t from, int32_t to) {
  if (to <= from) return 0;
  if (inside(c, from) && inside(c, to)) return sum_to(c, to) - sum_to(c, from);
  int count = 0;
  for (int32_t day = from + 1; day <= to; day++) count += bf__calendar_works(c, day);
  return count;
}

int32_t bf__calendar_next_workday(const struct bf__calendar *c, int32_t date) {
  while (!bf__calendar_works(c, date)) date++;
  return date;
}

int32_t bf__calendar_last_workday(const struct bf__calendar *c, int32_t date) {
  while (!bf__calendar_works(c, date)) date--;
  return date;
}

/* COUNT months after DATE: the same number, or the month's last day (Civil Code 202). */
static int32_t add_months(int32_t date, int count) {
  int year, month, day;
  int32_t out;
  bf__date_split(date, &year, &month, &day);
  int index = year * 12 + month - 1 + count;
  year = index / 12;
  month = index % 12 + 1;
  if (year > 2998) return date;
  while (bf__date_make(year, month, day, &out) < 0 && day > 1) day--;
  return out;
}

/* The COUNTth working day after DATE. */
static int32_t add_workdays(const struct bf__calendar *c, int32_t date, int count) {
  if (count > 20 && inside(c, date)) { /* by the sums: find the first day whose count is enough */
    int32_t low = date, high = c->last, want = sum_to(c, date) + count;
    if (sum_to(c, high) >= want) {
      while (high - low > 1) {
        int32_t middle = low + (high - low) / 2;
        if (sum_to(c, middle) >= want) high = middle;
        else low = middle;
      }
      return high;
    }
  }
  while (count > 0) count -= bf__calendar_works(c, ++date);
  return date;
}

/* Does any day of (FROM, TO] fall in a year without a notice? */
static bool unknown_between(const struct bf__calendar *c, int32_t from, int32_t to) {
  int year, last, month, day;
  bf__date_split(from + 1, &year, &month, &day);
  bf__date_split(to, &last, &month, &day);
  for (; year <= last; year++)
    if (year < FIRST_YEAR || year > LAST_YEAR || !c->known[year - FIRST_YEAR]) return true;
  return false;
}

int32_t bf__calendar_add(const struct bf__calendar *c, int32_t anchor, struct bf__period period, bool roll, bool *ret_provisional) {
  int32_t date = anchor;
  *ret_provisional = false;
  if (period.unit == BF__WORKDAYS) {
    date = add_workdays(c, anchor, period.count);
    *ret_provisional = period.count > 0 && unknown_between(c, anchor, date);
    return date;
  }
  if (period.unit == BF__DAYS) date = anchor + period.count;
  else date = add_months(anchor, period.unit == BF__YEARS ? period.count * 12 : period.count);
  if (!roll) return date;
  int32_t rolled = bf__calendar_next_workday(c, date);
  *ret_provisional = !bf__calendar_known(c, date) || !bf__calendar_known(c, rolled);
  return rolled;
}

int32_t bf__calendar_before(const struct bf__calendar *c, int32_t date, struct bf__period period) {
  if (period.unit == BF__WORKDAYS) {
    for (int count = period.count; count > 0;) count -= bf__calendar_works(c, --date);
    return bf__calendar_last_workday(c, date);
  }
  if (period.unit == BF__DAYS) date -= period.count;
  else date = add_months(date, -(period.unit == BF__YEARS ? period.count * 12 : period.count));
  return bf__calendar_last_workday(c, date);
}

static bool paused_on(const struct bf__pause *pauses, size_t count, int32_t day) {
  for (size_t i = 0; i < count; i++)
    if (day > pauses[i].paused && day <= pauses[i].resumed) return true;
  return false;
}

int32_t bf__calendar_clock(const struct bf__calendar *c, int32_t started, const struct bf__pause *pauses, size_t pause_count, int count, int32_t today,
                           int *ret_used, bool *ret_provisional) {
  int32_t due = INT32_MAX, stop = INT32_MAX;
  int used = 0;
  *ret_used = 0;
  *ret_provisional = false;
  for (size_t i = 0; i < pause_count; i++) /* an open pause ends the count: there is no date, unless the days were used up before it */
    if (pauses[i].resumed == INT32_MAX && pauses[i].paused < stop) stop = pauses[i].paused;
  for (int32_t day = started + 1; day <= stop && (due == INT32_MAX || day <= today) && day - started < 200000; day++) {
    if (!bf__calendar_works(c, day) || paused_on(pauses, pause_count, day)) continue;
    used++;
    if (day <= today) *ret_used = used;
    if (used == count) due = day;
  }
  if (count == 0 && due == INT32_MAX) due = started;
  if (due != INT32_MAX) *ret_provisional = due > started && unknown_between(c, started, due);
  return due;
}

/* Loading ----------------------------------------------------------------------------------------------------------------- */

static int mark(struct bf__calendar *c, const json_t *dates, bool works, const char *where, unsigned char *seen, struct bf_error *err) {
  size_t i;
  json_t *one;
  json_array_foreach(dates, i, one) {
    int32_t date;
    const char *text = json_is_string(one) ? json_string_value(one) : "?";
    if (!json_is_string(one) || bf__date_parse(text, json_string_length(one), &date) < 0 || !inside(c, date))
      return bf_fail(err, BF_EINVAL, where, "'%s' is no date between %d and %d", text, FIRST_YEAR, LAST_YEAR);
    unsigned char *was = &seen[date - c->first];
    if (*was && *was != (works ? 1 : 2)) return bf_fail(err, BF_EINVAL, where, "%s is named both as a day off and as a working day", text);
    *was = works ? 1 : 2;
    c->works[date - c->first] = works;
  }
  return 0;
}

int bf__calendar_from_json(const json_t *years, struct bf__calendar **ret, struct bf_error *err) {
  struct bf__calendar *c = calloc(1, sizeof *c);
  unsigned char *seen = NULL;
  int r = c ? 0 : BF_ENOMEM;
  if (r >= 0) {
    (void)bf__date_make(FIRST_YEAR, 1, 1, &c->first);
    (void)bf__date_make(LAST_YEAR, 12, 31, &c->last);
    size_t days = (size_t)(c->last - c->first + 1);
    c->works = malloc(days * sizeof *c->works);
    c->sum = malloc(days * sizeof *c->sum);
    seen = calloc(days, 1);
    c->years = json_deep_copy(years);
    if (!c->works || !c->sum || !seen || !c->years) r = BF_ENOMEM;
  }
  if (r < 0) bf_fail(err, r, "calendar", "no memory");
  for (int32_t day = r < 0 ? 1 : c->first; r >= 0 && day <= c->last; day++) c->works[day - c->first] = weekday(day);
  const char *name;
  json_t *year;
  json_object_foreach((json_t *)(uintptr_t)years, name, year) {
    if (r < 0) break;
    r = mark(c, json_object_get(year, "off"), false, name, seen, err);
    if (r >= 0) r = mark(c, json_object_get(year, "work"), true, name, seen, err);
    char *end;
    long number = strtol(name, &end, 10);
    if (r >= 0 && (*end || number < FIRST_YEAR || number > LAST_YEAR)) r = bf_fail(err, BF_EINVAL, name, "a calendar's key is a year");
    else if (r >= 0 && !json_is_true(json_object_get(year, "provisional"))) c->known[number - FIRST_YEAR] = true;
  }
  free(seen);
  if (r < 0) {
    bf__calendar_free(c);
    return r;
  }
  int32_t sum = 0;
  for (int32_t day = c->first; day <= c->last; day++) c->sum[day - c->first] = sum += c->works[day - c->first];
  *ret = c;
  return 0;
}

void bf__calendar_free(struct bf__calendar *c) {
  if (!c) return;
  free(c->works);
  free(c->sum);
  json_decref(c->years);
  free(c);
}

json_t *bf__calendar_json(const struct bf__calendar *c) { return json_deep_copy(c->years); }
