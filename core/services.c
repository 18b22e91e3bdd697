#include "services.h"

#include <assert.h>
#include <stdlib.h>

#include "docstore.h"
#include "host.h"
#include "log.h"
#include "outbox.h"
#include "schedule.h"
#include "views.h"

#define HOLDER(pointer, type, member) ((type *)((char *)(uintptr_t)(pointer)-offsetof(type, member)))

static struct bf__app *app_of_api(const struct bf_api *api) {
  return HOLDER(api, struct bf__app, api);
}
static struct bf__app *app_of_engine(const struct bf_engine_service *service) {
  return HOLDER(service, struct bf__app, engine_service);
}

static void watch(const struct bf_api *self, void (*changed)(void *arg), void *arg) {
  struct bf__app *app = app_of_api(self);
  app->changed = changed;
  app->changed_arg = arg;
}

static void api_call(const struct bf_api *self, struct bf_call *call) {
  bf__api_call(app_of_api(self), call);
}

struct firing {
  struct bf__app *app;
  void (*done)(void *arg, int64_t fired, int64_t next, const struct bf_error *err);
  void *arg;
  int64_t fired, change; /* the moment of a change of rules that comes on the way, or INT64_MAX */
};

static void fired(struct firing *firing, int64_t next) {
  int64_t change = firing->app->schedule_next;
  firing->done(firing->arg, firing->fired, next < change ? next : change, NULL);
  free(firing);
}

/* The scheduler asks again for the same moment, now under the rules that came in. */
static void on_changed(void *arg) {
  struct firing *firing = arg;
  fired(firing, firing->change);
}

static void on_fired(struct bf__command *command) {
  struct firing *firing = command->arg;
  int64_t next = json_integer_value(json_object_get(command->body, "next"));
  if (command->status != 200) {
    struct bf_error err = {.code = BF_EIO, .message = "the deadlines could not be fired: see the log"};
    firing->done(firing->arg, BF_EIO, INT64_MAX, &err);
    free(firing);
    return;
  }
  firing->fired = json_integer_value(json_object_get(command->body, "fired"));
  if (firing->change == INT64_MAX || next <= firing->change)
    fired(firing, next);
  else
    bf__schedule_run(firing->app, on_changed, firing); /* all that came before its day has fired by the rules of before */
}

int bf__submit(struct bf__app *app, const char *operation, json_t *params, void (*done)(struct bf__command *), void *arg) {
  const struct bf__operation *found = bf__operation_find(operation);
  assert(found); /* a name of our own */
  struct bf__command *command = bf__command_new(found, params, NULL);
  if (!command) return BF_ENOMEM;
  command->done = done;
  command->arg = arg;
  bf__engine_submit(app->engine, command);
  return 0;
}

static void fire_due(const struct bf_engine_service *self, int64_t until, int limit,
                     void (*done)(void *arg, int64_t fired, int64_t next, const struct bf_error *err), void *arg) {
  struct bf__app *app = app_of_engine(self);
  struct firing *firing = malloc(sizeof *firing);
  int64_t change = app->schedule_next <= until ? app->schedule_next : INT64_MAX;
  if (firing) *firing = (struct firing){.app = app, .done = done, .arg = arg, .change = change};
  if (!firing || bf__submit(app, "deadline.fire",
                            json_pack("{sI si}", "until", (json_int_t)(change < until ? change : until), "limit", limit),
                            on_fired, firing) < 0) {
    struct bf_error err = {.code = BF_ENOMEM, .message = "no memory"};
    free(firing);
    done(arg, BF_ENOMEM, INT64_MAX, &err);
  }
}

static int clock_is_virtual(const struct bf_engine_service *self) {
  return app_of_engine(self)->clock.is_virtual;
}

static int clock_set(const struct bf_engine_service *self, int64_t at, struct bf_error *err) {
  struct bf__app *app = app_of_engine(self);
  int r = bf__clock_set(&app->clock, at, err);
  if (r >= 0) r = bf__submit(app, "clock.keep", json_pack("{sI}", "at", (json_int_t)at), NULL, NULL);
  return r;
}

void bf__services_init(struct bf__app *app) {
  app->api = (struct bf_api){.size = sizeof app->api,
                             .call = api_call,
                             .upload_begin = bf__upload_begin,
                             .upload_write = bf__upload_write,
                             .upload_finish = bf__upload_finish,
                             .upload_abort = bf__upload_abort,
                             .watch = watch};
  app->engine_service = (struct bf_engine_service){
      .size = sizeof app->engine_service, .fire_due = fire_due, .clock_is_virtual = clock_is_virtual, .clock_set = clock_set};
}

const struct bf_scheduler *bf__app_scheduler(struct bf__app *app) {
  return bf__host_service(app->host, "scheduler", 1);
}

void bf__log_script(const char *operation, const struct bf_error *err) {
  bf__log(BF_LOG_ERROR, "script.failed", "%s: %s: %s", operation, err->where, err->message);
}

void bf__app_changed(struct bf__app *app, const json_t *ids) {
  size_t i;
  json_t *id;
  json_array_foreach(ids, i, id) bf__views_forget(app, json_string_value(id));
}

void bf__app_committed(struct bf__app *app) {
  if (app->changed) app->changed(app->changed_arg);
}

void bf__app_wake(struct bf__app *app, int64_t at) {
  const struct bf_scheduler *scheduler = bf__app_scheduler(app);
  if (scheduler) scheduler->wake(scheduler, at);
}

void bf__app_notices(struct bf__app *app) {
  bf__outbox_wake(app);
}
