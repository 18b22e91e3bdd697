#include "rules_apply.h"

#include <stdlib.h>
#include <string.h>

#include "cases.h"
#include "impact.h"
#include "log.h"
#include "proposals.h"
#include "rules_plan.h"
#include "services.h"
#include "turn.h"
#include "work.h"

#define DRIFT_MAX 2000 /* cases that may have changed since the plan */
#define SLICE 40       /* cases reconciled in one command: a few milliseconds of the engine */

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}
static int no_memory(struct bf_error *err) {
  return bf_fail(err, BF_ENOMEM, "rules", "no memory");
}

static int stale(struct bf__command *command, const char *zh, const char *en) {
  return bf__refuse(command, 409, "plan.stale", NULL, zh, en);
}

/* Looks again at the cases that changed since the plan was made. *RET: { case: impact or null } for those. */
static int look_again(struct bf__turn *turn, const struct bf__candidate *candidate, const struct bf__reign *then, json_t **ret,
                      struct bf_error *err) {
  json_t *rows = NULL, *row, *out = json_object();
  size_t i;
  struct bf__impact_sides sides = {.reign = turn->reign,
                                   .then = then,
                                   .before = turn->rules,
                                   .after = candidate->ready,
                                   .shelf = &turn->shelf,
                                   .store = turn->store,
                                   .today = turn->today};
  bool stays;
  int r = out ? bf__store_rows(turn->store, "SELECT DISTINCT case_id FROM events WHERE seq > $1 AND case_id IS NOT NULL LIMIT $2",
                               "case:t", &rows, err, "ii", candidate->head, (int64_t)DRIFT_MAX + 1)
              : no_memory(err);
  if (r >= 0 && json_array_size(rows) > DRIFT_MAX) r = BF_ESTATE;
  json_array_foreach(rows, i, row) {
    json_t *state = NULL, *impact = NULL;
    if (r < 0) break;
    r = bf__store_case_get(turn->store, text(row, "case"), &state, err);
    if (r >= 0 && !json_object_get(state, "ended")) r = bf__impact(&sides, state, &stays, &impact, err);
    if (r >= 0 && json_object_set_new(out, text(row, "case"), impact ? impact : json_null()) < 0) r = no_memory(err);
    json_decref(state);
  }
  json_decref(rows);
  if (r < 0)
    json_decref(out);
  else
    *ret = out;
  return r;
}

/* 1 when the plan still tells the truth; otherwise the command is answered (0) or the batch fails (< 0). */
static int still_true(struct bf__turn *turn, struct bf__command *command, const struct bf__candidate *candidate,
                      const struct bf__reign *then, json_t **ret_drift, struct bf_error *err) {
  const char *id;
  json_t *again = NULL, *impact;
  bool strict = json_is_true(json_object_get(command->params, "strict"));
  int64_t stranded = candidate->stranded;
  int r = look_again(turn, candidate, then, &again, err);
  if (r == BF_ESTATE)
    return stale(command, "计划以后变动的事项太多:请重新计划", "Too many cases have changed since the plan: plan again.");
  if (r < 0) return r;
  json_object_foreach(again, id, impact) {
    json_t *planned = bf__plan_case(candidate, id);
    stranded += json_is_true(json_object_get(impact, "stranded")) - json_is_true(json_object_get(planned, "stranded"));
    bool same = json_is_null(impact) ? !planned : planned && json_equal(planned, impact);
    json_decref(planned);
    if (strict && !same) {
      char zh[300], en[300];
      (void)snprintf(zh, sizeof zh, "计划已过时:事项 %s 之后有变动,影响与计划不同,请重新计划", id);
      (void)snprintf(en, sizeof en,
                     "The plan is stale: case %s has changed since, and what would happen to it differs. Plan again.", id);
      json_decref(again);
      return stale(command, zh, en);
    }
  }
  if (stranded > 0) {
    char zh[300], en[300];
    (void)snprintf(zh, sizeof zh, "有 %lld 个在办事项在新规则下没有出路(所在环节被取消或没有任何操作),不能启用",
                   (long long)stranded);
    (void)snprintf(en, sizeof en,
                   "%lld open cases would have no way out under the new rules (their stage is gone, or has no action left).",
                   (long long)stranded);
    json_decref(again);
    return bf__refuse(command, 422, "plan.stranded", NULL, zh, en);
  }
  *ret_drift = again;
  return 1;
}

/* After the commit: between two batches, pointers change places. What was in force is freed with the candidate, off the engine's
 * path, unless cases stay on it. The reign waited in the candidate. */
static void swap(struct bf__app *app, json_t *data) {
  struct bf__candidate *candidate = app->coming;
  (void)data;
  app->coming = NULL;
  uint64_t began = uv_hrtime();
  bf__engine_swap(app->engine, &candidate->ready, candidate->then);
  app->last_swap_us = (int64_t)(uv_hrtime() - began) / 1000;
  bf__candidate_unref(app->candidates, candidate);
}

static json_t *event_of(const struct bf__command *command, const struct bf__candidate *candidate, const char *before) {
  return json_pack("{ss ss ss ss* sO* sO sI sI sI sO*}", "do", "rules", "from", before, "to", candidate->set->hash, "by",
                   text(command->params, "verb"), "actor", command->actor, "policy", candidate->policy, "affected",
                   json_integer_value(json_object_get(candidate->summary, "affected")), "staying", (json_int_t)candidate->staying,
                   "open_cases", (json_int_t)candidate->open_cases, "note", json_object_get(command->params, "note"));
}

static int write_change(struct bf__turn *turn, struct bf__command *command, struct bf__candidate *candidate, json_t *drift,
                        struct bf_error *err) {
  json_t *bundle = bf__ruleset_bundle(candidate->set);
  const char *before = bf__rules_set(turn->rules)->hash;
  int r = bundle ? bf__store_run(turn->store,
                                 "INSERT INTO rulesets (hash, at_ms, bundle) VALUES ($1, $2, $3) ON CONFLICT (hash) DO NOTHING",
                                 NULL, err, "tij", candidate->set->hash, turn->now_ms, bundle)
                 : no_memory(err);
  json_decref(bundle);
  if (r >= 0) r = bf__store_meta_put(turn->store, "ruleset", candidate->set->hash, err);
  if (r >= 0) r = bf__store_meta_put(turn->store, "ruleset_before", before, err);
  if (r >= 0) r = bf__store_meta_put(turn->store, "reconcile", "0", err);
  if (r >= 0) r = bf__reign_keep(candidate->then, turn->store, err);
  if (r >= 0) r = bf__proposal_done(turn, candidate->set->hash, err);
  if (r >= 0) r = bf__turn_event(turn, NULL, event_of(command, candidate, before), err);
  if (r >= 0 && bf__turn_after(turn, swap, json_object()) < 0) r = no_memory(err);
  if (r < 0) return r;
  bf__candidate_unref(turn->app->candidates, turn->app->coming); /* of a batch that failed */
  turn->app->coming = bf__candidate_ref(turn->app->candidates, candidate);
  command->status = 200;
  command->body = json_pack("{ss ss sO sO sO}", "ruleset", candidate->set->hash, "before", before, "policy", candidate->policy,
                            "plan", candidate->summary, "changed_since_plan", drift);
  return 0;
}

/* Going back needs nobody's leave: it must be quick. What waited for its day was approved when the day was set. */
static int approved(struct bf__turn *turn, struct bf__command *command, const struct bf__candidate *candidate,
                    struct bf_error *err) {
  const char *verb = text(command->params, "verb");
  if (!turn->app->config.rules_approval || (verb && strcmp(verb, "rollback") == 0)) return 1;
  return bf__proposal_approved(turn, command, candidate, !verb || strcmp(verb, "scheduled") != 0, err);
}

int bf__rules_put(struct bf__turn *turn, struct bf__command *command, struct bf_error *err) {
  struct bf__candidate *candidate = bf__candidates_find(turn->app->candidates, text(command->params, "hash"));
  json_t *drift = NULL;
  int r;
  bool planned = candidate && candidate->plan && candidate->ready;
  if (!planned && turn->app->config.rules_approval)
    r = bf__refuse(command, 409, "approval.missing", NULL, "本系统要求另一位管理员批准:请先提交候选规则、预演并请其批准",
                   "A second administrator must approve: hand the candidate in, plan it, and have it approved.");
  else if (!planned)
    r = stale(command, "没有这个候选规则的计划:请先计划", "There is no plan for this candidate: plan it first.");
  else if (strcmp(candidate->set->hash, bf__rules_set(turn->rules)->hash) == 0)
    r = bf__refuse(command, 409, "rules.same", NULL, "这套规则已经在用", "These rules are in force already.");
  else if (candidate->base != turn->reign->number)
    r = stale(command, "计划之后已有人启用了别的规则:请重新计划",
              "Somebody has put other rules into force since the plan: plan again.");
  else if ((r = approved(turn, command, candidate, err)) == 1) {
    bf__reign_unref(candidate->then);
    candidate->then = NULL;
    r = bf__reign_next(turn->reign, candidate->set, candidate->policy, &candidate->then, err);
    if (r >= 0) r = still_true(turn, command, candidate, candidate->then, &drift, err);
    if (r == 1) r = write_change(turn, command, candidate, drift, err);
  }
  json_decref(drift);
  bf__candidate_unref(turn->app->candidates, candidate);
  return r;
}

/* Reconciliation ----------------------------------------------------------------------------------------------------------------
 */

static void begin_settled(struct bf__app *app, json_t *data) {
  struct bf__store *store = app->engine ? bf__engine_store(app->engine) : NULL;
  struct bf__reign *reign = bf__app_reign(app), *settled = NULL;
  struct bf__rules *none = NULL;
  struct bf_error err = {0};
  (void)data;
  if (store && bf__reign_settled(reign, store, &settled, &err) >= 0) bf__engine_swap(app->engine, &none, settled);
  if (err.code < 0) bf__log(BF_LOG_ERROR, "rules.reconcile", "%s: %s", err.where, err.message);
  bf__reign_unref(settled);
  bf__reign_unref(reign);
}

/* Every case knows where it stands: the changes need not be laid on again, and what nobody stays on is let go. */
static int settle(struct bf__turn *turn, struct bf_error *err) {
  struct bf__reign *settled = NULL;
  int r = bf__reign_settled(turn->reign, turn->store, &settled, err);
  if (r >= 0) r = bf__reign_keep(settled, turn->store, err);
  if (r >= 0 && bf__turn_after(turn, begin_settled, json_object()) < 0) r = no_memory(err);
  bf__reign_unref(settled);
  return r;
}

/* A migration that fails is the candidate's fault, seen by nobody in its plan: the case waits where it stands, and /readyz names
 * it.
 */
static int migrate_one(struct bf__turn *turn, struct bf__command *command, const char *id, struct bf_error *err) {
  struct bf__change *change = bf__change_new(turn);
  struct bf__work work = {.turn = turn, .change = change};
  struct bf_error own = {0};
  int r = change ? bf__work_settle(&work, id, &own) : no_memory(err);
  json_t *ids = r >= 0 ? bf__change_ids(change) : NULL;
  if (r == BF_ESCRIPT || r == BF_ELIMIT) {
    bf__log_script("rules.reconcile", &own);
    r = 0;
  } else if (r < 0) {
    r = bf_fail(err, r, own.where, "%s", own.message);
  } else if (json_array_size(ids)) {
    r = bf__change_write(change, err);
    if (r >= 0 && json_array_extend(command->cases, ids) < 0) r = no_memory(err);
  }
  json_decref(ids);
  bf__change_free(change);
  return r < 0 ? r : 0;
}

int bf__rules_reconcile(struct bf__turn *turn, struct bf__command *command, struct bf_error *err) {
  char *cursor = NULL, next[32];
  json_t *rows = NULL, *row;
  size_t i;
  int64_t at;
  bool more = false;
  if (!(command->cases = json_array())) return no_memory(err);
  int r = bf__store_meta_get(turn->store, "reconcile", &cursor, err);
  if (r >= 0 && cursor && *cursor) {
    at = strtoll(cursor, NULL, 10);
    r = bf__store_rows(turn->store, "SELECT id, number FROM cases WHERE open = 1 AND number > $1 ORDER BY number LIMIT $2",
                       "id:t number:i", &rows, err, "ii", at, (int64_t)SLICE);
    json_array_foreach(rows, i, row) {
      if (r >= 0) r = migrate_one(turn, command, text(row, "id"), err);
      if (r >= 0) r = bf__cases_reconcile(turn, text(row, "id"), err);
      at = json_integer_value(json_object_get(row, "number"));
    }
    more = json_array_size(rows) == SLICE;
    (void)snprintf(next, sizeof next, "%lld", (long long)at);
    if (r >= 0) r = bf__store_meta_put(turn->store, "reconcile", more ? next : "", err);
    if (r >= 0 && !more) r = settle(turn, err);
    json_decref(rows);
  }
  free(cursor);
  command->status = 200;
  command->body = json_pack("{sb}", "more", more);
  return r < 0 ? r : 0;
}

static void on_slice(struct bf__command *command) {
  struct bf__app *app = command->arg;
  void (*then)(struct bf__app *, void *) = app->on_reconciled;
  if (command->status == 200 && json_is_true(json_object_get(command->body, "more"))) {
    bf__rules_reconcile_start(app);
    return;
  }
  app->on_reconciled = NULL;
  if (then) then(app, app->on_reconciled_arg);
}

void bf__rules_reconcile_start(struct bf__app *app) {
  if (bf__submit(app, "rules.reconcile", json_object(), on_slice, app) < 0)
    bf__log(BF_LOG_ERROR, "rules.reconcile", "no memory: goes on at the next start");
}
