/* What waits for the reader and what he waits for: the usual next actions of the open cases he may see, the most urgent cases
 * first. Changes nothing. */
#include <stdlib.h>
#include <string.h>

#include "office.h"
#include "op_case_views.h"
#include "permit.h"
#include "ruleset.h"
#include "state.h"

#define LIMIT 200
#define LIMIT_MAX 500
#define CHANGES_MAX 500 /* events looked at */
#define SCAN_MAX 3000   /* cases looked at in one reading: beyond it the most urgent are shown */

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}

/* A usual action of an open stage: something is awaited there in the ordinary course. Read from the rules, nothing runs. */
static bool awaits(const json_t *view, const json_t *state) {
  const char *stage, *name;
  json_t *record, *action;
  json_object_foreach(json_object_get(state, "stages"), stage, record) {
    if (!bf__state_is_open(state, stage)) continue;
    json_object_foreach(json_object_get(bf__view_stage(view, stage), "actions"), name, action) {
      if (json_object_get(action, "usual") || json_object_get(action, "after")) return true;
    }
  }
  return false;
}

/* Nothing stands in the way but papers (and, for others' actions, the reader's role). */
static bool due_next(const json_t *action) {
  const json_t *reason;
  size_t i;
  json_array_foreach(json_object_get(action, "reasons"), i, reason) {
    const char *code = text(reason, "code");
    if (!code || (strcmp(code, "paper.missing") != 0 && strcmp(code, "role") != 0)) return false;
  }
  return true;
}

static json_t *item(const json_t *summary, const json_t *action) {
  static const char *const kept[] = {"stage",   "action",  "title", "by",    "articles",    "permitted",
                                     "allowed", "reasons", "usual", "order", "on_behalf_of"};
  json_t *out = json_object();
  (void)json_object_set(out, "case", (json_t *)(uintptr_t)summary);
  for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
    json_t *value = json_object_get(action, kept[i]);
    if (value) (void)json_object_set(out, kept[i], value);
  }
  return out;
}

/* The reader's own usual actions; blocked ones too (they say what stands in the way) when the case has none that is ready.
 * Answers whether others may be awaited. */
static bool take_mine(const json_t *summary, const json_t *actions, int64_t limit, json_t *mine) {
  json_t *action;
  size_t i;
  bool found = false, others = false;
  for (int ready = 1; ready >= 0 && !found; ready--) {
    json_array_foreach(actions, i, action) {
      if (!json_object_get(action, "usual") || !json_is_true(json_object_get(action, "permitted"))) continue;
      if (due_next(action) != (ready == 1) || (int64_t)json_array_size(mine) >= limit) continue;
      found = json_array_append_new(mine, item(summary, action)) == 0;
      if (!ready) break; /* one is enough to say what stands in the way */
    }
  }
  json_array_foreach(actions, i, action) {
    others = others || (json_object_get(action, "usual") && !json_is_true(json_object_get(action, "permitted")));
  }
  return others;
}

/* Whether somebody else can act does not hang on who looks: the scripts are asked for nobody in particular. */
static int take_others(struct bf__reading *reading, const json_t *view, json_t *state, const json_t *summary, int64_t limit,
                       json_t *others, struct bf_error *err) {
  json_t *actions = NULL, *action;
  size_t i;
  int r = bf__case_actions(reading, view, state, NULL, &actions, err);
  json_array_foreach(actions, i, action) {
    if (!json_object_get(action, "usual") || json_is_true(json_object_get(action, "permitted")) || !due_next(action)) continue;
    if ((int64_t)json_array_size(others) < limit) (void)json_array_append_new(others, item(summary, action));
  }
  json_decref(actions);
  return r;
}

static int take(struct bf__reading *reading, json_t *state, int64_t limit, json_t *mine, json_t *others, struct bf_error *err) {
  const json_t *view = bf__reign_view(reading->reign, state);
  json_t *actions = NULL, *summary;
  if (!awaits(view, state) || !bf__actor_belongs(reading->app, view, reading->actor, state)) return 0;
  int r = bf__case_actions(reading, view, state, reading->actor, &actions, err);
  if (r < 0) return r;
  summary = bf__case_summary(reading, view, state);
  if (take_mine(summary, actions, limit, mine)) r = take_others(reading, view, state, summary, limit, others, err);
  json_decref(summary);
  json_decref(actions);
  return r;
}

static int64_t limit_of(const json_t *params) {
  const char *given = text(params, "limit");
  int64_t limit = given ? strtoll(given, NULL, 10) : LIMIT;
  return limit < 1 ? 1 : limit > LIMIT_MAX ? LIMIT_MAX : limit;
}

static int work(struct bf__reading *reading, struct bf_error *err) {
  static const char sql[] =
      "SELECT c.state FROM cases c LEFT JOIN (SELECT case_id, MIN(due) AS due FROM deadlines WHERE rung = 'alive'"
      " GROUP BY case_id) d ON d.case_id = c.id WHERE c.open = 1 ORDER BY COALESCE(d.due, '9'), c.number DESC LIMIT $1";
  json_t *mine = json_array(), *others = json_array(), *rows = NULL, *row;
  int64_t limit = limit_of(reading->params);
  size_t i, seen;
  int r = bf__store_rows(reading->store, sql, "state:j", &rows, err, "i", (int64_t)SCAN_MAX);
  seen = json_array_size(rows);
  json_array_foreach(rows, i, row) {
    json_t *state = json_object_get(row, "state");
    if (r < 0 || ((int64_t)json_array_size(mine) >= limit && (int64_t)json_array_size(others) >= limit)) break;
    if (bf__may_see(reading, state)) r = take(reading, state, limit, mine, others, err);
  }
  json_decref(rows);
  if (r >= 0) {
    reading->status = 200;
    reading->reads_others = true;
    reading->body = json_pack("{sO sO sb}", "mine", mine, "others", others, "more", seen == SCAN_MAX);
  }
  json_decref(mine);
  json_decref(others);
  return r < 0 ? r : 0;
}

static json_t *change(const json_t *row, const json_t *state) {
  const json_t *event = json_object_get(row, "body"), *actor = json_object_get(event, "actor");
  char at[32];
  bf__moment_format(json_integer_value(json_object_get(row, "at")), at);
  return json_pack("{sO* sO* sO* sO* ss ss* ss* ss* ss* ss* ss* ss* ss*}", "seq", json_object_get(row, "seq"), "case",
                   json_object_get(state, "id"), "kind", json_object_get(state, "kind"), "title", json_object_get(state, "title"),
                   "at", at, "do", text(event, "do"), "stage", text(event, "stage"), "action", text(event, "action"), "deadline",
                   text(event, "deadline"), "way", text(event, "way"), "paper", text(json_object_get(event, "document"), "kind"),
                   "by", text(actor, "name"), "by_org", text(actor, "org"));
}

/* The latest events of cases that are the reader's to work on, newest first; his own are left out. */
static int changes(struct bf__reading *reading, struct bf_error *err) {
  const char *since = text(reading->params, "since"), *me = text(reading->actor, "user"), *by;
  json_t *rows = NULL, *row, *items = json_array();
  int32_t first = reading->today - 1;
  size_t i;
  if (since && bf__date_parse(since, strlen(since), &first) < 0) {
    json_decref(items);
    return bf__refuse_read(reading, 400, "form.date", "since", "since 应为日期,如 2022-09-30",
                           "since must be a date such as 2022-09-30.");
  }
  int r = bf__store_rows(reading->store,
                         "SELECT e.seq, e.at_ms, e.body, c.state FROM events e JOIN cases c ON c.id = e.case_id"
                         " ORDER BY e.seq DESC LIMIT $1",
                         "seq:i at:i body:j state:j", &rows, err, "i", (int64_t)CHANGES_MAX);
  json_array_foreach(rows, i, row) {
    const json_t *state = json_object_get(row, "state");
    if (bf__date_of_ms(json_integer_value(json_object_get(row, "at"))) < first) break;
    by = text(json_object_get(json_object_get(row, "body"), "actor"), "user");
    if ((by && me && strcmp(by, me) == 0) || !bf__may_see(reading, state)) continue;
    if (!bf__actor_belongs(reading->app, bf__reign_view(reading->reign, state), reading->actor, state)) continue;
    (void)json_array_append_new(items, change(row, state));
  }
  json_decref(rows);
  reading->status = 200;
  reading->reads_others = true;
  reading->body = json_pack("{so}", "items", items);
  return r < 0 ? r : 0;
}

const struct bf__operation bf__operations_work[] = {
    {.name = "case.changes", .kind = BF__READ, .access = BF__USER, .read = changes},
    {.name = "case.work", .kind = BF__READ, .access = BF__USER, .read = work},
    {.name = NULL},
};
