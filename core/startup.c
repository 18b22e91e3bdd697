#include "startup.h"

#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "people.h"
#include "proposals.h"

static int keep_rules(struct bf__store *store, const struct bf__ruleset *set, int64_t now_ms, struct bf_error *err) {
  json_t *bundle = bf__ruleset_bundle(set);
  int r = bundle ? bf__store_begin(store, err) : bf_fail(err, BF_ENOMEM, "rules", "no memory");
  if (r >= 0) {
    r = bf__store_run(store, "INSERT INTO rulesets (hash, at_ms, bundle) VALUES ($1, $2, $3) ON CONFLICT (hash) DO NOTHING", NULL,
                      err, "tij", set->hash, now_ms, bundle);
    if (r >= 0) r = bf__store_meta_put(store, "ruleset", set->hash, err);
    if (r >= 0)
      r = bf__store_commit(store, err);
    else
      bf__store_rollback(store);
  }
  json_decref(bundle);
  return r < 0 ? r : 0;
}

static int stored_rules(struct bf__store *store, const char *hash, struct bf__ruleset **ret, struct bf_error *err) {
  json_t *rows = NULL;
  int r = bf__store_rows(store, "SELECT bundle FROM rulesets WHERE hash = $1", "bundle:j", &rows, err, "t", hash);
  if (r < 0) return r;
  const json_t *bundle = json_object_get(json_array_get(rows, 0), "bundle");
  r = bundle ? bf__ruleset_from_bundle(bundle, ret, err)
             : bf_fail(err, BF_EIO, hash, "the ruleset in force is not in storage: restore a backup");
  json_decref(rows);
  return r;
}

/* The rules in force come from storage; the scripts folder is only the first day's, or a candidate. */
static int load_rules(struct bf__app *app, struct bf__store *store, int64_t now_ms, struct bf_error *err) {
  struct bf__ruleset *set = NULL;
  char *hash = NULL;
  int r = bf__store_meta_get(store, "ruleset", &hash, err);
  if (r >= 0 && hash)
    r = stored_rules(store, hash, &set, err);
  else if (r >= 0) {
    r = bf__ruleset_read(app->config.scripts, app->config.calendar, &set, err);
    if (r >= 0) r = keep_rules(store, set, now_ms, err);
  }
  bool stored = hash != NULL;
  free(hash);
  if (r < 0) {
    bf__ruleset_unref(set);
    return r;
  }
  struct bf__reign *reign = NULL;
  r = bf__reign_load(store, set, &reign, err);
  if (r < 0) {
    bf__ruleset_unref(set);
    return r;
  }
  bf__app_set_reign(app, reign);
  bf__reign_unref(reign);
  bf__log(BF_LOG_INFO, "rules.loaded", "ruleset %.12s, %d files, %s", set->hash, (int)json_object_size(set->files),
          stored ? "as in force in the data folder; a changed scripts folder is a candidate: banfa rules apply"
                 : app->config.scripts);
  bf__ruleset_unref(set);
  return 0;
}

static int place_clock(struct bf__app *app, struct bf__store *store, int64_t last_ms, struct bf_error *err) {
  char *kept = NULL, now[32];
  int64_t at;
  if (!app->clock.is_virtual) return 0;
  int r = bf__store_meta_get(store, "virtual_now", &kept, err);
  if (r < 0) return r;
  if (kept && bf__moment_parse(kept, strlen(kept), &at) == 0 && at > last_ms) last_ms = at;
  free(kept);
  if (last_ms <= bf__clock_now(&app->clock)) return 0;
  bf__moment_format(last_ms, now);
  bf__log(BF_LOG_WARN, "clock.later", "the data folder has lived until %s: the clock starts there, not earlier", now);
  return bf__clock_set(&app->clock, last_ms, err);
}

int bf__startup(struct bf__app *app, struct bf__store *store, int64_t last_ms, struct bf_error *err) {
  int r = bf__people_load(store, app->directory, err);
  if (r >= 0) r = place_clock(app, store, last_ms, err);
  if (r >= 0) r = load_rules(app, store, bf__clock_now(&app->clock), err);
  app->schedule_next = INT64_MAX;
  if (r >= 0) r = bf__proposals_next(app, store, err);
  return r;
}
