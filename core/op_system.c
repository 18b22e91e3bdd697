/* The program itself: alive, ready, its figures, its version, a copy of its data; the calendar it counts by; the description of
 * its interface. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "doctor.h"
#include "metrics.h"
#include "openapi.h"
#include "operation.h"

#define NAMED 20 /* stranded cases named at most */

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}
static int no_memory(struct bf_error *err) {
  return bf_fail(err, BF_ENOMEM, "system", "no memory");
}

static void healthz(struct bf__app *app, const struct bf_call *call, json_t *params, json_t *actor) {
  (void)app, (void)params, (void)actor;
  bf__answer_json(call, 200, json_pack("{ss}", "status", "ok"));
}

static void version(struct bf__app *app, const struct bf_call *call, json_t *params, json_t *actor) {
  struct bf__ruleset *set = bf__app_rules(app);
  (void)params, (void)actor;
  bf__answer_json(call, 200, json_pack("{ss ss*}", "version", BF_VERSION, "ruleset", set ? set->hash : NULL));
  bf__ruleset_unref(set);
}

/* Ready: every open case must find its kind and its open stages in the rules in force. ------------------------------------ */

/* Cases go on by the rules in force, so rules that have once carried every case carry them until they are replaced: the
 * generation tells. */
static struct {
  pthread_mutex_t lock;
  const struct bf__app *app;
  char hash[BF__HASH_HEX];
  uint64_t generation;
} carries = {.lock = PTHREAD_MUTEX_INITIALIZER};

static bool known_to_carry(const struct bf__reading *reading, const char *hash) {
  (void)pthread_mutex_lock(&carries.lock);
  bool known =
      carries.app == reading->app && carries.generation == reading->app->rules_generation && strcmp(carries.hash, hash) == 0;
  (void)pthread_mutex_unlock(&carries.lock);
  return known;
}

static void keep_carry(const struct bf__reading *reading, const char *hash, uint64_t generation) {
  (void)pthread_mutex_lock(&carries.lock);
  carries.app = reading->app;
  carries.generation = generation;
  (void)snprintf(carries.hash, sizeof carries.hash, "%s", hash);
  (void)pthread_mutex_unlock(&carries.lock);
}

static bool carried(const struct bf__ruleset *set, const char *place, const char *kind, const char *stage) {
  const json_t *view = bf__ruleset_view(set, place), *declared = stage ? bf__view_stage(view, stage) : NULL;
  if (!bf__view_kind(view, kind)) return false;
  return !stage || (declared && strcmp(text(declared, "kind"), kind) == 0);
}

/* A stage that cases stay in by a change not yet written on each of them is carried by the rules before. */
static bool stays(const struct bf__reign *reign, const char *stage) {
  size_t i, k;
  json_t *change, *one;
  json_array_foreach(reign->changes, i, change) if (json_array_size(json_object_get(change, "migrate"))) return true;
  json_array_foreach(reign->changes, i, change) json_array_foreach(
      json_object_get(change, "stay"), k, one) if (stage && strcmp(json_string_value(one), stage) == 0) return true;
  return false;
}

/* The first cases of one kind, place and stage that the rules do not carry, added to STRANDED. */
static int name_cases(struct bf__reading *reading, const json_t *group, json_t *stranded, struct bf_error *err) {
  json_t *rows = NULL;
  const char *stage = text(group, "stage");
  int64_t room = NAMED - (int64_t)json_array_size(stranded);
  if (room <= 0) return 0;
  int r = bf__store_rows(
      reading->store,
      "SELECT c.id, c.kind, c.jurisdiction, s.stage FROM cases c LEFT JOIN case_stages s ON s.case_id = c.id WHERE c.open = 1"
      " AND c.id NOT IN (SELECT case_id FROM case_stays) AND c.kind = $1 AND c.jurisdiction = $2 AND COALESCE(s.stage, '') = $3 "
      "ORDER BY c.number LIMIT $4",
      "id:t kind:t jurisdiction:t stage:t", &rows, err, "ttti", text(group, "kind"), text(group, "jurisdiction"),
      stage ? stage : "", room);
  if (r >= 0 && json_array_extend(stranded, rows) < 0) r = no_memory(err);
  json_decref(rows);
  return r;
}

static int find_stranded(struct bf__reading *reading, const struct bf__ruleset *set, json_t *stranded, struct bf_error *err) {
  json_t *groups = NULL, *group;
  size_t i;
  int r = bf__store_rows(
      reading->store,
      "SELECT DISTINCT c.kind, c.jurisdiction, s.stage FROM cases c LEFT JOIN case_stages s ON s.case_id = c.id WHERE c.open = 1"
      " ORDER BY c.kind, c.jurisdiction, s.stage",
      "kind:t jurisdiction:t stage:t", &groups, err, "");
  json_array_foreach(groups, i, group) if (r >= 0 && !stays(reading->reign, text(group, "stage")) &&
                                           !carried(set, text(group, "jurisdiction"), text(group, "kind"), text(group, "stage")))
      r = name_cases(reading, group, stranded, err);
  json_decref(groups);
  return r;
}

static int not_ready(struct bf__reading *reading, json_t *stranded, struct bf_error *err) {
  char zh[400], en[400];
  const json_t *first = json_array_get(stranded, 0);
  const char *stage = text(first, "stage");
  (void)snprintf(zh, sizeof zh, "有在办事项的种类或环节不在现行规则中,如 %.60s(%.60s%s%.60s):请回退规则或恢复该环节",
                 text(first, "id"), text(first, "kind"), stage ? " / " : "", stage ? stage : "");
  (void)snprintf(en, sizeof en,
                 "Open cases have a kind or stage that the rules in force do not know, such as %.60s (%.60s%s%.60s): roll the "
                 "rules back, or bring it back.",
                 text(first, "id"), text(first, "kind"), stage ? " / " : "", stage ? stage : "");
  (void)bf__refuse_read(reading, 503, "rules.stranded", NULL, zh, en);
  return json_object_set(reading->body, "cases", stranded) < 0 ? no_memory(err) : 0;
}

/* Whatever is known of the rules, storage must answer each time: the newest event and the newest case are looked at. */
static int look_at_storage(struct bf__reading *reading, struct bf_error *err) {
  unsigned char hash[BF__HASH_BYTES];
  struct bf_stmt *stmt;
  int64_t seq, at_ms;
  int r = bf__store_head(reading->store, &seq, &at_ms, hash, err);
  if (r >= 0) r = bf__store_run(reading->store, "SELECT number FROM cases ORDER BY number DESC LIMIT 1", &stmt, err, "");
  if (r == BF_ROW) bf__store_calls(reading->store)->reset(stmt);
  return r < 0 ? r : 0;
}

/* A case that stays on a ruleset that cannot be loaded. *RET_BROKEN: the reading is answered. */
static int look_at_stays(struct bf__reading *reading, bool *ret_broken, struct bf_error *err) {
  const char *hash;
  json_t *why, *rows = NULL;
  char zh[500], en[700];
  int r = 0;
  json_object_foreach(reading->reign->broken, hash, why) {
    r = bf__store_rows(reading->store, "SELECT case_id FROM case_stays WHERE ruleset = $1 ORDER BY case_id LIMIT 1", "id:t",
                       &rows, err, "t", hash);
    const char *id = text(json_array_get(rows, 0), "id");
    if (r >= 0 && id) {
      (void)snprintf(zh, sizeof zh, "事项 %.60s 仍按原规则 %.12s 办理,但该规则无法载入:请恢复备份", id, hash);
      (void)snprintf(en, sizeof en, "Case %.60s stays on ruleset %.12s, which cannot be loaded (%.300s): restore a backup.", id,
                     hash, json_string_value(why));
      (void)bf__refuse_read(reading, 503, "rules.missing", NULL, zh, en);
      *ret_broken = true;
    }
    json_decref(rows);
    rows = NULL;
    if (r < 0 || *ret_broken) return r < 0 ? r : 0;
  }
  return 0;
}

static int readyz(struct bf__reading *reading, struct bf_error *err) {
  const struct bf__ruleset *set = bf__rules_set(reading->rules);
  uint64_t generation = reading->app->rules_generation; /* before the look: a swap meanwhile makes it look again */
  json_t *stranded = json_array();
  bool broken = false;
  int r = stranded ? look_at_storage(reading, err) : no_memory(err);
  if (r >= 0) r = look_at_stays(reading, &broken, err);
  if (broken) {
    json_decref(stranded);
    return r;
  }
  if (r >= 0 && !known_to_carry(reading, set->hash)) r = find_stranded(reading, set, stranded, err);
  if (r >= 0 && json_array_size(stranded)) {
    r = not_ready(reading, stranded, err);
  } else if (r >= 0) {
    keep_carry(reading, set->hash, generation);
    reading->status = 200;
    reading->body = json_pack("{ss}", "status", "ready");
  }
  json_decref(stranded);
  return r;
}

/* Backup. ----------------------------------------------------------------------------------------------------------------- */

static int backup(struct bf__reading *reading, struct bf_error *err) {
  const char *path = bf__param(reading->params, "path");
  struct bf_error own = {0};
  if (!path || *path != '/')
    return bf__refuse_read(reading, 400, "path", "path", "请给出文件的绝对路径", "Give the file's absolute path.");
  if (access(path, F_OK) == 0)
    return bf__refuse_read(reading, 409, "path.taken", "path", "已有同名文件:备份不覆盖任何文件",
                           "There is a file of this name: a backup never replaces one.");
  int r = bf__store_backup(reading->store, path, &own);
  if (r == BF_EFULL) return bf__refuse_read(reading, 507, "disk.full", "path", "磁盘已满,没有留下备份", own.message);
  if (r == BF_ENOMEM) return no_memory(err);
  if (r < 0) return bf__refuse_read(reading, 409, "backup.failed", "path", "未能备份,没有留下文件", own.message);
  bf__doctor_note_backup(reading);
  reading->status = 200;
  reading->body = json_pack("{ss}", "path", path);
  return 0;
}

/* The calendar. ------------------------------------------------------------------------------------------------------------ */

/* Of the notice's dates those of one month. */
static json_t *of_month(const json_t *dates, const char *prefix) {
  json_t *out = json_array(), *date;
  size_t i;
  json_array_foreach(dates, i, date) if (strncmp(json_string_value(date), prefix, strlen(prefix)) == 0 &&
                                         json_array_append(out, date) < 0) break;
  return out;
}

static json_t *month_of(const struct bf__ruleset *set, const json_t *notice, int year, int month) {
  char prefix[32];
  int32_t date;
  int workdays = 0;
  (void)snprintf(prefix, sizeof prefix, "%04d-%02d-", year, month);
  for (int day = 1; bf__date_make(year, month, day, &date) == 0; day++) workdays += bf__calendar_works(set->calendar, date);
  return json_pack("{si so so si}", "month", month, "off", of_month(json_object_get(notice, "off"), prefix), "makeup",
                   of_month(json_object_get(notice, "work"), prefix), "workdays", workdays);
}

static int calendar(struct bf__reading *reading, struct bf_error *err) {
  const struct bf__ruleset *set = bf__rules_set(reading->rules);
  const char *wanted = bf__param(reading->params, "year");
  int year, month, day, r = 0;
  int32_t middle;
  char key[32];
  bf__date_split(reading->today, &year, &month, &day);
  if (wanted && (strlen(wanted) != 4 || strspn(wanted, "0123456789") != 4))
    year = 0;
  else if (wanted)
    year = (int)strtol(wanted, NULL, 10);
  if (bf__date_make(year, 7, 1, &middle) < 0 || year < 1900 || year > 2999)
    return bf__refuse_read(reading, 400, "form.range", "year", "年份应写作四位数,如 2026",
                           "The year is four digits, such as 2026.");
  (void)snprintf(key, sizeof key, "%04d", year);
  json_t *months = json_array(),
         *years = bf__calendar_json(set->calendar); /* by date: a bundle's notices may name days of other years */
  for (month = 1; month <= 12; month++)
    if (json_array_append_new(months, month_of(set, json_object_get(years, key), year, month)) < 0) r = no_memory(err);
  json_decref(years);
  reading->status = 200;
  reading->body = json_pack("{si sb so}", "year", year, "known", bf__calendar_known(set->calendar, middle), "months", months);
  return r;
}

static int openapi(struct bf__reading *reading, struct bf_error *err) {
  reading->status = 200;
  reading->type = "application/json";
  return bf__openapi_text(bf__rules_set(reading->rules), &reading->text, err);
}

const struct bf__operation bf__operations_system[] = {
    {.name = "calendar.get", .kind = BF__READ, .access = BF__USER, .read = calendar},
    {.name = "healthz", .kind = BF__LOOP, .access = BF__ANYONE, .loop = healthz},
    {.name = "readyz", .kind = BF__READ, .access = BF__ANYONE, .read = readyz},
    {.name = "metrics", .kind = BF__READ, .access = BF__ANYONE, .read = bf__metrics},
    {.name = "openapi", .kind = BF__READ, .access = BF__ANYONE, .read = openapi},
    {.name = "version", .kind = BF__LOOP, .access = BF__ANYONE, .loop = version},
    {.name = "doctor", .kind = BF__READ, .access = BF__ADMIN, .read = bf__doctor},
    {.name = "backup", .kind = BF__READ, .access = BF__OPERATOR, .read = backup},
    {.name = NULL},
};
