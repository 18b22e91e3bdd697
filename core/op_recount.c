/* Are the stored deadlines those that the rules derive? Every open case is counted again from its facts, the calendar and the
 * rules it follows, and compared with the rows that the scheduler fires by. */
#include <stdlib.h>
#include <string.h>

#include "deadline.h"
#include "operation.h"

#define SLICE 500
#define TOLD 100 /* faults named at most */
#define LOOKS 4  /* at a case that somebody may be changing meanwhile */

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}
static int no_memory(struct bf_error *err) {
  return bf_fail(err, BF_ENOMEM, "recount", "no memory");
}

static const json_t *row_of(const json_t *rows, const struct bf__rung *rung) {
  size_t i;
  json_t *row;
  json_array_foreach(rows, i, row) if (strcmp(text(row, "rung"), rung->rung) == 0 && strcmp(text(row, "name"), rung->name) == 0 &&
                                       strcmp(text(row, "stage"), rung->stage) == 0) return row;
  return NULL;
}

/* What is due already may have been put off after a script's fault; anything else stands at its moment. */
static bool agrees(const json_t *row, const struct bf__rung *rung, int64_t now_ms) {
  char due[BF__DATE_TEXT];
  int64_t at = json_integer_value(json_object_get(row, "at"));
  bf__date_format(rung->due, due);
  return strcmp(text(row, "due"), due) == 0 && (at == rung->at || (rung->at <= now_ms && at > rung->at));
}

static json_t *fault(const char *id, const char *stage, const char *name, const char *rung, const char *stored, int32_t derived) {
  char due[BF__DATE_TEXT];
  if (derived != INT32_MAX) bf__date_format(derived, due);
  return json_pack("{ss ss ss ss ss* ss*}", "case", id, "stage", stage, "name", name, "rung", rung, "stored", stored, "derived",
                   derived != INT32_MAX ? due : NULL);
}

/* *RET: what does not agree for one case, an array; new reference. */
static int look(struct bf__reading *reading, const json_t *state, json_t **ret, struct bf_error *err) {
  struct bf__rung rungs[BF__RUNGS_MAX];
  const char *id = text(state, "id");
  json_t *rows = NULL, *row, *out = json_array();
  int64_t next;
  size_t i;
  const struct bf__ruleset *set = bf__reign_set(reading->reign, state);
  int count = set ? bf__rows(set, state, reading->today, rungs, BF__RUNGS_MAX, &next) : 0;
  int r = out ? bf__store_rows(reading->store, "SELECT stage, name, rung, at_ms, due FROM deadlines WHERE case_id = $1",
                               "stage:t name:t rung:t at:i due:t", &rows, err, "t", id)
              : no_memory(err);
  for (int k = 0; k < count && r >= 0; k++) {
    const json_t *stored = row_of(rows, &rungs[k]);
    if (stored && agrees(stored, &rungs[k], reading->now_ms)) continue;
    (void)json_array_append_new(out, fault(id, rungs[k].stage, rungs[k].name, rungs[k].rung, text(stored, "due"), rungs[k].due));
  }
  json_array_foreach(rows, i, row) {
    bool known = !set; /* a case whose ruleset is gone: nothing can be said */
    for (int k = 0; k < count && !known; k++) known = row_of(rows, &rungs[k]) == row;
    if (!known)
      (void)json_array_append_new(
          out, fault(id, text(row, "stage"), text(row, "name"), text(row, "rung"), text(row, "due"), INT32_MAX));
  }
  json_decref(rows);
  if (r < 0)
    json_decref(out);
  else
    *ret = out;
  return r;
}

/* Looks until the case stood still meanwhile: its rows are read after its state. */
static int one_case(struct bf__reading *reading, const json_t *state, json_t *faults, int64_t *wrong, struct bf_error *err) {
  json_t *own = json_incref((json_t *)(uintptr_t)state), *found = NULL;
  int r = 0;
  for (int i = 0; i < LOOKS && r >= 0; i++) {
    json_decref(found);
    found = NULL;
    r = look(reading, own, &found, err);
    if (r < 0 || json_array_size(found) == 0) break;
    json_t *fresh = NULL;
    r = bf__store_case_get(reading->store, text(state, "id"), &fresh, err);
    if (r < 0) break;
    bool still = json_equal(fresh, own);
    json_decref(own);
    own = fresh;
    if (still) break;
  }
  if (r >= 0 && json_array_size(found)) {
    ++*wrong;
    if (json_array_size(faults) < TOLD && json_array_extend(faults, found) < 0) r = no_memory(err);
  }
  json_decref(found);
  json_decref(own);
  return r;
}

/* Rows of cases that have ended fire nothing and belong to nobody. */
static int leftovers(struct bf__reading *reading, json_t *faults, int64_t *wrong, struct bf_error *err) {
  json_t *rows = NULL, *row;
  size_t i;
  int r = bf__store_rows(reading->store,
                         "SELECT d.case_id, d.stage, d.name, d.rung, d.due FROM deadlines d JOIN cases c ON c.id = d.case_id"
                         " WHERE c.open = 0 ORDER BY d.case_id LIMIT $1",
                         "case:t stage:t name:t rung:t due:t", &rows, err, "i", (int64_t)TOLD);
  *wrong += (int64_t)json_array_size(rows);
  json_array_foreach(rows, i, row)(void) json_array_append_new(
      faults, fault(text(row, "case"), text(row, "stage"), text(row, "name"), text(row, "rung"), text(row, "due"), INT32_MAX));
  json_decref(rows);
  return r;
}

static int is_reconciling(struct bf__reading *reading, bool *ret, struct bf_error *err) {
  char *cursor = NULL;
  int r = bf__store_meta_get(reading->store, "reconcile", &cursor, err);
  *ret = cursor && *cursor;
  free(cursor);
  return r;
}

/* deadline.check → { ok, cases, wrong, reconciling, faults: [ { case, stage, name, rung, stored?, derived? } ] }. While a change
 * of rules is being followed, dates not reached yet are none of the faults of storage: `reconciling` says so. */
static int recount(struct bf__reading *reading, struct bf_error *err) {
  int64_t cursor = 0, count = 0, wrong = 0;
  json_t *faults = json_array(), *rows, *row;
  bool reconciling = false;
  int r = faults ? is_reconciling(reading, &reconciling, err) : no_memory(err);
  for (bool more = true; more && r >= 0;) {
    size_t i;
    rows = NULL;
    r = bf__store_rows(reading->store, "SELECT number, state FROM cases WHERE open = 1 AND number > $1 ORDER BY number LIMIT $2",
                       "number:i state:j", &rows, err, "ii", cursor, (int64_t)SLICE);
    more = json_array_size(rows) == SLICE;
    json_array_foreach(rows, i, row) {
      cursor = json_integer_value(json_object_get(row, "number"));
      count++;
      if (r >= 0) r = one_case(reading, json_object_get(row, "state"), faults, &wrong, err);
    }
    json_decref(rows);
  }
  if (r >= 0) r = leftovers(reading, faults, &wrong, err);
  reading->status = 200;
  reading->body = json_pack("{sb sI sI sb so}", "ok", wrong == 0, "cases", (json_int_t)count, "wrong", (json_int_t)wrong,
                            "reconciling", reconciling, "faults", faults);
  return r < 0 || reading->body ? r : no_memory(err);
}

/* rules.reconciling → { reconciling }: is a change of rules still being followed in storage? */
static int reconciling(struct bf__reading *reading, struct bf_error *err) {
  bool under_way = false;
  int r = is_reconciling(reading, &under_way, err);
  reading->status = 200;
  reading->body = json_pack("{sb}", "reconciling", under_way);
  return r;
}

const struct bf__operation bf__operations_recount[] = {
    {.name = "rules.reconciling", .kind = BF__READ, .access = BF__OPERATOR, .read = reconciling},
    {.name = "deadline.check", .kind = BF__READ, .access = BF__OPERATOR, .read = recount},
    {.name = NULL},
};
