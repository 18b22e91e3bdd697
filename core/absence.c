/* Deputies: for a range of dates somebody acts in the place of another, who says so himself, or whose administrator does. */
#include <stdlib.h>
#include <string.h>

#include "op_orgs.h"
#include "people.h"
#include "people_job.h"
#include "permit.h"
#include "turn.h"
#include "vacancy.h"

#define ABSENCES_MAX 20 /* kept for one user: past ones go */
#define DAYS_MAX 366

#define FIELDS                                                                                                                   \
  "{\"name\":\"from\",\"type\":\"date\",\"optional\":true,\"zh\":\"起\",\"en\":\"From\"},"                                      \
  "{\"name\":\"to\",\"type\":\"date\",\"optional\":true,\"zh\":\"止\",\"en\":\"To\"},"                                          \
  "{\"name\":\"deputy\",\"type\":\"text\",\"max\":40,\"optional\":true,\"zh\":\"代理人\",\"en\":\"Deputy\"},"                 \
  "{\"name\":\"why\",\"type\":\"text\",\"max\":500,\"optional\":true,\"zh\":\"事由\",\"en\":\"Why\"},"                         \
  "{\"name\":\"cancel\",\"type\":\"date\",\"optional\":true,\"zh\":\"取消(起始日)\",\"en\":\"Cancel (its first day)\"}"
static const char own_form[] = "[" FIELDS "]";
static const char user_form[] = "[" BF__FIELD_ID "," FIELDS "]";

static const char *text(const json_t *object, const char *name) {
  const char *value = json_string_value(json_object_get(object, name));
  return value ? value : "";
}
static int no_memory(struct bf_error *err) {
  return bf_fail(err, BF_ENOMEM, "absence", "no memory");
}

/* The request. --------------------------------------------------------------------------------------------------------------- */

static bool good_dates(struct bf__app *app, const json_t *in, json_t *refusals) {
  const char *from = text(in, "from"), *to = text(in, "to");
  int32_t first = 0, last = 0, today = bf__date_of_ms(bf__clock_now(&app->clock));
  if (*text(in, "cancel")) return true;
  if (bf__date_parse(from, strlen(from), &first) < 0 || bf__date_parse(to, strlen(to), &last) < 0)
    bf__people_fault(refusals, "form.required", "from", "请填写起止日期", "from and to are due: the days of the absence.");
  else if (last < first || last < today || last - first > DAYS_MAX)
    bf__people_fault(refusals, "absence.dates", "to", "止日应不早于起日和今天,至多一年",
                     "to is not before from nor before today, and a year after it at most.");
  return json_array_size(refusals) == 0;
}

/* A person names a colleague of the same body; an administrator anybody whom he administers. */
static void check_deputy(struct bf__app *app, const json_t *user, const json_t *in, const json_t *admin, json_t *refusals) {
  const char *id = text(in, "deputy");
  if (!*id) return;
  json_t *deputy = bf__directory_user(app->directory, id), *org = bf__directory_org(app->directory, text(deputy, "org"));
  if (!deputy || json_is_true(json_object_get(deputy, "disabled")))
    bf__people_fault(refusals, "user.unknown", "deputy", "没有这个用户,或者已停用", "There is no such user, or they have left.");
  else if (strcmp(id, text(user, "id")) == 0)
    bf__people_fault(refusals, "absence.self", "deputy", "不能由本人代理", "Nobody is their own deputy.");
  else if (!admin && strcmp(text(deputy, "org"), text(user, "org")) != 0)
    bf__people_fault(refusals, "absence.colleague", "deputy", "只能委托本单位同事;由外单位人员代理须由管理员设定",
                     "Name a colleague of your own body; an administrator may name somebody else.");
  else if (admin && json_object_size(admin) && !bf__administers(app, admin, text(org, "jurisdiction")))
    bf__people_fault(refusals, "jurisdiction", "deputy", "代理人不在您的管理范围", "You do not administer this deputy.");
  json_decref(org);
  json_decref(deputy);
}

static void submitted(struct bf__command *command) {
  struct bf__people_job *job = command->arg;
  struct bf__app *app = job->app;
  bool done = command->status < 300;
  bf__people_submitted(command);
  if (done) bf__vacancy_ask(app);
}

/* ADMIN: who does it for another; an empty object for the operator, NULL for oneself. IN is stolen. */
static void put(struct bf__app *app, const struct bf_call *call, json_t *actor, const char *id, json_t *in, const json_t *admin) {
  json_t *refusals = json_array(), *user = bf__directory_user(app->directory, id);
  if (!user) bf__people_fault(refusals, "user.unknown", "id", "没有这个用户", "There is no such user.");
  if (user && good_dates(app, in, refusals)) check_deputy(app, user, in, admin, refusals);
  bool clean = bf__people_clean(call, 422, refusals);
  json_t *params = NULL;
  if (clean && *text(in, "cancel"))
    params = json_pack("{ss sO}", "user", id, "cancel", json_object_get(in, "cancel"));
  else if (clean)
    params = json_pack("{ss s{sO sO sO* sO*}}", "user", id, "add", "from", json_object_get(in, "from"), "to",
                       json_object_get(in, "to"), "deputy", json_object_get(in, "deputy"), "why", json_object_get(in, "why"));
  json_decref(user);
  if (!clean) {
    json_decref(in);
    return;
  }
  struct bf__people_job *job = bf__people_job_new(app, call, actor, in);
  if (job)
    bf__people_job_submit(job, "user.absence", params, submitted);
  else
    json_decref(params);
}

void bf__op_me_deputy(struct bf__app *app, const struct bf_call *call, json_t *params, json_t *actor) {
  if (!actor) {
    bf__people_refuse(call, 401, "login.needed", NULL, "请先登录", "Log in first.");
    return;
  }
  json_t *in = bf__people_input(call, params, own_form);
  if (in) put(app, call, actor, text(actor, "user"), in, NULL);
}

void bf__op_user_deputy(struct bf__app *app, const struct bf_call *call, json_t *params, json_t *actor) {
  json_t *in = bf__people_input(call, params, user_form), *nobody = json_object();
  if (in && bf__op_within_of(app, call, actor, text(in, "id"), NULL, in)) {
    json_t *id = json_incref(json_object_get(in, "id"));
    put(app, call, actor, json_string_value(id), in, actor ? actor : nobody);
    json_decref(id);
  }
  json_decref(nobody);
}

void bf__op_me_deputies(struct bf__app *app, const struct bf_call *call, json_t *params, json_t *actor) {
  (void)params;
  json_t *user = actor ? bf__directory_user(app->directory, text(actor, "user")) : NULL;
  json_t *own = json_incref(json_object_get(user, "absences")), *of = json_incref(json_object_get(actor, "deputy_of"));
  json_decref(user);
  if (!actor) {
    bf__people_refuse(call, 401, "login.needed", NULL, "请先登录", "Log in first.");
    return;
  }
  bf__answer_json(call, 200, json_pack("{so so}", "absences", own ? own : json_array(), "deputy_of", of ? of : json_array()));
}

/* user.absence: engine thread. ----------------------------------------------------------------------------------------------- */

static bool overlaps(const json_t *absences, const json_t *add) {
  size_t i;
  json_t *one;
  json_array_foreach(absences, i, one) {
    if (strcmp(text(one, "from"), text(add, "to")) <= 0 && strcmp(text(add, "from"), text(one, "to")) <= 0) return true;
  }
  return false;
}

/* OLD without what is past and without the one that begins on CANCEL; *RET_FOUND tells whether that was there. */
static json_t *left_of(const json_t *old, const char *cancel, const char *today, bool *ret_found) {
  json_t *out = json_array(), *one;
  size_t i;
  *ret_found = false;
  json_array_foreach(old, i, one) {
    if (*cancel && strcmp(text(one, "from"), cancel) == 0)
      *ret_found = true;
    else if (strcmp(text(one, "to"), today) >= 0)
      (void)json_array_append(out, one);
  }
  return out;
}

static int remind(struct bf__turn *turn, const char *user, const json_t *add, struct bf_error *err) {
  int32_t first, last;
  if (bf__date_parse(text(add, "from"), strlen(text(add, "from")), &first) < 0 ||
      bf__date_parse(text(add, "to"), strlen(text(add, "to")), &last) < 0)
    return 0;
  int r = bf__vacancy_remind(turn, user, first, err);
  return r < 0 ? r : bf__vacancy_remind(turn, user, last + 1, err);
}

int bf__absence_write(struct bf__turn *turn, struct bf__command *command, struct bf_error *err) {
  const char *id = text(command->params, "user"), *cancel = text(command->params, "cancel");
  json_t *add = json_object_get(command->params, "add"), *user = NULL;
  char today[BF__DATE_TEXT];
  bool found;
  bf__date_format(turn->today, today);
  int r = bf__people_stored_user(turn, id, &user, err);
  if (r < 0) return r;
  if (!user) return bf__refuse(command, 404, "user.unknown", "id", "没有这个用户", "There is no such user.");
  json_t *left = left_of(json_object_get(user, "absences"), cancel, today, &found), *fresh = json_copy(user);
  const char *by = json_string_value(json_object_get(command->actor, "user"));
  if (!left || !fresh)
    r = no_memory(err);
  else if (*cancel && !found)
    r = bf__refuse(command, 404, "absence.unknown", "cancel", "没有从这一天开始的代理", "No absence begins on that day.");
  else if (add && overlaps(left, add))
    r = bf__refuse(command, 409, "absence.overlap", "from", "与已有的代理日期重叠:请先取消",
                   "It overlaps another: cancel that first.");
  else if (json_array_size(left) >= ABSENCES_MAX)
    r = bf__refuse(command, 409, "absence.full", "from", "代理记录过多", "There are too many absences to come.");
  if (r >= 0 && !command->body) {
    json_t *entry = add ? json_copy(add) : NULL;
    if (entry && (json_object_set_new(entry, "by", json_string(by ? by : "")) < 0 || json_array_append(left, entry) < 0))
      r = no_memory(err);
    json_decref(entry);
    if (r >= 0 && json_object_set(fresh, "absences", left) < 0) r = no_memory(err);
    if (r >= 0) r = bf__people_write_user(turn, command, fresh, err);
    if (r >= 0 && add) r = remind(turn, id, add, err);
    command->status = 200;
    command->body = json_pack("{ss sO}", "user", id, "absences", left);
  }
  json_decref(fresh);
  json_decref(left);
  json_decref(user);
  return r < 0 ? r : 0;
}
