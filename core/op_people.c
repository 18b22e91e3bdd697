/* Login and logout, and one's own account. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "lists.h"
#include "op_orgs.h"
#include "people.h"
#include "people_job.h"
#include "preferences.h"

static const char no_form[] = "[]";
static const char login_form[] =
    "[{\"name\":\"user\",\"type\":\"text\",\"max\":100,\"zh\":\"用户名\",\"en\":\"User\"}," BF__FIELD_PASSWORD("password", "密码",
                                                                                                               "Password") "]";
static const char change_form[] =
    "[" BF__FIELD_PASSWORD("old", "原密码", "Old password") "," BF__FIELD_PASSWORD("new", "新密码", "New password") "]";

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}

static void answer_token(const struct bf__people_job *job, int status, json_t *body, const char *token, int64_t seconds) {
  char *dump = body ? json_dumps(body, JSON_COMPACT) : NULL;
  struct bf_answer answer = {.status = status,
                             .type = "application/json",
                             .body = dump ? dump : "",
                             .length = dump ? strlen(dump) : 0,
                             .version = -1,
                             .token = token,
                             .token_seconds = seconds,
                             .file = -1};
  if (body && !dump)
    bf__people_no_memory(&job->call);
  else
    job->call.answer(job->call.arg, &answer);
  if (dump) sodium_memzero(dump, strlen(dump));
  free(dump);
  json_decref(body);
}

/* The actor, and what its roles mean: { …, role_titles: { role: { zh, en } } }. */
static json_t *me_body(struct bf__app *app, json_t *actor) {
  struct bf__ruleset *set = bf__app_rules(app);
  const char *place = text(actor, "jurisdiction");
  const json_t *view = bf__ruleset_view(set, place ? place : "");
  json_t *me = json_copy(actor), *titles = json_object(), *role;
  size_t i;
  json_array_foreach(json_object_get(actor, "roles"), i, role) {
    const json_t *known = bf__view_role(view, json_string_value(role)); /* NULL when the rules have dropped it */
    const char *zh = text(known, "zh"), *en = text(known, "en"), *name = json_string_value(role);
    (void)json_object_set_new(titles, name, json_pack("{s:s, s:s}", "zh", zh ? zh : name, "en", en ? en : name));
  }
  if (me) (void)json_object_set(me, "role_titles", titles);
  json_decref(titles);
  bf__ruleset_unref(set);
  return me;
}

static void login_done(struct bf__command *command) {
  struct bf__people_job *job = command->arg;
  json_t *actor = bf__directory_actor_of(job->app->directory, job->user);
  char expires[32];
  bf__moment_format(job->expires, expires);
  if (command->status >= 400)
    bf__answer_json(&job->call, command->status, json_incref(command->body));
  else if (!actor)
    bf__people_refuse(&job->call, 401, "login.failed", NULL, "该账号已停用", "This account has been disabled.");
  else
    answer_token(job, 200,
                 json_pack("{s:s, s:o, s:s}", "token", job->token, "user", me_body(job->app, actor), "expires", expires),
                 job->token, job->app->config.session_hours * 3600);
  json_decref(actor);
  bf__people_job_free(job);
}

static void too_many(const struct bf_call *call) {
  bf__people_refuse(call, 429, "login.locked", NULL, "登录失败次数过多:请 15 分钟后再试",
                    "Too many failed logins: try again in 15 minutes.");
}

static void login_worked(struct bf__people_job *job) {
  struct bf__directory *directory = job->app->directory;
  int64_t now = bf__clock_now(&job->app->clock);
  json_t *actor = job->fits ? bf__directory_actor_of(directory, job->user) : NULL; /* NULL for a disabled user */
  job->expires = now + job->app->config.session_hours * 3600 * 1000;
  if (actor && bf__token_new(job->token, job->token_hash) == 0) {
    bf__directory_passed(directory, job->user);
    job->actor = actor;
    bf__people_job_submit(
        job, "session.add",
        json_pack("{s:s, s:s, s:I}", "hash", job->token_hash, "user", job->user, "expires", (json_int_t)job->expires),
        login_done);
    return;
  }
  json_decref(actor);
  if (job->locked) {
    too_many(&job->call);
  } else {
    bf__directory_failed(directory, job->user, job->peer, now);
    bf__people_refuse(&job->call, 401, "login.failed", NULL, "用户名或密码不正确", "The user name or the password is wrong.");
  }
  bf__people_job_free(job);
}

static void login(struct bf__app *app, const struct bf_call *call, json_t *params, json_t *actor) {
  (void)actor; /* whoever asks becomes somebody else */
  json_t *input = bf__people_input(call, params, login_form);
  if (!input) return;
  if (bf__directory_locked(app->directory, text(input, "user"), call->peer, bf__clock_now(&app->clock))) {
    too_many(call);
    json_decref(input);
    return;
  }
  struct bf__people_job *job = bf__people_job_new(app, call, NULL, input);
  if (!job) return;
  job->user = text(input, "user");
  job->stored = bf__directory_user(app->directory, job->user);
  job->check = text(input, "password");
  bf__people_job_start(job, login_worked);
}

/* The operator has no account: what is about one's own needs a session. */
static bool somebody(const struct bf_call *call, const json_t *actor) {
  if (!actor) bf__people_refuse(call, 401, "login.needed", NULL, "请先登录", "Log in first.");
  return actor != NULL;
}

static void logout_done(struct bf__command *command) {
  struct bf__people_job *job = command->arg;
  if (command->status >= 400)
    bf__answer_json(&job->call, command->status, json_incref(command->body));
  else
    answer_token(job, 204, NULL, "", 0);
  bf__people_job_free(job);
}

static void logout(struct bf__app *app, const struct bf_call *call, json_t *params, json_t *actor) {
  if (!somebody(call, actor)) return;
  json_t *input = bf__people_input(call, params, no_form);
  struct bf__people_job *job = input ? bf__people_job_new(app, call, actor, input) : NULL;
  if (!job) return;
  bf__token_hash(call->token ? call->token : "", job->token_hash);
  bf__people_job_submit(job, "session.drop", json_pack("{s:s}", "hash", job->token_hash), logout_done);
}

static void me(struct bf__app *app, const struct bf_call *call, json_t *params, json_t *actor) {
  (void)params;
  if (somebody(call, actor)) bf__answer_json(call, 200, me_body(app, actor));
}

static void own_password_worked(struct bf__people_job *job) {
  if (job->fits) {
    bf__directory_passed(job->app->directory, job->user);
    bf__people_put_password(job, job->user, text(job->stored, "password"), job->token_hash);
    return;
  }
  if (job->locked) {
    too_many(&job->call);
  } else {
    bf__directory_failed(job->app->directory, job->user, job->peer, bf__clock_now(&job->app->clock));
    bf__people_refuse(&job->call, 422, "password.wrong", "old", "原密码不正确", "The old password is wrong.");
  }
  bf__people_job_free(job);
}

static void own_password(struct bf__app *app, const struct bf_call *call, json_t *params, json_t *actor) {
  json_t *input = somebody(call, actor) ? bf__people_input(call, params, change_form) : NULL;
  json_t *refusals = json_array();
  if (input) bf__people_check_password(refusals, "new", text(actor, "user"), text(input, "new"));
  if (!input || !bf__people_clean(call, 422, refusals)) {
    if (!input) json_decref(refusals);
    json_decref(input);
    return;
  }
  struct bf__people_job *job = bf__people_job_new(app, call, actor, input);
  if (!job) return;
  job->user = text(actor, "user"); /* guesses here count as failed logins */
  job->stored = bf__directory_user(app->directory, job->user);
  bf__token_hash(call->token ? call->token : "", job->token_hash);
  job->check = text(input, "old");
  job->secret = text(input, "new");
  bf__people_job_start(job, own_password_worked);
}

const struct bf__operation bf__operations_people[] = {
    {.name = "login", .kind = BF__LOOP, .access = BF__ANYONE, .loop = login},
    {.name = "logout", .kind = BF__LOOP, .access = BF__USER, .loop = logout},
    {.name = "me", .kind = BF__LOOP, .access = BF__USER, .loop = me},
    {.name = "me.password", .kind = BF__LOOP, .access = BF__USER, .loop = own_password},
    {.name = "me.deputies", .kind = BF__LOOP, .access = BF__USER, .loop = bf__op_me_deputies},
    {.name = "me.deputy", .kind = BF__LOOP, .access = BF__USER, .loop = bf__op_me_deputy},
    {.name = "me.notices", .kind = BF__LOOP, .access = BF__USER, .loop = bf__op_me_notices},
    {.name = "me.notices.put", .kind = BF__LOOP, .access = BF__USER, .loop = bf__op_me_notices_put},
    {.name = "me.lists", .kind = BF__LOOP, .access = BF__USER, .loop = bf__op_me_lists},
    {.name = "me.lists.put", .kind = BF__LOOP, .access = BF__USER, .loop = bf__op_me_lists_put},
    {.name = "user.deputy", .kind = BF__LOOP, .access = BF__ADMIN, .loop = bf__op_user_deputy},
    {.name = "org.list", .kind = BF__LOOP, .access = BF__USER, .loop = bf__op_org_list},
    {.name = "user.list", .kind = BF__LOOP, .access = BF__USER, .loop = bf__op_user_list},
    {.name = "org.add", .kind = BF__LOOP, .access = BF__ADMIN, .loop = bf__op_org_add},
    {.name = "user.add", .kind = BF__LOOP, .access = BF__ADMIN, .loop = bf__op_user_add},
    {.name = "user.passwd", .kind = BF__LOOP, .access = BF__ADMIN, .loop = bf__op_user_passwd},
    {.name = "user.disable", .kind = BF__LOOP, .access = BF__ADMIN, .loop = bf__op_user_disable},
    {.name = "session.add", .kind = BF__WRITE, .access = BF__INTERNAL, .write = bf__people_session_add},
    {.name = "session.drop", .kind = BF__WRITE, .access = BF__INTERNAL, .write = bf__people_session_drop},
    {.name = "org.put", .kind = BF__WRITE, .access = BF__INTERNAL, .write = bf__people_org_put},
    {.name = "user.put", .kind = BF__WRITE, .access = BF__INTERNAL, .write = bf__people_user_put},
    {.name = NULL},
};
