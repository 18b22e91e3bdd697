/* The one door's doorkeeper: finds the operation, finds out who calls, and hands the call to the engine, a reader or the loop. */
#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "operation.h"
#include "people.h"
#include "readers.h"
#include "views.h"

struct pending { /* what outlives the call */
  bf_answer_cb answer;
  void *arg;
  struct bf__view_key *view; /* when the answer may be kept */
  struct bf__app *app;
};

static void refuse(const struct bf_call *call, int status, const char *code, const char *zh, const char *en) {
  bf__answer_json(call, status, bf__problem1(status, code, NULL, zh, en));
}

/* 0 when ACTOR may call OPERATION; otherwise the call has been answered. */
static bool admitted(const struct bf_call *call, const struct bf__operation *operation, const json_t *actor) {
  bool admin = call->operator_ || json_is_true(json_object_get(actor, "admin"));
  switch (operation->access) {
  case BF__ANYONE:
    return true;
  case BF__USER:
    if (actor || call->operator_) return true;
    break;
  case BF__ADMIN:
    if (admin) return true;
    break;
  case BF__OPERATOR:
    if (call->operator_) return true;
    break;
  case BF__INTERNAL:
    break;
  }
  if (!actor)
    refuse(call, 401, "login", "请先登录,或登录已过期", "Log in first; your session may have expired.");
  else
    refuse(call, 403, "admin", "此项只对管理员开放", "This is for administrators.");
  return false;
}

static void deliver(const struct pending *pending, struct bf_answer *answer, json_t *body) {
  char *text = NULL;
  if (body) {
    text = json_dumps(body, JSON_COMPACT | JSON_ENCODE_ANY);
    answer->body = text;
  }
  if (!answer->body && answer->file < 0 && answer->status != 204 && answer->status != 304) {
    answer->status = 500;
    answer->body = "{\"title\":\"no memory\",\"status\":500}";
  }
  if (!answer->length) answer->length = answer->body ? strlen(answer->body) : 0;
  if (!answer->type) answer->type = answer->status >= 400 ? "application/problem+json" : "application/json";
  if (pending->view) bf__views_keep(pending->app, pending->view, answer);
  pending->answer(pending->arg, answer);
  free(text);
}

static void on_written(struct bf__command *command) {
  struct pending *pending = command->arg;
  struct bf_answer answer = {
      .status = command->status, .body = command->text, .version = command->version, .location = command->location, .file = -1};
  deliver(pending, &answer, command->text ? NULL : command->body);
  free(pending);
}

static void on_read(struct bf__read_job *job) {
  struct pending *pending = job->arg;
  struct bf__reading *reading = &job->reading;
  struct bf_answer answer = {.status = reading->status,
                             .type = reading->type,
                             .body = reading->text,
                             .length = reading->text ? reading->length : 0,
                             .encoding = reading->encoding,
                             .etag = reading->etag[0] ? reading->etag : NULL,
                             .version = reading->version,
                             .file = reading->file,
                             .file_bytes = reading->file_bytes,
                             .file_name = reading->file_name};
  if (reading->file >= 0 && reading->status < 300)
    reading->file = -1; /* the callback owns it now */
  else
    answer.file = -1;
  if (reading->reads_others) {
    bf__views_drop(pending->app, pending->view);
    pending->view = NULL;
  }
  deliver(pending, &answer, reading->text ? NULL : reading->body);
  free(pending);
}

static struct pending *remember(struct bf__app *app, const struct bf_call *call) {
  struct pending *pending = calloc(1, sizeof *pending);
  if (!pending) return NULL;
  *pending = (struct pending){.answer = call->answer, .arg = call->arg, .app = app};
  return pending;
}

static void to_engine(struct bf__app *app, const struct bf_call *call, const struct bf__operation *operation, json_t *params,
                      json_t *actor) {
  struct pending *pending = remember(app, call);
  struct bf__command *command = pending ? bf__command_new(operation, json_incref(params), actor) : NULL;
  if (command && call->idempotency_key && !(command->idempotency_key = strdup(call->idempotency_key))) {
    bf__command_free(command);
    command = NULL;
  }
  if (!command) {
    free(pending);
    refuse(call, 503, "memory", "内存不足,没有执行", "Out of memory; nothing was done.");
    return;
  }
  command->if_version = call->if_version;
  command->done = on_written;
  command->arg = pending;
  bf__engine_submit(app->engine, command);
}

static void to_reader(struct bf__app *app, const struct bf_call *call, const struct bf__operation *operation, json_t *params,
                      json_t *actor) {
  struct bf_answer kept = {.file = -1, .version = -1};
  struct bf__view_key *key = NULL;
  if (bf__views_find(app, operation, params, actor, call->operator_, &kept, &key)) {
    call->answer(call->arg, &kept);
    return;
  }
  struct pending *pending = remember(app, call);
  struct bf__read_job *job = pending ? bf__read_job_new(operation, json_incref(params), actor) : NULL;
  if (!job) {
    free(pending);
    bf__views_drop(app, key);
    refuse(call, 503, "memory", "内存不足", "Out of memory.");
    return;
  }
  pending->view = key;
  job->reading.operator_ = call->operator_;
  bool keeps =
      call->size >= offsetof(struct bf_call, if_none_match) + sizeof call->if_none_match; /* an older transport does not */
  job->reading.gzip = keeps && call->gzip;
  if (keeps && call->if_none_match)
    job->reading.if_none_match = strdup(call->if_none_match); /* without it the whole answer goes out */
  job->done = on_read;
  job->arg = pending;
  bf__readers_submit(app->readers, job);
}

void bf__api_call(struct bf__app *app, struct bf_call *call) {
  json_t *params = call->params ? call->params : json_object(), *actor = NULL;
  const struct bf__operation *operation = call->operation ? bf__operation_find(call->operation) : NULL;
  if (call->token && *call->token) actor = bf__directory_actor(app->directory, call->token, bf__people_session_now(app));
  call->params = params;
  if (!params)
    refuse(call, 503, "memory", "内存不足", "Out of memory.");
  else if (!operation)
    refuse(call, 404, "operation.unknown", "没有这个功能", "There is no such operation.");
  else if (admitted(call, operation, actor)) {
    if (operation->kind == BF__LOOP)
      operation->loop(app, call, params, actor);
    else if (operation->kind == BF__WRITE)
      to_engine(app, call, operation, params, actor);
    else
      to_reader(app, call, operation, params, actor);
  }
  json_decref(params);
  json_decref(actor);
}
