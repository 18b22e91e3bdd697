#include "people_job.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "form.h"
#include "log.h"

/* What an unknown user's password is checked against, so that the answer takes as long as a known one's. */
static const char nobody[] = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXRoaW5nbm90c2FsdA$Q1xIr2mXo0oYbJ3X7xqYwE3cE2hFz0iT1uE3nq8mQfs";

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}

void bf__people_refuse(const struct bf_call *call, int status, const char *code, const char *field, const char *zh,
                       const char *en) {
  bf__answer_json(call, status, bf__problem1(status, code, field, zh, en));
}

void bf__people_no_memory(const struct bf_call *call) {
  bf__people_refuse(call, 503, "memory", NULL, "内存不足,没有执行:请稍后重试",
                    "There is no memory for this just now; nothing was done. Try again later.");
}

void bf__people_fault(json_t *refusals, const char *code, const char *field, const char *zh, const char *en) {
  /* when there is no memory for its words the refusal still counts */
  if (json_array_append_new(refusals, bf__refusal(code, 0, field, zh, en)) < 0)
    (void)json_array_append_new(refusals, json_null());
}

bool bf__people_clean(const struct bf_call *call, int status, json_t *refusals) {
  bool is = json_array_size(refusals) == 0;
  if (is)
    json_decref(refusals);
  else
    bf__answer_json(call, status, bf__problem(status, refusals));
  return is;
}

json_t *bf__people_input(const struct bf_call *call, const json_t *params, const char *form_text) {
  const json_t *inside = json_object_get(params, "body"), *body = inside ? inside : params;
  json_t *id = json_object_get(params, "id");
  json_t *form = json_loads(form_text, 0, NULL), *refusals = json_array();
  json_t *input = json_is_object(body) ? json_deep_copy(body) : json_object();
  int r = form && input && refusals ? 0 : BF_ENOMEM;
  if (r == 0 && id && !json_object_get(input, "id")) r = json_object_set(input, "id", id);
  if (r == 0 && !json_is_object(body))
    bf__people_fault(refusals, "form.type", "body", "请求体应为一个 JSON 对象", "The body must be a JSON object.");
  else if (r == 0)
    r = bf__form_check(form, input, 0, refusals);
  json_decref(form);
  if (r == 0 && bf__people_clean(call, 400, refusals)) return input;
  if (r != 0) {
    json_decref(refusals);
    bf__people_no_memory(call);
  }
  json_decref(input);
  return NULL;
}

void bf__people_check_password(json_t *refusals, const char *field, const char *user, const char *password) {
  struct bf_error err = {0};
  int r = bf__password_allowed(user, password, &err);
  if (r < 0)
    bf__people_fault(refusals, "password.weak", field, r == BF_ELIMIT ? "密码至少要有 8 个字符" : "密码不能与用户名相同",
                     err.message);
}

/* Jobs. ------------------------------------------------------------------------------------------------------------------ */

void bf__people_job_free(struct bf__people_job *job) {
  if (!job) return;
  sodium_memzero(job->token, sizeof job->token);
  json_decref(job->actor);
  json_decref(job->input);
  json_decref(job->stored);
  free(job->peer);
  free(job->hash);
  free(job);
}

struct bf__people_job *bf__people_job_new(struct bf__app *app, const struct bf_call *call, json_t *actor, json_t *input) {
  struct bf__people_job *job = input ? calloc(1, sizeof *job) : NULL;
  if (!job) {
    json_decref(input);
    bf__people_no_memory(call);
    return NULL;
  }
  job->app = app;
  job->call = (struct bf_call){.size = sizeof job->call, .answer = call->answer, .arg = call->arg, .if_version = -1};
  job->peer = call->peer ? strdup(call->peer) : NULL;
  job->actor = json_incref(actor);
  job->input = input;
  job->work.data = job;
  return job;
}

static void work(uv_work_t *request) {
  struct bf__people_job *job = request->data;
  const char *known = text(job->stored, "password");
  /* again here: of many guesses sent at once most find the lock shut when their turn comes */
  if (job->check) job->locked = bf__directory_locked(job->app->directory, job->user, job->peer, bf__clock_now(&job->app->clock));
  if (job->check && !job->locked) job->fits = bf__password_fits(known ? known : nobody, job->check) && known;
  if (job->secret && (!job->check || job->fits) && bf__password_hash(job->secret, &job->hash, &job->err) < 0)
    bf__log(BF_LOG_ERROR, "password.hash", "%s", job->err.message);
}

static void after_work(uv_work_t *request, int status) {
  struct bf__people_job *job = request->data;
  bf__directory_leave(job->app->directory);
  if (status < 0) { /* cancelled: the program stops */
    bf__people_refuse(&job->call, 503, "busy", NULL, "系统正在停止,没有执行:请稍后重试",
                      "Stopping; nothing was done. Try again later.");
    bf__people_job_free(job);
    return;
  }
  job->worked(job);
}

void bf__people_job_start(struct bf__people_job *job, void (*worked)(struct bf__people_job *job)) {
  job->worked = worked;
  bool entered = bf__directory_enter(job->app->directory);
  if (entered && uv_queue_work(&job->app->loop, &job->work, work, after_work) == 0) return;
  if (entered) bf__directory_leave(job->app->directory);
  bf__people_refuse(&job->call, 503, "busy", NULL, "系统繁忙,没有执行:请稍后重试",
                    "Too busy at this moment; nothing was done. Try again shortly.");
  bf__people_job_free(job);
}

void bf__people_job_submit(struct bf__people_job *job, const char *name, json_t *params,
                           void (*done)(struct bf__command *command)) {
  const struct bf__operation *operation = bf__operation_find(name);
  struct bf__command *command = operation && params ? bf__command_new(operation, params, job->actor) : NULL;
  if (!operation) json_decref(params);
  if (!command) {
    bf__people_no_memory(&job->call);
    bf__people_job_free(job);
    return;
  }
  command->arg = job;
  command->done = done;
  bf__engine_submit(job->app->engine, command);
}

void bf__people_submitted(struct bf__command *command) {
  struct bf__people_job *job = command->arg;
  bf__answer_json(&job->call, command->status, json_incref(command->body));
  bf__people_job_free(job);
}

void bf__people_put_password(struct bf__people_job *job, const char *id, const char *was, const char *keep) {
  if (!job->hash) {
    bf__people_no_memory(&job->call);
    bf__people_job_free(job);
    return;
  }
  bf__people_job_submit(
      job, "user.put",
      json_pack("{s:s, s:{s:s}, s:b, s:s*, s:s*}", "id", id, "set", "password", job->hash, "new", 0, "was", was, "keep", keep),
      bf__people_submitted);
}
