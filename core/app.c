#include "app.h"

#include <assert.h>
#include <malloc.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "admin.h"
#include "candidates.h"
#include "docstore.h"
#include "engine.h"
#include "host.h"
#include "jobs.h"
#include "log.h"
#include "outbox.h"
#include "proofs.h"
#include "readers.h"
#include "rules_apply.h"
#include "services.h"
#include "watch.h"
#include "vacancy.h"
#include "views.h"

struct bf__reign *bf__app_reign(struct bf__app *app) {
  (void)pthread_mutex_lock(&app->rules_lock);
  struct bf__reign *reign = app->reign ? bf__reign_ref(app->reign) : NULL;
  (void)pthread_mutex_unlock(&app->rules_lock);
  return reign;
}

struct bf__ruleset *bf__app_rules(struct bf__app *app) {
  (void)pthread_mutex_lock(&app->rules_lock);
  struct bf__ruleset *set = app->reign ? bf__ruleset_ref(app->reign->now) : NULL;
  (void)pthread_mutex_unlock(&app->rules_lock);
  return set;
}

void bf__app_set_reign(struct bf__app *app, struct bf__reign *reign) {
  struct bf__reign *before;
  (void)pthread_mutex_lock(&app->rules_lock);
  before = app->reign;
  app->reign = bf__reign_ref(reign);
  app->rules_generation++;
  (void)pthread_mutex_unlock(&app->rules_lock);
  bf__reign_unref(before);
}

static int64_t now(void *arg) {
  return bf__clock_now(&((struct bf__app *)arg)->clock);
}

static bool is_storage(const json_t *name) {
  return strncmp(json_string_value(name), "storage_", 8) == 0;
}

/* Starting. -------------------------------------------------------------------------------------------------------------- */

static int set_log(const struct bf__app *app, bool serve, struct bf_error *err) {
  const char *level = app->config.log_level, *format = app->config.log_format;
  /* A command's own output says what happened; the log is for what went wrong. */
  if (!serve && strcmp(level, "info") == 0) level = "warn";
  if (!serve && strcmp(format, "auto") == 0) format = "text";
  if (bf__log_level_set(level) < 0 || bf__log_format_set(format) < 0)
    return bf_fail(err, BF_EINVAL, "log_level", "\"%s\" is unknown", level);
  return 0;
}

static int make_data_folder(const char *path, struct bf_error *err) {
  struct stat info;
  if (mkdir(path, 0700) < 0 && errno != EEXIST)
    return bf_fail(err, BF_EIO, path, "the data folder cannot be made: %s. Make it, or give another with --data DIR",
                   strerror(errno));
  if (stat(path, &info) < 0 || !S_ISDIR(info.st_mode))
    return bf_fail(err, BF_EIO, path, "is no folder: give the data folder with --data DIR");
  if (access(path, R_OK | W_OK | X_OK) < 0)
    return bf_fail(err, BF_EIO, path,
                   "the data folder cannot be written to: %s. Run as its owner, or give another with --data DIR",
                   strerror(errno));
  return 0;
}

static int load_plugins(struct bf__app *app, bool storage, struct bf_error *err) {
  size_t i;
  json_t *name;
  int r = 0;
  json_array_foreach(app->config.load, i, name) {
    if (is_storage(name) != storage) continue;
    const char *text = json_string_value(name);
    r = bf__host_load(app->host, text, json_object_get(app->config.plugins, text), err);
    if (r < 0) return r;
  }
  return 0;
}

static int start_storage(struct bf__app *app, struct bf_error *err) {
  int r = load_plugins(app, true, err);
  if (r >= 0) r = bf__host_start(app->host, err);
  if (r < 0) return r;
  app->storage = bf__host_service(app->host, "storage", 1);
  if (!app->storage) return bf_fail(err, BF_EINVAL, "load", "no storage plugin is listed: add \"storage_sqlite\"");
  return 0;
}

static int start_plugins(struct bf__app *app, struct bf_error *err) {
  int r = bf__host_provide(app->host, "api", 1, &app->api, err);
  if (r >= 0) r = bf__host_provide(app->host, "engine", 1, &app->engine_service, err);
  if (r >= 0) r = load_plugins(app, false, err);
  if (r >= 0) r = bf__host_start(app->host, err);
  return r;
}

static int start_base(struct bf__app *app, struct bf_error *err) {
  const struct bf__host_config config = {
      .loop = &app->loop, .plugin_dir = app->config.plugin_dir, .data_dir = app->config.data, .now = now, .now_arg = app};
  (void)pthread_mutex_init(&app->rules_lock, NULL);
  int r = bf__directory_new(&app->directory, err);
  if (r >= 0 && !(app->proofs = bf__proofs_new())) r = bf_fail(err, BF_ENOMEM, "rules", "no memory");
  if (r >= 0 && !(app->candidates = bf__candidates_new())) r = bf_fail(err, BF_ENOMEM, "rules", "no memory");
  if (r >= 0) r = bf__jobs_new(&app->loop, &app->jobs, err);
  if (r >= 0) r = bf__host_new(&config, &app->host, err);
  return r;
}

int bf__app_start(struct bf__app *app, bool serve, struct bf_error *err) {
  int r = set_log(app, serve, err);
  if (app->config.clock_is_virtual)
    bf__clock_virtual(&app->clock, app->config.clock_at);
  else
    bf__clock_real(&app->clock);
  app->started_ms = bf__clock_now(&app->clock);
  bf__services_init(app);
  if (r >= 0) r = make_data_folder(app->config.data, err);
  if (r >= 0 && uv_loop_init(&app->loop) < 0)
    r = bf_fail(err, BF_EIO, "loop", "the event loop cannot be made: too many open files?");
  if (r < 0) return r;
  r = start_base(app, err);
  if (r >= 0) r = start_storage(app, err);
  if (r >= 0) r = bf__engine_start(app, &app->engine, err); /* from here on the data folder is ours alone */
  if (r >= 0) r = bf__docstore_open(app->config.data, err);
  if (r >= 0) r = bf__readers_start(app, app->config.readers, &app->readers, err);
  if (r >= 0 && serve) r = start_plugins(app, err);
  if (r >= 0 && serve) r = bf__outbox_start(app, err);
  if (r >= 0 && serve) r = bf__admin_start(app, &app->admin, err);
  if (r >= 0 && serve) r = bf__watch_start(app, &app->watch, err);
  (void)malloc_trim(0);                                /* loading the rules leaves much behind that nobody needs again */
  if (r >= 0 && serve) bf__vacancy_ask(app);           /* and a post that nobody was told of */
  if (r >= 0 && serve) bf__rules_reconcile_start(app); /* a change of rules that a restart cut short */
  if (r < 0) bf__app_stop(app);
  return r;
}

/* Stopping. -------------------------------------------------------------------------------------------------------------- */

static void count_handle(uv_handle_t *handle, void *arg) {
  (void)handle;
  ++*(unsigned *)arg;
}

/* Runs the loop until no more than KEEP handles are left and no work is under way. A handle that somebody forgot to close is
 * found by uv_loop_close. */
static void drain(struct bf__app *app, unsigned keep) {
  for (;;) {
    unsigned handles = 0;
    uv_walk(&app->loop, count_handle, &handles);
    if ((handles <= keep && app->loop.active_reqs.count == 0) || !uv_loop_alive(&app->loop)) return;
    (void)uv_run(&app->loop, UV_RUN_ONCE);
  }
}

static size_t storage_count(const struct bf__app *app) {
  size_t i, count = 0;
  json_t *name;
  json_array_foreach(app->config.load, i, name) count += is_storage(name);
  return count;
}

/* In reverse: who may call goes first, then who answers. The engine and the readers answer everything that is queued before they
 * end; plugins are drained while both can still be asked. */
void bf__app_stop(struct bf__app *app) {
  bf__admin_stop(app->admin);
  app->admin = NULL;
  bf__outbox_hush(app);
  bf__watch_stop(app->watch);
  app->watch = NULL;
  if (app->host) bf__host_stop_to(app->host, storage_count(app));
  bf__outbox_stop(app);
  bf__jobs_stop(app->jobs); /* what they still want of the engine is answered below */
  app->jobs = NULL;
  if (app->engine) bf__engine_stop(app->engine);
  drain(app, app->readers ? 1 : 0); /* the readers' own */
  bf__readers_stop(app->readers);
  app->readers = NULL;
  drain(app, 0);
  bf__views_free(app);
  bf__engine_free(app->engine);
  app->engine = NULL;
  app->storage = NULL;
  bf__host_stop(app->host);
  drain(app, 0);
  int r = uv_loop_close(&app->loop);
  assert(r == 0);
  if (r < 0) bf__log(BF_LOG_ERROR, "app.stop", "a handle was left open: %s", uv_strerror(r));
  bf__host_free(app->host); /* not earlier: close callbacks lie in the plugins' code */
  app->host = NULL;
  bf__directory_free(app->directory);
  app->directory = NULL;
  bf__candidate_unref(app->candidates, app->coming);
  app->coming = NULL;
  bf__candidates_free(app->candidates);
  app->candidates = NULL;
  bf__proofs_free(app->proofs);
  app->proofs = NULL;
  bf__reign_unref(app->reign);
  app->reign = NULL;
  (void)pthread_mutex_destroy(&app->rules_lock);
}
