/* Why: a deadline's date day by day, an action's reasons. For people who trust nothing. */
#include <stdlib.h>
#include <string.h>

#include "deadline.h"
#include "permit.h"
#include "ruleset.h"

#define DAYS 1500 /* told one by one, at most */
#define PAUSES 64

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}

static bool date_at(const json_t *value, int32_t *ret) {
  return json_is_string(value) && bf__date_parse(json_string_value(value), json_string_length(value), ret) == 0;
}

/* The pauses of the deadline's clock, as dates. */
static size_t pauses_of(const json_t *state, const struct bf__deadline *d, struct bf__pause pauses[PAUSES]) {
  char key[200];
  size_t count = 0, i;
  json_t *pair;
  const char *clock = text(d->spec, "clock");
  (void)snprintf(key, sizeof key, "%s.%s", d->stage, clock ? clock : "");
  json_array_foreach(json_object_get(json_object_get(json_object_get(state, "clocks"), key), "pauses"), i, pair) {
    if (count == PAUSES || !date_at(json_array_get(pair, 0), &pauses[count].paused)) break;
    if (!date_at(json_array_get(pair, 1), &pauses[count].resumed)) pauses[count].resumed = INT32_MAX;
    count++;
  }
  return count;
}

static json_t *day_json(const struct bf__calendar *calendar, int32_t day, const struct bf__pause *pauses, size_t count,
                        int *number) {
  char date[BF__DATE_TEXT];
  bool works = bf__calendar_works(calendar, day), weekend = bf__date_weekday(day) > 5, paused = false;
  const char *zh, *en;
  for (size_t i = 0; i < count; i++) paused |= day > pauses[i].paused && day <= pauses[i].resumed;
  bf__date_format(day, date);
  if (!works) {
    zh = weekend ? "周末休息" : "节假日休息";
    en = weekend ? "weekend" : "holiday";
  } else if (paused) {
    zh = "暂停,不计";
    en = "paused, not counted";
  } else {
    ++*number;
    zh = weekend ? "调休上班,计入" : "计入";
    en = weekend ? "made-up working day, counted" : "counted";
  }
  json_t *out = json_pack("{ss sb ss ss}", "date", date, "counted", works && !paused, "zh", zh, "en", en);
  if (out && works && !paused) (void)json_object_set_new(out, "number", json_integer(*number));
  if (out && !bf__calendar_known(calendar, day)) (void)json_object_set_new(out, "provisional", json_true());
  return out;
}

/* Working days one by one from the day after the anchor; other periods from the day they end by number to the day they end in
 * fact. */
static json_t *days_of(const json_t *view, const struct bf__calendar *calendar, const json_t *state, const struct bf__deadline *d,
                       int32_t today) {
  struct bf__pause pauses[PAUSES];
  size_t count = pauses_of(state, d, pauses);
  const char *limit = text(d->spec, "limit"), *unit = limit ? text(bf__limit(view, d->stage, limit), "unit") : NULL;
  json_t *out = json_array();
  int number = 0;
  int32_t first = d->anchor + 1, last = d->due == INT32_MAX ? today : d->due;
  if (!unit || strcmp(unit, "workdays") != 0) {
    int32_t rolled = d->due;
    first = rolled;
    while (first > d->anchor && !bf__calendar_works(calendar, first - 1)) first--; /* the rest days that it moved over */
    count = 0;
    if (d->due == INT32_MAX) return out;
  }
  for (int32_t day = first; day <= last && json_array_size(out) < DAYS; day++)
    (void)json_array_append_new(out, day_json(calendar, day, pauses, count, &number));
  return out;
}

static int of_deadline(struct bf__reading *reading, const struct bf__calendar *calendar, const json_t *view, const json_t *state,
                       const char *name) {
  struct bf__deadline deadlines[BF__DEADLINES_MAX];
  int count = bf__deadlines(view, calendar, state, reading->today, deadlines, BF__DEADLINES_MAX);
  for (int i = 0; i < count; i++) {
    char key[200];
    (void)snprintf(key, sizeof key, "%s.%s", deadlines[i].stage, deadlines[i].name);
    if (strcmp(key, name) != 0) continue;
    json_t *out = bf__deadline_json(view, calendar, state, &deadlines[i], reading->today);
    if (out) (void)json_object_set_new(out, "days", days_of(view, calendar, state, &deadlines[i], reading->today));
    reading->status = 200;
    reading->body = out;
    return 0;
  }
  return bf__refuse_read(reading, 404, "deadline.unknown", "deadline", "此事项现在没有这个期限:写作 环节.期限,如 approval.decide",
                         "This case has no such deadline now: write stage.deadline, such as the ones it lists.");
}

/* case.why: id; deadline=STAGE.NAME. Without it all deadlines of the case are told, each day by day. */
static int why(struct bf__reading *reading, struct bf_error *err) {
  const char *id = text(reading->params, "id"), *deadline = text(reading->params, "deadline");
  json_t *state = NULL;
  int r = id ? bf__store_case_get(reading->store, id, &state, err) : BF_ENOTFOUND;
  if (r == BF_ENOTFOUND || (r >= 0 && !bf__may_see(reading, state))) {
    json_decref(state);
    return bf__refuse_read(reading, 404, "case.unknown", "id", "没有这个事项,或者您无权查看",
                           "There is no such case, or you may not see it.");
  }
  if (r < 0) return r;
  const struct bf__ruleset *set = bf__reign_set(reading->reign, state);
  if (!set) set = bf__rules_set(reading->rules);
  const json_t *view = bf__ruleset_view(set, text(state, "jurisdiction"));
  if (deadline) {
    r = of_deadline(reading, set->calendar, view, state, deadline);
  } else {
    struct bf__deadline deadlines[BF__DEADLINES_MAX];
    int count = bf__deadlines(view, set->calendar, state, reading->today, deadlines, BF__DEADLINES_MAX);
    json_t *items = json_array();
    for (int i = 0; i < count; i++) {
      json_t *one = bf__deadline_json(view, set->calendar, state, &deadlines[i], reading->today);
      if (one) (void)json_object_set_new(one, "days", days_of(view, set->calendar, state, &deadlines[i], reading->today));
      (void)json_array_append_new(items, one);
    }
    reading->status = 200;
    reading->body = json_pack("{so}", "deadlines", items);
  }
  json_decref(state);
  return r;
}

const struct bf__operation bf__operations_why[] = {
    {.name = "case.why", .kind = BF__READ, .access = BF__USER, .read = why},
    {.name = NULL},
};
