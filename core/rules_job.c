#include "rules_job.h"

#include <string.h>

#include "child.h"
#include "permit.h"
#include "proposals.h"
#include "store.h"

void bf__job_refuse(struct bf__rules_job *job, int status, const char *code, const char *field, const char *zh, const char *en) {
  if (job->body) return;
  job->status = status;
  job->body = bf__problem1(status, code, field, zh, en);
}

const json_t *bf__job_param(const struct bf__rules_job *job, const char *name) {
  const json_t *value = json_object_get(json_object_get(job->params, "body"), name);
  return value ? value : json_object_get(job->params, name);
}

/* The rules in force with some files exchanged: { path: text, or null to drop it }. */
static json_t *changed_bundle(struct bf__rules_job *job, const json_t *changes) {
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
  const json_t *calendar = bf__job_param(job, "calendar");
  json_t *bundle = json_pack("{so sO}", "files", files, "calendar", json_is_object(calendar) ? calendar : years);
  json_decref(years);
  return bundle;
}

json_t *bf__job_stored(struct bf__rules_job *job, const char *hash, struct bf_error *err) {
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

static json_t *former_bundle(struct bf__rules_job *job, struct bf_error *err) {
  struct bf__store *store = NULL;
  char *hash = NULL;
  json_t *bundle = NULL;
  int r = bf__store_open(job->app->storage, false, &store, err);
  if (r >= 0) r = bf__store_meta_get(store, "ruleset_before", &hash, err);
  bf__store_close(store);
  if (r >= 0 && hash)
    bundle = bf__job_stored(job, hash, err);
  else if (r >= 0)
    (void)bf_fail(err, BF_ENOTFOUND, "rollback", "there is no former ruleset to go back to");
  free(hash);
  return bundle;
}

/* The scripts folder of this machine as it is now. */
static json_t *folder_bundle(struct bf__rules_job *job, char ret_hash[BF__HASH_HEX], struct bf_error *err) {
  json_t *bundle = NULL;
  return bf__ruleset_folder(job->app->config.scripts, job->app->config.calendar, &bundle, ret_hash, err) < 0 ? NULL : bundle;
}

/* Was it in force once? A folder that was left as it is when other rules came in is no edit. */
static bool was_in_force(struct bf__rules_job *job) {
  struct bf__store *store = NULL;
  struct bf_error err = {0};
  json_t *rows = NULL;
  bool found = bf__store_open(job->app->storage, false, &store, &err) >= 0 &&
               bf__store_rows(store, "SELECT hash FROM rulesets WHERE hash = $1", "hash:t", &rows, &err, "t", job->seen) >= 0 &&
               json_array_size(rows) > 0;
  json_decref(rows);
  bf__store_close(store);
  return found;
}

/* Nothing to look at: the folder holds what is in force, or what the caller has seen. */
static bool seen(struct bf__rules_job *job) {
  const char *but = json_string_value(bf__job_param(job, "but"));
  struct bf__ruleset *now = bf__app_rules(job->app);
  bool in_force = strcmp(job->seen, now->hash) == 0, same = in_force || (but && *but && strcmp(job->seen, but) == 0);
  bf__ruleset_unref(now);
  if (!same && but && !*but) same = was_in_force(job); /* the first look after a start */
  if (!same) return false;
  job->status = 200;
  job->body = json_pack("{ss sb}", "candidate", job->seen, "in_force", in_force);
  return true;
}

/* Files that are edited while they are being checked are not what was checked. */
static bool edited_since(struct bf__rules_job *job) {
  struct bf_error err = {0};
  char hash[BF__HASH_HEX] = "";
  json_t *again = folder_bundle(job, hash, &err);
  json_decref(again);
  return !again || strcmp(hash, job->seen) != 0;
}

static json_t *bundle_of(struct bf__rules_job *job, struct bf_error *err) {
  const json_t *bundle = bf__job_param(job, "bundle"), *changes = bf__job_param(job, "changes"),
               *files = bf__job_param(job, "files"), *calendar = bf__job_param(job, "calendar"), *hash = bf__job_param(job, "to");
  if (strcmp(job->verb, "rollback") == 0)
    return json_is_string(hash) ? bf__job_stored(job, json_string_value(hash), err) : former_bundle(job, err);
  if (strcmp(job->verb, "diff") == 0 && json_is_string(hash)) return bf__job_stored(job, json_string_value(hash), err);
  if (json_is_true(bf__job_param(job, "folder"))) return folder_bundle(job, job->seen, err);
  if (json_is_object(bundle)) return json_incref((json_t *)(uintptr_t)bundle);
  if (json_is_object(files) && json_is_object(calendar)) return json_pack("{sO sO}", "files", files, "calendar", calendar);
  if (json_is_object(changes) || json_is_object(calendar)) return changed_bundle(job, changes);
  (void)bf_fail(err, BF_EINVAL, "bundle",
                "{\"files\", \"calendar\"}, or {\"changes\": {path: text or null}} over the rules in force, is due");
  return NULL;
}

void bf__job_broken(struct bf__rules_job *job, const struct bf_error *err) {
  char zh[900], en[900];
  const char *where =
      strncmp(err->where, "prelude", 7) == 0 ? "" : err->where; /* a line of ours helps nobody: the message names the part */
  (void)snprintf(zh, sizeof zh, "候选规则有误:%s%s%s", where, *where ? ":" : "", err->message);
  (void)snprintf(en, sizeof en, "The candidate is not in order: %s%s%s", where, *where ? ": " : "", err->message);
  bf__job_refuse(job, err->code == BF_ENOTFOUND ? 404 : 422, "rules.broken", *where ? where : NULL, zh, en);
}

/* A candidate that the program remembers: in memory, or kept in storage since before a restart. */
static struct bf__ruleset *known(struct bf__rules_job *job, const char *id) {
  struct bf__ruleset *set = NULL;
  struct bf_error err = {0};
  json_t *bundle = NULL;
  struct bf__candidate *candidate = bf__candidates_find(job->app->candidates, id);
  if (candidate) set = bf__ruleset_ref(candidate->set);
  bf__candidate_unref(job->app->candidates, candidate);
  if (set) return set;
  if (bf__proposal_bundle(job->app, id, &bundle, &err) < 0 || bf__ruleset_from_bundle(bundle, &set, &err) < 0) set = NULL;
  json_decref(bundle);
  if (!set)
    bf__job_refuse(job, 404, "candidate.unknown", "candidate", "没有这个候选规则,或已过期:请重新提交",
                   "There is no such candidate, or it was dropped: hand it in again.");
  return set;
}

/* What nobody has looked at yet is loaded by a child process first: what hangs, eats memory or crashes harms nobody. */
static int try_out(const json_t *bundle, struct bf_error *err) {
  json_t *job = json_pack("{ss sO}", "verb", "check", "bundle", bundle), *result = NULL;
  int r = job ? bf__child_run(job, &bf__child_default_limits, NULL, NULL, &result, err)
              : bf_fail(err, BF_ENOMEM, "rules", "no memory");
  json_decref(job);
  json_decref(result);
  return r;
}

/* The name under which the caller knows what it handed in, when it says so: files that were edited meanwhile have another. */
static bool as_expected(struct bf__rules_job *job, const struct bf__ruleset *set) {
  const char *expected = json_string_value(bf__job_param(job, "expect"));
  bool same = !expected || strcmp(expected, set->hash) == 0;
  if (same && !(*job->seen && edited_since(job))) return true;
  bf__job_refuse(job, 409, "candidate.changed", "expect", "候选规则在检查期间被修改:请重新检查后再提交",
                 "The candidate was edited while it was being checked: check it again, then hand it in.");
  return false;
}

struct bf__ruleset *bf__job_set(struct bf__rules_job *job) {
  struct bf_error err = {0};
  struct bf__ruleset *set = NULL;
  const json_t *id = bf__job_param(job, "candidate");
  if (json_is_string(id)) return known(job, json_string_value(id));
  json_t *bundle = bundle_of(job, &err);
  bool diff = strcmp(job->verb, "diff") == 0 && json_is_string(bf__job_param(job, "to"));
  bool ours = diff || strcmp(job->verb, "rollback") == 0; /* it was in force once */
  if (bundle && *job->seen && seen(job)) {
    json_decref(bundle);
    return NULL;
  }
  if (!bundle || (!ours && try_out(bundle, &err) < 0) || bf__ruleset_from_bundle(bundle, &set, &err) < 0) {
    set = NULL;
    bf__job_broken(job, &err);
  } else if (!as_expected(job, set)) {
    bf__ruleset_unref(set);
    set = NULL;
  } else {
    struct bf__ruleset *now = bf__app_rules(job->app);
    bf__ruleset_share(now, set); /* less to keep, and what is the same is seen to be */
    bf__ruleset_unref(now);
  }
  json_decref(bundle);
  return set;
}

/* Reach --------------------------------------------------------------------------------------------------------------------- */

bool bf__files_outside(struct bf__app *app, const json_t *actor, const json_t *files, const json_t *years, char *ret,
                       size_t size) {
  const char *code = bf__rules_reach(app, actor), *path, *outside = NULL;
  json_t *file;
  char prefix[40];
  if (!code) return false;
  struct bf__ruleset *now = bf__app_rules(app);
  (void)snprintf(prefix, sizeof prefix, "counties/%.20s/", code);
  if (!json_equal(now->years, years)) outside = "calendar";
  for (int side = 0; side < 2; side++) {
    const json_t *one = side ? now->files : files, *others = side ? files : now->files;
    json_object_foreach((json_t *)(uintptr_t)one, path, file) {
      if (!outside && !json_equal(file, json_object_get(others, path)) && strncmp(path, prefix, strlen(prefix)) != 0)
        outside = path;
    }
  }
  if (ret && size) (void)snprintf(ret, size, "%s", outside ? outside : "");
  bf__ruleset_unref(now);
  return outside != NULL;
}

bool bf__rules_outside(struct bf__app *app, const json_t *actor, const struct bf__ruleset *set) {
  return bf__files_outside(app, actor, set->files, set->years, NULL, 0);
}

bool bf__bundle_outside(struct bf__app *app, const json_t *actor, const json_t *bundle) {
  return bf__files_outside(app, actor, json_object_get(bundle, "files"), json_object_get(bundle, "calendar"), NULL, 0);
}
