/* Organisations and users: who may see them, what is asked of new ones. */
#include "op_orgs.h"

#include <stdlib.h>
#include <string.h>

#include "form.h"
#include "people_job.h"
#include "permit.h"
#include "vacancy.h"

static const char passwd_form[] = "[" BF__FIELD_ID "," BF__FIELD_PASSWORD("password", "密码", "Password") "]";
static const char disable_form[] =
    "[" BF__FIELD_ID ",{\"name\":\"disabled\",\"type\":\"bool\",\"optional\":true,\"zh\":\"停用\",\"en\":\"Disabled\"}]";
static const char org_form[] =
    "[" BF__FIELD_ID ",{\"name\":\"zh\",\"type\":\"text\",\"max\":100,\"zh\":\"中文名称\",\"en\":\"Chinese name\"},"
    "{\"name\":\"en\",\"type\":\"text\",\"max\":200,\"zh\":\"英文名称\",\"en\":\"English name\"},"
    "{\"name\":\"jurisdiction\",\"type\":\"text\",\"max\":40,\"zh\":\"辖区\",\"en\":\"Jurisdiction\"},"
    "{\"name\":\"roles\",\"type\":\"list\",\"max\":32,\"of\":{\"type\":\"text\",\"max\":64},\"zh\":\"角色\",\"en\":\"Roles\"},"
    "{\"name\":\"parent\",\"type\":\"text\",\"max\":40,\"optional\":true,\"zh\":\"上级单位\",\"en\":\"Parent\"}]";
static const char user_form[] =
    "[" BF__FIELD_ID ",{\"name\":\"name\",\"type\":\"text\",\"max\":100,\"zh\":\"姓名\",\"en\":\"Name\"},"
    "{\"name\":\"org\",\"type\":\"text\",\"max\":40,\"zh\":\"单位\",\"en\":\"Organisation\"}," BF__FIELD_PASSWORD(
        "password", "密码",
        "Password") ","
                    "{\"name\":\"clearance\",\"type\":\"int\",\"min\":0,\"max\":3,\"optional\":true,\"zh\":\"涉密等级\",\"en\":"
                    "\"Clearance\"},"
                    "{\"name\":\"admin\",\"type\":\"bool\",\"optional\":true,\"zh\":\"管理员\",\"en\":\"Administrator\"}]";

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}

static void check_id(json_t *refusals, const char *id, const char *more) {
  size_t length = strlen(id);
  bool good = length >= 1 && length <= 40;
  for (size_t i = 0; i < length; i++)
    good = good && ((id[i] >= 'a' && id[i] <= 'z') || (id[i] >= '0' && id[i] <= '9') || strchr(more, id[i]));
  char zh[120], en[120];
  (void)snprintf(zh, sizeof zh, "代号只能用小写字母、数字和“%s”,1 至 40 个字符", more);
  (void)snprintf(en, sizeof en, "An id has 1 to 40 of a-z, 0-9 and \"%s\".", more);
  if (!good) bf__people_fault(refusals, "id.characters", "id", zh, en);
}

/* WORD must be a key of KNOWN; else a fault that names the nearest one. */
static void check_known(json_t *refusals, const json_t *known, const char *word, const char *code, const char *field,
                        const char *zh_what, const char *en_what) {
  if (json_object_get(known, word)) return;
  size_t count = 0;
  const char **words = calloc(json_object_size(known) + 1, sizeof *words), *name;
  json_t *value;
  if (words) json_object_foreach((json_t *)known, name, value) words[count++] = name;
  const char *near = words ? bf__nearest(word, words, count) : NULL;
  char zh[800], en[800]; /* of words of at most 64 characters: never cut, for half a character would be no text */
  (void)snprintf(zh, sizeof zh, "没有“%s”这个%s%s%s%s", word, zh_what, near ? ":是不是“" : "", near ? near : "",
                 near ? "”?" : "");
  (void)snprintf(en, sizeof en, "There is no %s \"%s\"%s%s%s", en_what, word, near ? ": did you mean \"" : "", near ? near : "",
                 near ? "\"?" : ".");
  bf__people_fault(refusals, code, field, zh, en);
  free(words);
}

void bf__op_org_list(struct bf__app *app, const struct bf_call *call, json_t *params, json_t *actor) {
  (void)params;
  (void)actor;
  bf__answer_json(call, 200, json_pack("{s:o}", "items", bf__directory_orgs(app->directory)));
}

/* Those of one's own organisation and below it; an administrator or the operator sees everybody. */
void bf__op_user_list(struct bf__app *app, const struct bf_call *call, json_t *params, json_t *actor) {
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
  check_known(refusals, json_object_get(set->base, "jurisdictions"), place, "jurisdiction.unknown", "jurisdiction", "辖区",
              "jurisdiction");
  json_array_foreach(json_object_get(org, "roles"), i, role) {
    char field[32];
    (void)snprintf(field, sizeof field, "roles[%zu]", i);
    check_known(refusals, roles, json_string_value(role), "role.unknown", field, "角色", "role");
  }
  bf__ruleset_unref(set);
}

/* An administrator manages the own jurisdiction and those below; otherwise the call is answered and INPUT gone. */
static bool within(struct bf__app *app, const struct bf_call *call, const json_t *actor, const char *jurisdiction,
                   json_t *input) {
  if (bf__administers(app, actor, jurisdiction)) return true;
  bf__people_refuse(call, 403, "jurisdiction", NULL, "只能管理本辖区及下级辖区的单位和用户",
                    "You manage organisations and users of your own jurisdiction and those below it only.");
  json_decref(input);
  return false;
}

/* The same by user, or by the organisation that a new user will belong to. What is unknown is refused elsewhere. */
bool bf__op_within_of(struct bf__app *app, const struct bf_call *call, const json_t *actor, const char *user, const char *org_id,
                      json_t *input) {
  json_t *found = user ? bf__directory_user(app->directory, user) : NULL;
  if (!org_id) org_id = text(found, "org");
  json_t *org = org_id ? bf__directory_org(app->directory, org_id) : NULL;
  bool ok = !org || within(app, call, actor, text(org, "jurisdiction"), input);
  json_decref(org);
  json_decref(found);
  return ok;
}

void bf__op_org_add(struct bf__app *app, const struct bf_call *call, json_t *params, json_t *actor) {
  json_t *org = bf__people_input(call, params, org_form);
  if (org && !within(app, call, actor, text(org, "jurisdiction"), org)) return;
  json_t *refusals = json_array();
  if (org) check_org(app, refusals, org);
  if (!org || !bf__people_clean(call, 422, refusals)) {
    if (!org) json_decref(refusals);
    json_decref(org);
    return;
  }
  struct bf__people_job *job = bf__people_job_new(app, call, actor, org);
  if (job) bf__people_job_submit(job, "org.put", json_pack("{s:O}", "org", org), bf__people_submitted);
}

/* A post may have become vacant, or have somebody again. */
static void staff_changed(struct bf__command *command) {
  struct bf__app *app = ((struct bf__people_job *)command->arg)->app;
  bool done = command->status < 300;
  bf__people_submitted(command);
  if (done) bf__vacancy_ask(app);
}

static void user_add_worked(struct bf__people_job *job) {
  const json_t *in = job->input;
  if (!job->hash) {
    bf__people_no_memory(&job->call);
    bf__people_job_free(job);
    return;
  }
  json_t *set =
      json_pack("{s:O, s:O, s:s, s:I, s:b, s:b}", "name", json_object_get(in, "name"), "org", json_object_get(in, "org"),
                "password", job->hash, "clearance", json_integer_value(json_object_get(in, "clearance")), "admin",
                json_is_true(json_object_get(in, "admin")), "disabled", 0);
  bf__people_job_submit(job, "user.put", json_pack("{s:O, s:o, s:b}", "id", json_object_get(in, "id"), "set", set, "new", 1),
                        staff_changed);
}

static void passwd_worked(struct bf__people_job *job) {
  bf__people_put_password(job, text(job->input, "id"), NULL, NULL);
}

/* A user's new password from an administrator: checked, hashed, then WORKED. */
static void set_password(struct bf__app *app, const struct bf_call *call, json_t *actor, json_t *input,
                         void (*worked)(struct bf__people_job *job), bool is_new) {
  json_t *refusals = json_array();
  if (input && is_new) check_id(refusals, text(input, "id"), "._-");
  if (input) bf__people_check_password(refusals, "password", text(input, "id"), text(input, "password"));
  if (!input || !bf__people_clean(call, 422, refusals)) {
    if (!input) json_decref(refusals);
    json_decref(input);
    return;
  }
  struct bf__people_job *job = bf__people_job_new(app, call, actor, input);
  if (!job) return;
  job->secret = text(input, "password");
  bf__people_job_start(job, worked);
}

void bf__op_user_add(struct bf__app *app, const struct bf_call *call, json_t *params, json_t *actor) {
  json_t *input = bf__people_input(call, params, user_form);
  if (input && !bf__op_within_of(app, call, actor, NULL, text(input, "org"), input)) return;
  set_password(app, call, actor, input, user_add_worked, true);
}

void bf__op_user_passwd(struct bf__app *app, const struct bf_call *call, json_t *params, json_t *actor) {
  json_t *input = bf__people_input(call, params, passwd_form);
  if (input && !bf__op_within_of(app, call, actor, text(input, "id"), NULL, input)) return;
  set_password(app, call, actor, input, passwd_worked, false);
}

/* `disabled: false` lets a user in again. */
void bf__op_user_disable(struct bf__app *app, const struct bf_call *call, json_t *params, json_t *actor) {
  json_t *input = bf__people_input(call, params, disable_form);
  if (!input || !bf__op_within_of(app, call, actor, text(input, "id"), NULL, input)) return;
  const char *self = text(actor, "user"), *id = text(input, "id");
  bool disabled = !json_is_false(json_object_get(input, "disabled"));
  if (disabled && self && strcmp(self, id) == 0) {
    bf__people_refuse(call, 422, "user.self", "id", "不能停用自己的账号:请由另一位管理员操作",
                      "You cannot disable yourself: ask another administrator.");
    json_decref(input);
    return;
  }
  struct bf__people_job *job = bf__people_job_new(app, call, actor, input);
  if (!job) return;
  bf__people_job_submit(job, "user.put", json_pack("{s:s, s:{s:b}, s:b}", "id", id, "set", "disabled", disabled, "new", 0),
                        staff_changed);
}
