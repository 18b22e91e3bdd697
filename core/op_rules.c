/* The way of rules into force: candidate, check, test, diff, plan, apply, rollback. What takes long is done by a thread beside
 * the loop; only the last step is a command to the engine. */
#include <stdlib.h>
#include <string.h>

#include "child.h"
#include "jobs.h"
#include "log.h"
#include "permit.h"
#include "proofs.h"
#include "proposals.h"
#include "prove.h"
#include "redlines.h"
#include "rules_apply.h"
#include "rules_diff.h"
#include "rules_job.h"
#include "rules_plan.h"
#include "services.h"
#include "watch.h"

#define CASES_SHOWN 1000

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}

/* Steps
 * --------------------------------------------------------------------------------------------------------------------------- */

static json_t *summary_of(const struct bf__ruleset *set) {
  return json_pack("{sb ss sI sI sI}", "ok", 1, "candidate", set->hash, "files", (json_int_t)json_object_size(set->files),
                   "stages", (json_int_t)json_object_size(json_object_get(set->base, "stages")), "amended",
                   (json_int_t)json_object_size(set->views));
}

/* What is compared with: the rules in force, or those that `from` names. NULL: the job has been refused. */
static struct bf__ruleset *compared_with(struct bf__rules_job *job) {
  const char *from = json_string_value(bf__job_param(job, "from"));
  struct bf__ruleset *set = NULL;
  struct bf_error err = {0};
  if (!from || strcmp(job->verb, "diff") != 0) return bf__app_rules(job->app);
  json_t *bundle = bf__job_stored(job, from, &err);
  if (!bundle || bf__ruleset_from_bundle(bundle, &set, &err) < 0) {
    set = NULL;
    bf__job_broken(job, &err);
  }
  json_decref(bundle);
  return set;
}

static json_t *diff_of(struct bf__rules_job *job, const struct bf__ruleset *set) {
  struct bf__ruleset *now = compared_with(job);
  if (!now) return NULL;
  json_t *out = bf__rules_diff(now, set);
  bf__ruleset_unref(now);
  return out;
}

/* A choice for cases in flight that means nothing. */
static void bad_policy(struct bf__rules_job *job, const struct bf_error *err) {
  char zh[500], en[700];
  (void)snprintf(zh, sizeof zh, "在办事项的安排有误:%s(现行规则没有这个环节,或写法不对)", err->where);
  (void)snprintf(en, sizeof en, "What cases in flight are to do is not in order: %s %s", err->where, err->message);
  bf__job_refuse(job, 422, "rules.policy", "policy", zh, en);
}

static void fail(struct bf__rules_job *job, const struct bf_error *err) {
  if (err->code == BF_EINVAL) {
    bad_policy(job, err);
    return;
  }
  bf__log(BF_LOG_ERROR, "rules.job", "%s: %s: %s", job->verb, err->where, err->message);
  if (err->code == BF_ESCRIPT || err->code == BF_ELIMIT)
    bf__job_broken(job, err);
  else
    bf__job_refuse(job, 503, "storage.failed", NULL, "暂时无法完成:请稍后重试",
                   "It could not be done just now. Try again later.");
}

static struct bf__candidate *new_candidate(struct bf__ruleset *set, struct bf_error *err) {
  struct bf__candidate *candidate = calloc(1, sizeof *candidate);
  if (!candidate) {
    (void)bf_fail(err, BF_ENOMEM, "rules", "no memory");
    return NULL;
  }
  candidate->set = bf__ruleset_ref(set);
  candidate->refs = 1;
  return candidate;
}

/* False: the job has been refused. */
static bool make_plan(struct bf__rules_job *job, struct bf__ruleset *set) {
  struct bf_error err = {0};
  uint64_t began = uv_hrtime();
  struct bf__candidate *candidate = new_candidate(set, &err);
  int r = candidate ? bf__rules_new(set, &candidate->ready, &err) : BF_ENOMEM;
  if (r >= 0) r = bf__rules_plan(job->app, candidate, bf__job_param(job, "policy"), &err);
  if (r < 0) {
    bf__candidate_unref(job->app->candidates, candidate);
    fail(job, &err);
    return false;
  }
  (void)json_object_set_new(candidate->summary, "milliseconds", json_integer((json_int_t)((uv_hrtime() - began) / 1000000)));
  bf__candidates_keep(job->app->candidates, candidate);
  return true;
}

/* The plan as an answer: the summary first, then the cases. */
static void tell_plan(struct bf__rules_job *job, const struct bf__ruleset *set) {
  struct bf__candidate *candidate = bf__candidates_find(job->app->candidates, set->hash);
  const char *id, *only = json_string_value(bf__job_param(job, "case"));
  json_t *cases = json_array(), *one;
  if (candidate) {
    json_object_foreach(candidate->plan, id, one) if (json_array_size(cases) < CASES_SHOWN && (!only || strcmp(only, id) == 0))(
        void) json_array_append_new(cases, bf__plan_case(candidate, id));
    job->status = 200;
    job->body = json_pack("{ss sO so sO}", "candidate", set->hash, "summary", candidate->summary, "diff", diff_of(job, set),
                          "cases", cases);
  }
  json_decref(cases);
  bf__candidate_unref(job->app->candidates, candidate);
}

/* Law cases are run by a child process: they may be as bad as the rules they are for. */
static int law_report(const struct bf__ruleset *set, json_t **ret, struct bf_error *err) {
  json_t *job = json_pack("{ss so}", "verb", "test", "bundle", bf__ruleset_bundle(set));
  int r =
      job ? bf__child_run(job, &bf__child_default_limits, NULL, NULL, ret, err) : bf_fail(err, BF_ENOMEM, "rules", "no memory");
  json_decref(job);
  return r;
}

/* The law cases that the candidate brings must hold before it can come into force. */
static bool law_holds(struct bf__rules_job *job, struct bf__ruleset *set) {
  struct bf_error err = {0};
  json_t *report = NULL, *one;
  size_t i;
  if (law_report(set, &report, &err) < 0) {
    bf__job_broken(job, &err);
    return false;
  }
  json_int_t failed = json_integer_value(json_object_get(report, "failed"));
  json_array_foreach(json_object_get(report, "cases"), i, one) {
    if (job->body || json_is_true(json_object_get(one, "ok"))) continue;
    char zh[900], en[900];
    (void)snprintf(zh, sizeof zh, "有 %lld 个法条用例不符,如 %s:%s", (long long)failed, text(one, "path"), text(one, "why"));
    (void)snprintf(en, sizeof en, "%lld law cases do not hold, such as %s: %s", (long long)failed, text(one, "path"),
                   text(one, "why"));
    bf__job_refuse(job, 422, "rules.law", text(one, "path"), zh, en);
  }
  json_decref(report);
  return failed == 0;
}

static void run_law(struct bf__rules_job *job, struct bf__ruleset *set) {
  struct bf_error err = {0};
  if (law_report(set, &job->body, &err) < 0)
    bf__job_broken(job, &err);
  else
    job->status = 200;
}

/* False: the job has been refused. */
static bool within_reach(struct bf__rules_job *job, const struct bf__ruleset *set) {
  char outside[300], zh[500], en[500];
  const char *code = bf__rules_reach(job->app, job->actor);
  if (!bf__files_outside(job->app, job->actor, set->files, set->years, outside, sizeof outside)) return true;
  (void)snprintf(zh, sizeof zh, "您只能修改本辖区的规则(counties/%.20s/ 之下),不能修改 %s", code, outside);
  (void)snprintf(en, sizeof en, "You may change your own jurisdiction's rules (below counties/%.20s/), not %s.", code, outside);
  bf__job_refuse(job, 403, "rules.reach", outside, zh, en);
  return false;
}

/* What crosses a red line by its declarations alone never becomes a candidate. False: the job has been refused. */
static bool within_redlines(struct bf__rules_job *job, struct bf__ruleset *set) {
  struct bf_error err = {0};
  json_t *crossed = NULL;
  if (bf__redlines_static(set, &crossed, &err) < 0) {
    bf__job_broken(job, &err);
    return false;
  }
  bool ok = json_array_size(crossed) == 0;
  if (!ok) {
    char zh[900], en[900];
    const json_t *first = json_array_get(crossed, 0);
    (void)snprintf(zh, sizeof zh, "候选规则越过红线“%s”(第%lld条):%s", text(first, "name"),
                   (long long)json_integer_value(json_object_get(first, "article")), text(first, "zh"));
    (void)snprintf(en, sizeof en, "The candidate crosses the red line '%s' (art. %lld): %s", text(first, "name"),
                   (long long)json_integer_value(json_object_get(first, "article")), text(first, "en"));
    bf__job_refuse(job, 422, "rules.redline", text(first, "name"), zh, en);
    if (job->body) (void)json_object_set(job->body, "crossed", crossed);
  }
  json_decref(crossed);
  return ok;
}

/* What cases in flight do is part of the plan: another choice is another plan. False: the job has been refused. */
static bool as_planned(struct bf__rules_job *job) {
  struct bf__candidate *candidate = bf__candidates_find(job->app->candidates, json_string_value(bf__job_param(job, "candidate")));
  const json_t *policy = bf__job_param(job, "policy");
  bool same = !candidate || !policy || (candidate->asked && json_equal(candidate->asked, policy));
  bf__candidate_unref(job->app->candidates, candidate);
  if (!same)
    bf__job_refuse(job, 409, "plan.stale", "policy", "在办事项的安排与计划时不同:请按新的安排重新计划",
                   "What cases in flight are to do is not what was planned: plan again with this choice.");
  return same;
}

/* Flow ---------------------------------------------------------------------------------------------------------------------- */

static void job_free(struct bf__rules_job *job) {
  json_decref(job->params);
  json_decref(job->actor);
  json_decref(job->body);
  free(job);
}

static void finish(struct bf__rules_job *job, int status, json_t *body) {
  struct bf_call call = {.answer = job->answer, .arg = job->arg};
  bf__answer_json(&call, status, body);
  job_free(job);
}

/* Ends in the engine with OPERATION on the candidate. */
static void go_on(struct bf__rules_job *job, const char *operation, const struct bf__ruleset *set) {
  (void)snprintf(job->next, sizeof job->next, "%s", operation);
  (void)snprintf(job->apply, sizeof job->apply, "%s", set->hash);
}

static void hand_in(struct bf__rules_job *job, struct bf__ruleset *set) {
  struct bf_error err = {0};
  struct bf__candidate *candidate = new_candidate(set, &err);
  if (!candidate) {
    fail(job, &err);
    return;
  }
  struct bf__candidate *there = bf__candidates_find(job->app->candidates, set->hash);
  if (there) /* handed in before: its plan is still the plan */
    bf__candidate_unref(job->app->candidates, candidate);
  else
    bf__candidates_keep(job->app->candidates, candidate);
  bf__candidate_unref(job->app->candidates, there);
  job->status = 201;
  job->body = json_pack("{ss so so}", "id", set->hash, "summary", summary_of(set), "diff", diff_of(job, set));
  go_on(job, "rules.propose", set);
}

static bool has_lines(const struct bf__ruleset *set) {
  const char *path;
  json_t *file;
  json_object_foreach(set->files, path, file) if (strncmp(path, "redlines/", 9) == 0) return true;
  return false;
}

/* The red lines of the candidate, proved by a child process; what was proved before, and has not changed since, is not proved
 * again. */
static void note_progress(void *arg, const json_t *now) {
  struct bf__rules_job *job = arg;
  bf__proofs_progress(job->app->proofs, job->apply, now);
}

static void prove(struct bf__rules_job *job, struct bf__ruleset *set) {
  struct bf_error err = {0};
  struct bf__child_limits limits;
  double seconds = json_number_value(bf__job_param(job, "seconds"));
  json_t *known = NULL, *proof = NULL;
  bool all = false, needed = json_is_true(bf__job_param(job, "needed"));
  if (seconds < 0 || seconds > 3600) seconds = 0;
  bf__prove_limits(seconds, &limits);
  int r = bf__proofs_known(job->app, set, &known, &all, &err);
  if (r >= 0 && needed && (all || !job->app->config.rules_prove || !has_lines(set))) { /* nothing hangs on another one */
    job->status = 200;
    job->body = json_pack("{ss sb sb}", "candidate", set->hash, "ok", 1, "known", 1);
    json_decref(known);
    return;
  }
  (void)snprintf(job->apply, sizeof job->apply, "%s", set->hash);
  json_t *work =
      json_pack("{ss so sO* sf sO* so*}", "verb", "prove", "bundle", bf__ruleset_bundle(set), "county",
                bf__job_param(job, "county"), "seconds", seconds, "states", bf__job_param(job, "states"), "known", known);
  if (r >= 0) r = work ? bf__child_run(work, &limits, note_progress, job, &proof, &err) : BF_ENOMEM;
  bf__proofs_progress(job->app->proofs, set->hash, NULL);
  json_decref(work);
  if (r < 0) {
    bf__job_broken(job, &err);
    return;
  }
  (void)json_object_set_new(proof, "candidate", json_string(set->hash));
  job->status = 200;
  job->body = proof;
  /* a shorter look than the usual one proves nothing that is kept */
  if (!(seconds > 0 && seconds < 4 * BF__PROVE_SECONDS) && !bf__job_param(job, "states")) go_on(job, "rules.proved", set);
}

/* Where no red line is declared there is nothing to prove; in development mode nobody waits. */
static bool proved(struct bf__rules_job *job, const struct bf__ruleset *set) {
  struct bf_error err = {0};
  json_t *known = NULL;
  bool all = false;
  if (!job->app->config.rules_prove || job->app->config.rules_development || !has_lines(set)) return true;
  if (bf__proofs_known(job->app, set, &known, &all, &err) < 0) {
    fail(job, &err);
    return false;
  }
  json_decref(known);
  if (!all)
    bf__job_refuse(job, 409, "rules.unproved", "candidate", "这套规则还没有通过红线验证:请先验证(prove),通过后再施行",
                   "These rules have no passed proof of the red lines: prove them first, then put them into force.");
  return all;
}

/* Everything that must hold before a candidate comes into force, its plan aside. False: the job has been refused. */
static bool may_come(struct bf__rules_job *job, struct bf__ruleset *set) {
  return proved(job, set) && law_holds(job, set);
}

/* Cases that changed since the plan are looked at here, so that the engine need not stand still for many. */
static bool still_true(struct bf__rules_job *job, const struct bf__ruleset *set) {
  struct bf__candidate *candidate = bf__candidates_find(job->app->candidates, set->hash);
  char id[100] = "", zh[300], en[300];
  struct bf_error err = {0};
  int r = candidate && candidate->plan ? bf__rules_catch_up(job->app, candidate, true, id, sizeof id, &err) : 0;
  bf__candidate_unref(job->app->candidates, candidate);
  if (r < 0) fail(job, &err);
  if (r < 0) return false;
  if (!*id) return true;
  (void)snprintf(zh, sizeof zh, "计划已过时:事项 %s 之后有变动,影响与计划不同,请重新计划", id);
  (void)snprintf(en, sizeof en, "The plan is stale: case %s has changed since, and what would happen to it differs. Plan again.",
                 id);
  bf__job_refuse(job, 409, "plan.stale", NULL, zh, en);
  return false;
}

/* What was planned before is put into force as it was planned; what was not is planned now. A second person approves a plan, so
 * there the plan comes first. */
static void apply(struct bf__rules_job *job, struct bf__ruleset *set) {
  const char *last = bf__job_param(job, "on") ? "rules.schedule" : "rules.put";
  bool second = job->app->config.rules_approval && strcmp(job->verb, "scheduled") != 0;
  if (!may_come(job, set)) return;
  if (json_is_string(bf__job_param(job, "candidate")) && strcmp(job->verb, "scheduled") != 0 && !bf__job_param(job, "afresh"))
    second = true;
  if (second && (!as_planned(job) || !still_true(job, set))) return;
  job->strict = second;
  if (!second && !make_plan(job, set)) return;
  go_on(job, last, set);
}

static void tell_diff(struct bf__rules_job *job, const struct bf__ruleset *set) {
  json_t *items = diff_of(job, set);
  if (!items) return;
  job->status = 200;
  job->body = json_pack("{ss so}", "candidate", set->hash, "items", items);
}

static void run(void *arg) {
  struct bf__rules_job *job = arg;
  const char *verb = job->verb;
  struct bf__ruleset *set = bf__job_set(job);
  if (!set) return;
  /* what differs may always be looked at, and going back is never held up by what was declared since */
  bool free_ = strcmp(verb, "diff") == 0 || strcmp(verb, "rollback") == 0 || strcmp(verb, "prove") == 0;
  bool was = strcmp(verb, "diff") == 0 && bf__job_param(job, "to"); /* what was in force once is no secret */
  if ((!was && !within_reach(job, set)) || (!free_ && !within_redlines(job, set))) {
    bf__ruleset_unref(set);
    return;
  }
  if (strcmp(verb, "check") == 0) {
    job->status = 200;
    job->body = summary_of(set);
  } else if (strcmp(verb, "test") == 0) {
    run_law(job, set);
  } else if (strcmp(verb, "diff") == 0) {
    tell_diff(job, set);
  } else if (strcmp(verb, "candidate") == 0) {
    hand_in(job, set);
  } else if (strcmp(verb, "prove") == 0) {
    prove(job, set);
  } else if (strcmp(verb, "plan") == 0) {
    if (make_plan(job, set)) tell_plan(job, set);
  } else if (strcmp(verb, "rollback") == 0) { /* never held up by law cases written since */
    if (make_plan(job, set)) go_on(job, "rules.put", set);
  } else {
    apply(job, set);
  }
  bf__ruleset_unref(set);
}

static void on_written(struct bf__command *command) {
  struct bf__rules_job *job = command->arg;
  if (command->status == 200 && strcmp(job->next, "rules.put") == 0) bf__rules_reconcile_start(job->app);
  if (command->status == 200 && job->body)
    finish(job, job->status, json_incref(job->body));
  else
    finish(job, command->status, json_incref(command->body));
}

static void on_run(void *arg) {
  struct bf__rules_job *job = arg;
  struct bf__command *command = NULL;
  if (*job->next) {
    json_t *params = json_pack("{ss sb ss sO* sO* sO* sO*}", "hash", job->apply, "strict", job->strict, "verb", job->verb, "note",
                               bf__job_param(job, "note"), "on", bf__job_param(job, "on"), "source", bf__job_param(job, "source"),
                               "proof", strcmp(job->next, "rules.proved") == 0 ? job->body : NULL);
    command = bf__command_new(bf__operation_find(job->next), params, job->actor);
  }
  if (command) {
    command->done = on_written;
    command->arg = job;
    bf__engine_submit(job->app->engine, command);
  } else if (job->body && !*job->next) {
    finish(job, job->status, json_incref(job->body));
  } else {
    finish(job, 503, bf__problem1(503, "busy", NULL, "没有完成:请重试", "It was not done: try again."));
  }
}

void bf__rules_start(struct bf__app *app, const struct bf_call *call, json_t *params, json_t *actor, const char *verb) {
  struct bf__rules_job *job = calloc(1, sizeof *job);
  struct bf_error err = {.code = BF_ENOMEM};
  if (job) {
    *job = (struct bf__rules_job){
        .app = app, .params = json_incref(params), .actor = json_incref(actor), .answer = call->answer, .arg = call->arg};
    (void)snprintf(job->verb, sizeof job->verb, "%s", verb);
    if (bf__job_start(app->jobs, run, on_run, job, &err) >= 0) return;
    job_free(job);
  }
  if (err.code == BF_EBUSY)
    bf__answer_json(call, 503,
                    bf__problem1(503, "busy", NULL, "正在检查或预演的规则太多:请稍后重试",
                                 "Too many rulesets are being checked or planned just now. Try again later."));
  else
    bf__answer_json(call, 503, bf__problem1(503, "memory", NULL, "内存不足,没有执行", "Out of memory; nothing was done."));
}

static void op_check(struct bf__app *app, const struct bf_call *call, json_t *p, json_t *actor) {
  bf__rules_start(app, call, p, actor, "check");
}
static void op_test(struct bf__app *app, const struct bf_call *call, json_t *p, json_t *actor) {
  bf__rules_start(app, call, p, actor, "test");
}
static void op_diff(struct bf__app *app, const struct bf_call *call, json_t *p, json_t *actor) {
  bf__rules_start(app, call, p, actor, "diff");
}
static void op_candidate(struct bf__app *app, const struct bf_call *call, json_t *p, json_t *actor) {
  bf__rules_start(app, call, p, actor, "candidate");
}
static void op_plan(struct bf__app *app, const struct bf_call *call, json_t *p, json_t *actor) {
  bf__rules_start(app, call, p, actor, "plan");
}
static void op_apply(struct bf__app *app, const struct bf_call *call, json_t *p, json_t *actor) {
  bf__rules_start(app, call, p, actor, "apply");
}
static void op_rollback(struct bf__app *app, const struct bf_call *call, json_t *p, json_t *actor) {
  bf__rules_start(app, call, p, actor, "rollback");
}

static void op_prove(struct bf__app *app, const struct bf_call *call, json_t *p, json_t *actor) {
  bf__rules_start(app, call, p, actor, "prove");
}

static void op_folder(struct bf__app *app, const struct bf_call *call, json_t *p, json_t *actor) {
  json_t *state = bf__watch_state(app->watch);
  (void)p, (void)actor;
  bf__answer_json(call, 200, state ? state : json_pack("{ss}", "state", "unwatched"));
}

const struct bf__operation bf__operations_rules[] = {
    {.name = "rules.folder", .kind = BF__LOOP, .access = BF__ADMIN, .loop = op_folder},
    {.name = "rules.check", .kind = BF__LOOP, .access = BF__ADMIN, .loop = op_check},
    {.name = "rules.test", .kind = BF__LOOP, .access = BF__ADMIN, .loop = op_test},
    {.name = "rules.diff", .kind = BF__LOOP, .access = BF__ADMIN, .loop = op_diff},
    {.name = "rules.candidate", .kind = BF__LOOP, .access = BF__ADMIN, .loop = op_candidate},
    {.name = "rules.plan", .kind = BF__LOOP, .access = BF__ADMIN, .loop = op_plan},
    {.name = "rules.apply", .kind = BF__LOOP, .access = BF__ADMIN, .loop = op_apply},
    {.name = "rules.rollback", .kind = BF__LOOP, .access = BF__ADMIN, .loop = op_rollback},
    {.name = "rules.prove", .kind = BF__LOOP, .access = BF__ADMIN, .loop = op_prove},
    {.name = "rules.proved", .kind = BF__WRITE, .access = BF__INTERNAL, .write = bf__proofs_put},
    {.name = "rules.proposal", .kind = BF__READ, .access = BF__ADMIN, .read = bf__proofs_proposal},
    {.name = "rules.propose", .kind = BF__WRITE, .access = BF__INTERNAL, .write = bf__proposal_hand_in},
    {.name = "rules.approve", .kind = BF__WRITE, .access = BF__ADMIN, .write = bf__proposal_approve},
    {.name = "rules.schedule", .kind = BF__WRITE, .access = BF__INTERNAL, .write = bf__proposal_schedule},
    {.name = "rules.cancel", .kind = BF__WRITE, .access = BF__ADMIN, .write = bf__proposal_cancel},
    {.name = "rules.missed", .kind = BF__WRITE, .access = BF__INTERNAL, .write = bf__proposal_missed},
    {.name = "rules.put", .kind = BF__WRITE, .access = BF__INTERNAL, .write = bf__rules_put, .last = true},
    {.name = "rules.reconcile", .kind = BF__WRITE, .access = BF__INTERNAL, .write = bf__rules_reconcile},
    {.name = NULL},
};
