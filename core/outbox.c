#include "outbox.h"

#include <stdlib.h>
#include <string.h>

#include "banfa/channel.h"
#include "host.h"
#include "log.h"
#include "readers.h"
#include "services.h"

#define BATCH 256
#define LOOK_MS 15000 /* how often it looks when nothing wakes it */

struct bf__outbox {
  struct bf__app *app;
  uv_timer_t timer;
  json_t *batch;   /* being delivered */
  json_t *results; /* [ { id, fault? } ] */
  size_t pending;  /* deliveries not done, and one while they are handed out */
  bool busy, again, stopping, closed;
};

struct delivery {
  struct bf__outbox *outbox;
  json_int_t id;
};

static void look(struct bf__outbox *outbox);

static void on_marked(struct bf__command *command) {
  struct bf__outbox *outbox = command->arg;
  outbox->busy = false;
  if (outbox->again && !outbox->stopping) look(outbox);
}

/* All of a batch has been tried: the outcome is written in one command. */
static void settle(struct bf__outbox *outbox) {
  json_t *results = outbox->results;
  outbox->again |= json_array_size(outbox->batch) == BATCH;
  json_decref(outbox->batch);
  outbox->batch = outbox->results = NULL;
  if (json_array_size(results) == 0 ||
      bf__submit(outbox->app, "outbox.mark", json_pack("{sO}", "results", results), on_marked, outbox) < 0)
    outbox->busy = false;
  json_decref(results);
}

static void done(void *arg, const struct bf_delivered *how) {
  struct delivery *delivery = arg;
  struct bf__outbox *outbox = delivery->outbox;
  json_t *result =
      json_pack("{sI ss*}", "id", delivery->id, "fault", how->status < 0 ? (how->fault ? how->fault : "failed") : NULL);
  if (json_array_append_new(outbox->results, result) < 0)
    bf__log(BF_LOG_ERROR, "outbox", "no memory: a notice will be delivered again");
  free(delivery);
  if (--outbox->pending == 0) settle(outbox);
}

static void deliver(struct bf__outbox *outbox, const json_t *notice) {
  char name[80];
  (void)snprintf(name, sizeof name, "channel.%s", json_string_value(json_object_get(notice, "channel")));
  const struct bf_channel *channel = bf__host_service(outbox->app->host, name, 1);
  struct delivery *delivery = channel ? malloc(sizeof *delivery) : NULL;
  if (!delivery) return; /* it waits until the channel is there */
  *delivery = (struct delivery){outbox, json_integer_value(json_object_get(notice, "id"))};
  outbox->pending++;
  channel->deliver(channel, notice, done, delivery);
}

static void on_found(struct bf__read_job *job) {
  struct bf__outbox *outbox = job->arg;
  json_t *items = json_object_get(job->reading.body, "items"), *notice;
  size_t i;
  if (outbox->stopping || json_array_size(items) == 0 || !(outbox->results = json_array())) {
    outbox->busy = false;
    return;
  }
  outbox->batch = json_incref(items);
  outbox->pending = 1;
  json_array_foreach(items, i, notice) deliver(outbox, notice);
  if (--outbox->pending == 0) settle(outbox);
}

static void look(struct bf__outbox *outbox) {
  struct bf__read_job *job = bf__read_job_new(bf__operation_find("outbox.due"), json_pack("{si}", "limit", BATCH), NULL);
  if (!job) return;
  outbox->busy = true;
  outbox->again = false;
  job->done = on_found;
  job->arg = outbox;
  bf__readers_submit(outbox->app->readers, job);
}

static void on_timer(uv_timer_t *timer) {
  struct bf__outbox *outbox = timer->data;
  if (!outbox->busy && !outbox->stopping) look(outbox);
}

int bf__outbox_start(struct bf__app *app, struct bf_error *err) {
  struct bf__outbox *outbox = calloc(1, sizeof *outbox);
  if (!outbox) return bf_fail(err, BF_ENOMEM, "outbox", "no memory");
  outbox->app = app;
  outbox->timer.data = outbox;
  int r = uv_timer_init(&app->loop, &outbox->timer);
  if (r >= 0) r = uv_timer_start(&outbox->timer, on_timer, 0, LOOK_MS);
  if (r < 0) {
    free(outbox);
    return bf_fail(err, BF_EIO, "outbox", "%s", uv_strerror(r));
  }
  app->outbox = outbox;
  return 0;
}

void bf__outbox_wake(struct bf__app *app) {
  struct bf__outbox *outbox = app->outbox;
  if (!outbox || outbox->stopping) return;
  if (outbox->busy)
    outbox->again = true;
  else
    look(outbox);
}

static void on_closed(uv_handle_t *handle) {
  ((struct bf__outbox *)handle->data)->closed = true;
}

void bf__outbox_stop(struct bf__app *app) {
  struct bf__outbox *outbox = app->outbox;
  if (!outbox) return;
  outbox->stopping = true;
  uv_close((uv_handle_t *)&outbox->timer, on_closed);
  while (!outbox->closed || outbox->busy) (void)uv_run(&app->loop, UV_RUN_ONCE);
  app->outbox = NULL;
  free(outbox);
}
