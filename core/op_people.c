/* People: login and logout, one's own account, organisations and users. Passwords are hashed on worker threads, changes go through the engine. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "form.h"
#include "people.h"

/* What an unknown user's password is checked against, so that the answer takes as long as a known one's. */
static const char nobody[] = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXRoaW5nbm90c2FsdA$Q1xIr2mXo0oYbJ3X7xqYwE3cE2hFz0iT1uE3nq8mQfs";

static const char *text(const json_t *object, const char *name) { return json_string_value(json_object_get(object, name)); }

/* What was asked. -------------------------------------------------------------------------------------------------------- */

#define ID_FIELD "{\"name\":\"id\",\"type\":\"text\",\"max\":40,\"zh\":\"代号\",\"en\":\"Id\"}"
#define PASSWORD_FIELD(name, zh, en) "{\"name\":\"" name "\",\"type\":\"text\",\"max\":256,\"zh\":\"" zh "\",\"en\":\"" en "\"}"

static const char no_form[] = "[]";
static const char login_form[] = "[{\"name\":\"user\",\"type\":\"text\",\"max\":100,\"zh\":\"用户名\",\"en\":\"User\"}," PASSWORD_FIELD("password", "密码", "Password") "]";
static const char change_form[] = "[" PASSWORD_FIELD("old", "原密码", "Old password") "," PASSWORD_FIELD("new", "新密码", "New password") "]";
static const char passwd_form[] = "[" ID_FIELD "," PASSWORD_FIELD("password", "密码", "Password") "]";
static const char disable_form[] = "[" ID_FIELD ",{\"name\":\"disabled\",\"type\":\"bool\",\"optional\":true,\"zh\":\"停用\",\"en\":\"Disabled\"}]";
static const char org_form[] =
    "[" ID_FIELD ",{\"name\":\"zh\",\"type\":\"text\",\"max\":100,\"zh\":\"中文名称\",\"en\":\"Chinese name\"},"
    "{\"name\":\"en\",\"type\":\"text\",\"max\":200,\"zh\":\"英文名称\",\"en\":\"English name\"},"
    "{\"name\":\"jurisdiction\",\"type\":\"text\",\"max\":40,\"zh\":\"辖区\",\"en\":\"Jurisdiction\"},"
    "{\"name\":\"roles\",\"type\":\"list\",\"max\":32,\"of\":{\"type\":\"text\",\"max\":64},\"zh\":\"角色\",\"en\":\"Roles\"},"
    "{\"name\":\"parent\",\"type\":\"text\",\"max\":40,\"optional\":true,\"zh\":\"上级单位\",\"en\":\"Parent\"}]";
static const char user_form[] =
    "[" ID_FIELD ",{\"name\":\"name\",\"type\":\"text\",\"max\":100,\"zh\":\"姓名\",\"en\":\"Name\"},"
    "{\"name\":\"org\",\"type\":\"text\",\"max\":40,\"zh\":\"单位\",\"en\":\"Organisation\"}," PASSWORD_FIELD("password", "密码", "Password") ","
    "{\"name\":\"clearance\",\"type\":\"int\",\"min\":0,\"max\":3,\"optional\":true,\"zh\":\"涉密等级\",\"en\":\"Clearance\"},"
    "{\"name\":\"admin\",\"type\":\"bool\",\"optional\":true,\"zh\":\"管理员\",\"en\":\"Administrator\"}]";

static void refuse(const struct bf_call *call, int status, const char *code, const char *field, const char *zh, const char *en) {
  bf__answer_json(call, status, bf__problem1(status, code, field, zh, en));
}

static void no_memory(const struct bf_call *call) {
  refuse(call, 503, "memory", NULL, "内存不足,没有执行:请稍后重试", "There is no memory for this just now; nothing was done. Try again later.");
}

/* A fault of one field, beside the others. */
static void fault(json_t *refusals, const char *code, const char *field, const char *zh, const char *en) {
  (void)json_array_append_new(refusals, bf__refusal(code, 0, field, zh, en));
}

/* Answers CALL when there are refusals; they are stolen. */
static bool clean(const struct bf_call *call, int status, json_t *refusals) {
  bool is = json_array_size(refusals) == 0;
  if (is) json_decref(refusals);
  else bf__answer_json(call, status, bf__problem(status, refusals));
  return is;
}

/* The fields of a request, checked against FORM: those of the body and an `id` from the path, or bare ones from the administration socket.
 * A new reference, or NULL once CALL is answered. */
static json_t *input_of(const struct bf_call *call, const json_t *params, const char *form_text) {
  const json_t *inside = json_object_get(params, "body"), *body = inside ? inside : params;
  json_t *id = json_object_get(params, "id");
  json_t *form = json_loads(form_text, 0, NULL), *refusals = json_array();
  json_t *input = json_is_object(body) ? json_deep_copy(body) : json_object();
  int r = form && input && refusals ? 0 : BF_ENOMEM;
  if (r == 0 && id && !json_object_get(input, "id")) r = json_object_set(input, "id", id);
  if (r == 0 && !json_is_object(body)) fault(refusals, "form.type", "body", "请求体应为一个 JSON 对象", "The body must be a JSON object.");
  else if (r == 0) r = bf__form_check(form, input, 0, refusals);
  json_decref(form);
  if (r == 0 && clean(call, 400, refusals)) return input;
  if (r != 0) {
    json_decref(refusals);
    no_memory(call);
  }
  json_decref(input);
  return NULL;
}

static void check_id(json_t *refusals, const char *id, const char *more) {
  size_t length = strlen(id);
  bool good = length >= 1 && length <= 40;
  for (size_t i = 0; i < length; i++) good = good && ((id[i] >= 'a' && id[i] <= 'z') || (id[i] >= '0' && id[i] <= '9') || strchr(more, id[i]));
  char zh[120], en[120];
  (void)snprintf(zh, sizeof zh, "代号只能用小写字母、数字和“%s”,1 至 40 个字符", more);
  (void)snprintf(en, sizeof en, "An id has 1 to 40 of a-z, 0-9 and \"%s\".", more);
  if (!good) fault(refusals, "id.characters", "id", zh, en);
}

static void check_password(json_t *refusals, const char *field, const char *user, const char *password) {
  struct bf_error err = {0};
  int r = bf__password_allowed(user, password, &err);
  if (r < 0) fault(refusals, "password.weak", field, r == BF_ELIMIT ? "密码至少要有 8 个字符" : "密码不能与用户名相同", err.message);
}

/* WORD must be a key of KNOWN; else a fault that names the nearest one. */
static void check_known(json_t *refusals, const json_t *known, const char *word, const char *code, const char *field, const char *zh_what,
                        const char *en_what) {
  if (json_object_get(known, word)) return;
  size_t count = 0;
  const char **words = calloc(json_object_size(known) + 1, sizeof *words), *name;
  json_t *value;
  if (words) json_object_foreach((json_t *)known, name, value) words[count++] = name;
  const char *near = words ? bf__nearest(word, words, count) : NULL;
  char zh[400], en[400];
  (void)snprintf(zh, sizeof zh, "没有“%.80s”这个%s%s%.80s%s", word, zh_what, near ? ":是不是“" : "", near ? near : "", near ? "”?" : "");
  (void)snprintf(en, sizeof en, "There is no %s \"%.80s\"%s%.80s%s", en_what, word, near ? ": did you mean \"" : "", near ? near : "", near ? "\"?" : ".");
  fault(refusals, code, field, zh, en);
  free(words);
}

/* Work that takes its time: a job lives from the call to its answer. ------------------------------------------------------- */

struct job {
  uv_work_t work;
  struct bf__app *app;
  struct bf_call call; /* `answer` and `arg` only: the rest ended with the call */
  json_t *actor, *input;
  json_t *stored;        /* the user whose password is checked, or NULL */
  const char *check;     /* a password to check, borrowed from input, or NULL */
  const char *secret;    /* one to hash, or NULL */
  char *peer;
  bool locked, fits;
  char *hash;
  struct bf_error err;
  char token[BF__TOKEN_TEXT], token_hash[BF__TOKEN_HASH];
  int64_t expires;
  void (*worked)(struct job *job); /* back on the loop thread */
};

static void job_free(struct job *job) {
  if (!job) return;
  sodium_memzero(job->token, sizeof job->token);
  json_decref(job->actor);
  json_decref(job->input);
  json_decref(job->stored);
  free(job->peer);
  free(job->hash);
  free(job);
}

/* INPUT is stolen. NULL once CALL is answered. */
static struct job *job_new(struct bf__app *app, const struct bf_call *call, json_t *actor, json_t *input) {
  struct job *job = input ? calloc(1, sizeof *job) : NULL;
  if (!job) {
    json_decref(input);
    no_memory(call);
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

static const char *user_of(const struct job *job) { return text(job->input, "user"); }

static void work(uv_work_t *request) {
  struct job *job = request->data;
  const char *known = text(job->stored, "password");
  /* again here: of many guesses sent at once most find the lock shut when their turn comes */
  if (job->check && user_of(job)) job->locked = bf__directory_locked(job->app->directory, user_of(job), job->peer, bf__clock_now(&job->app->clock));
  if (job->check && !job->locked) job->fits = bf__password_fits(known ? known : nobody, job->check) && known;
  if (job->secret && (!job->check || job->fits)) (void)bf__password_hash(job->secret, &job->hash, &job->err);
}

static void after_work(uv_work_t *request, int status) {
  struct job *job = request->data;
  bf__directory_leave(job->app->directory);
  if (status < 0) { /* cancelled: the program stops */
    refuse(&job->call, 503, "busy", NULL, "系统正在停止,没有执行:请稍后重试", "Stopping; nothing was done. Try again later.");
    job_free(job);
    return;
  }
  job->worked(job);
}

static void job_start(struct job *job, void (*worked)(struct job *job)) {
  job->worked = worked;
  bool entered = bf__directory_enter(job->app->directory);
  if (entered && uv_queue_work(&job->app->loop, &job->work, work, after_work) == 0) return;
  if (entered) bf__directory_leave(job->app->directory);
  refuse(&job->call, 503, "busy", NULL, "登录的人太多:请稍后重试", "Too many logins at this moment: try again shortly.");
  job_free(job);
}

/* Hands PARAMS (stolen) to the engine as the internal operation NAME; DONE ends the job. */
static void job_submit(struct job *job, const char *name, json_t *params, void (*done)(struct bf__command *command)) {
  const struct bf__operation *operation = bf__operation_find(name);
  struct bf__command *command = operation && params ? bf__command_new(operation, params, job->actor) : NULL;
  if (!operation) json_decref(params);
  if (!command) {
    no_memory(&job->call);
    job_free(job);
    return;
  }
  command->arg = job;
  command->done = done;
  bf__engine_submit(job->app->engine, command);
}

/* The engine's answer is the call's. */
static void submitted(struct bf__command *command) {
  struct job *job = command->arg;
  bf__answer_json(&job->call, command->status, json_incref(command->body));
  job_free(job);
}

static void answer_token(const struct job *job, int status, json_t *body, const char *token, int64_t seconds) {
  char *dump = body ? json_dumps(body, JSON_COMPACT) : NULL;
  struct bf_answer answer = {.status = status, .type = "application/json", .body = dump ? dump : "", .length = dump ? strlen(dump) : 0, .version = -1,
                             .token = token, .token_seconds = seconds, .file = -1};
  if (body && !dump) no_memory(&job->call);
  else job->call.answer(job->call.arg, &answer);
  if (dump) sodium_memzero(dump, strlen(dump));
  free(dump);
  json_decref(body);
}

/* One's own account. ------------------------------------------------------------------------------------------------------- */

/* The actor, and what its roles mean: { …, role_titles: { role: { zh, en } } }. */
static json_t *me_body(struct bf__app *app, json_t *actor) {
  struct bf__ruleset *set = bf__app_rules(app);
  const char *place = text(actor, "jurisdiction");
  const json_t *view = bf__ruleset_view(set, place ? place : "");
  json_t *me = json_copy(actor), *titles = json_object(), *role;
  size_t i;
  json_array_foreach(json_object_get(actor, "roles"), i, role) {
    const json_t *known = bf__view_role(view, json_string_value(role));
    json_t *title = json_object_get(known, "title");
    (void)json_object_set(titles, json_string_value(role), title ? title : (json_t *)known);
  }
  if (me) (void)json_object_set(me, "role_titles", titles);
  json_decref(titles);
  bf__ruleset_unref(set);
  return me;
}

static void login_done(struct bf__command *command) {
  struct job *job = command->arg;
  json_t *actor = bf__directory_actor_of(job->app->directory, user_of(job));
  char expires[32];
  bf__moment_format(job->expires, expires);
  if (command->status >= 400) bf__answer_json(&job->call, command->status, json_incref(command->body));
  else if (!actor) refuse(&job->call, 401, "login.failed", NULL, "该账号已停用", "This account has been disabled.");
  else
    answer_token(job, 200, json_pack("{s:s, s:o, s:s}", "token", job->token, "user", me_body(job->app, actor), "expires", expires), job->token,
                 job->app->config.session_hours * 3600);
  json_decref(actor);
  job_free(job);
}

static void too_many(const struct bf_call *call) {
  refuse(call, 429, "login.locked", NULL, "登录失败次数过多:请 15 分钟后再试", "Too many failed logins: try again in 15 minutes.");
}

static void login_worked(struct job *job) {
  struct bf__directory *directory = job->app->directory;
  int64_t now = bf__clock_now(&job->app->clock);
  json_t *actor = job->fits ? bf__directory_actor_of(directory, user_of(job)) : NULL; /* NULL for a disabled user */
  job->expires = now + job->app->config.session_hours * 3600 * 1000;
  if (actor && bf__token_new(job->token, job->token_hash) == 0) {
    bf__directory_passed(directory, user_of(job));
    job->actor = actor;
    job_submit(job, "session.add", json_pack("{s:s, s:s, s:I}", "hash", job->token_hash, "user", user_of(job), "expires", (json_int_t)job->expires),
               login_done);
    return;
  }
  json_decref(actor);
  if (job->locked) {
    too_many(&job->call);
  } else {
    bf__directory_failed(directory, user_of(job), job->peer, now);
    refuse(&job->call, 401, "login.failed", NULL, "用户名或密码不正确", "The user name or the password is wrong.");
  }
  job_free(job);
}

static void login(struct bf__app *app, const struct bf_call *call, json_t *params, json_t *actor) {
  (void)actor; /* whoever asks becomes somebody else */
  json_t *input = input_of(call, params, login_form);
  if (!input) return;
  if (bf__directory_locked(app->directory, text(input, "user"), call->peer, bf__clock_now(&app->clock))) {
    too_many(call);
    json_decref(input);
    return;
  }
  struct job *job = job_new(app, call, NULL, input);
  if (!job) return;
  job->stored = bf__directory_user(app->directory, user_of(job));
  job->check = text(input, "password");
  job_start(job, login_worked);
}

/* The operator has no account: what is about one's own needs a session. */
static bool somebody(const struct bf_call *call, const json_t *actor) {
  if (!actor) refuse(call, 401, "login.needed", NULL, "请先登录", "Log in first.");
  return actor != NULL;
}

static void logout_done(struct bf__command *command) {
  struct job *job = command->arg;
  if (command->status >= 400) bf__answer_json(&job->call, command->status, json_incref(command->body));
  else answer_token(job, 204, NULL, "", 0);
  job_free(job);
}

static void logout(struct bf__app *app, const struct bf_call *call, json_t *params, json_t *actor) {
  if (!somebody(call, actor)) return;
  json_t *input = input_of(call, params, no_form);
  struct job *job = input ? job_new(app, call, actor, input) : NULL;
  if (!job) return;
  bf__token_hash(call->token ? call->token : "", job->token_hash);
  job_submit(job, "session.drop", json_pack("{s:s}", "hash", job->token_hash), logout_done);
}

static void me(struct bf__app *app, const struct bf_call *call, json_t *params, json_t *actor) {
  (void)params;
  if (somebody(call, actor)) bf__answer_json(call, 200, me_body(app, actor));
}

/* user.put of one member; STORED must still hold when its password was checked. */
static void put_password(struct job *job, const char *id, const char *was, const char *keep) {
  if (!job->hash) {
    no_memory(&job->call);
    job_free(job);
    return;
  }
  job_submit(job, "user.put", json_pack("{s:s, s:{s:s}, s:b, s:s*, s:s*}", "id", id, "set", "password", job->hash, "new", 0, "was", was, "keep", keep),
             submitted);
}

static void own_password_worked(struct job *job) {
  const char *user = text(job->actor, "user");
  if (job->fits) {
    bf__directory_passed(job->app->directory, user);
    put_password(job, user, text(job->stored, "password"), job->token_hash);
    return;
  }
  if (job->locked) {
    too_many(&job->call);
  } else {
    bf__directory_failed(job->app->directory, user, job->peer, bf__clock_now(&job->app->clock));
    refuse(&job->call, 422, "password.wrong", "old", "原密码不正确", "The old password is wrong.");
  }
  job_free(job);
}

static void own_password(struct bf__app *app, const struct bf_call *call, json_t *params, json_t *actor) {
  json_t *input = somebody(call, actor) ? input_of(call, params, change_form) : NULL;
  json_t *refusals = json_array();
  if (input) check_password(refusals, "new", text(actor, "user"), text(input, "new"));
  if (!input || !clean(call, 422, refusals)) {
    if (!input) json_decref(refusals);
    json_decref(input);
    return;
  }
  struct job *job = job_new(app, call, actor, input);
  if (!job) return;
  (void)json_object_set(input, "user", json_object_get(actor, "user")); /* guesses here count as failed logins */
  job->stored = bf__directory_user(app->directory, text(actor, "user"));
  bf__token_hash(call->token ? call->token : "", job->token_hash);
  job->check = text(input, "old");
  job->secret = text(input, "new");
  job_start(job, own_password_worked);
}

/* Organisations and users. ----------------------------------------------------------------------------------------------- */

static void org_list(struct bf__app *app, const struct bf_call *call, json_t *params, json_t *actor) {
  (void)params;
  (void)actor;
  bf__answer_json(call, 200, json_pack("{s:o}", "items", bf__directory_orgs(app->directory)));
}

/* Those of one's own organisation and below it; an administrator or the operator sees everybody. */
static void user_list(struct bf__app *app, const struct bf_call *call, json_t *params, json_t *actor) {
  (void)params;
  json_t *users = bf__directory_users(app->directory);
  const char *own = text(actor, "org");
  bool all = !actor || json_is_true(json_object_get(actor, "admin"));
  for (size_t i = json_array_size(users); i-- > 0 && !all;) {
    const char *org = text(json_array_get(users, i), "org");
    if (!org || !own || !bf__directory_below(app->directory, org, own)) (void)json_array_remove(users, i);
  }
  bf__answer_json(call, 200, json_pack("{s:o}", "items", users));
}

/* The words of an organisation must be ones of the rules in force. */
static void check_org(struct bf__app *app, json_t *refusals, const json_t *org) {
  struct bf__ruleset *set = bf__app_rules(app);
  const char *place = text(org, "jurisdiction");
  const json_t *roles = json_object_get(bf__ruleset_view(set, place), "roles");
  json_t *role;
  size_t i;
  check_id(refusals, text(org, "id"), "_-");
  check_known(refusals, json_object_get(set->base, "jurisdictions"), place, "jurisdiction.unknown", "jurisdiction", "辖区", "jurisdiction");
  json_array_foreach(json_object_get(org, "roles"), i, role) {
    char field[32];
    (void)snprintf(field, sizeof field, "roles[%zu]", i);
    check_known(refusals, roles, json_string_value(role), "role.unknown", field, "角色", "role");
  }
  bf__ruleset_unref(set);
}

static void org_add(struct bf__app *app, const struct bf_call *call, json_t *params, json_t *actor) {
  json_t *org = input_of(call, params, org_form), *refusals = json_array();
  if (org) check_org(app, refusals, org);
  if (!org || !clean(call, 422, refusals)) {
    if (!org) json_decref(refusals);
    json_decref(org);
    return;
  }
  struct job *job = job_new(app, call, actor, org);
  if (job) job_submit(job, "org.put", json_pack("{s:O}", "org", org), submitted);
}

static void user_add_worked(struct job *job) {
  const json_t *in = job->input;
  if (!job->hash) {
    no_memory(&job->call);
    job_free(job);
    return;
  }
  json_t *set = json_pack("{s:O, s:O, s:s, s:I, s:b, s:b}", "name", json_object_get(in, "name"), "org", json_object_get(in, "org"), "password", job->hash,
                          "clearance", json_integer_value(json_object_get(in, "clearance")), "admin", json_is_true(json_object_get(in, "admin")),
                          "disabled", 0);
  job_submit(job, "user.put", json_pack("{s:O, s:o, s:b}", "id", json_object_get(in, "id"), "set", set, "new", 1), submitted);
}

static void passwd_worked(struct job *job) { put_password(job, text(job->input, "id"), NULL, NULL); }

/* A user's new password from an administrator: checked, hashed, then WORKED. */
static void set_password(struct bf__app *app, const struct bf_call *call, json_t *actor, json_t *input, void (*worked)(struct job *job), bool is_new) {
  json_t *refusals = json_array();
  if (input && is_new) check_id(refusals, text(input, "id"), "._-");
  if (input) check_password(refusals, "password", text(input, "id"), text(input, "password"));
  if (!input || !clean(call, 422, refusals)) {
    if (!input) json_decref(refusals);
    json_decref(input);
    return;
  }
  struct job *job = job_new(app, call, actor, input);
  if (!job) return;
  job->secret = text(input, "password");
  job_start(job, worked);
}

static void user_add(struct bf__app *app, const struct bf_call *call, json_t *params, json_t *actor) {
  set_password(app, call, actor, input_of(call, params, user_form), user_add_worked, true);
}

static void user_passwd(struct bf__app *app, const struct bf_call *call, json_t *params, json_t *actor) {
  set_password(app, call, actor, input_of(call, params, passwd_form), passwd_worked, false);
}

/* `disabled: false` lets a user in again. */
static void user_disable(struct bf__app *app, const struct bf_call *call, json_t *params, json_t *actor) {
  json_t *input = input_of(call, params, disable_form);
  if (!input) return;
  const char *self = text(actor, "user"), *id = text(input, "id");
  bool disabled = !json_is_false(json_object_get(input, "disabled"));
  if (disabled && self && strcmp(self, id) == 0) {
    refuse(call, 422, "user.self", "id", "不能停用自己的账号:请由另一位管理员操作", "You cannot disable yourself: ask another administrator.");
    json_decref(input);
    return;
  }
  struct job *job = job_new(app, call, actor, input);
  if (job) job_submit(job, "user.put", json_pack("{s:s, s:{s:b}, s:b}", "id", id, "set", "disabled", disabled, "new", 0), submitted);
}

const struct bf__operation bf__operations_people[] = {
    {.name = "login", .kind = BF__LOOP, .access = BF__ANYONE, .loop = login},
    {.name = "logout", .kind = BF__LOOP, .access = BF__USER, .loop = logout},
    {.name = "me", .kind = BF__LOOP, .access = BF__USER, .loop = me},
    {.name = "me.password", .kind = BF__LOOP, .access = BF__USER, .loop = own_password},
    {.name = "org.list", .kind = BF__LOOP, .access = BF__USER, .loop = org_list},
    {.name = "user.list", .kind = BF__LOOP, .access = BF__USER, .loop = user_list},
    {.name = "org.add", .kind = BF__LOOP, .access = BF__ADMIN, .loop = org_add},
    {.name = "user.add", .kind = BF__LOOP, .access = BF__ADMIN, .loop = user_add},
    {.name = "user.passwd", .kind = BF__LOOP, .access = BF__ADMIN, .loop = user_passwd},
    {.name = "user.disable", .kind = BF__LOOP, .access = BF__ADMIN, .loop = user_disable},
    {.name = "session.add", .kind = BF__WRITE, .access = BF__INTERNAL, .write = bf__people_session_add},
    {.name = "session.drop", .kind = BF__WRITE, .access = BF__INTERNAL, .write = bf__people_session_drop},
    {.name = "org.put", .kind = BF__WRITE, .access = BF__INTERNAL, .write = bf__people_org_put},
    {.name = "user.put", .kind = BF__WRITE, .access = BF__INTERNAL, .write = bf__people_user_put},
    {.name = NULL},
};
