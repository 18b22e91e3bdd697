/* Fires deadlines when they fall due: in bounded batches through the engine, oldest first, so that requests are served in
 * between. On a virtual clock nothing happens by itself: time moves only by `advance`, from one pending moment to the next. */
#include <stdlib.h>
#include <uv.h>

#include "banfa/plugin.h"
#include "banfa/scheduler.h"

struct scheduler {
  struct bf_scheduler service; /* first, so that it leads back here */
  const struct bf_host *host;
  const struct bf_engine_service *engine;
  uv_timer_t timer;
  int64_t next; /* earliest pending moment known, INT64_MAX for none */
  bool firing, stopping;
  /* advance */
  bool advancing;
  int64_t target, fired;
  void (*done)(void *arg, int64_t fired, const struct bf_error *err);
  void *arg;
};

static void look(struct scheduler *s);
static void on_closed(uv_handle_t *handle) {
  free(handle->data);
}

static int64_t now(const struct scheduler *s) {
  return s->host->now(s->host->context);
}
static int64_t batch(const struct scheduler *s) {
  return s->host->option_int(s->host->context, "batch");
}

static void on_timer(uv_timer_t *timer) {
  look(timer->data);
}

/* Sleeps until the next moment, but never longer than `look_seconds`: a clock that was set, or a machine that slept, is noticed
 * then. */
static void sleep_until(struct scheduler *s) {
  int64_t longest = s->host->option_int(s->host->context, "look_seconds") * 1000,
          wait = s->next == INT64_MAX ? longest : s->next - now(s);
  if (wait > longest) wait = longest;
  if (wait < 0) wait = 0;
  (void)uv_timer_start(&s->timer, on_timer, (uint64_t)wait, 0);
}

static void finish_advance(struct scheduler *s, const struct bf_error *err) {
  void (*done)(void *arg, int64_t fired, const struct bf_error *error) = s->done;
  s->advancing = false;
  done(s->arg, err ? err->code : s->fired, err);
}

static void step(struct scheduler *s);

static void on_fired(void *arg, int64_t fired, int64_t next, const struct bf_error *err) {
  struct scheduler *s = arg;
  s->firing = false;
  s->next = next;
  if (s->stopping) {
    if (s->advancing) finish_advance(s, &(struct bf_error){.code = BF_ESTATE, .message = "the server is stopping"});
    uv_close((uv_handle_t *)&s->timer, on_closed);
    return;
  }
  if (s->advancing) {
    if (err) {
      finish_advance(s, err);
      return;
    }
    s->fired += fired;
    step(s);
    return;
  }
  if (err) {
    s->host->log(s->host->context, BF_LOG_ERROR, "scheduler", "%s", err->message);
    (void)uv_timer_start(&s->timer, on_timer, 5000, 0);
  } else if (!s->engine->clock_is_virtual(s->engine) || s->next <= now(s)) {
    sleep_until(s); /* a virtual clock goes on only with what fell due while the server was down */
  }
}

static void fire(struct scheduler *s, int64_t until) {
  s->firing = true;
  s->engine->fire_due(s->engine, until, (int)batch(s), on_fired, s);
}

static void look(struct scheduler *s) {
  if (s->firing || s->stopping || s->advancing) return;
  fire(s, now(s));
}

/* One step of `advance`: to the next pending moment, or to the target. */
static void step(struct scheduler *s) {
  struct bf_error err = {0};
  int64_t to = s->next < s->target ? s->next : s->target;
  if (to < now(s)) to = now(s);
  if (s->engine->clock_set(s->engine, to, &err) < 0)
    finish_advance(s, &err);
  else if (s->next <= s->target)
    fire(s, to);
  else
    finish_advance(s, NULL);
}

static void wake(const struct bf_scheduler *self, int64_t at) {
  struct scheduler *s = (struct scheduler *)(uintptr_t)self;
  if (at >= s->next) return;
  s->next = at;
  if (!s->firing && !s->stopping && !s->advancing && !s->engine->clock_is_virtual(s->engine)) sleep_until(s);
}

static void advance(const struct bf_scheduler *self, int64_t target,
                    void (*done)(void *arg, int64_t fired, const struct bf_error *err), void *arg) {
  struct scheduler *s = (struct scheduler *)(uintptr_t)self;
  if (s->advancing || s->stopping) {
    done(arg, BF_EBUSY, &(struct bf_error){.code = BF_EBUSY, .message = "the clock is being moved already"});
    return;
  }
  s->advancing = true;
  s->target = target;
  s->fired = 0;
  s->done = done;
  s->arg = arg;
  if (!s->firing) fire(s, now(s)); /* what is due already; its answer, or that of the one under way, tells the next moment */
}

static int start(const struct bf_host *host, void **ret_self, struct bf_error *err) {
  struct scheduler *s = calloc(1, sizeof *s);
  if (!s) return bf_fail(err, BF_ENOMEM, "scheduler", "no memory");
  s->service = (struct bf_scheduler){.size = sizeof s->service, .wake = wake, .advance = advance};
  s->host = host;
  s->engine = host->service(host->context, "engine", 1);
  s->next = INT64_MAX;
  int r = host->provide(host->context, "scheduler", 1, &s->service, err);
  if (r >= 0 && (r = uv_timer_init(host->loop, &s->timer)) < 0) r = bf_fail(err, BF_EIO, "scheduler", "%s", uv_strerror(r));
  if (r < 0) {
    free(s);
    return r;
  }
  s->timer.data = s;
  (void)uv_timer_start(&s->timer, on_timer, 0, 0); /* what fell due while the server was down */
  *ret_self = s;
  return 0;
}

static void stop(void *self) {
  struct scheduler *s = self;
  s->stopping = true;
  if (!s->firing) uv_close((uv_handle_t *)&s->timer, on_closed); /* otherwise when the engine has answered */
}

static const struct bf_option options[] = {
    {"batch", BF_OPTION_INT, "32", 1, 10000, "deadlines fired in one turn of the engine, at most"},
    {"look_seconds", BF_OPTION_INT, "60", 1, 3600, "seconds after which it looks again whatever it expects"},
    {0},
};
static const char *const needs[] = {"engine/1", NULL};
static const char *const provides[] = {"scheduler/1", NULL};

BF_PLUGIN_EXPORT extern const struct bf_plugin banfa_plugin;
const struct bf_plugin banfa_plugin = {
    .abi = 1u,
    .size = sizeof(struct bf_plugin),
    .name = "scheduler",
    .version = "0.1.0",
    .options = options,
    .needs = needs,
    .provides = provides,
    .start = start,
    .stop = stop,
};
