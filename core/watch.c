#include "watch.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "log.h"
#include "operation.h"
#include "rules_job.h"

#define FOLDERS 200
#define QUIET_MS 300 /* after the last event: an editor writes a file in several steps */

struct folder {
  uv_fs_event_t event;
  struct bf__watch *watch;
  char *path;
};

struct bf__watch {
  struct bf__app *app;
  uv_timer_t timer;
  struct folder *folders[FOLDERS];
  int count, handles; /* open ones */
  bool busy, again, stopping;
  char seen[BF__HASH_HEX]; /* what was looked at last: the same content makes no second candidate */
  json_t *state;
};

json_t *bf__watch_state(const struct bf__watch *watch) {
  return watch ? json_incref(watch->state) : NULL;
}

static void say(struct bf__watch *watch, json_t *state) {
  json_decref(watch->state);
  watch->state = state;
}

/* The folders ---------------------------------------------------------------------------------------------------------------- */

static void on_quiet(uv_timer_t *timer);

static void on_event(uv_fs_event_t *event, const char *name, int events, int status) {
  struct folder *folder = event->data;
  (void)name, (void)events, (void)status;
  (void)uv_timer_start(&folder->watch->timer, on_quiet, QUIET_MS, 0);
}

static void let_go(struct bf__watch *watch) {
  if (--watch->handles > 0 || !watch->stopping) return;
  json_decref(watch->state);
  free(watch);
}

static void on_folder_closed(uv_handle_t *handle) {
  struct folder *folder = handle->data;
  struct bf__watch *watch = folder->watch;
  free(folder->path);
  free(folder);
  let_go(watch);
}

static bool watched(const struct bf__watch *watch, const char *path) {
  for (int i = 0; i < watch->count; i++)
    if (strcmp(watch->folders[i]->path, path) == 0) return true;
  return false;
}

static int add_folder(struct bf__watch *watch, const char *path) {
  if (watched(watch, path) || watch->count == FOLDERS) return 0;
  struct folder *folder = calloc(1, sizeof *folder);
  if (!folder || !(folder->path = strdup(path))) {
    free(folder);
    return UV_ENOMEM;
  }
  folder->watch = watch;
  folder->event.data = folder;
  int r = uv_fs_event_init(&watch->app->loop, &folder->event);
  if (r < 0) {
    free(folder->path);
    free(folder);
    return r;
  }
  watch->handles++;
  r = uv_fs_event_start(&folder->event, on_event, path, 0);
  if (r < 0)
    uv_close((uv_handle_t *)&folder->event, on_folder_closed);
  else
    watch->folders[watch->count++] = folder;
  return r;
}

/* Each folder below, since the kernel watches one at a time. */
static int add_below(struct bf__watch *watch, const char *path, int depth) {
  char inner[1024];
  struct dirent *entry;
  struct stat info;
  int r = add_folder(watch, path);
  DIR *dir = r >= 0 && depth < 8 ? opendir(path) : NULL;
  while (dir && (entry = readdir(dir))) {
    if (entry->d_name[0] == '.' || snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name) >= (int)sizeof inner) continue;
    if (stat(inner, &info) == 0 && S_ISDIR(info.st_mode)) (void)add_below(watch, inner, depth + 1);
  }
  if (dir) (void)closedir(dir);
  return r;
}

/* Folders that are gone are watched again should they come back. */
static void drop_gone(struct bf__watch *watch) {
  struct stat info;
  for (int i = 0; i < watch->count;) {
    if (stat(watch->folders[i]->path, &info) == 0) {
      i++;
      continue;
    }
    uv_close((uv_handle_t *)&watch->folders[i]->event, on_folder_closed);
    watch->folders[i] = watch->folders[--watch->count];
  }
}

/* What changed ----------------------------------------------------------------------------------------------------------------
 */

static void done(struct bf__watch *watch) {
  watch->busy = false;
  if (!watch->stopping && watch->again) (void)uv_timer_start(&watch->timer, on_quiet, QUIET_MS, 0);
  watch->again = false;
  let_go(watch);
}

static void say_refused(struct bf__watch *watch, const json_t *body) {
  const json_t *refusal = json_array_get(json_object_get(body, "refusals"), 0);
  const char *en = json_string_value(json_object_get(refusal, "en"));
  bf__log(BF_LOG_WARN, "rules.watch", "the scripts folder has changed and is not in order: %s", en ? en : "see the log");
  say(watch, json_pack("{ss sO* sO* sO*}", "state", "broken", "where", json_object_get(refusal, "field"), "zh",
                       json_object_get(refusal, "zh"), "en", json_object_get(refusal, "en")));
}

static void on_applied(void *arg, const struct bf_answer *answer) {
  struct bf__watch *watch = arg;
  json_t *body = answer->body ? json_loadb(answer->body, answer->length, 0, NULL) : NULL;
  if (answer->status == 200) {
    bf__log(BF_LOG_INFO, "rules.watch", "the scripts folder is in force as edited: this is development mode");
    say(watch, json_pack("{ss sO*}", "state", "in_force", "candidate", json_object_get(body, "ruleset")));
  } else {
    say_refused(watch, body);
  }
  json_decref(body);
  done(watch);
}

static void start_job(struct bf__watch *watch, json_t *params, const char *verb, bf_answer_cb answer) {
  struct bf_call call = {.answer = answer, .arg = watch};
  bf__rules_start(watch->app, &call, params, NULL, verb);
  json_decref(params);
}

static void on_handed_in(void *arg, const struct bf_answer *answer) {
  struct bf__watch *watch = arg;
  json_t *body = answer->body ? json_loadb(answer->body, answer->length, 0, NULL) : NULL;
  const char *id = json_string_value(json_object_get(body, "id"));
  const char *hash = id ? id : json_string_value(json_object_get(body, "candidate"));
  if (answer->status == 503 || answer->status == 409) watch->again = true; /* too busy, or edited meanwhile */
  if (hash) (void)snprintf(watch->seen, sizeof watch->seen, "%s", hash);
  if (answer->status == 200) { /* nothing new: saved as it was, or put back */
    bool in_force = json_is_true(json_object_get(body, "in_force"));
    if (in_force || !watch->state)
      say(watch, json_pack("{ss ss*}", "state", in_force ? "in_force" : "former", "candidate", hash));
    done(watch);
  } else if (answer->status != 201 || !id) {
    say_refused(watch, body);
    done(watch);
  } else {
    bf__log(BF_LOG_INFO, "rules.watch", "the scripts folder has changed: candidate %.12s; banfa rules plan, then apply", id);
    say(watch, json_pack("{ss ss}", "state", "candidate", "candidate", id));
    if (watch->app->config.rules_development && !watch->stopping)
      start_job(watch, json_pack("{ss sb}", "candidate", id, "afresh", 1), "apply", on_applied);
    else
      done(watch);
  }
  json_decref(body);
}

static void on_quiet(uv_timer_t *timer) {
  struct bf__watch *watch = timer->data;
  if (watch->busy) {
    watch->again = true;
    return;
  }
  drop_gone(watch);
  (void)add_below(watch, watch->app->config.scripts, 0);
  (void)add_below(watch, watch->app->config.calendar, 0);
  watch->busy = true;
  watch->handles++; /* let go when the job is done */
  start_job(watch, json_pack("{sb ss ss}", "folder", 1, "source", "folder", "but", watch->seen), "candidate", on_handed_in);
}

/* Life ------------------------------------------------------------------------------------------------------------------------
 */

int bf__watch_start(struct bf__app *app, struct bf__watch **ret, struct bf_error *err) {
  if (!app->config.rules_watch && !app->config.rules_development) return 0;
  struct bf__watch *watch = calloc(1, sizeof *watch);
  if (!watch) return bf_fail(err, BF_ENOMEM, "watch", "no memory");
  watch->app = app;
  int r = uv_timer_init(&app->loop, &watch->timer);
  if (r < 0) {
    free(watch);
    return bf_fail(err, BF_EIO, "watch", "%s", uv_strerror(r));
  }
  watch->timer.data = watch;
  watch->handles = 1;
  r = add_below(watch, app->config.scripts, 0);
  if (r < 0)
    bf__log(BF_LOG_WARN, "rules.watch", "%s cannot be watched (%s): edits become no candidates by themselves",
            app->config.scripts, uv_strerror(r));
  (void)add_below(watch, app->config.calendar, 0);
  /* what was edited while the server was down */
  (void)uv_timer_start(&watch->timer, on_quiet, QUIET_MS, 0);
  *ret = watch;
  return 0;
}

static void on_timer_closed(uv_handle_t *handle) {
  let_go(handle->data);
}

void bf__watch_stop(struct bf__watch *watch) {
  if (!watch) return;
  watch->stopping = true;
  for (int i = 0; i < watch->count; i++) uv_close((uv_handle_t *)&watch->folders[i]->event, on_folder_closed);
  uv_close((uv_handle_t *)&watch->timer, on_timer_closed);
}
