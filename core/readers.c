#include "readers.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log.h"

#define WAITING_MAX 10000 /* reads that may wait; beyond it 503 */

struct reader {
  struct bf__readers *pool;
  pthread_t thread;
  struct bf__store *store;
  struct bf__rules *rules;
  struct bf__reign *reign;
  struct bf__shelf shelf;
  uint64_t generation;
};

struct bf__readers {
  struct bf__app *app;
  pthread_mutex_t lock;
  pthread_cond_t wake;
  struct bf__read_job *first, **last, *finished, **finished_last; /* under the lock */
  int waiting, count;
  bool stopping, async_closed;
  uv_async_t async;
  struct reader readers[16];
};

struct bf__read_job *bf__read_job_new(const struct bf__operation *operation, json_t *params, json_t *actor) {
  struct bf__read_job *job = calloc(1, sizeof *job);
  if (!job || !params) {
    free(job);
    json_decref(params);
    return NULL;
  }
  job->operation = operation;
  job->reading.params = params;
  job->reading.actor = json_incref(actor);
  job->reading.version = -1;
  job->reading.file = -1;
  return job;
}

static void job_free(struct bf__read_job *job) {
  json_decref(job->reading.params);
  json_decref(job->reading.actor);
  json_decref(job->reading.body);
  free(job->reading.text);
  free(job->reading.if_none_match);
  free(job->reading.file_name);
  if (job->reading.file >= 0) (void)close(job->reading.file);
  free(job);
}

static int follow_rules(struct reader *reader, struct bf_error *err) {
  uint64_t generation = reader->pool->app->rules_generation;
  if (reader->rules && generation == reader->generation) return 0;
  struct bf__reign *reign = bf__app_reign(reader->pool->app), *former = reader->reign;
  struct bf__rules *fresh = NULL;
  int r = 0;
  if (!reader->rules || bf__rules_set(reader->rules) != reign->now) r = bf__rules_new(reign->now, &fresh, err);
  if (r < 0) {
    bf__reign_unref(reign);
    return reader->rules ? 0 : r;
  }
  if (fresh && reader->rules && bf__reign_named(reign, bf__rules_set(reader->rules)->hash))
    bf__shelf_put(&reader->shelf, reader->rules);
  else if (fresh)
    bf__rules_free(reader->rules);
  if (fresh) reader->rules = fresh;
  reader->reign = reign;
  bf__reign_unref(former);
  reader->generation = generation;
  return 0;
}

static void run(struct reader *reader, struct bf__read_job *job) {
  struct bf__reading *reading = &job->reading;
  struct bf_error err = {0};
  int r = follow_rules(reader, &err);
  reading->app = reader->pool->app;
  reading->store = reader->store;
  reading->rules = reader->rules;
  reading->reign = reader->reign;
  reading->shelf = &reader->shelf;
  reading->now_ms = bf__clock_now(&reading->app->clock);
  reading->today = bf__date_of_ms(reading->now_ms);
  if (r >= 0) r = job->operation->read(reading, &err);
  if (r >= 0) return;
  bf__log(BF_LOG_ERROR, "reader.failed", "%s: %s: %s", job->operation->name, err.where, err.message);
  free(reading->text);
  reading->text = NULL;
  char zh[400], en[800];
  bool script = r == BF_ESCRIPT || r == BF_ELIMIT;
  (void)snprintf(zh, sizeof zh, script ? "规则脚本出错(%s):请联系本地信息化管理员" : "暂时无法读取:请稍后重试", err.where);
  (void)snprintf(en, sizeof en, script ? "A rule script failed (%s: %s)." : "It could not be read just now. Try again later.",
                 err.where, err.message);
  (void)bf__refuse_read(reading, script ? 500 : 503, script ? "script.failed" : "storage.failed", NULL, zh, en);
}

static void *reader_main(void *arg) {
  struct reader *reader = arg;
  struct bf__readers *pool = reader->pool;
  for (;;) {
    (void)pthread_mutex_lock(&pool->lock);
    while (!pool->first && !pool->stopping) (void)pthread_cond_wait(&pool->wake, &pool->lock);
    struct bf__read_job *job = pool->first;
    if (job) {
      pool->first = job->next;
      if (!pool->first) pool->last = &pool->first;
      pool->waiting--;
    }
    (void)pthread_mutex_unlock(&pool->lock);
    if (!job) return NULL;
    job->next = NULL;
    run(reader, job);
    (void)pthread_mutex_lock(&pool->lock);
    *pool->finished_last = job;
    pool->finished_last = &job->next;
    (void)pthread_mutex_unlock(&pool->lock);
    (void)uv_async_send(&pool->async);
  }
}

static void on_finished(uv_async_t *async) {
  struct bf__readers *pool = async->data;
  (void)pthread_mutex_lock(&pool->lock);
  struct bf__read_job *job = pool->finished;
  pool->finished = NULL;
  pool->finished_last = &pool->finished;
  (void)pthread_mutex_unlock(&pool->lock);
  for (struct bf__read_job *next; job; job = next) {
    next = job->next;
    job->done(job);
    job_free(job);
  }
}

void bf__readers_submit(struct bf__readers *pool, struct bf__read_job *job) {
  (void)pthread_mutex_lock(&pool->lock);
  bool full = pool->waiting >= WAITING_MAX || pool->stopping;
  if (!full) {
    *pool->last = job;
    pool->last = &job->next;
    pool->waiting++;
    (void)pthread_cond_signal(&pool->wake);
  }
  (void)pthread_mutex_unlock(&pool->lock);
  if (!full) return;
  (void)bf__refuse_read(&job->reading, 503, "busy", NULL, "系统繁忙或正在停止:请稍后重试",
                        "Too busy, or stopping. Try again later.");
  job->done(job);
  job_free(job);
}

static void on_async_closed(uv_handle_t *handle) {
  ((struct bf__readers *)handle->data)->async_closed = true;
}

int bf__readers_start(struct bf__app *app, int count, struct bf__readers **ret, struct bf_error *err) {
  struct bf__readers *pool = calloc(1, sizeof *pool);
  if (!pool) return bf_fail(err, BF_ENOMEM, "readers", "no memory");
  pool->app = app;
  pool->last = &pool->first;
  pool->finished_last = &pool->finished;
  pool->async.data = pool;
  (void)pthread_mutex_init(&pool->lock, NULL);
  (void)pthread_cond_init(&pool->wake, NULL);
  int r = uv_async_init(&app->loop, &pool->async, on_finished);
  if (r < 0) {
    free(pool);
    return bf_fail(err, BF_EIO, "readers", "%s", uv_strerror(r));
  }
  for (r = 0; r >= 0 && pool->count < count && pool->count < 16;) {
    struct reader *reader = &pool->readers[pool->count];
    reader->pool = pool;
    r = bf__store_open(app->storage, false, &reader->store, err);
    if (r >= 0 && pthread_create(&reader->thread, NULL, reader_main, reader) != 0) {
      r = bf_fail(err, BF_EIO, "readers", "no thread could be started");
      bf__store_close(reader->store);
    }
    if (r >= 0) pool->count++;
  }
  if (r < 0) {
    bf__readers_stop(pool);
    return r;
  }
  *ret = pool;
  return 0;
}

void bf__readers_stop(struct bf__readers *pool) {
  if (!pool) return;
  (void)pthread_mutex_lock(&pool->lock);
  pool->stopping = true;
  (void)pthread_cond_broadcast(&pool->wake);
  (void)pthread_mutex_unlock(&pool->lock);
  for (int i = 0; i < pool->count; i++) {
    (void)pthread_join(pool->readers[i].thread, NULL);
    bf__store_close(pool->readers[i].store);
    bf__rules_free(pool->readers[i].rules);
    bf__shelf_done(&pool->readers[i].shelf);
    bf__reign_unref(pool->readers[i].reign);
  }
  on_finished(&pool->async);
  uv_close((uv_handle_t *)&pool->async, on_async_closed);
  while (!pool->async_closed) (void)uv_run(&pool->app->loop, UV_RUN_ONCE);
  (void)pthread_cond_destroy(&pool->wake);
  (void)pthread_mutex_destroy(&pool->lock);
  free(pool);
}
