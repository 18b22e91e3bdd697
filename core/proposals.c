#include "proposals.h"

#include <stdlib.h>
#include <string.h>

#include "notice.h"
#include "rules_job.h"
#include "turn.h"

#define KEPT 50 /* candidates that are not waiting for their day */

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}
static int no_memory(struct bf_error *err) {
  return bf_fail(err, BF_ENOMEM, "candidate", "no memory");
}
/* The operator on the machine itself is a person too. */
static const char *who(const json_t *actor) {
  const char *user = text(actor, "user");
  return user ? user : "operator";
}
static const json_t *body_param(const struct bf__command *command, const char *name) {
  const json_t *value = json_object_get(json_object_get(command->params, "body"), name);
  return value ? value : json_object_get(command->params, name);
}

/* Rows ---------------------------------------------------------------------------------------------------------------------- */

/* *RET_BODY and *RET_STATE stay NULL when there is no such candidate. Both owned by *RET_ROWS. */
static int get_row(struct bf__store *store, const char *hash, json_t **ret_rows, struct bf_error *err) {
  return bf__store_rows(store, "SELECT hash, at_ms, state, due_ms, body FROM rules_candidates WHERE hash = $1",
                        "hash:t at_ms:i state:t due_ms:i body:j", ret_rows, err, "t", hash);
}

static int put_row(struct bf__turn *turn, const char *hash, const char *state, int64_t due_ms, const json_t *body,
                   struct bf_error *err) {
  int r = bf__store_run(turn->store, "UPDATE rules_candidates SET state = $2, due_ms = $3, body = $4 WHERE hash = $1", NULL, err,
                        "ttij", hash, state, due_ms, body);
  return r < 0 ? r : 0;
}

static void look_next(struct bf__app *app, json_t *data) {
  struct bf_error err = {0};
  (void)data;
  if (bf__proposals_next(app, bf__engine_store(app->engine), &err) < 0)
    app->schedule_next = 0; /* the scheduler then looks itself */
}

int bf__proposals_next(struct bf__app *app, struct bf__store *store, struct bf_error *err) {
  json_t *rows = NULL;
  int r = bf__store_rows(store, "SELECT due_ms FROM rules_candidates WHERE state = 'waiting' ORDER BY due_ms LIMIT 1", "due_ms:i",
                         &rows, err, "");
  if (r >= 0)
    app->schedule_next =
        json_array_size(rows) ? json_integer_value(json_object_get(json_array_get(rows, 0), "due_ms")) : INT64_MAX;
  json_decref(rows);
  return r;
}

int bf__proposal_bundle(struct bf__app *app, const char *id, json_t **ret, struct bf_error *err) {
  struct bf__store *store = NULL;
  json_t *rows = NULL;
  char last[BF__HASH_HEX + 1];
  size_t length = strlen(id);
  if (length < 12 || length >= BF__HASH_HEX || strspn(id, "0123456789abcdef") != length)
    return bf_fail(err, BF_ENOTFOUND, id, "there is no such candidate");
  (void)snprintf(last, sizeof last, "%sg", id); /* what follows any hash that begins so */
  int r = bf__store_open(app->storage, false, &store, err);
  if (r >= 0)
    r = bf__store_rows(store, "SELECT bundle FROM rules_candidates WHERE hash >= $1 AND hash < $2 ORDER BY hash LIMIT 1",
                       "bundle:j", &rows, err, "tt", id, last);
  json_t *bundle = json_object_get(json_array_get(rows, 0), "bundle");
  if (r >= 0 && bundle) *ret = json_incref(bundle);
  if (r >= 0 && !bundle) r = bf_fail(err, BF_ENOTFOUND, id, "there is no such candidate");
  json_decref(rows);
  bf__store_close(store);
  return r;
}

int bf__proposals_list(struct bf__reading *reading, struct bf_error *err) {
  json_t *rows = NULL, *row;
  size_t i;
  int r = bf__store_rows(reading->store, "SELECT hash, state, body FROM rules_candidates ORDER BY at_ms DESC, hash LIMIT 200",
                         "id:t state:t body:j", &rows, err, "");
  json_array_foreach(rows, i, row) {
    json_t *body = json_incref(json_object_get(row, "body"));
    (void)json_object_del(row, "body");
    if (json_object_update(row, body) < 0) r = no_memory(err);
    json_decref(body);
  }
  reading->status = 200;
  reading->body = json_pack("{so* sb sb}", "items", rows, "approval", reading->app->config.rules_approval, "development",
                            reading->app->config.rules_development);
  return r;
}

/* Handing in ---------------------------------------------------------------------------------------------------------------- */

static int forget_oldest(struct bf__turn *turn, struct bf_error *err) {
  int r = bf__store_run(turn->store,
                        "DELETE FROM rules_candidates WHERE state <> 'waiting' AND hash NOT IN (SELECT hash FROM rules_candidates"
                        " WHERE state <> 'waiting' ORDER BY at_ms DESC, hash LIMIT $1)",
                        NULL, err, "i", (int64_t)KEPT);
  return r < 0 ? r : 0;
}

/* A candidate that is there already, and on its way, stays its first proposer's. */
static int keep(struct bf__turn *turn, struct bf__command *command, const struct bf__candidate *candidate, struct bf_error *err) {
  const char *hash = candidate->set->hash, *source = text(command->params, "source"), *state;
  json_t *rows = NULL, *body, *bundle;
  char at[32];
  int r = get_row(turn->store, hash, &rows, err);
  state = text(json_array_get(rows, 0), "state");
  bool there = state && (strcmp(state, "open") == 0 || strcmp(state, "waiting") == 0);
  json_decref(rows);
  if (r < 0 || there) return r;
  bf__moment_format(turn->now_ms, at);
  bundle = bf__ruleset_bundle(candidate->set);
  body = json_pack("{ss ss* ss ss sO*}", "by", who(command->actor), "org", text(command->actor, "org"), "source",
                   source           ? source
                   : command->actor ? "http"
                                    : "operator",
                   "at", at, "note", json_object_get(command->params, "note"));
  r = body && bundle ? bf__store_run(turn->store, "DELETE FROM rules_candidates WHERE hash = $1", NULL, err, "t", hash)
                     : no_memory(err);
  if (r >= 0)
    r = bf__store_run(
        turn->store, "INSERT INTO rules_candidates (hash, at_ms, state, due_ms, body, bundle) VALUES ($1, $2, 'open', 0, $3, $4)",
        NULL, err, "tijj", hash, turn->now_ms, body, bundle);
  if (r >= 0)
    r = bf__turn_event(turn, NULL,
                       json_pack("{ss ss sO* sO}", "do", "candidate", "candidate", hash, "actor", command->actor, "source",
                                 json_object_get(body, "source")),
                       err);
  if (r >= 0) r = forget_oldest(turn, err);
  json_decref(body);
  json_decref(bundle);
  return r < 0 ? r : 0;
}

static int unknown(struct bf__command *command) {
  return bf__refuse(command, 404, "candidate.unknown", "candidate", "没有这个候选规则,或已过期:请重新提交",
                    "There is no such candidate, or it was dropped: hand it in again.");
}

int bf__proposal_hand_in(struct bf__turn *turn, struct bf__command *command, struct bf_error *err) {
  struct bf__candidate *candidate = bf__candidates_find(turn->app->candidates, text(command->params, "hash"));
  int r = candidate ? keep(turn, command, candidate, err) : unknown(command);
  if (candidate && r >= 0) {
    command->status = 200;
    command->body = json_pack("{ss}", "id", candidate->set->hash);
  }
  bf__candidate_unref(turn->app->candidates, candidate);
  return r;
}

/* A second person ----------------------------------------------------------------------------------------------------------- */

static int unplanned(struct bf__command *command) {
  return bf__refuse(command, 409, "plan.stale", NULL, "没有这个候选规则的计划,或计划之后规则已变:请先计划",
                    "There is no plan for this candidate, or the rules have changed since: plan it first.");
}

static int write_approval(struct bf__turn *turn, struct bf__command *command, const struct bf__candidate *candidate,
                          const json_t *row, struct bf_error *err) {
  char at[32];
  const char *hash = candidate->set->hash;
  json_t *body = json_deep_copy(json_object_get(row, "body"));
  bf__moment_format(turn->now_ms, at);
  json_t *approval = json_pack("{ss ss ss}", "by", who(command->actor), "at", at, "plan", candidate->plan_hash);
  int r = body && json_object_set(body, "approval", approval) == 0 ? 0 : no_memory(err);
  if (r >= 0) r = put_row(turn, hash, text(row, "state"), json_integer_value(json_object_get(row, "due_ms")), body, err);
  if (r >= 0)
    r = bf__turn_event(
        turn, NULL,
        json_pack("{ss ss ss sO*}", "do", "approve", "candidate", hash, "plan", candidate->plan_hash, "actor", command->actor),
        err);
  command->status = 200;
  command->body = json_pack("{ss sO*}", "candidate", hash, "approval", approval);
  json_decref(approval);
  json_decref(body);
  return r;
}

static int approve(struct bf__turn *turn, struct bf__command *command, const struct bf__candidate *candidate, const json_t *row,
                   struct bf_error *err) {
  const char *by = text(json_object_get(row, "body"), "by"), *plan = json_string_value(body_param(command, "plan")),
             *state = text(row, "state");
  if (!by) return unknown(command);
  if (strcmp(state, "open") != 0 && strcmp(state, "waiting") != 0)
    return bf__refuse(command, 409, "candidate.over", NULL, "这个候选规则已经启用或撤销,不能再批准",
                      "This candidate is in force or was cancelled: there is nothing to approve.");
  if (strcmp(by, who(command->actor)) == 0)
    return bf__refuse(command, 403, "approval.own", NULL, "不能批准自己提交的规则:请另一位管理员批准",
                      "Nobody approves what they handed in: ask another administrator.");
  if (bf__rules_outside(turn->app, command->actor, candidate->set))
    return bf__refuse(command, 403, "rules.reach", NULL, "这次修改超出您的辖区,不能批准",
                      "This change goes beyond your jurisdiction: you cannot approve it.");
  if (!candidate->plan || candidate->base != turn->reign->number) return unplanned(command);
  if (plan && strcmp(plan, candidate->plan_hash) != 0)
    return bf__refuse(command, 409, "plan.stale", "plan", "您看到的计划已不是现在的计划:请重新查看后批准",
                      "The plan you saw is not the plan there is now: look at it again, then approve.");
  return write_approval(turn, command, candidate, row, err);
}

int bf__proposal_approve(struct bf__turn *turn, struct bf__command *command, struct bf_error *err) {
  struct bf__candidate *candidate =
      bf__candidates_find(turn->app->candidates, json_string_value(body_param(command, "candidate")));
  json_t *rows = NULL;
  int r = candidate ? get_row(turn->store, candidate->set->hash, &rows, err) : unplanned(command);
  if (candidate && r >= 0) r = approve(turn, command, candidate, json_array_get(rows, 0), err);
  json_decref(rows);
  bf__candidate_unref(turn->app->candidates, candidate);
  return r;
}

int bf__proposal_approved(struct bf__turn *turn, struct bf__command *command, const struct bf__candidate *candidate, bool plan,
                          struct bf_error *err) {
  json_t *rows = NULL;
  int r = get_row(turn->store, candidate->set->hash, &rows, err);
  const json_t *body = json_object_get(json_array_get(rows, 0), "body"), *approval = json_object_get(body, "approval");
  bool ok = r >= 0 && approval && (!plan || strcmp(text(approval, "plan"), candidate->plan_hash) == 0);
  if (r >= 0 && !approval)
    r = bf__refuse(command, 409, "approval.missing", NULL, "本系统要求另一位管理员批准:请先提交候选规则、预演并请其批准",
                   "A second administrator must approve: hand the candidate in, plan it, and have it approved.");
  else if (r >= 0 && !ok)
    r = bf__refuse(command, 409, "approval.stale", NULL, "批准的是另一份计划,影响已有变化:请重新批准",
                   "What was approved was another plan; what would happen has changed: have it approved again.");
  json_decref(rows);
  return r < 0 ? r : ok;
}

int bf__proposal_done(struct bf__turn *turn, const char *hash, struct bf_error *err) {
  int r = bf__store_run(turn->store, "UPDATE rules_candidates SET state = 'in_force' WHERE hash = $1", NULL, err, "t", hash);
  if (r >= 0 && bf__turn_after(turn, look_next, json_object()) < 0) r = no_memory(err);
  return r < 0 ? r : 0;
}

/* A day to come ------------------------------------------------------------------------------------------------------------- */

static int write_schedule(struct bf__turn *turn, struct bf__command *command, const struct bf__candidate *candidate,
                          const char *on, int64_t due_ms, struct bf_error *err) {
  const char *hash = candidate->set->hash;
  json_t *rows = NULL;
  int r = keep(turn, command, candidate, err);
  if (r >= 0) r = get_row(turn->store, hash, &rows, err);
  json_t *body = json_deep_copy(json_object_get(json_array_get(rows, 0), "body"));
  json_t *schedule = json_pack("{ss ss ss* sO* sI}", "on", on, "by", who(command->actor), "org", text(command->actor, "org"),
                               "policy", candidate->asked, "number", (json_int_t)candidate->base);
  if (r >= 0 && (!body || json_object_set(body, "schedule", schedule) < 0)) r = no_memory(err);
  if (r >= 0) r = put_row(turn, hash, "waiting", due_ms, body, err);
  if (r >= 0)
    r = bf__turn_event(turn, NULL,
                       json_pack("{ss ss ss sO sO*}", "do", "schedule", "candidate", hash, "on", on, "policy", candidate->policy,
                                 "actor", command->actor),
                       err);
  if (r >= 0 && bf__turn_after(turn, look_next, json_object()) < 0) r = no_memory(err);
  bf__turn_next(turn, due_ms);
  command->status = 200;
  command->body = json_pack("{ss sO sO}", "candidate", hash, "schedule", schedule, "plan", candidate->summary);
  json_decref(schedule);
  json_decref(body);
  json_decref(rows);
  return r < 0 ? r : 0;
}

static int schedule(struct bf__turn *turn, struct bf__command *command, const struct bf__candidate *candidate,
                    struct bf_error *err) {
  const char *on = text(command->params, "on");
  int32_t date;
  if (!on || bf__date_parse(on, strlen(on), &date) < 0 || date <= turn->today)
    return bf__refuse(command, 422, "schedule.date", "on", "施行日期应为今天以后的日期,如 2027-01-01",
                      "The day on which it comes into force is a date after today, such as 2027-01-01.");
  if (!candidate->plan || candidate->base != turn->reign->number) return unplanned(command);
  if (candidate->stranded > 0)
    return bf__refuse(command, 422, "plan.stranded", NULL, "有在办事项在新规则下没有出路,不能安排施行",
                      "Open cases would have no way out under the new rules: this cannot be scheduled.");
  int r = turn->app->config.rules_approval ? bf__proposal_approved(turn, command, candidate, true, err) : 1;
  return r == 1 ? write_schedule(turn, command, candidate, on, bf__date_start_ms(date), err) : r;
}

int bf__proposal_schedule(struct bf__turn *turn, struct bf__command *command, struct bf_error *err) {
  struct bf__candidate *candidate = bf__candidates_find(turn->app->candidates, text(command->params, "hash"));
  int r = candidate ? schedule(turn, command, candidate, err) : unplanned(command);
  bf__candidate_unref(turn->app->candidates, candidate);
  return r;
}

static int end_waiting(struct bf__turn *turn, struct bf__command *command, const json_t *row, const char *state, const char *why,
                       struct bf_error *err) {
  const char *hash = text(row, "hash");
  json_t *body = json_deep_copy(json_object_get(row, "body"));
  int r = body && (!why || json_object_set_new(body, "why", json_string(why)) == 0) ? 0 : no_memory(err);
  if (r >= 0) r = put_row(turn, hash, state, 0, body, err);
  if (r >= 0)
    r = bf__turn_event(turn, NULL,
                       json_pack("{ss ss ss* sO*}", "do", state, "candidate", hash, "why", why, "actor", command->actor), err);
  if (r >= 0 && bf__turn_after(turn, look_next, json_object()) < 0) r = no_memory(err);
  command->status = 200;
  command->body = json_pack("{ss ss}", "candidate", hash, "state", state);
  json_decref(body);
  return r;
}

int bf__proposal_cancel(struct bf__turn *turn, struct bf__command *command, struct bf_error *err) {
  const char *id = json_string_value(body_param(command, "candidate"));
  char last[BF__HASH_HEX + 1];
  json_t *rows = NULL;
  size_t length = id ? strlen(id) : 0;
  if (length < 12 || length >= BF__HASH_HEX || strspn(id, "0123456789abcdef") != length) return unknown(command);
  (void)snprintf(last, sizeof last, "%sg", id);
  int r = bf__store_rows(
      turn->store, "SELECT hash, state, body, bundle FROM rules_candidates WHERE hash >= $1 AND hash < $2 ORDER BY hash LIMIT 1",
      "hash:t state:t body:j bundle:j", &rows, err, "tt", id, last);
  const json_t *row = json_array_get(rows, 0);
  const char *state = text(row, "state");
  if (r >= 0 && !row)
    r = unknown(command);
  else if (r >= 0 && strcmp(state, "open") != 0 && strcmp(state, "waiting") != 0)
    r = bf__refuse(command, 409, "candidate.over", NULL, "这个候选规则已经启用、未获施行或已撤销",
                   "This candidate is in force, was refused on its day, or was cancelled already.");
  else if (r >= 0 && bf__bundle_outside(turn->app, command->actor, json_object_get(row, "bundle")))
    r = bf__refuse(command, 403, "rules.reach", NULL, "这次修改超出您的辖区,不能撤销",
                   "This change goes beyond your jurisdiction: you cannot cancel it.");
  else if (r >= 0)
    r = end_waiting(turn, command, row, "cancelled", NULL, err);
  json_decref(rows);
  return r;
}

/* Who hears of it: the body of the person who set the day, and those of all who administer the rules when it was the operator. */
static json_t *to_tell(struct bf__turn *turn, const json_t *row) {
  const char *org = text(json_object_get(json_object_get(row, "body"), "schedule"), "org");
  json_t *out = json_array(), *users, *user, *seen = json_object();
  size_t i;
  if (org) (void)json_object_set_new(seen, org, json_true());
  users = org ? NULL : bf__directory_users(turn->app->directory);
  json_array_foreach(users, i, user) if (json_is_true(json_object_get(user, "admin")) && text(user, "org"))(void)
      json_object_set_new(seen, text(user, "org"), json_true());
  const char *name;
  json_t *one;
  json_object_foreach(seen, name, one)(void) json_array_append_new(out, json_string(name));
  json_decref(seen);
  json_decref(users);
  return out;
}

int bf__proposal_missed(struct bf__turn *turn, struct bf__command *command, struct bf_error *err) {
  const char *hash = text(command->params, "hash"), *zh = text(command->params, "zh"), *en = text(command->params, "en");
  json_t *rows = NULL;
  int r = get_row(turn->store, hash ? hash : "", &rows, err);
  const json_t *row = json_array_get(rows, 0);
  const char *on = text(json_object_get(json_object_get(row, "body"), "schedule"), "on");
  if (r >= 0 && (!row || strcmp(text(row, "state"), "waiting") != 0)) {
    r = unknown(command);
  } else if (r >= 0) {
    char number[16];
    (void)snprintf(number, sizeof number, "%.12s", hash);
    json_t *orgs = to_tell(turn, row);
    r = bf__notice_tell(turn, orgs, bf__turn_seq(turn), "rules_missed",
                        json_pack("{ss* ss s{ss* ss*}}", "from", on, "ruleset", number, "fault", "zh", zh, "en", en), err);
    json_decref(orgs);
    if (r >= 0) r = end_waiting(turn, command, row, "refused", en, err);
  }
  json_decref(rows);
  return r;
}
