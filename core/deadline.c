#include "deadline.h"

#include <stdlib.h>
#include <string.h>

#include "ruleset.h"
#include "state.h"

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}

static int date_of(const json_t *value, int32_t *ret) {
  return json_is_string(value) ? bf__date_parse(json_string_value(value), json_string_length(value), ret) : BF_EINVAL;
}

const json_t *bf__limit(const json_t *view, const char *stage, const char *name) {
  const char *dot = strchr(name, '.');
  char owner[100];
  if (dot) {
    if ((size_t)(dot - name) >= sizeof owner) return NULL;
    memcpy(owner, name, (size_t)(dot - name));
    owner[dot - name] = 0;
    stage = owner;
    name = dot + 1;
  }
  const json_t *limits = json_object_get(bf__view_stage(view, stage), "limits");
  if (!limits) limits = json_object_get(bf__view_kind(view, stage), "limits");
  return json_object_get(limits, name);
}

static bool compare(const char *op, const json_t *fact, const json_t *value) {
  if (strcmp(op, "==") == 0) return json_equal(fact, value);
  if (strcmp(op, "~=") == 0) return !json_equal(fact, value);
  double a, b;
  if (json_is_number(fact) && json_is_number(value)) {
    a = json_number_value(fact); /* money stays below 2^53 */
    b = json_number_value(value);
  } else if (json_is_string(fact) && json_is_string(value)) {
    a = strcmp(json_string_value(fact), json_string_value(value)); /* dates compare as text */
    b = 0;
  } else {
    return false;
  }
  if (op[0] == '>') return op[1] ? a >= b : a > b;
  return op[1] ? a <= b : a < b;
}

bool bf__condition(const json_t *view, const char *stage, const json_t *condition, const json_t *facts) {
  if (!condition) return true;
  const char *op = text(condition, "op");
  if (!op) return true;
  if (strcmp(op, "all") == 0 || strcmp(op, "any") == 0 || strcmp(op, "none") == 0) {
    bool some = false, every = true;
    size_t i;
    json_t *inner;
    json_array_foreach(json_object_get(condition, "of"), i, inner) {
      if (bf__condition(view, stage, inner, facts))
        some = true;
      else
        every = false;
    }
    return *op == 'n' ? !some : op[1] == 'l' ? every : some;
  }
  const char *name = text(condition, "fact");
  const json_t *fact = name ? json_object_get(facts, name) : NULL, *value = json_object_get(condition, "value");
  if (strcmp(op, "set") == 0) return fact != NULL;
  if (strcmp(op, "unset") == 0) return fact == NULL;
  if (json_is_object(value) && text(value, "limit")) value = bf__limit(view, stage, text(value, "limit"));
  if (!fact) return strcmp(op, "~=") == 0;
  return value && compare(op, fact, value);
}

static bool period_of(const json_t *value, struct bf__period *ret) {
  const char *unit = text(value, "unit");
  if (!unit) return false;
  ret->count = (int)json_integer_value(json_object_get(value, "count"));
  ret->unit = strcmp(unit, "workdays") == 0 ? BF__WORKDAYS
              : strcmp(unit, "months") == 0 ? BF__MONTHS
              : strcmp(unit, "years") == 0  ? BF__YEARS
                                            : BF__DAYS;
  return true;
}

/* True when one of the facts that discharge it is set. */
static bool discharged(const json_t *spec, const json_t *facts) {
  const json_t *unless = json_object_get(spec, "unless");
  if (json_is_string(unless)) return json_object_get(facts, json_string_value(unless)) != NULL;
  size_t i;
  json_t *name;
  json_array_foreach(unless, i, name) if (json_object_get(facts, json_string_value(name))) return true;
  return false;
}

/* The latest of the days it is counted from; false when one is not there yet. */
static bool anchor_of(const json_t *state, const char *stage, const json_t *from, int32_t *ret) {
  int32_t date;
  if (json_is_string(from)) {
    const char *name = json_string_value(from);
    const json_t *value = strcmp(name, "opened") == 0
                              ? json_object_get(json_object_get(json_object_get(state, "stages"), stage), "opened")
                              : json_object_get(json_object_get(state, "facts"), name);
    return date_of(value, ret) == 0;
  }
  size_t i;
  json_t *one;
  bool any = false;
  json_array_foreach(from, i, one) {
    if (!anchor_of(state, stage, one, &date)) return false;
    *ret = any && *ret > date ? *ret : date;
    any = true;
  }
  return any;
}

static bool fixed_date(const json_t *state, const json_t *on, int32_t *ret) {
  const char *fact = text(on, "year");
  const json_t *year = fact ? json_object_get(json_object_get(state, "facts"), fact) : json_object_get(on, "year");
  int32_t date;
  int number;
  if (json_is_integer(year))
    number = (int)json_integer_value(year);
  else if (date_of(year, &date) == 0)
    bf__date_split(date, &number, &(int){0}, &(int){0});
  else
    return false;
  number += (int)json_integer_value(json_object_get(on, "plus"));
  return bf__date_make(number, (int)json_integer_value(json_object_get(on, "month")),
                       (int)json_integer_value(json_object_get(on, "day")), ret) == 0;
}

#define PAUSES_MAX 64

static bool clock_due(const struct bf__calendar *calendar, const json_t *state, struct bf__deadline *d, const char *clock,
                      struct bf__period limit, int32_t today) {
  char key[200];
  struct bf__pause pauses[PAUSES_MAX];
  size_t count = 0, i;
  json_t *pair;
  (void)snprintf(key, sizeof key, "%s.%s", d->stage, clock);
  const json_t *record = json_object_get(json_object_get(state, "clocks"), key);
  const char *now = text(record, "state");
  if (!now || strcmp(now, "stopped") == 0 || date_of(json_object_get(record, "started"), &d->anchor) < 0) return false;
  json_array_foreach(json_object_get(record, "pauses"), i, pair) {
    if (count == PAUSES_MAX || date_of(json_array_get(pair, 0), &pauses[count].paused) < 0) break;
    if (date_of(json_array_get(pair, 1), &pauses[count].resumed) < 0) pauses[count].resumed = INT32_MAX;
    count++;
  }
  d->by_clock = true;
  d->total = limit.count;
  d->due = bf__calendar_clock(calendar, d->anchor, pauses, count, limit.count, today, &d->used, &d->provisional);
  return true;
}

/* A deadline that runs only while its stage is open. */
static bool is_tied(const json_t *spec) {
  const json_t *from = json_object_get(spec, "from");
  return !from || (json_is_string(from) && strcmp(json_string_value(from), "opened") == 0) || json_object_get(spec, "clock") ||
         json_is_true(json_object_get(spec, "stage_open"));
}

static bool derive(const json_t *view, const struct bf__calendar *calendar, const json_t *state, int32_t today,
                   struct bf__deadline *d) {
  const json_t *facts = json_object_get(state, "facts"), *spec = d->spec, *from = json_object_get(spec, "from");
  const char *clock = text(spec, "clock"), *limit_name = text(spec, "limit");
  if (discharged(spec, facts) || !bf__condition(view, d->stage, json_object_get(spec, "when"), facts)) return false;
  struct bf__period limit = {0, BF__DAYS};
  if (limit_name && !period_of(bf__limit(view, d->stage, limit_name), &limit)) return false;
  if (clock) return clock_due(calendar, state, d, clock, limit, today);
  const json_t *roll = json_object_get(spec, "roll"), *on = json_object_get(spec, "on");
  if (on) {
    if (!fixed_date(state, on, &d->due)) return false;
    d->anchor = d->due;
    if (json_is_true(roll)) d->due = bf__calendar_next_workday(calendar, d->due);
    return true;
  }
  if (!anchor_of(state, d->stage, from ? from : json_object_get(spec, "opened"), &d->anchor)) return false;
  d->due = bf__calendar_add(calendar, d->anchor, limit, !json_is_false(roll), &d->provisional);
  return true;
}

int bf__deadlines(const json_t *view, const struct bf__calendar *calendar, const json_t *state, int32_t today,
                  struct bf__deadline *out, int max) {
  const char *stage_name, *name, *kind = text(state, "kind");
  json_t *stage, *spec;
  int count = 0;
  if (json_object_get(state, "ended")) return 0;
  json_object_foreach(json_object_get(view, "stages"), stage_name, stage) {
    const json_t *all = json_object_get(stage, "deadlines");
    const char *of = text(stage, "kind");
    if (json_object_size(all) == 0 || !of || !kind || strcmp(of, kind) != 0) continue;
    bool open = bf__state_is_open(state, stage_name);
    json_object_foreach((json_t *)(uintptr_t)all, name, spec) {
      if (count == max) return count;
      if (!open && is_tied(spec)) continue; /* most of a regulation's, at any one time */
      out[count] = (struct bf__deadline){.stage = stage_name, .name = name, .spec = spec, .due = INT32_MAX};
      if (derive(view, calendar, state, today, &out[count])) count++;
    }
  }
  return count;
}

static bool has_fired(const json_t *state, const struct bf__deadline *d, const char *due, const char *rung) {
  const json_t *fired = json_object_get(state, "fired");
  char key[200];
  if (json_object_size(fired) == 0) return false;
  (void)snprintf(key, sizeof key, "%s.%s", d->stage, d->name);
  const json_t *entry = json_object_get(fired, key);
  const char *before = text(entry, "due");
  if (!before || strcmp(before, due) != 0) return false;
  size_t i;
  json_t *one;
  json_array_foreach(json_object_get(entry, "rungs"), i, one) if (strcmp(json_string_value(one), rung) == 0) return true;
  return false;
}

static int by_moment(const void *a, const void *b) {
  const struct bf__rung *x = a, *y = b;
  if (x->at != y->at) return x->at < y->at ? -1 : 1;
  int order = strcmp(x->stage, y->stage);
  if (!order) order = strcmp(x->name, y->name);
  return order ? order : strcmp(x->rung, y->rung);
}

static int add_rung(const json_t *state, const struct bf__deadline *d, const char *due, const char *what, int number, int64_t at,
                    struct bf__rung *out) {
  *out = (struct bf__rung){.stage = d->stage, .name = d->name, .at = at, .due = d->due};
  if (number < 0)
    (void)snprintf(out->rung, sizeof out->rung, "%s", what);
  else
    (void)snprintf(out->rung, sizeof out->rung, "%s%d", what, number % 1000);
  return has_fired(state, d, due, out->rung) ? 0 : 1;
}

static int64_t warn_ms(const struct bf__calendar *calendar, const struct bf__deadline *d, struct bf__period period) {
  return bf__date_start_ms(bf__calendar_before(calendar, d->due, period)) + BF__REMIND_MS;
}

static int64_t after_ms(const struct bf__calendar *calendar, const struct bf__deadline *d, struct bf__period period) {
  bool provisional;
  return bf__date_start_ms(bf__calendar_add(calendar, d->due, period, true, &provisional)) + BF__REMIND_MS;
}

int bf__rungs(const struct bf__calendar *calendar, const json_t *state, const struct bf__deadline *deadlines, int count,
              struct bf__rung *out, int max) {
  int made = 0;
  for (int i = 0; i < count; i++) {
    const struct bf__deadline *d = &deadlines[i];
    if (d->due == INT32_MAX) continue; /* paused: no date, nothing to remind of */
    char due[BF__DATE_TEXT];
    struct bf__period period;
    size_t n;
    json_t *entry;
    bf__date_format(d->due, due);
    json_array_foreach(json_object_get(d->spec, "warn"), n, entry) {
      if (made < max && period_of(entry, &period))
        made += add_rung(state, d, due, "warn", (int)n, warn_ms(calendar, d, period), &out[made]);
    }
    if (made < max) made += add_rung(state, d, due, "due", -1, bf__date_start_ms(d->due + 1), &out[made]);
    json_array_foreach(json_object_get(d->spec, "after"), n, entry) {
      if (made < max && period_of(entry, &period))
        made += add_rung(state, d, due, "after", (int)n, after_ms(calendar, d, period), &out[made]);
    }
    json_array_foreach(json_object_get(d->spec, "escalate"), n, entry) {
      if (made < max && period_of(json_object_get(entry, "after"), &period))
        made += add_rung(state, d, due, "up", (int)n, after_ms(calendar, d, period), &out[made]);
    }
  }
  qsort(out, (size_t)made, sizeof *out, by_moment);
  return made;
}

int bf__rows(const struct bf__ruleset *set, const json_t *state, int32_t today, struct bf__rung *out, int max,
             int64_t *ret_next) {
  struct bf__deadline deadlines[BF__DEADLINES_MAX];
  const json_t *view = bf__ruleset_view(set, text(state, "jurisdiction"));
  int alive = bf__deadlines(view, set->calendar, state, today, deadlines, BF__DEADLINES_MAX);
  int count = bf__rungs(set->calendar, state, deadlines, alive, out, max);
  if (count) *ret_next = out[0].at;
  for (int i = 0; i < alive && count < max; i++) {
    if (deadlines[i].due == INT32_MAX) continue;
    out[count++] = (struct bf__rung){
        .stage = deadlines[i].stage, .name = deadlines[i].name, .rung = "alive", .at = INT64_MAX, .due = deadlines[i].due};
  }
  return count;
}

/* In words how the date came about. */
static json_t *how(const json_t *view, const json_t *state, const struct bf__deadline *d) {
  static const char *const units_zh[] = {"天", "个工作日", "个月", "年"}, *const units_en[] = {"days", "working days", "months",
                                                                                               "years"};
  char zh[600] = "", en[600] = "", anchor[BF__DATE_TEXT];
  struct bf__period limit = {0, BF__DAYS};
  const char *name = text(d->spec, "limit");
  bf__date_format(d->anchor, anchor);
  if (name) (void)period_of(bf__limit(view, d->stage, name), &limit);
  if (json_object_get(d->spec, "on")) {
    (void)snprintf(zh, sizeof zh, "固定日期 %s", anchor);
    (void)snprintf(en, sizeof en, "the fixed date %s", anchor);
  } else {
    int z = snprintf(zh, sizeof zh, "自 %s 的次日起算 %d %s", anchor, limit.count, units_zh[limit.unit]);
    int e = snprintf(en, sizeof en, "%d %s counted from the day after %s", limit.count, units_en[limit.unit], anchor);
    char key[200];
    size_t i;
    json_t *pair;
    (void)snprintf(key, sizeof key, "%s.%s", d->stage, d->by_clock ? text(d->spec, "clock") : "");
    json_array_foreach(json_object_get(json_object_get(json_object_get(state, "clocks"), key), "pauses"), i, pair) {
      const char *paused = json_string_value(json_array_get(pair, 0)), *resumed = json_string_value(json_array_get(pair, 1));
      if (z > 0 && z < (int)sizeof zh)
        z += snprintf(zh + z, sizeof zh - (size_t)z, ";%s 暂停%s%s", paused, resumed ? ",恢复于 " : ",尚未恢复",
                      resumed ? resumed : "");
      if (e > 0 && e < (int)sizeof en)
        e += snprintf(en + e, sizeof en - (size_t)e, "; paused %s, %s%s", paused, resumed ? "resumed " : "not resumed yet",
                      resumed ? resumed : "");
    }
    if (d->by_clock && z > 0 && z < (int)sizeof zh) (void)snprintf(zh + z, sizeof zh - (size_t)z, ";已用 %d 个工作日", d->used);
    if (d->by_clock && e > 0 && e < (int)sizeof en)
      (void)snprintf(en + e, sizeof en - (size_t)e, "; %d working days used", d->used);
  }
  return json_pack("{ss ss}", "zh", zh, "en", en);
}

static const char *state_of(const struct bf__deadline *d, int32_t today) {
  const char *nature = text(d->spec, "nature");
  if (d->due == INT32_MAX) return "paused";
  if (today <= d->due) return "running";
  if (nature && strcmp(nature, "opens") == 0) return "open";
  return nature && strcmp(nature, "reminder") == 0 ? "reminder" : "overdue";
}

json_t *bf__deadline_json(const json_t *view, const struct bf__calendar *calendar, const json_t *state,
                          const struct bf__deadline *d, int32_t today) {
  char due[BF__DATE_TEXT] = "", anchor[BF__DATE_TEXT];
  const char *nature = text(d->spec, "nature");
  bf__date_format(d->anchor, anchor);
  if (d->due != INT32_MAX) bf__date_format(d->due, due);
  json_t *out = json_pack("{ss ss sO* sO* sO* ss ss sb sO* sO* so* ss}", "stage", d->stage, "name", d->name, "title",
                          json_object_get(d->spec, "title"), "article", json_object_get(d->spec, "article"), "source",
                          json_object_get(d->spec, "source"), "nature", nature ? nature : "limit", "state", state_of(d, today),
                          "provisional", d->provisional, "tell", json_object_get(d->spec, "tell"), "action",
                          json_object_get(d->spec, "action"), "how", how(view, state, d), "from", anchor);
  if (out && *due) {
    int left = today < d->due ? bf__calendar_workdays(calendar, today, d->due) : 0;
    if (json_object_set_new(out, "due", json_string(due)) < 0 ||
        json_object_set_new(out, "left_workdays", json_integer(left)) < 0 ||
        json_object_set_new(out, "left_days", json_integer(d->due - today)) < 0) {
      json_decref(out);
      return NULL;
    }
  }
  return out;
}
