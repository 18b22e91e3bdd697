/* Rules as people and programs see them, and their way into force: candidate, check, test, diff, plan, apply, rollback. What
 * takes long is done by a worker thread; only the last step is a command to the engine. */
#include <stdlib.h>
#include <string.h>

#include "candidates.h"
#include "law.h"
#include "log.h"
#include "permit.h"
#include "redlines.h"
#include "rules_apply.h"
#include "rules_diff.h"
#include "rules_plan.h"
#include "services.h"

#define CASES_SHOWN 1000

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}

struct job {
  uv_work_t work;
  struct bf__app *app;
  char verb[24];
  json_t *params, *actor;
  bf_answer_cb answer;
  void *arg;
  /* the outcome */
  int status;
  json_t *body;
  char apply[BF__HASH_HEX]; /* go on with putting this candidate into force */
  bool strict;
};

static void job_free(struct job *job) {
  json_decref(job->params);
  json_decref(job->actor);
  json_decref(job->body);
  free(job);
}

static void reply(struct job *job, int status, json_t *body) {
  struct bf_call call = {.answer = job->answer, .arg = job->arg};
  bf__answer_json(&call, status, body);
}

static void refuse(struct job *job, int status, const char *code, const char *field, const char *zh, const char *en) {
  job->status = status;
  job->body = bf__problem1(status, code, field, zh, en);
}

/* Where the candidate comes from ----------------------------------------------------------------------------------------------
 */

static const json_t *param(const struct job *job, const char *name) {
  const json_t *value = json_object_get(json_object_get(job->params, "body"), name);
  return value ? value : json_object_get(job->params, name);
}

/* The rules in force with some files exchanged: { path: text, or null to drop it }. */
static json_t *changed_bundle(struct job *job, const json_t *changes) {
  struct bf__ruleset *now = bf__app_rules(job->app);
  json_t *files = json_copy(now->files), *years = json_incref(now->years), *value;
  const char *path;
  bf__ruleset_unref(now);
  json_object_foreach((json_t *)(uintptr_t)changes, path, value) {
    if (json_is_null(value))
      (void)json_object_del(files, path);
    else
      (void)json_object_set(files, path, value);
  }
  const json_t *calendar = param(job, "calendar");
  json_t *bundle = json_pack("{so sO}", "files", files, "calendar", json_is_object(calendar) ? calendar : years);
  json_decref(years);
  return bundle;
}

static json_t *stored_bundle(struct job *job, const char *hash, struct bf_error *err) {
  struct bf__store *store = NULL;
  json_t *rows = NULL, *bundle = NULL;
  int r = bf__store_open(job->app->storage, false, &store, err);
  if (r >= 0) r = bf__store_rows(store, "SELECT bundle FROM rulesets WHERE hash = $1", "bundle:j", &rows, err, "t", hash);
  if (r >= 0) bundle = json_incref(json_object_get(json_array_get(rows, 0), "bundle"));
  if (r >= 0 && !bundle) (void)bf_fail(err, BF_ENOTFOUND, hash, "no such ruleset is in storage");
  json_decref(rows);
  bf__store_close(store);
  return bundle;
}

static json_t *former_bundle(struct job *job, struct bf_error *err) {
  struct bf__store *store = NULL;
  char *hash = NULL;
  json_t *bundle = NULL;
  int r = bf__store_open(job->app->storage, false, &store, err);
  if (r >= 0) r = bf__store_meta_get(store, "ruleset_before", &hash, err);
  bf__store_close(store);
  if (r >= 0 && hash)
    bundle = stored_bundle(job, hash, err);
  else if (r >= 0)
    (void)bf_fail(err, BF_ENOTFOUND, "rollback", "there is no former ruleset to go back to");
  free(hash);
  return bundle;
}

static json_t *bundle_of(struct job *job, struct bf_error *err) {
  const json_t *bundle = param(job, "bundle"), *changes = param(job, "changes"), *files = param(job, "files"),
               *calendar = param(job, "calendar"), *hash = param(job, "to");
  if (strcmp(job->verb, "rollback") == 0)
    return json_is_string(hash) ? stored_bundle(job, json_string_value(hash), err) : former_bundle(job, err);
  if (json_is_object(bundle)) return json_incref((json_t *)(uintptr_t)bundle);
  if (json_is_object(files) && json_is_object(calendar)) return json_pack("{sO sO}", "files", files, "calendar", calendar);
  if (json_is_object(changes) || json_is_object(calendar)) return changed_bundle(job, changes);
  (void)bf_fail(err, BF_EINVAL, "bundle",
                "{\"files\", \"calendar\"}, or {\"changes\": {path: text or null}} over the rules in force, is due");
  return NULL;
}

static void broken(struct job *job, const struct bf_error *err) {
  char zh[900], en[900];
  const char *where =
      strncmp(err->where, "prelude", 7) == 0 ? "" : err->where; /* a line of ours helps nobody: the message names the part */
  (void)snprintf(zh, sizeof zh, "候选规则有误:%s%s%s", where, *where ? ":" : "", err->message);
  (void)snprintf(en, sizeof en, "The candidate is not in order: %s%s%s", where, *where ? ": " : "", err->message);
  refuse(job, err->code == BF_ENOTFOUND ? 404 : 422, "rules.broken", *where ? where : NULL, zh, en);
}

/* The ruleset of the job, made or found; NULL when the job has been refused. */
static struct bf__ruleset *set_of(struct job *job) {
  struct bf_error err = {0};
  struct bf__ruleset *set = NULL;
  const json_t *id = param(job, "candidate");
  if (json_is_string(id)) {
    struct bf__candidate *candidate = bf__candidates_find(job->app->candidates, json_string_value(id));
    if (candidate) set = bf__ruleset_ref(candidate->set);
    bf__candidate_unref(job->app->candidates, candidate);
    if (!set)
      refuse(job, 404, "candidate.unknown", "candidate", "没有这个候选规则,或已过期:请重新提交",
             "There is no such candidate, or it was dropped: hand it in again.");
    return set;
  }
  json_t *bundle = bundle_of(job, &err);
  if (!bundle || bf__ruleset_from_bundle(bundle, &set, &err) < 0) {
    set = NULL;
    broken(job, &err);
  }
  json_decref(bundle);
  return set;
}

/* Steps
 * --------------------------------------------------------------------------------------------------------------------------- */

static json_t *summary_of(const struct bf__ruleset *set) {
  return json_pack("{sb ss sI sI sI}", "ok", 1, "candidate", set->hash, "files", (json_int_t)json_object_size(set->files),
                   "stages", (json_int_t)json_object_size(json_object_get(set->base, "stages")), "amended",
                   (json_int_t)json_object_size(set->views));
}

static json_t *diff_of(struct job *job, const struct bf__ruleset *set) {
  struct bf__ruleset *now = bf__app_rules(job->app);
  json_t *out = bf__rules_diff(now, set);
  bf__ruleset_unref(now);
  return out;
}

/* A choice for cases in flight that means nothing. */
static void bad_policy(struct job *job, const struct bf_error *err) {
  char zh[500], en[700];
  (void)snprintf(zh, sizeof zh, "在办事项的安排有误:%s(现行规则没有这个环节,或写法不对)", err->where);
  (void)snprintf(en, sizeof en, "What cases in flight are to do is not in order: %s %s", err->where, err->message);
  refuse(job, 422, "rules.policy", "policy", zh, en);
}

static void fail(struct job *job, const struct bf_error *err) {
  if (err->code == BF_EINVAL) {
    bad_policy(job, err);
    return;
  }
  bf__log(BF_LOG_ERROR, "rules.job", "%s: %s: %s", job->verb, err->where, err->message);
  if (err->code == BF_ESCRIPT || err->code == BF_ELIMIT)
    broken(job, err);
  else
    refuse(job, 503, "storage.failed", NULL, "暂时无法完成:请稍后重试", "It could not be done just now. Try again later.");
}

static struct bf__candidate *new_candidate(struct bf__ruleset *set, struct bf_error *err) {
  struct bf__candidate *candidate = calloc(1, sizeof *candidate);
  if (!candidate) {
    (void)bf_fail(err, BF_ENOMEM, "rules", "no memory");
    return NULL;
  }
  candidate->set = bf__ruleset_ref(set);
  if (bf__rules_new(set, &candidate->ready, err) < 0) {
    bf__ruleset_unref(candidate->set);
    free(candidate);
    return NULL;
  }
  return candidate;
}

static void make_plan(struct job *job, struct bf__ruleset *set, bool go_on) {
  struct bf_error err = {0};
  uint64_t began = uv_hrtime();
  struct bf__candidate *candidate = new_candidate(set, &err);
  if (!candidate || bf__rules_plan(job->app, candidate, param(job, "policy"), &err) < 0) {
    if (candidate) {
      candidate->refs = 1;
      bf__candidates_keep(job->app->candidates, candidate); /* it owns what was made; a plan that failed is never applied */
      json_decref(candidate->plan);
      candidate->plan = NULL;
    }
    fail(job, &err);
    return;
  }
  (void)json_object_set_new(candidate->summary, "milliseconds", json_integer((json_int_t)((uv_hrtime() - began) / 1000000)));
  if (go_on)
    (void)snprintf(job->apply, sizeof job->apply, "%s", set->hash);
  else {
    json_t *cases = json_array(), *one;
    const char *id;
    const json_t *only = param(job, "case");
    json_object_foreach(candidate->plan, id, one) if (json_array_size(cases) < CASES_SHOWN &&
                                                      (!json_is_string(only) || strcmp(json_string_value(only), id) == 0))(void)
        json_array_append(cases, one);
    job->status = 200;
    job->body = json_pack("{ss sO so so}", "candidate", set->hash, "summary", candidate->summary, "diff", diff_of(job, set),
                          "cases", cases);
  }
  bf__candidates_keep(job->app->candidates, candidate);
}

/* The law cases that the candidate brings must hold before it can come into force. */
static bool law_holds(struct job *job, struct bf__ruleset *set) {
  struct bf_error err = {0};
  json_t *report = NULL, *one;
  size_t i;
  if (bf__law_run(set, &report, &err) < 0) {
    broken(job, &err);
    return false;
  }
  json_int_t failed = json_integer_value(json_object_get(report, "failed"));
  json_array_foreach(json_object_get(report, "cases"), i, one) {
    if (job->body || json_is_true(json_object_get(one, "ok"))) continue;
    char zh[900], en[900];
    (void)snprintf(zh, sizeof zh, "有 %lld 个法条用例不符,如 %s:%s", (long long)failed, text(one, "path"), text(one, "why"));
    (void)snprintf(en, sizeof en, "%lld law cases do not hold, such as %s: %s", (long long)failed, text(one, "path"),
                   text(one, "why"));
    refuse(job, 422, "rules.law", text(one, "path"), zh, en);
  }
  json_decref(report);
  return failed == 0;
}

static void run_law(struct job *job, struct bf__ruleset *set) {
  struct bf_error err = {0};
  if (bf__law_run(set, &job->body, &err) < 0)
    broken(job, &err);
  else
    job->status = 200;
}

/* A county's administrator changes what lies below counties/CODE/ and nothing else. False: the job has been refused. */
static bool within_reach(struct job *job, const struct bf__ruleset *set) {
  const char *code = bf__rules_reach(job->app, job->actor), *path;
  json_t *text_;
  char prefix[40], zh[400], en[400];
  if (!code) return true;
  struct bf__ruleset *now = bf__app_rules(job->app);
  (void)snprintf(prefix, sizeof prefix, "counties/%.20s/", code);
  bool ok = json_equal(now->years, set->years);
  const char *outside = ok ? NULL : "calendar";
  for (int side = 0; side < 2; side++) {
    const json_t *files = side ? now->files : set->files, *others = side ? set->files : now->files;
    json_object_foreach((json_t *)(uintptr_t)files, path, text_) {
      if (!outside && !json_equal(text_, json_object_get(others, path)) && strncmp(path, prefix, strlen(prefix)) != 0)
        outside = path;
    }
  }
  (void)snprintf(zh, sizeof zh, "您只能修改本辖区的规则(%s 之下),不能修改 %s", prefix, outside ? outside : "");
  (void)snprintf(en, sizeof en, "You may change your own jurisdiction's rules (below %s), not %s.", prefix,
                 outside ? outside : "");
  if (outside) refuse(job, 403, "rules.reach", outside, zh, en);
  bf__ruleset_unref(now);
  return !outside;
}

/* What crosses a red line by its declarations alone never becomes a candidate. False: the job has been refused. */
static bool within_redlines(struct job *job, struct bf__ruleset *set) {
  struct bf_error err = {0};
  json_t *crossed = NULL;
  if (bf__redlines_static(set, &crossed, &err) < 0) {
    broken(job, &err);
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
    refuse(job, 422, "rules.redline", text(first, "name"), zh, en);
    if (job->body) (void)json_object_set(job->body, "crossed", crossed);
  }
  json_decref(crossed);
  return ok;
}

/* What cases in flight do is part of the plan: another choice is another plan. False: the job has been refused. */
static bool as_planned(struct job *job) {
  struct bf__candidate *candidate = bf__candidates_find(job->app->candidates, json_string_value(param(job, "candidate")));
  const json_t *policy = param(job, "policy");
  bool same = !candidate || !policy || (candidate->asked && json_equal(candidate->asked, policy));
  bf__candidate_unref(job->app->candidates, candidate);
  if (!same)
    refuse(job, 409, "plan.stale", "policy", "在办事项的安排与计划时不同:请按新的安排重新计划",
           "What cases in flight are to do is not what was planned: plan again with this choice.");
  return same;
}

static void on_work(uv_work_t *work) {
  struct job *job = work->data;
  const char *verb = job->verb;
  struct bf__ruleset *set = set_of(job);
  if (!set) return;
  /* what differs may always be looked at, and going back is never held up by what was declared since */
  bool free_ = strcmp(verb, "diff") == 0 || strcmp(verb, "rollback") == 0;
  if (!within_reach(job, set) || (!free_ && !within_redlines(job, set))) {
    bf__ruleset_unref(set);
    return;
  }
  if (strcmp(verb, "check") == 0) {
    job->status = 200;
    job->body = summary_of(set);
  } else if (strcmp(verb, "test") == 0) {
    run_law(job, set);
  } else if (strcmp(verb, "diff") == 0) {
    job->status = 200;
    job->body = json_pack("{ss so}", "candidate", set->hash, "items", diff_of(job, set));
  } else if (strcmp(verb, "candidate") == 0) {
    struct bf_error err = {0};
    struct bf__candidate *candidate = new_candidate(set, &err);
    if (!candidate)
      fail(job, &err);
    else {
      bf__candidates_keep(job->app->candidates, candidate);
      job->status = 201;
      job->body = json_pack("{ss so so}", "id", set->hash, "summary", summary_of(set), "diff", diff_of(job, set));
    }
  } else if (strcmp(verb, "plan") == 0) {
    make_plan(job, set, false);
  } else if (json_is_string(param(job, "candidate"))) { /* apply of what was planned before: the plan must still be true */
    job->strict = true;
    if (as_planned(job) && law_holds(job, set)) (void)snprintf(job->apply, sizeof job->apply, "%s", set->hash);
  } else if (strcmp(verb, "rollback") == 0 || law_holds(job, set)) { /* going back is never held up by law cases written since */
    make_plan(job, set, true);
  }
  bf__ruleset_unref(set);
}

static void on_put(struct bf__command *command) {
  struct job *job = command->arg;
  if (command->status == 200) bf__rules_reconcile_start(job->app);
  reply(job, command->status, json_incref(command->body));
  job_free(job);
}

static void on_worked(uv_work_t *work, int status) {
  struct job *job = work->data;
  if (status == 0 && *job->apply) {
    json_t *params = json_pack("{ss sb sO*}", "hash", job->apply, "strict", job->strict, "note", param(job, "note"));
    struct bf__command *command = bf__command_new(bf__operation_find("rules.put"), params, job->actor);
    if (command) {
      command->done = on_put;
      command->arg = job;
      bf__engine_submit(job->app->engine, command);
      return;
    }
  }
  if (job->body)
    reply(job, job->status, json_incref(job->body));
  else
    reply(job, 503, bf__problem1(503, "busy", NULL, "没有完成:请重试", "It was not done: try again."));
  job_free(job);
}

static void start(struct bf__app *app, const struct bf_call *call, json_t *params, json_t *actor, const char *verb) {
  struct job *job = calloc(1, sizeof *job);
  if (job) {
    *job = (struct job){
        .app = app, .params = json_incref(params), .actor = json_incref(actor), .answer = call->answer, .arg = call->arg};
    (void)snprintf(job->verb, sizeof job->verb, "%s", verb);
    job->work.data = job;
    if (uv_queue_work(&app->loop, &job->work, on_work, on_worked) == 0) return;
    job_free(job);
  }
  bf__answer_json(call, 503, bf__problem1(503, "memory", NULL, "内存不足,没有执行", "Out of memory; nothing was done."));
}

static void op_check(struct bf__app *app, const struct bf_call *call, json_t *p, json_t *actor) {
  start(app, call, p, actor, "check");
}
static void op_test(struct bf__app *app, const struct bf_call *call, json_t *p, json_t *actor) {
  start(app, call, p, actor, "test");
}
static void op_diff(struct bf__app *app, const struct bf_call *call, json_t *p, json_t *actor) {
  start(app, call, p, actor, "diff");
}
static void op_candidate(struct bf__app *app, const struct bf_call *call, json_t *p, json_t *actor) {
  start(app, call, p, actor, "candidate");
}
static void op_plan(struct bf__app *app, const struct bf_call *call, json_t *p, json_t *actor) {
  start(app, call, p, actor, "plan");
}
static void op_apply(struct bf__app *app, const struct bf_call *call, json_t *p, json_t *actor) {
  start(app, call, p, actor, "apply");
}
static void op_rollback(struct bf__app *app, const struct bf_call *call, json_t *p, json_t *actor) {
  start(app, call, p, actor, "rollback");
}

/* Looking
 * -------------------------------------------------------------------------------------------------------------------------------
 */

static int list(struct bf__reading *reading, struct bf_error *err) {
  json_t *items = NULL, *changes = NULL, *stays = NULL;
  struct bf__ruleset *now = bf__app_rules(reading->app);
  int r =
      bf__store_rows(reading->store, "SELECT hash, at_ms FROM rulesets ORDER BY at_ms DESC", "hash:t at_ms:i", &items, err, "");
  if (r >= 0)
    r = bf__store_rows(
        reading->store,
        "SELECT body FROM events WHERE case_id IS NULL AND body LIKE '%\"do\":\"rules\"%' ORDER BY seq DESC LIMIT 100", "event:j",
        &changes, err, "");
  if (r >= 0)
    r = bf__store_rows(reading->store, "SELECT ruleset, COUNT(*) FROM case_stays GROUP BY ruleset ORDER BY ruleset",
                       "ruleset:t cases:i", &stays, err, "");
  reading->status = 200;
  reading->body = json_pack("{ss so* so* so* sI}", "in_force", now->hash, "items", items, "changes", changes, "stays", stays,
                            "last_swap_microseconds", (json_int_t)reading->app->last_swap_us);
  bf__ruleset_unref(now);
  return r;
}

static int show(struct bf__reading *reading, struct bf_error *err) {
  const char *hash = text(reading->params, "hash");
  struct bf__ruleset *now = bf__app_rules(reading->app);
  json_t *rows = NULL;
  int r = bf__store_rows(reading->store, "SELECT hash, at_ms, bundle FROM rulesets WHERE hash = $1", "hash:t at_ms:i bundle:j",
                         &rows, err, "t", hash ? hash : now->hash);
  bf__ruleset_unref(now);
  if (r < 0) return r;
  json_t *row = json_array_get(rows, 0);
  if (row) {
    reading->status = 200;
    reading->body = json_incref(row);
  } else {
    (void)bf__refuse_read(reading, 404, "rules.unknown", "hash", "没有这套规则", "There is no such ruleset.");
  }
  json_decref(rows);
  return 0;
}

/* A copy without functions, which are told as { "$fn": place }, and without lists of nothing else. NULL where nothing is left, or
 * no memory. */
static json_t *without_functions(json_t *value) {
  json_t *inner, *own, *out;
  const char *name;
  size_t i;
  if (text(value, "$fn")) return NULL;
  if (!json_is_object(value) && !json_is_array(value)) return json_incref(value);
  out = json_is_array(value) ? json_array() : json_object();
  json_object_foreach(value, name, inner) if ((own = without_functions(inner)))(void) json_object_set_new(out, name, own);
  json_array_foreach(value, i, inner) if ((own = without_functions(inner)))(void) json_array_append_new(out, own);
  if (json_array_size(value) && !json_array_size(out)) {
    json_decref(out);
    return NULL;
  }
  return out;
}

/* The rules that a user's own jurisdiction follows, as data. */
static int describe(struct bf__reading *reading, struct bf_error *err) {
  static const char *const parts[] = {"kinds", "stages", "facts", "registers", "reports", "papers", "roles", "jurisdictions"};
  const json_t *view = bf__ruleset_view(bf__rules_set(reading->rules), text(reading->actor, "jurisdiction"));
  json_t *part, *body = json_object();
  int r = body ? 0 : bf_fail(err, BF_ENOMEM, "rules", "no memory");
  for (size_t i = 0; r >= 0 && i < sizeof parts / sizeof *parts; i++) {
    if (!(part = json_object_get(view, parts[i]))) continue;
    if (json_object_set_new(body, parts[i], without_functions(part)) < 0) r = bf_fail(err, BF_ENOMEM, "rules", "no memory");
  }
  reading->status = 200;
  reading->body = body;
  return r;
}

static int prove(struct bf__reading *reading, struct bf_error *err) {
  (void)err;
  return bf__refuse_read(reading, 501, "rules.prove", NULL, "红线证明尚未实现", "Proving red lines is not implemented yet.");
}

const struct bf__operation bf__operations_rules[] = {
    {.name = "rules.list", .kind = BF__READ, .access = BF__USER, .read = list},
    {.name = "rules.show", .kind = BF__READ, .access = BF__ADMIN, .read = show},
    {.name = "rules.describe", .kind = BF__READ, .access = BF__USER, .read = describe},
    {.name = "rules.check", .kind = BF__LOOP, .access = BF__ADMIN, .loop = op_check},
    {.name = "rules.test", .kind = BF__LOOP, .access = BF__ADMIN, .loop = op_test},
    {.name = "rules.diff", .kind = BF__LOOP, .access = BF__ADMIN, .loop = op_diff},
    {.name = "rules.candidate", .kind = BF__LOOP, .access = BF__ADMIN, .loop = op_candidate},
    {.name = "rules.plan", .kind = BF__LOOP, .access = BF__ADMIN, .loop = op_plan},
    {.name = "rules.apply", .kind = BF__LOOP, .access = BF__ADMIN, .loop = op_apply},
    {.name = "rules.rollback", .kind = BF__LOOP, .access = BF__ADMIN, .loop = op_rollback},
    {.name = "rules.prove", .kind = BF__READ, .access = BF__ADMIN, .read = prove},
    {.name = "rules.put", .kind = BF__WRITE, .access = BF__INTERNAL, .write = bf__rules_put, .last = true},
    {.name = "rules.reconcile", .kind = BF__WRITE, .access = BF__INTERNAL, .write = bf__rules_reconcile},
    {.name = NULL},
};
