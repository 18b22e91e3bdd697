/* Time: firing what falls due, and moving a virtual clock. */
#include <stdlib.h>
#include <string.h>

#include "cases.h"
#include "office.h"
#include "ruleset.h"
#include "services.h"
#include "state.h"
#include "turn.h"
#include "vacancy.h"
#include "work.h"

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}
static int no_memory(struct bf_error *err) {
  return bf_fail(err, BF_ENOMEM, "time", "no memory");
}

/* The rungs of one deadline whose moment has come, as derived now from the case: an old row is never believed. */
static int due_rungs(struct bf__turn *turn, const json_t *state, const char *stage, const char *name, int64_t until,
                     json_t *ret_rungs, char due[BF__DATE_TEXT]) {
  struct bf__deadline deadlines[BF__DEADLINES_MAX];
  struct bf__rung rungs[BF__RUNGS_MAX];
  const struct bf__ruleset *set = bf__reign_set(turn->reign, state);
  if (!set) return BF_ESCRIPT;
  const json_t *view = bf__ruleset_view(set, text(state, "jurisdiction"));
  int alive = bf__deadlines(view, set->calendar, state, turn->today, deadlines, BF__DEADLINES_MAX);
  int count = bf__rungs(set->calendar, state, deadlines, alive, rungs, BF__RUNGS_MAX);
  for (int i = 0; i < count; i++) {
    if (rungs[i].at > until || strcmp(rungs[i].stage, stage) || strcmp(rungs[i].name, name)) continue;
    bf__date_format(rungs[i].due, due);
    if (json_array_append_new(ret_rungs, json_string(rungs[i].rung)) < 0) return BF_ENOMEM;
  }
  return 0;
}

static bool has(const json_t *rungs, const char *name) {
  size_t i;
  json_t *one;
  json_array_foreach(rungs, i, one) if (strcmp(json_string_value(one), name) == 0) return true;
  return false;
}

/* Fires one deadline of one case: all its rungs whose moment has come, once, and tells people of the latest only. */
static int fire_one(struct bf__turn *turn, const json_t *row, int64_t until, json_t *ids, int64_t *fired, struct bf_error *err) {
  const char *id = text(row, "case"), *stage = text(row, "stage"), *name = text(row, "name"), *rung = text(row, "rung");
  char due[BF__DATE_TEXT] = "";
  const json_t *state;
  if (!*id) { /* of no case: somebody goes or comes back, or an opinion is awaited */
    int dropped = bf__store_rung_drop(turn->store, id, stage, name, rung, err);
    if (dropped < 0) return dropped;
    return strcmp(stage, BF__OFFICE_OPINION) == 0 ? bf__office_remind(turn, name, err) : bf__vacancy_check(turn, err);
  }
  json_t *rungs = json_array();
  struct bf__change *change = bf__change_new(turn);
  struct bf__work work = {.turn = turn, .change = change};
  int r = change && rungs ? bf__work_settle(&work, id, err) : no_memory(err);
  if (r >= 0) r = bf__change_see(change, id, &state, err);
  int derived = r >= 0 ? due_rungs(turn, state, stage, name, until, rungs, due) : 0;
  if (derived < 0)
    r = derived == BF_ENOMEM ? no_memory(err) : bf_fail(err, derived, id, "the ruleset that this case stays on cannot be loaded");
  if (r == BF_ENOTFOUND || (r >= 0 && !has(rungs, rung))) {
    r = bf__cases_drop_rung(turn, id, stage, name, rung, err);
  } else if (r >= 0) {
    r = bf__work_due(&work, id, stage, name, due, rungs, has(rungs, "due"), err);
    if (r >= 0 && work.refusals)
      r = bf_fail(err, BF_ESCRIPT, name, "what follows a deadline was refused: %s", text(json_array_get(work.refusals, 0), "en"));
    json_decref(work.refusals);
    if (r >= 0) r = bf__change_write(change, err);
    json_t *changed = r >= 0 ? bf__change_ids(change) : NULL;
    if (changed && json_array_extend(ids, changed) < 0) r = no_memory(err);
    json_decref(changed);
    if (r >= 0) *fired += (int64_t)json_array_size(rungs);
  }
  bf__change_free(change);
  json_decref(rungs);
  return r < 0 ? r : 0;
}

/* A deadline whose script fails stays overdue and visible, but is not tried again for an hour: it must not hold up the others. */
static int put_off(struct bf__turn *turn, const json_t *row, struct bf_error *err) {
  return bf__store_run(
      turn->store, "UPDATE deadlines SET at_ms = $5 WHERE case_id = $1 AND stage = $2 AND name = $3 AND rung = $4", NULL, err,
      "tttti", text(row, "case"), text(row, "stage"), text(row, "name"), text(row, "rung"), turn->now_ms + 3600 * 1000);
}

static bool is_script(int code) {
  return code == BF_ESCRIPT || code == BF_ELIMIT;
}

/* The usual way. A script whose fault shows only while its effects are written takes the batch with it; the engine then runs this
 * command again, and the second time with care. */
static int fire_light(struct bf__turn *turn, const json_t *row, int64_t until, struct bf__command *command, int64_t *fired,
                      struct bf_error *err) {
  turn->wrote = false;
  int r = fire_one(turn, row, until, command->cases, fired, err);
  if (!is_script(r)) return r;
  if (turn->wrote) return json_object_set_new(command->params, "careful", json_true()) < 0 ? no_memory(err) : r;
  bf__log_script(command->operation->name, err);
  bf__cases_clear(turn->cases);
  return put_off(turn, row, err);
}

static int fire_apart(struct bf__turn *turn, const json_t *row, int64_t until, struct bf__command *command, int64_t *fired,
                      struct bf_error *err) {
  struct bf__mark mark;
  int r = bf__turn_mark(turn, &mark, err);
  if (r >= 0) r = fire_one(turn, row, until, command->cases, fired, err);
  if (!is_script(r)) return r < 0 ? r : bf__turn_on(turn, err);
  bf__log_script(command->operation->name, err);
  r = bf__turn_back(turn, &mark, err);
  return r < 0 ? r : put_off(turn, row, err);
}

static int fire(struct bf__turn *turn, struct bf__command *command, struct bf_error *err) {
  int64_t until = json_integer_value(json_object_get(command->params, "until")),
          limit = json_integer_value(json_object_get(command->params, "limit"));
  int64_t fired = 0, next = INT64_MAX;
  json_t *rows = NULL, *row;
  size_t i;
  command->cases = json_array();
  int r =
      command->cases
          ? bf__store_rows(turn->store,
                           "SELECT case_id, stage, name, rung FROM deadlines WHERE at_ms <= $1 ORDER BY at_ms, case_id LIMIT $2",
                           "case:t stage:t name:t rung:t", &rows, err, "ii", until, limit)
          : no_memory(err);
  bool careful = json_is_true(json_object_get(command->params, "careful"));
  json_array_foreach(rows, i, row) {
    if (r >= 0)
      r = careful ? fire_apart(turn, row, until, command, &fired, err) : fire_light(turn, row, until, command, &fired, err);
  }
  json_decref(rows);
  if (r >= 0) r = bf__store_rung_next(turn->store, &next, err);
  command->status = 200;
  command->body = json_pack("{sI sI}", "fired", (json_int_t)fired, "next", (json_int_t)next);
  return r < 0 ? r : 0;
}

/* "+3d", "+2w", "+6m", "+1y", "+5h", "+30min", or a moment. */
static int target_of(const char *to, int64_t now, int64_t *ret) {
  int32_t date;
  int year, month, day;
  char *unit;
  if (*to != '+') return bf__moment_parse(to, strlen(to), ret);
  long count = strtol(to + 1, &unit, 10);
  if (unit == to + 1 || count < 0 || count > 1000000) return BF_EINVAL;
  if (strcmp(unit, "min") == 0)
    *ret = now + count * 60000;
  else if (strcmp(unit, "h") == 0)
    *ret = now + count * 3600000;
  else if (strcmp(unit, "d") == 0)
    *ret = now + count * 86400000;
  else if (strcmp(unit, "w") == 0)
    *ret = now + count * 7 * 86400000;
  else if ((strcmp(unit, "m") == 0 || strcmp(unit, "y") == 0) && count <= 1200) {
    bf__date_split(date = bf__date_of_ms(now), &year, &month, &day);
    month += (int)(*unit == 'm' ? count : count * 12) - 1;
    year += month / 12;
    month = month % 12 + 1;
    int32_t then;
    while (bf__date_make(year, month, day, &then) < 0 && day > 28) day--; /* 31 January + 1 month = the last of February */
    *ret = bf__date_start_ms(then) + (now - bf__date_start_ms(date));
  } else {
    return BF_EINVAL;
  }
  return 0;
}

struct advance {
  struct bf__app *app;
  bf_answer_cb answer;
  void *arg;
};

static void on_advanced(void *arg, int64_t fired, const struct bf_error *err) {
  struct advance *advance = arg;
  struct bf_call call = {.answer = advance->answer, .arg = advance->arg};
  char now[32];
  bf__moment_format(bf__clock_now(&advance->app->clock), now);
  if (fired < 0)
    bf__answer_json(&call, 500,
                    bf__problem1(500, "clock", NULL, "时钟未能推进", err ? err->message : "The clock could not be moved."));
  else
    bf__answer_json(&call, 200, json_pack("{ss sI}", "now", now, "fired", (json_int_t)fired));
  free(advance);
}

static void advance_clock(struct bf__app *app, const struct bf_call *call, json_t *params, json_t *actor) {
  const char *to = bf__param(params, "to");
  int64_t now = bf__clock_now(&app->clock), target = now;
  (void)actor;
  if (!app->clock.is_virtual) {
    bf__answer_json(call, 409,
                    bf__problem1(409, "clock.real", NULL, "服务运行在真实时钟上,不能调整:请用 serve --clock 启动",
                                 "The server runs on the real clock, which cannot be moved: start it with serve --clock."));
  } else if (!to || target_of(to, now, &target) < 0) {
    bf__answer_json(call, 400,
                    bf__problem1(400, "clock.time", "to", "时间写法有误:如 2022-09-01T09:00 或 +3d、+2w、+6m、+1y、+5h",
                                 "Not a time: write 2022-09-01T09:00, or +3d, +2w, +6m, +1y, +5h."));
  } else if (target < now) {
    bf__answer_json(call, 409, bf__problem1(409, "clock.back", "to", "时钟只能向前", "A clock only goes forward."));
  } else {
    const struct bf_scheduler *scheduler = bf__app_scheduler(app);
    struct advance *advance = scheduler ? malloc(sizeof *advance) : NULL;
    if (!advance) {
      bf__answer_json(call, 503, bf__problem1(503, "scheduler", NULL, "没有加载调度插件", "The scheduler plugin is not loaded."));
      return;
    }
    *advance = (struct advance){app, call->answer, call->arg};
    scheduler->advance(scheduler, target, on_advanced, advance);
  }
}

static void show_clock(struct bf__app *app, const struct bf_call *call, json_t *params, json_t *actor) {
  char now[32];
  (void)params, (void)actor;
  bf__moment_format(bf__clock_now(&app->clock), now);
  bf__answer_json(call, 200, json_pack("{ss sb}", "now", now, "virtual", app->clock.is_virtual));
}

/* A virtual clock is remembered, so that a restart never goes back in time. */
static int keep_clock(struct bf__turn *turn, struct bf__command *command, struct bf_error *err) {
  char now[32];
  bf__moment_format(json_integer_value(json_object_get(command->params, "at")), now);
  command->status = 200;
  command->body = json_object();
  return bf__store_meta_put(turn->store, "virtual_now", now, err);
}

const struct bf__operation bf__operations_time[] = {
    {.name = "deadline.fire", .kind = BF__WRITE, .access = BF__INTERNAL, .write = fire},
    {.name = "clock.advance", .kind = BF__LOOP, .access = BF__OPERATOR, .loop = advance_clock},
    {.name = "clock.keep", .kind = BF__WRITE, .access = BF__INTERNAL, .write = keep_clock},
    {.name = "clock.show", .kind = BF__LOOP, .access = BF__ANYONE, .loop = show_clock},
    {.name = NULL},
};
