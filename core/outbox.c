/* One lane for each channel, so that a slow one delays no other. A lane asks a reader what is due, hands it to its channel, as
 * many at once and a minute as that bears, and tells the engine how each ended. What is under way is known here alone: after a
 * crash it is due again, under the same key. */
#include "outbox.h"

#include <stdlib.h>
#include <string.h>

#include "banfa/channel.h"
#include "host.h"
#include "log.h"
#include "readers.h"
#include "services.h"

#define LANES 32
#define AT_ONCE 16
#define LOOK_MS 5000    /* how often it looks when nothing wakes it */
#define SWEEP_LOOKS 720 /* looks between two sweeps: an hour */
#define STOP_LOOKS 40   /* turns of 50 ms that deliveries under way are waited for when the server stops */
#define PREFIX "channel."

struct lane {
  struct bf__outbox *outbox;
  char name[64]; /* "mail" */
  const struct bf_channel *channel;
  json_t *held; /* ids that are under way or not marked yet, as members */
  json_t
      *marked; /* results written while a reader looked: it may have seen older rows, so their ids stay held until it is back */
  json_t *results; /* to be marked: [ { ids, fault?, give_up?, retry_after_ms? } ] */
  size_t flying;
  double tokens; /* deliveries that may start now, refilled by the minute */
  uint64_t refilled;
  bool looking, again, marking;
};

struct bf__outbox {
  struct bf__app *app;
  uv_timer_t timer;
  struct lane lanes[LANES];
  size_t count;
  unsigned looks;
  bool stopping, closed, sweeping;
};

struct delivery {
  struct lane *lane;
  json_t *notice;
};

static void look(struct lane *lane);

static size_t at_once(const struct lane *lane) {
  return lane->channel->at_once ? lane->channel->at_once : AT_ONCE;
}

/* Marking. -------------------------------------------------------------------------------------------------------------- */

static void mark(struct lane *lane);

static void release(struct lane *lane, const json_t *results) {
  json_t *result, *id;
  size_t i, k;
  json_array_foreach(results, i, result) {
    json_array_foreach(json_object_get(result, "ids"), k, id) {
      char name[24];
      (void)snprintf(name, sizeof name, "%lld", (long long)json_integer_value(id));
      (void)json_object_del(lane->held, name);
    }
  }
}

static void on_marked(struct bf__command *command) {
  struct lane *lane = command->arg;
  json_t *results = json_object_get(command->params, "results");
  bool failed = command->status >= 300; /* the rows still wait: they are delivered again, under the same key */
  lane->marking = false;
  if (lane->looking)
    (void)json_array_extend(lane->marked, results);
  else
    release(lane, results);
  mark(lane);
  if (!failed && lane->again) look(lane);
}

static void mark(struct lane *lane) {
  if (lane->marking || json_array_size(lane->results) == 0) return;
  json_t *params = json_pack("{so}", "results", lane->results);
  lane->results = json_array();
  lane->marking = true;
  if (!params || bf__submit(lane->outbox->app, "outbox.mark", params, on_marked, lane) < 0) {
    lane->marking = false; /* they stay held until the next start, rather than go out twice now */
    bf__log(BF_LOG_ERROR, "outbox", "what became of a notice could not be written: it will be delivered again after a restart");
  }
}

/* Not now, or not at all any more: nothing went out. */
static void put_off(struct lane *lane, const json_t *notice) {
  json_t *result = json_pack("{sO sO* sO*}", "ids", json_object_get(notice, "ids"), "later_ms",
                             json_object_get(notice, "later_ms"), "recalled", json_object_get(notice, "recall"));
  if (json_array_append_new(lane->results, result) == 0) mark(lane);
}

static void done(void *arg, const struct bf_delivered *how) {
  struct delivery *delivery = arg;
  struct lane *lane = delivery->lane;
  const char *fault = how->status < 0 ? (how->fault ? how->fault : "failed") : NULL;
  json_t *result = json_pack("{sO ss* sb sI}", "ids", json_object_get(delivery->notice, "ids"), "fault", fault, "give_up",
                             how->status < 0 && how->give_up, "retry_after_ms", (json_int_t)how->retry_after_ms);
  if (!result && fault) /* a fault that is no UTF-8 */
    result = json_pack("{sO ss sb}", "ids", json_object_get(delivery->notice, "ids"), "fault", "failed", "give_up", how->give_up);
  if (json_array_append_new(lane->results, result) < 0)
    bf__log(BF_LOG_ERROR, "outbox", "no memory: a notice will be delivered again after a restart");
  json_decref(delivery->notice);
  free(delivery);
  lane->flying--;
  lane->again = true;
  mark(lane);
}

/* Delivering. ----------------------------------------------------------------------------------------------------------- */

static bool has_token(struct lane *lane) {
  uint64_t now = uv_now(&lane->outbox->app->loop);
  double most = lane->channel->per_minute;
  if (most <= 0) return true;
  lane->tokens += (double)(now - lane->refilled) / 60000.0 * most;
  lane->refilled = now;
  if (lane->tokens > most) lane->tokens = most;
  if (lane->tokens < 1) return false;
  lane->tokens -= 1;
  return true;
}

static bool is_held(const struct lane *lane, const json_t *ids) {
  char name[24];
  size_t i;
  json_t *id;
  json_array_foreach(ids, i, id) {
    (void)snprintf(name, sizeof name, "%lld", (long long)json_integer_value(id));
    if (json_object_get(lane->held, name)) return true;
  }
  return false;
}

static void hold(struct lane *lane, const json_t *ids) {
  char name[24];
  size_t i;
  json_t *id;
  json_array_foreach(ids, i, id) {
    (void)snprintf(name, sizeof name, "%lld", (long long)json_integer_value(id));
    (void)json_object_set_new(lane->held, name, json_true());
  }
}

/* False when no more may go out now. */
static bool deliver(struct lane *lane, json_t *notice) {
  const json_t *ids = json_object_get(notice, "ids");
  bool drop = json_is_true(json_object_get(notice, "drop"));
  if (is_held(lane, ids)) return true;
  if (json_object_get(notice, "later_ms") || json_object_get(notice, "recall")) {
    hold(lane, ids);
    put_off(lane, notice);
    return true;
  }
  if (lane->flying >= at_once(lane)) return false;
  if (!drop && !has_token(lane)) return false;
  struct delivery *delivery = malloc(sizeof *delivery);
  if (!delivery) return false;
  *delivery = (struct delivery){lane, json_incref(notice)};
  hold(lane, ids);
  lane->flying++;
  if (drop) /* told to nobody: who was to hear of it may not, or chose another channel since */
    done(delivery, &(struct bf_delivered){.status = BF_EREFUSED, .fault = "not for this person any more", .give_up = true});
  else
    lane->channel->deliver(lane->channel, notice, done, delivery);
  return true;
}

static void on_found(struct bf__read_job *job) {
  struct lane *lane = job->arg;
  json_t *items = json_object_get(job->reading.body, "items"), *notice;
  size_t i, fresh = 0;
  lane->looking = false;
  if (lane->outbox->stopping) return;
  lane->again = false;
  json_array_foreach(items, i, notice) {
    bool held = is_held(lane, json_object_get(notice, "ids"));
    if (!deliver(lane, notice)) break; /* the next look, or the end of one under way, goes on */
    fresh += !held;
  }
  release(lane, lane->marked);
  (void)json_array_clear(lane->marked);
  if (lane->again && fresh && !lane->marking) look(lane);
}

static void look(struct lane *lane) {
  if (lane->looking || lane->outbox->stopping) {
    lane->again = true;
    return;
  }
  if (lane->flying >= at_once(lane)) return;
  struct bf__read_job *job = bf__read_job_new(
      bf__operation_find("outbox.due"),
      json_pack("{ss sI}", "channel", lane->name, "limit", (json_int_t)(at_once(lane) + json_object_size(lane->held))), NULL);
  if (!job) return;
  lane->looking = true;
  job->done = on_found;
  job->arg = lane;
  bf__readers_submit(lane->outbox->app->readers, job);
}

/* Life. ----------------------------------------------------------------------------------------------------------------- */

static void on_swept(struct bf__command *command) {
  ((struct bf__outbox *)command->arg)->sweeping = false;
}

static void on_timer(uv_timer_t *timer) {
  struct bf__outbox *outbox = timer->data;
  if (outbox->stopping) return;
  for (size_t i = 0; i < outbox->count; i++) look(&outbox->lanes[i]);
  if (outbox->looks++ % SWEEP_LOOKS == 0 && !outbox->sweeping)
    outbox->sweeping = bf__submit(outbox->app, "outbox.sweep", json_object(), on_swept, outbox) >= 0;
}

static int add_lanes(struct bf__outbox *outbox) {
  const char *name;
  for (size_t i = 0; (name = bf__host_service_name(outbox->app->host, i)) && outbox->count < LANES; i++) {
    if (strncmp(name, PREFIX, strlen(PREFIX)) != 0) continue;
    struct lane *lane = &outbox->lanes[outbox->count];
    *lane = (struct lane){.outbox = outbox, .channel = bf__host_service(outbox->app->host, name, 1)};
    if (!lane->channel) continue;
    (void)snprintf(lane->name, sizeof lane->name, "%s", name + strlen(PREFIX));
    lane->held = json_object();
    lane->results = json_array();
    lane->marked = json_array();
    lane->refilled = uv_now(&outbox->app->loop);
    lane->tokens = lane->channel->per_minute;
    outbox->count++;
    if (!lane->held || !lane->results || !lane->marked) return BF_ENOMEM;
  }
  return 0;
}

static void outbox_free(struct bf__outbox *outbox) {
  for (size_t i = 0; i < outbox->count; i++) {
    json_decref(outbox->lanes[i].held);
    json_decref(outbox->lanes[i].marked);
    json_decref(outbox->lanes[i].results);
  }
  free(outbox);
}

int bf__outbox_start(struct bf__app *app, struct bf_error *err) {
  struct bf__outbox *outbox = calloc(1, sizeof *outbox);
  if (!outbox) return bf_fail(err, BF_ENOMEM, "outbox", "no memory");
  outbox->app = app;
  outbox->timer.data = outbox;
  int r = add_lanes(outbox);
  if (r >= 0) r = uv_timer_init(&app->loop, &outbox->timer);
  if (r >= 0) r = uv_timer_start(&outbox->timer, on_timer, 0, LOOK_MS);
  if (r < 0) {
    outbox_free(outbox);
    return bf_fail(err, BF_EIO, "outbox", "it cannot be set up");
  }
  app->outbox = outbox;
  return 0;
}

void bf__outbox_wake(struct bf__app *app) {
  struct bf__outbox *outbox = app->outbox;
  if (!outbox || outbox->stopping) return;
  for (size_t i = 0; i < outbox->count; i++) look(&outbox->lanes[i]);
}

static void on_closed(uv_handle_t *handle) {
  ((struct bf__outbox *)handle->data)->closed = true;
}

static bool is_busy(const struct bf__outbox *outbox, bool flying) {
  bool busy = outbox->sweeping;
  for (size_t i = 0; i < outbox->count; i++)
    busy |= outbox->lanes[i].looking || outbox->lanes[i].marking || (flying && outbox->lanes[i].flying > 0);
  return busy;
}

static void on_stop_tick(uv_timer_t *timer) {
  (void)timer; /* only so that the loop comes round */
}

/* What is under way gets a moment to end; then the channels' own stop ends it. */
void bf__outbox_hush(struct bf__app *app) {
  struct bf__outbox *outbox = app->outbox;
  if (!outbox || outbox->stopping) return;
  outbox->stopping = true;
  (void)uv_timer_start(&outbox->timer, on_stop_tick, 50, 50);
  for (int turns = 0; turns < STOP_LOOKS && is_busy(outbox, true); turns++) (void)uv_run(&app->loop, UV_RUN_ONCE);
}

void bf__outbox_stop(struct bf__app *app) {
  struct bf__outbox *outbox = app->outbox;
  if (!outbox) return;
  bf__outbox_hush(app);
  uv_close((uv_handle_t *)&outbox->timer, on_closed);
  while (!outbox->closed || is_busy(outbox, true)) (void)uv_run(&app->loop, UV_RUN_ONCE);
  app->outbox = NULL;
  outbox_free(outbox);
}
