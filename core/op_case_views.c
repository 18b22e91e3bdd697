/* What people see of cases: one whole, lists, the history, deadlines. Changes nothing. */
#include <stdlib.h>
#include <string.h>

#include "op_case_views.h"

#include "deadline.h"
#include "office.h"
#include "log.h"
#include "permit.h"
#include "reads.h"
#include "views_deadlines.h"
#include "ruleset.h"
#include "state.h"

#define PAGE 50
#define PAGE_MAX 500
#define SCAN_MAX 20000 /* rows one list of deadlines may look through */

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}
static int no_memory(struct bf_error *err) {
  return bf_fail(err, BF_ENOMEM, "view", "no memory");
}

static const json_t *view_of(const struct bf__reading *reading, const json_t *state) {
  return bf__reign_view(reading->reign, state);
}

static int not_found(struct bf__reading *reading) {
  return bf__refuse_read(reading, 404, "case.unknown", "id", "没有这个事项,或者您无权查看",
                         "There is no such case, or you may not see it.");
}

/* Case `id` of the parameters, when the caller may see it; otherwise the reading is answered and *RET stays NULL. */
static int visible_case(struct bf__reading *reading, json_t **ret, struct bf_error *err) {
  const char *id = text(reading->params, "id");
  json_t *state = NULL;
  int r = id ? bf__store_case_get(reading->store, id, &state, err) : BF_ENOTFOUND;
  if (r == BF_ENOTFOUND) return not_found(reading);
  if (r < 0) return r;
  if (!bf__may_see(reading, state)) {
    json_decref(state);
    return not_found(reading);
  }
  *ret = state;
  return 0;
}

/* case.get ------------------------------------------------------------------------------------------------------------------- */

/* What the script says of every action of every open stage. */
static int ask_actions(struct bf__reading *reading, const json_t *view, json_t *state, json_t *asker, json_t **ret,
                       struct bf_error *err) {
  char date[BF__DATE_TEXT];
  json_t *cases = json_object();
  bf__date_format(reading->today, date);
  int r = cases ? bf__reads_collect(reading->store, view, state, cases, err) : no_memory(err);
  if (r < 0) {
    json_decref(cases);
    return r;
  }
  reading->reads_others = json_object_size(cases) > 0;
  struct bf__rules *rules = NULL;
  if ((r = bf__reign_rules(reading->reign, reading->rules, reading->shelf, state, &rules, err)) < 0) {
    json_decref(cases);
    return r;
  }
  return bf__rules_call(rules, "actions",
                        json_pack("[O {ss sO* so sb}]", state, "date", date, "actor", asker, "cases", cases, "asking", 1), ret,
                        err);
}

static json_t *role_refusal(const json_t *view, const json_t *by, int article) {
  char zh[300], en[300], text_zh[400], text_en[400];
  bf__role_titles(view, by, "zh", zh, sizeof zh);
  bf__role_titles(view, by, "en", en, sizeof en);
  (void)snprintf(text_zh, sizeof text_zh, "此项由%s办理", zh);
  (void)snprintf(text_en, sizeof text_en, "This is for: %s.", en);
  return bf__refusal("role", article, NULL, text_zh, text_en);
}

/* The papers an action needs under this case's facts, where that can be read without running anything. */
static json_t *papers_of(const json_t *view, const char *stage, const json_t *action, const json_t *state) {
  json_t *out = json_array(), *paper;
  size_t i;
  json_array_foreach(json_object_get(action, "needs"), i, paper) {
    const char *kind = text(paper, "paper");
    const json_t *title = kind ? json_object_get(json_object_get(view, "papers"), kind) : NULL;
    if (!bf__condition(view, stage, json_object_get(paper, "when"), json_object_get(state, "facts"))) continue;
    (void)json_array_append_new(out, json_pack("{ss* sO* sO* sO*}", "kind", kind, "zh", json_object_get(title, "zh"), "en",
                                               json_object_get(title, "en"), "article", json_object_get(title, "article")));
  }
  return out;
}

/* The action's own articles, else its stage's. New reference. */
static json_t *articles_of(const json_t *view, const char *stage, const json_t *action) {
  json_t *articles = json_object_get(action, "articles"), *article = json_object_get(action, "article");
  if (!articles && article) return json_pack("[O]", article);
  return json_incref(articles ? articles : json_object_get(bf__view_stage(view, stage), "articles"));
}

/* A guard that failed is the operator's business; the clerk reads that this one action waits. */
static void log_faults(const json_t *state, const char *stage, const char *action, const json_t *refusals) {
  size_t i;
  json_t *one;
  json_array_foreach(refusals, i, one) if (text(one, "fault"))
      bf__log(BF_LOG_ERROR, "script.fault", "case %s, %s.%s: %s", text(state, "id"), stage, action, text(one, "fault"));
}

static json_t *action_json(struct bf__reading *reading, const json_t *view, const json_t *state, const json_t *said) {
  const char *stage = text(said, "stage"), *name = text(said, "action");
  const json_t *action = bf__view_action(view, stage, name), *by = json_object_get(action, "by");
  json_t *refusals = json_copy(json_object_get(said, "refusals"));
  log_faults(state, stage, name, refusals);
  if (!json_is_array(refusals)) {
    json_decref(refusals);
    refusals = json_array();
  }
  int article = bf__view_article(view, stage, name);
  char date[BF__DATE_TEXT];
  json_t *as = bf__office_as(reading->app, view, by, reading->actor, state, stage);
  bf__date_format(reading->today, date);
  bool permitted = as != NULL;
  json_t *recusal = permitted ? NULL : bf__office_recusal(reading->app, view, by, reading->actor, state, article);
  if (!permitted) (void)json_array_insert_new(refusals, 0, recusal ? recusal : role_refusal(view, by, article));
  json_t *office = bf__office_reasons(reading->app, view, state, stage, name, as, date);
  (void)json_array_extend(refusals, office);
  json_decref(office);
  json_t *behalf = json_incref(json_object_get(as, "on_behalf_of"));
  json_decref(as);
  return json_pack("{ss ss sO* sO* so* sb sb sO* so so sO* sO* sO* so* sO*}", "stage", stage, "action", name, "title",
                   json_object_get(action, "title"), "by", by, "articles", articles_of(view, stage, action), "permitted",
                   permitted, "allowed", permitted && json_array_size(refusals) == 0, "form", json_object_get(action, "form"),
                   "papers", papers_of(view, stage, action, state), "reasons", refusals, "help", json_object_get(action, "help"),
                   "usual", json_object_get(action, "usual"), "order", json_object_get(action, "order"), "on_behalf_of", behalf,
                   "bulk", json_object_get(action, "bulk"));
}

static json_t *deadlines_json(struct bf__reading *reading, const json_t *view, const json_t *state) {
  struct bf__deadline deadlines[BF__DEADLINES_MAX];
  const struct bf__ruleset *set = bf__reign_set(reading->reign, state);
  const struct bf__calendar *calendar = set ? set->calendar : NULL;
  int count = set ? bf__deadlines(view, calendar, state, reading->today, deadlines, BF__DEADLINES_MAX) : 0;
  json_t *out = json_array();
  for (int i = 0; i < count; i++)
    (void)json_array_append_new(out, bf__deadline_json(view, calendar, state, &deadlines[i], reading->today));
  return out;
}

/* Stages with their titles, for people who do not have the rules at hand. */
static json_t *stages_json(const json_t *view, const json_t *state) {
  json_t *out = json_object(), *record;
  const char *name;
  json_object_foreach(json_object_get(state, "stages"), name, record) {
    const json_t *stage = bf__view_stage(view, name);
    json_t *one = json_copy(record);
    (void)json_object_set(one, "title", json_object_get(stage, "title"));
    (void)json_object_set(one, "articles", json_object_get(stage, "articles"));
    (void)json_object_set_new(out, name, one);
  }
  return out;
}

/* Which rules the case follows, and until which stages are closed when they are not those in force. */
static void show_rules(const struct bf__reading *reading, const json_t *state, json_t *body) {
  json_t *stay = bf__reign_stay(reading->reign, state);
  const char *hash = text(stay, "ruleset");
  (void)json_object_set_new(body, "ruleset", json_string(hash ? hash : reading->reign->now->hash));
  if (stay)
    (void)json_object_set_new(body, "stay", stay);
  else
    (void)json_object_del(body, "stay");
}

int bf__case_actions(struct bf__reading *reading, const json_t *view, json_t *state, json_t *asker, json_t **ret,
                     struct bf_error *err) {
  json_t *said = NULL, *one, *actions = json_array();
  size_t i;
  int r = actions ? ask_actions(reading, view, state, asker, &said, err) : no_memory(err);
  json_array_foreach(said, i, one)(void) json_array_append_new(actions, action_json(reading, view, state, one));
  json_decref(said);
  if (r < 0)
    json_decref(actions);
  else
    *ret = actions;
  return r;
}

static int get(struct bf__reading *reading, struct bf_error *err) {
  json_t *state = NULL, *actions = NULL;
  int r = visible_case(reading, &state, err);
  if (r < 0 || !state) return r;
  const json_t *view = view_of(reading, state);
  r = bf__case_actions(reading, view, state, reading->actor, &actions, err);
  if (r < 0) {
    json_decref(state);
    return r;
  }
  json_t *body = json_copy(state);
  (void)json_object_del(body, "fired");
  (void)json_object_del(body, "change");
  show_rules(reading, state, body);
  char date[BF__DATE_TEXT];
  bf__date_format(reading->today, date);
  json_t *office = bf__office_json(reading->app, view, state, reading->actor, date);
  if (!body || json_object_set_new(body, "office", office) < 0 || json_object_set_new(body, "actions", actions) < 0 ||
      json_object_set_new(body, "deadlines", deadlines_json(reading, view, state)) < 0 ||
      json_object_set_new(body, "stages", stages_json(view, state)) < 0)
    r = no_memory(err);
  reading->status = 200;
  reading->body = body;
  reading->version = json_integer_value(json_object_get(state, "version"));
  json_decref(state);
  return r;
}

/* Lines of lists
 * --------------------------------------------------------------------------------------------------------------------
 */

static int64_t whole(const json_t *params, const char *name, int64_t fallback, int64_t least, int64_t most) {
  const json_t *value = json_object_get(params, name);
  int64_t number = json_is_integer(value)  ? json_integer_value(value)
                   : json_is_string(value) ? strtoll(json_string_value(value), NULL, 10)
                                           : fallback;
  return number < least ? least : number > most ? most : number;
}

json_t *bf__case_summary(struct bf__reading *reading, const json_t *view, const json_t *state) {
  struct bf__deadline deadlines[BF__DEADLINES_MAX];
  const struct bf__ruleset *set = bf__reign_set(reading->reign, state);
  const struct bf__calendar *calendar = set ? set->calendar : NULL;
  const json_t *kind = bf__view_kind(view, text(state, "kind"));
  json_t *open = json_array(), *facts = json_object(), *record, *column, *next = NULL;
  const char *name;
  size_t i;
  int first_rank = 3;
  int count = set ? bf__deadlines(view, calendar, state, reading->today, deadlines, BF__DEADLINES_MAX) : 0, best = -1;
  json_object_foreach(json_object_get(state, "stages"), name, record) if (bf__state_is_open(state, name))(void)
      json_array_append_new(open, json_string(name));
  json_array_foreach(json_object_get(kind, "columns"), i, column) {
    json_t *value = json_object_get(json_object_get(state, "facts"), json_string_value(column));
    if (value) (void)json_object_set(facts, json_string_value(column), value);
  }
  for (int k = 0; k < count;
       k++) { /* an overdue limit first, then what comes next; a reminder that is past only when there is nothing else */
    const char *nature = text(deadlines[k].spec, "nature");
    bool limit = !nature || strcmp(nature, "limit") == 0, past = deadlines[k].due < reading->today;
    if (nature && strcmp(nature, "opens") == 0) continue;
    int rank = past ? (limit ? 0 : 2) : 1;
    if (best < 0 || rank < first_rank || (rank == first_rank && deadlines[k].due < deadlines[best].due))
      best = k, first_rank = rank;
  }
  if (best >= 0) next = bf__deadline_json(view, calendar, state, &deadlines[best], reading->today);
  return json_pack("{sO sO sO sO sO sO* so so so* sO*}", "id", json_object_get(state, "id"), "kind",
                   json_object_get(state, "kind"), "title", json_object_get(state, "title"), "unit",
                   json_object_get(state, "unit"), "jurisdiction", json_object_get(state, "jurisdiction"), "version",
                   json_object_get(state, "version"), "stages", open, "facts", facts, "next_deadline", next, "ended",
                   json_object_get(state, "ended"));
}

/* case.events
 * --------------------------------------------------------------------------------------------------------------------- */

static int events(struct bf__reading *reading, struct bf_error *err) {
  json_t *state = NULL, *items = json_array();
  int64_t limit = whole(reading->params, "limit", PAGE, 1, PAGE_MAX), cursor = whole(reading->params, "cursor", 0, 0, INT64_MAX);
  const struct bf_storage *calls = bf__store_calls(reading->store);
  int r = visible_case(reading, &state, err);
  if (r < 0 || !state) {
    json_decref(items);
    return r;
  }
  struct bf_stmt *stmt = bf__store_sql(
      reading->store, "SELECT seq, body, hash FROM events WHERE case_id = $1 AND seq > $2 ORDER BY seq LIMIT $3", err);
  const char *id = text(state, "id");
  int64_t last = cursor;
  if (!stmt)
    r = BF_EIO;
  else {
    calls->bind_text(stmt, 1, id, strlen(id));
    calls->bind_int(stmt, 2, cursor);
    calls->bind_int(stmt, 3, limit);
    while ((r = calls->step(stmt, err)) == BF_ROW) {
      size_t length, hash_length;
      char hex[BF__HASH_HEX] = "";
      const char *body = calls->column_text(stmt, 1, &length);
      const void *hash = calls->column_bytes(stmt, 2, &hash_length);
      json_t *event = body ? json_loadb(body, length, 0, NULL) : NULL;
      if (hash_length == BF__HASH_BYTES) bf__hex(hash, hash_length, hex);
      last = calls->column_int(stmt, 0);
      if (!event || json_object_set_new(event, "hash", json_string(hex)) < 0 || json_array_append_new(items, event) < 0) {
        r = bf_fail(err, BF_EIO, id, "an event is not readable: run banfa audit verify");
        break;
      }
    }
    calls->reset(stmt);
  }
  char next[32];
  (void)snprintf(next, sizeof next, "%lld", (long long)last);
  reading->status = 200;
  reading->body = json_pack("{so ss*}", "items", items, "next_cursor", (int64_t)json_array_size(items) == limit ? next : NULL);
  json_decref(state);
  return r < 0 ? r : 0;
}

/* deadline.list
 * ------------------------------------------------------------------------------------------------------------------------ */

static bool concerns(struct bf__reading *reading, const json_t *view, const json_t *state, const json_t *deadline) {
  char date[BF__DATE_TEXT];
  json_t *as =
      bf__office_as(reading->app, view, json_object_get(deadline, "tell"), reading->actor, state, text(deadline, "stage"));
  bf__date_format(reading->today, date);
  const char *org = text(as, "org"), *user = text(reading->actor, "user");
  const json_t *holder = org ? bf__office_holder(reading->app, state, text(deadline, "stage"), org, date) : NULL;
  bool mine = as && (!holder || strcmp(text(holder, "user"), user) == 0 || json_object_get(as, "on_behalf_of"));
  json_decref(as);
  return mine;
}

static bool date_or_nothing(const char *text_) {
  int32_t date;
  return !text_ || !*text_ || bf__date_parse(text_, strlen(text_), &date) == 0;
}

/* The deadlines between two dates, soonest first. */
int bf__deadline_items(struct bf__reading *reading, const char *from, const char *to, bool mine, int64_t limit, json_t **ret,
                       struct bf_error *err) {
  static const char sql[] =
      "SELECT d.case_id, d.stage, d.name, d.due, c.state, c.changed_ms FROM deadlines d JOIN cases c ON c.id = d.case_id"
      " WHERE d.rung = 'alive' AND d.due >= $1 AND d.due <= $2 ORDER BY d.due, d.case_id LIMIT $3";
  json_t *rows = NULL, *row, *items = json_array();
  size_t i;
  int r = items ? bf__store_rows(reading->store, sql, "case:t stage:t name:t due:t state:j changed_ms:i", &rows, err, "tti",
                                 from && *from ? from : "0000-00-00", to && *to ? to : "9999-99-99", (int64_t)SCAN_MAX)
                : no_memory(err);
  json_array_foreach(rows, i, row) {
    json_t *state = json_object_get(row, "state"), *one;
    size_t k;
    if ((int64_t)json_array_size(items) >= limit || !bf__may_see(reading, state)) continue;
    const json_t *view = view_of(reading, state);
    json_t *all = deadlines_json(reading, view, state);
    json_array_foreach(all, k, one) {
      if (strcmp(text(one, "stage"), text(row, "stage")) || strcmp(text(one, "name"), text(row, "name"))) continue;
      if (mine && !concerns(reading, view, state, one)) continue;
      (void)json_object_set(one, "case", json_object_get(row, "case"));
      (void)json_object_set(one, "case_title", json_object_get(state, "title"));
      (void)json_object_set(one, "version", json_object_get(state, "version"));
      (void)json_object_set(one, "changed_ms", json_object_get(row, "changed_ms"));
      const struct bf__ruleset *set = bf__reign_set(reading->reign, state);
      if (set) (void)json_object_set_new(one, "ruleset", json_string(set->hash));
      (void)json_array_append(items, one);
    }
    json_decref(all);
  }
  json_decref(rows);
  if (r < 0)
    json_decref(items);
  else
    *ret = items;
  return r;
}

int bf__deadline_ended_items(struct bf__reading *reading, int64_t since_ms, int64_t limit, json_t **ret, struct bf_error *err) {
  static const char sql[] =
      "SELECT e.case_id, e.stage, e.name, e.due, e.at_ms, c.state FROM deadlines_ended e JOIN cases c ON c.id = e.case_id"
      " WHERE e.at_ms >= $1 ORDER BY e.at_ms DESC, e.case_id LIMIT $2";
  json_t *rows = NULL, *row, *items = json_array();
  size_t i;
  int r = items ? bf__store_rows(reading->store, sql, "case:t stage:t name:t due:t changed_ms:i state:j", &rows, err, "ii",
                                 since_ms, (int64_t)SCAN_MAX)
                : no_memory(err);
  json_array_foreach(rows, i, row) {
    const json_t *state = json_object_get(row, "state"), *view = view_of(reading, state);
    const json_t *spec =
        json_object_get(json_object_get(bf__view_stage(view, text(row, "stage")), "deadlines"), text(row, "name"));
    if ((int64_t)json_array_size(items) >= limit || !spec || !bf__may_see(reading, state)) continue;
    json_t *one =
        json_pack("{sO sO sO sO sO sO* sO sO sO sO*}", "case", json_object_get(row, "case"), "stage",
                  json_object_get(row, "stage"), "name", json_object_get(row, "name"), "due", json_object_get(row, "due"),
                  "changed_ms", json_object_get(row, "changed_ms"), "tell", json_object_get(spec, "tell"), "title",
                  json_object_get(spec, "title"), "case_title", json_object_get(state, "title"), "version",
                  json_object_get(state, "version"), "article", json_object_get(spec, "article"));
    if (!one)
      r = no_memory(err);
    else if (concerns(reading, view, state, one) && json_array_append(items, one) < 0)
      r = no_memory(err);
    json_decref(one);
    if (r < 0) break;
  }
  json_decref(rows);
  if (r < 0)
    json_decref(items);
  else
    *ret = items;
  return r;
}

static int deadlines(struct bf__reading *reading, struct bf_error *err) {
  const char *from = text(reading->params, "from"), *to = text(reading->params, "to"), *mine = text(reading->params, "mine");
  json_t *items = NULL;
  if (!date_or_nothing(from) || !date_or_nothing(to))
    return bf__refuse_read(reading, 400, "form.date", date_or_nothing(from) ? "to" : "from", "from 和 to 应为日期,如 2022-09-30",
                           "from and to must be dates such as 2022-09-30.");
  int r = bf__deadline_items(reading, from, to, mine && *mine && strcmp(mine, "false") != 0,
                             whole(reading->params, "limit", PAGE_MAX, 1, 5000), &items, err);
  if (r < 0) return r;
  reading->status = 200;
  reading->body = json_pack("{so}", "items", items);
  return 0;
}

const struct bf__operation bf__operations_case_views[] = {
    {.name = "case.get", .kind = BF__READ, .access = BF__USER, .read = get},
    {.name = "case.events", .kind = BF__READ, .access = BF__USER, .read = events},
    {.name = "deadline.list", .kind = BF__READ, .access = BF__USER, .read = deadlines},
    {.name = NULL},
};
