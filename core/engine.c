#include "engine.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "app.h"
#include "cases.h"
#include "chain.h"
#include "idempotency.h"
#include "log.h"
#include "operation.h"
#include "startup.h"
#include "turn.h"

struct after {
  void (*run)(struct bf__app *app, json_t *data);
  json_t *data;
  struct after *next;
};

struct bf__engine {
  struct bf__app *app;
  pthread_t thread;
  pthread_mutex_t lock;
  pthread_cond_t wake;
  struct bf__command *first, **last; /* waiting; under the lock */
  int64_t waiting;
  bool stopping;
  struct bf__command *finished, **finished_last; /* decided and committed; under the lock */
  uv_async_t async;
  bool async_closed;
  int64_t next_rung; /* earliest moment written since the loop last looked; under the lock */
  bool notices;
  /* the engine thread's own */
  struct bf__turn turn;
  uint64_t rules_generation;
  int64_t seq;
  int64_t at_ms; /* the last event's moment, and its text */
  char at[32];
  unsigned char head[BF__HASH_BYTES];
  int64_t batch_seq;
  unsigned char batch_head[BF__HASH_BYTES];
  struct after *after, **after_last;
  int64_t batch_next;
  bool batch_notices;
};

static struct bf__engine *engine_of(struct bf__turn *turn) {
  return turn->app->engine;
}

/* Commands --------------------------------------------------------------------------------------------------------------- */

struct bf__command *bf__command_new(const struct bf__operation *operation, json_t *params, json_t *actor) {
  struct bf__command *command = calloc(1, sizeof *command);
  if (!command || !params) {
    free(command);
    json_decref(params);
    return NULL;
  }
  command->operation = operation;
  command->params = params;
  command->actor = json_incref(actor);
  command->if_version = command->version = -1;
  return command;
}

static void clear_result(struct bf__command *command) {
  json_decref(command->body);
  json_decref(command->cases);
  free(command->text);
  free(command->location);
  command->body = command->cases = NULL;
  command->text = command->location = NULL;
  command->version = -1;
  command->status = 0;
}

void bf__command_free(struct bf__command *command) {
  if (!command) return;
  clear_result(command);
  json_decref(command->params);
  json_decref(command->actor);
  free(command->idempotency_key);
  free(command);
}

/* Turn: what handlers call ------------------------------------------------------------------------------------------------ */

int64_t bf__turn_seq(const struct bf__turn *turn) {
  return turn->app->engine->seq + 1;
}

int bf__turn_event(struct bf__turn *turn, const char *case_id, json_t *event, struct bf_error *err) {
  struct bf__engine *engine = engine_of(turn);
  char *text = NULL;
  size_t length = 0;
  if (engine->at_ms != turn->now_ms || !*engine->at) bf__moment_format(engine->at_ms = turn->now_ms, engine->at);
  int r = 0;
  if (!event || json_object_set_new(event, "seq", json_integer(engine->seq + 1)) < 0 ||
      json_object_set_new(event, "at", json_string(engine->at)) < 0 ||
      (!json_object_get(event, "ruleset") && /* a case's event names the rules that the case follows */
       json_object_set_new(event, "ruleset", json_string(bf__rules_set(turn->rules)->hash)) < 0) ||
      (case_id && json_object_set_new(event, "case", json_string(case_id)) < 0))
    r = bf_fail(err, BF_ENOMEM, "event", "no memory");
  if (r >= 0) r = bf__canonical(event, &text, &length, err);
  unsigned char hash[BF__HASH_BYTES];
  if (r >= 0 && bf__chain_next(engine->head, text, length, hash) < 0) r = bf_fail(err, BF_EIO, "event", "SM3 failed");
  if (r >= 0) r = bf__store_event_put(turn->store, engine->seq + 1, case_id, turn->now_ms, text, length, hash, err);
  if (r >= 0) {
    engine->seq++;
    memcpy(engine->head, hash, sizeof hash);
  }
  free(text);
  json_decref(event);
  return r < 0 ? r : 0;
}

int bf__turn_mark(struct bf__turn *turn, struct bf__mark *ret, struct bf_error *err) {
  const struct bf__engine *engine = engine_of(turn);
  ret->seq = engine->seq;
  memcpy(ret->head, engine->head, sizeof ret->head);
  int r = bf__store_run(turn->store, "SAVEPOINT part", NULL, err, "");
  return r < 0 ? r : 0;
}

int bf__turn_on(struct bf__turn *turn, struct bf_error *err) {
  int r = bf__store_run(turn->store, "RELEASE SAVEPOINT part", NULL, err, "");
  return r < 0 ? r : 0;
}

int bf__turn_back(struct bf__turn *turn, const struct bf__mark *mark, struct bf_error *err) {
  struct bf__engine *engine = engine_of(turn);
  int r = bf__store_run(turn->store, "ROLLBACK TO SAVEPOINT part", NULL, err, "");
  engine->seq = mark->seq;
  memcpy(engine->head, mark->head, sizeof engine->head);
  bf__cases_clear(turn->cases);
  return r < 0 ? r : bf__turn_on(turn, err);
}

int bf__turn_after(struct bf__turn *turn, void (*run)(struct bf__app *app, json_t *data), json_t *data) {
  struct bf__engine *engine = engine_of(turn);
  struct after *after = calloc(1, sizeof *after);
  if (!after) {
    json_decref(data);
    return BF_ENOMEM;
  }
  after->run = run;
  after->data = data;
  *engine->after_last = after;
  engine->after_last = &after->next;
  return 0;
}

const json_t *bf__turn_view(const struct bf__turn *turn, const json_t *state) {
  return bf__reign_view(turn->reign, state);
}

int bf__turn_rules(struct bf__turn *turn, const json_t *state, struct bf__rules **ret, struct bf_error *err) {
  return bf__reign_rules(turn->reign, turn->rules, &turn->shelf, state, ret, err);
}

void bf__turn_head(const struct bf__turn *turn, char ret_hex[BF__HASH_HEX]) {
  bf__hex(turn->app->engine->head, BF__HASH_BYTES, ret_hex);
}

void bf__turn_next(struct bf__turn *turn, int64_t at) {
  struct bf__engine *engine = engine_of(turn);
  if (at < engine->batch_next) engine->batch_next = at;
}

void bf__turn_notices(struct bf__turn *turn) {
  engine_of(turn)->batch_notices = true;
}

static void run_after(struct bf__engine *engine, bool committed) {
  struct after *after = engine->after, *next;
  engine->after = NULL;
  engine->after_last = &engine->after;
  for (; after; after = next) {
    next = after->next;
    if (committed) after->run(engine->app, after->data);
    json_decref(after->data);
    free(after);
  }
}

/* The batch ------------------------------------------------------------------------------------------------------------------ */

/* Follows a change of rules between two batches. A set that will not load keeps the old one serving. */
static void refresh_rules(struct bf__engine *engine) {
  struct bf__turn *turn = &engine->turn;
  uint64_t generation = engine->app->rules_generation;
  if (generation == engine->rules_generation) return;
  struct bf__reign *reign = bf__app_reign(engine->app);
  struct bf__rules *fresh = NULL;
  struct bf_error err = {0};
  if (turn->rules && bf__rules_set(turn->rules) == reign->now) {
    bf__reign_unref(turn->reign);
    turn->reign = bf__reign_ref(reign);
  } else if (bf__rules_new(reign->now, &fresh, &err) < 0) {
    bf__log(BF_LOG_ERROR, "engine.rules", "the new rules do not load, the old ones stay: %s: %s", err.where, err.message);
  } else {
    bf__rules_free(turn->rules);
    turn->rules = fresh;
    bf__reign_unref(turn->reign);
    turn->reign = bf__reign_ref(reign);
    bf__cases_clear(turn->cases);
  }
  engine->rules_generation = generation;
  bf__reign_unref(reign);
}

void bf__engine_swap(struct bf__engine *engine, struct bf__rules **rules, struct bf__reign *reign) {
  struct bf__turn *turn = &engine->turn;
  if (*rules) {
    struct bf__rules *former = turn->rules;
    turn->rules = *rules;
    *rules = NULL;
    if (bf__reign_named(reign, bf__rules_set(former)->hash))
      bf__shelf_put(&turn->shelf, former); /* cases may stay on them */
    else
      *rules = former; /* freed with the candidate, off the engine's path */
  }
  bf__reign_unref(turn->reign);
  turn->reign = bf__reign_ref(reign);
  bf__app_set_reign(engine->app, reign);
  engine->rules_generation = engine->app->rules_generation;
}

struct bf__store *bf__engine_store(struct bf__engine *engine) {
  return engine->turn.store;
}

static int storage_status(int code) {
  return code == BF_EFULL ? 507 : code == BF_ESCRIPT || code == BF_ELIMIT ? 500 : 503;
}

static void fail_command(struct bf__command *command, int code, const struct bf_error *err) {
  clear_result(command);
  int status = storage_status(code);
  const char *zh =
      code == BF_EFULL ? "磁盘已满,没有写入任何内容:请联系管理员腾出空间后重试" : "暂时无法保存,没有写入任何内容:请稍后重试";
  const char *en = code == BF_EFULL ? "The disk is full; nothing was written. Ask the operator to free space, then try again."
                                    : "It could not be saved just now; nothing was written. Try again later.";
  bf__log(BF_LOG_ERROR, "engine.failed", "%s: %s: %s", command->operation->name, err->where, err->message);
  (void)bf__refuse(command, status, code == BF_EFULL ? "storage.full" : "storage.failed", NULL, zh, en);
}

/* A script's fault is never the user's: nothing is written, the operator sees where. */
static void fail_script(struct bf__command *command, const struct bf_error *err) {
  clear_result(command);
  bf__log(BF_LOG_ERROR, "script.failed", "%s: %s: %s", command->operation->name, err->where, err->message);
  char zh[800], en[800];
  (void)snprintf(zh, sizeof zh, "规则脚本出错(%s),本次操作没有执行:请联系本地信息化管理员", err->where);
  (void)snprintf(en, sizeof en, "A rule script failed (%s: %s); nothing was done. Tell your IT staff.", err->where, err->message);
  (void)bf__refuse(command, 500, "script.failed", NULL, zh, en);
}

/* One command within the open transaction. A negative return is the storage's, and fails the batch. */
static int run_command(struct bf__engine *engine, struct bf__command *command, struct bf_error *err) {
  struct bf__turn *turn = &engine->turn;
  bool answered = false;
  int r = command->idempotency_key ? bf__idempotency_seen(turn, command, &answered, err) : 0;
  if (r < 0 || answered) return r;
  int64_t seq = engine->seq;
  turn->wrote = false;
  r = command->operation->write(turn, command, err);
  if (r == BF_ESCRIPT || r == BF_ELIMIT) {
    if (turn->wrote || engine->seq != seq) return r; /* it had begun to write: the batch must go */
    fail_script(command, err);
    return 0;
  }
  if (r >= 0 && command->idempotency_key && command->status < 300) r = bf__idempotency_keep(turn, command, err);
  return r;
}

static void begin_batch(struct bf__engine *engine) {
  struct bf__turn *turn = &engine->turn;
  turn->now_ms = bf__clock_now(&engine->app->clock);
  turn->today = bf__date_of_ms(turn->now_ms);
  engine->batch_seq = engine->seq;
  memcpy(engine->batch_head, engine->head, sizeof engine->head);
  engine->batch_next = INT64_MAX;
  engine->batch_notices = false;
}

static void undo_batch(struct bf__engine *engine) {
  bf__store_rollback(engine->turn.store);
  bf__cases_clear(engine->turn.cases);
  engine->seq = engine->batch_seq;
  memcpy(engine->head, engine->batch_head, sizeof engine->head);
  run_after(engine, false);
}

/* Runs COMMANDS in one transaction: all durable, or none. */
static int run_batch(struct bf__engine *engine, struct bf__command *commands, struct bf_error *err) {
  begin_batch(engine);
  int r = bf__store_begin(engine->turn.store, err);
  if (r < 0) return r;
  for (struct bf__command *command = commands; command && r >= 0; command = command->next) r = run_command(engine, command, err);
  if (r >= 0) r = bf__store_commit(engine->turn.store, err);
  if (r < 0)
    undo_batch(engine);
  else
    run_after(engine, true);
  return r;
}

/* A batch that failed is run again one by one, so that one command cannot fail its neighbours. */
static void run_apart(struct bf__engine *engine, struct bf__command *commands) {
  for (struct bf__command *command = commands, *next; command; command = next) {
    struct bf_error err = {0};
    next = command->next;
    command->next = NULL;
    clear_result(command);
    int r = run_batch(engine, command, &err);
    if (r == BF_ESCRIPT || r == BF_ELIMIT)
      fail_script(command, &err);
    else if (r < 0)
      fail_command(command, r, &err);
    command->next = next;
  }
}

static void give_back(struct bf__engine *engine, struct bf__command *commands) {
  (void)pthread_mutex_lock(&engine->lock);
  *engine->finished_last = commands;
  while (*engine->finished_last) engine->finished_last = &(*engine->finished_last)->next;
  if (engine->batch_next < engine->next_rung) engine->next_rung = engine->batch_next;
  engine->notices |= engine->batch_notices;
  (void)pthread_mutex_unlock(&engine->lock);
  (void)uv_async_send(&engine->async);
}

static struct bf__command *take_batch(struct bf__engine *engine) {
  (void)pthread_mutex_lock(&engine->lock);
  while (!engine->first && !engine->stopping) (void)pthread_cond_wait(&engine->wake, &engine->lock);
  struct bf__command *commands = engine->first, **end = &commands;
  bool last = false;
  for (int64_t i = 0; *end && !last && i < engine->app->config.batch; i++) {
    last = (*end)->operation->last;
    end = &(*end)->next;
    engine->waiting--;
  }
  engine->first = *end;
  if (!engine->first) engine->last = &engine->first;
  *end = NULL;
  (void)pthread_mutex_unlock(&engine->lock);
  return commands;
}

static void *engine_main(void *arg) {
  struct bf__engine *engine = arg;
  struct bf__command *commands;
  while ((commands = take_batch(engine))) {
    struct bf_error err = {0};
    refresh_rules(engine);
    if (run_batch(engine, commands, &err) < 0) run_apart(engine, commands);
    give_back(engine, commands);
  }
  return NULL;
}

/* The loop's side ------------------------------------------------------------------------------------------------------------ */

static void on_finished(uv_async_t *async) {
  struct bf__engine *engine = async->data;
  (void)pthread_mutex_lock(&engine->lock);
  struct bf__command *command = engine->finished;
  engine->finished = NULL;
  engine->finished_last = &engine->finished;
  int64_t next_rung = engine->next_rung;
  bool notices = engine->notices;
  engine->next_rung = INT64_MAX;
  engine->notices = false;
  (void)pthread_mutex_unlock(&engine->lock);
  for (struct bf__command *next; command; command = next) {
    next = command->next;
    if (json_array_size(command->cases)) bf__app_changed(engine->app, command->cases);
    if (command->done) command->done(command);
    bf__command_free(command);
  }
  bf__app_committed(engine->app);
  if (next_rung != INT64_MAX) bf__app_wake(engine->app, next_rung);
  if (notices) bf__app_notices(engine->app);
}

void bf__engine_submit(struct bf__engine *engine, struct bf__command *command) {
  command->next = NULL;
  (void)pthread_mutex_lock(&engine->lock);
  bool full = engine->waiting >= engine->app->config.queue || engine->stopping;
  if (!full) {
    *engine->last = command;
    engine->last = &command->next;
    engine->waiting++;
    (void)pthread_cond_signal(&engine->wake);
  }
  (void)pthread_mutex_unlock(&engine->lock);
  if (!full) return;
  (void)bf__refuse(command, 503, "busy", NULL, "系统繁忙或正在停止,没有执行:请稍后重试",
                   "Too busy, or stopping; nothing was done. Try again later.");
  if (command->done) command->done(command);
  bf__command_free(command);
}

static void on_async_closed(uv_handle_t *handle) {
  ((struct bf__engine *)handle->data)->async_closed = true;
}

int bf__engine_start(struct bf__app *app, struct bf__engine **ret, struct bf_error *err) {
  struct bf__engine *engine = calloc(1, sizeof *engine);
  int64_t last_ms = 0;
  if (!engine) return bf_fail(err, BF_ENOMEM, "engine", "no memory");
  engine->app = app;
  engine->last = &engine->first;
  engine->finished_last = &engine->finished;
  engine->after_last = &engine->after;
  engine->next_rung = INT64_MAX;
  engine->turn.app = app;
  (void)pthread_mutex_init(&engine->lock, NULL);
  (void)pthread_cond_init(&engine->wake, NULL);
  engine->async_closed = true;
  app->engine = engine;
  int r = bf__store_open(app->storage, true, &engine->turn.store, err);
  if (r >= 0) r = bf__store_head(engine->turn.store, &engine->seq, &last_ms, engine->head, err);
  if (r >= 0) r = bf__startup(app, engine->turn.store, last_ms, err);
  if (r >= 0) {
    engine->turn.reign = bf__app_reign(app);
    engine->rules_generation = app->rules_generation;
    r = bf__rules_new(engine->turn.reign->now, &engine->turn.rules, err);
  }
  if (r >= 0 && !(engine->turn.cases = bf__cases_new())) r = bf_fail(err, BF_ENOMEM, "engine", "no memory");
  if (r >= 0) {
    r = uv_async_init(&app->loop, &engine->async, on_finished);
    engine->async.data = engine;
    engine->async_closed = r < 0;
    if (r < 0) r = bf_fail(err, BF_EIO, "engine", "%s", uv_strerror(r));
  }
  if (r >= 0 && pthread_create(&engine->thread, NULL, engine_main, engine) != 0) {
    r = bf_fail(err, BF_EIO, "engine", "no thread could be started");
    uv_close((uv_handle_t *)&engine->async, on_async_closed);
    while (!engine->async_closed) (void)uv_run(&app->loop, UV_RUN_ONCE);
  }
  if (r < 0) {
    app->engine = NULL;
    bf__engine_free(engine);
    return r;
  }
  *ret = engine;
  return 0;
}

void bf__engine_stop(struct bf__engine *engine) {
  (void)pthread_mutex_lock(&engine->lock);
  engine->stopping = true;
  (void)pthread_cond_signal(&engine->wake);
  (void)pthread_mutex_unlock(&engine->lock);
  (void)pthread_join(engine->thread, NULL);
  on_finished(&engine->async);
  uv_close((uv_handle_t *)&engine->async, on_async_closed);
  while (!engine->async_closed) (void)uv_run(&engine->app->loop, UV_RUN_ONCE);
}

void bf__engine_free(struct bf__engine *engine) {
  if (!engine) return;
  bf__cases_free(engine->turn.cases);
  bf__rules_free(engine->turn.rules);
  bf__shelf_done(&engine->turn.shelf);
  bf__reign_unref(engine->turn.reign);
  bf__store_close(engine->turn.store);
  (void)pthread_cond_destroy(&engine->wake);
  (void)pthread_mutex_destroy(&engine->lock);
  free(engine);
}
