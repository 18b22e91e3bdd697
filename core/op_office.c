/* The ways an office works, as one operation: POST /cases/{id}/office/{way}. What they mean: office.h. */
#include "op_office.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "form.h"
#include "office.h"
#include "permit.h"
#include "ruleset.h"
#include "state.h"
#include "turn.h"
#include "work.h"

#define TEXT_MAX 2000   /* bytes of a reason, a question, an answer */
#define ENTRIES_MAX 200 /* of one kind on one case */

static const char *text(const json_t *object, const char *name) {
  const char *value = json_string_value(json_object_get(object, name));
  return value ? value : "";
}
static int no_memory(struct bf_error *err) {
  return bf_fail(err, BF_ENOMEM, "office", "no memory");
}

int bf__office_refuse(struct bf__office_call *call, int status, const char *code, const char *field, const char *en,
                      const char *zh, ...) {
  char out[700];
  va_list args;
  va_start(args, zh);
  (void)vsnprintf(out, sizeof out, zh, args);
  va_end(args);
  return bf__refuse(call->command, status, code, field, out, en);
}

bool bf__office_text(struct bf__office_call *call, const char *name, bool due, const char **ret) {
  const json_t *value = json_object_get(call->body, name);
  *ret = text(call->body, name);
  if (value && !json_is_string(value))
    (void)bf__office_refuse(call, 400, "form.type", name, "A text is due here.", "“%s”应为文字", name);
  else if (due && !**ret)
    (void)bf__office_refuse(call, 400, "form.required", name, "This is missing: say it in a few words.", "请填写“%s”", name);
  else if (strlen(*ret) > TEXT_MAX)
    (void)bf__office_refuse(call, 400, "form.max", name, "This text is too long: 2000 bytes at most.", "“%s”过长", name);
  else
    return true;
  return false;
}

const char *bf__office_name(const struct bf__office_call *call) {
  return text(call->command->actor, "name");
}

/* Events. ------------------------------------------------------------------------------------------------------------------- */

static int answer(struct bf__office_call *call, struct bf_error *err) {
  const json_t *state;
  int r = bf__change_see(call->change, call->id, &state, err);
  if (r < 0) return r;
  json_t *office = bf__office_json(call->turn->app, call->view, state, call->command->actor, call->date);
  call->command->status = 200;
  call->command->version = json_integer_value(json_object_get(state, "version"));
  call->command->cases = bf__change_ids(call->change);
  call->command->body =
      json_pack("{sO sO so}", "id", json_object_get(state, "id"), "version", json_object_get(state, "version"), "office", office);
  return call->command->body ? 0 : no_memory(err);
}

json_t *bf__office_said(const struct bf__office_call *call, const char *note) {
  return json_pack("{ss ss*}", "by", bf__office_name(call), "note", note && *note ? note : NULL);
}

static json_t *event_of(struct bf__office_call *call, const char *list, const char *key, json_t *value, json_t *more,
                        json_t *tell, const char *as, json_t *values) {
  json_t *actor = call->as ? call->as : call->command->actor;
  json_t *event = json_pack("{ss ss ss* sO* ss* ss* sO*}", "do", "office", "way", call->way, "stage",
                            *call->stage ? call->stage : NULL, "actor", actor, "list", list, "key", key, "value", value);
  if (event && list && !value && json_object_set_new(event, "value", json_null()) < 0) return NULL;
  if (event && more && json_object_update(event, more) < 0) return NULL;
  if (event && as && json_array_size(tell) &&
      json_object_set_new(event, "effects",
                          json_pack("[{ss sO ss sO* ss*}]", "do", "notify", "to", tell, "as", as, "values", values, "stage",
                                    *call->stage ? call->stage : NULL)) < 0)
    return NULL;
  return event;
}

int bf__office_write(struct bf__office_call *call, json_t *event, struct bf_error *err) {
  int r = bf__change_event(call->change, call->id, event, err);
  if (r >= 0) r = bf__change_write(call->change, err);
  return r < 0 ? r : answer(call, err);
}

int bf__office_note(struct bf__office_call *call, const char *list, const char *key, json_t *value, json_t *more, json_t *tell,
                    const char *as, json_t *values, struct bf_error *err) {
  json_t *state, *event = event_of(call, list, key, value, more, tell, as, values);
  int r = event ? bf__change_edit(call->change, call->id, &state, err) : no_memory(err);
  if (r >= 0 && list && bf__office_put(state, list, key, json_incref(value)) < 0) r = no_memory(err);
  json_decref(value);
  json_decref(more);
  json_decref(tell);
  json_decref(values);
  if (r >= 0) return bf__office_write(call, event, err);
  json_decref(event);
  return r;
}

/* The next number of LIST as a key; false, and refused, when there are too many. */
bool bf__office_next_key(struct bf__office_call *call, const char *list, char key[24]) {
  int number = bf__office_next(call->state, list);
  (void)snprintf(key, 24, "%d", number);
  if (number <= ENTRIES_MAX) return true;
  (void)bf__office_refuse(call, 409, "office.full", NULL, "There are 200 of these on this case already.",
                          "本事项此类记录已满%d条", ENTRIES_MAX);
  return false;
}

/* Whom it is for. ------------------------------------------------------------------------------------------------------------ */

static bool cleared(const struct bf__office_call *call, const json_t *user) {
  return json_integer_value(json_object_get(user, "clearance")) >= json_integer_value(json_object_get(call->state, "secret"));
}

static bool somebody_cleared(struct bf__office_call *call, const char *org) {
  json_t *staff = bf__directory_staff(call->turn->app->directory, org), *id;
  bool found = false;
  size_t i;
  json_array_foreach(staff, i, id) {
    json_t *user = bf__directory_user(call->turn->app->directory, json_string_value(id));
    found = found || cleared(call, user);
    json_decref(user);
  }
  json_decref(staff);
  return found;
}

static json_t *refuse_to(struct bf__office_call *call, const char *code, const char *field, const char *en, const char *zh) {
  (void)bf__office_refuse(call, 422, code, field, en, "%s", zh);
  return NULL;
}

json_t *bf__office_to_user(struct bf__office_call *call, const char *id) {
  json_t *user = bf__directory_user(call->turn->app->directory, id), *to = NULL;
  if (!user || json_is_true(json_object_get(user, "disabled")))
    (void)refuse_to(call, "user.unknown", "user", "There is no such user, or they have left.", "没有这个用户,或者已停用");
  else if (!cleared(call, user))
    (void)refuse_to(call, "office.clearance", "user", "This person is not cleared for the case.", "此人的涉密等级不够");
  else
    to = json_pack("{ss sO}", "user", id, "name", json_object_get(user, "name"));
  json_decref(user);
  return to;
}

static json_t *to_org(struct bf__office_call *call, const char *id) {
  json_t *org = bf__directory_org(call->turn->app->directory, id), *to = NULL;
  if (!org)
    (void)refuse_to(call, "org.unknown", "org", "There is no such organisation.", "没有这个单位");
  else if (!somebody_cleared(call, id))
    (void)refuse_to(call, "office.clearance", "org", "Nobody there may see this case: they have no staff, or none cleared.",
                    "该单位没有可以查看本事项的人:无在岗人员,或涉密等级不够");
  else
    to = json_pack("{ss sO*}", "org", id, "name", json_object_get(org, "zh"));
  json_decref(org);
  return to;
}

/* { user, name } or { org, name } from what SOURCE names: one of both, somebody who may see the case. NULL once refused. */
json_t *bf__office_to(struct bf__office_call *call, const json_t *source) {
  const char *user = text(source, "user"), *org = text(source, "org");
  if (!*user == !*org)
    return refuse_to(call, "office.to", "user", "Name one user or one organisation.", "请写明一位用户或一个单位");
  return *user ? bf__office_to_user(call, user) : to_org(call, org);
}

/* The operation. ------------------------------------------------------------------------------------------------------------- */

static const struct way {
  const char *name, *members[8];
  enum { CASE, STAGE, WORK } needs; /* WORK: whoever has an action in the open stage */
  int (*run)(struct bf__office_call *call, struct bf_error *err);
} ways[] = {
    {"hand_over", {"stage", "user", "why"}, WORK, bf__office_hand_over},
    {"release", {"stage", "why"}, WORK, bf__office_release},
    {"ask", {"stage", "action", "user", "org", "question", "due", "blocks"}, WORK, bf__office_ask},
    {"answer", {"opinion", "text", "agrees"}, CASE, bf__office_answer_opinion},
    {"withdraw", {"opinion", "why"}, CASE, bf__office_withdraw},
    {"countersign", {"stage", "action", "signers", "need", "why"}, WORK, bf__office_countersign},
    {"sign", {"signing", "agrees", "note"}, CASE, bf__office_sign},
    {"close_signing", {"signing", "why"}, CASE, bf__office_close_signing},
    {"send_back", {"stage", "to", "why"}, WORK, bf__office_send_back},
    {"take_back", {"why"}, CASE, bf__office_take_back},
    {"urge", {"stage", "note"}, STAGE, bf__office_urge},
    {"copy", {"user", "org", "note"}, CASE, bf__office_copy},
    {"recuse", {"stage", "user", "org", "why"}, WORK, bf__office_recuse},
    {"end_recusal", {"recusal", "why"}, CASE, bf__office_end_recusal},
};
#define WAYS (sizeof ways / sizeof *ways)

static const struct way *way_of(struct bf__office_call *call) {
  const char *names[WAYS];
  for (size_t i = 0; i < WAYS; i++) {
    names[i] = ways[i].name;
    if (strcmp(ways[i].name, call->way) == 0) return &ways[i];
  }
  const char *near = bf__nearest(call->way, names, WAYS);
  (void)bf__office_refuse(call, 404, "office.way", "way", "There is no such way; see the case's office for those there are.",
                          "没有这种办理方式%s%s%s", near ? ",是不是“" : "", near ? near : "", near ? "”?" : "");
  return NULL;
}

static bool known_members(struct bf__office_call *call, const struct way *way) {
  const char *name;
  json_t *value;
  json_object_foreach((json_t *)(uintptr_t)call->body, name, value) {
    bool found = strcmp(name, "version") == 0;
    for (size_t i = 0; i < 8 && way->members[i]; i++) found = found || strcmp(way->members[i], name) == 0;
    if (found) continue;
    char word[60];
    (void)bf__office_refuse(call, 400, "form.unknown", bf__short(name, word, sizeof word), "The request has an unknown member.",
                            "请求里有不认识的字段“%s”", word);
    return false;
  }
  return true;
}

static bool stage_ready(struct bf__office_call *call, const struct way *way) {
  if (way->needs == CASE) return true;
  if (!bf__office_text(call, "stage", true, &call->stage)) return false;
  if (!bf__state_is_open(call->state, call->stage)) {
    (void)bf__office_refuse(call, 409, "stage.closed", "stage", "This stage is not open.", "这个环节没有在进行");
    return false;
  }
  call->as = bf__office_works(call->turn->app, call->view, call->command->actor, call->state, call->stage);
  if (call->as || way->needs == STAGE) return true;
  (void)bf__office_refuse(call, 403, "office.work", "stage", "You have nothing to do in this stage.", "本环节不由您办理");
  return false;
}

static bool fresh(struct bf__office_call *call) {
  json_int_t version = json_integer_value(json_object_get(call->state, "version")), wanted = call->command->if_version;
  const json_t *given = json_object_get(call->body, "version");
  if (json_is_integer(given)) wanted = json_integer_value(given);
  if (wanted < 0 || wanted == version) return true;
  (void)bf__office_refuse(call, 412, "version", NULL, "The case has changed since you looked at it: look again.",
                          "事项已有变化:请刷新后再办理");
  return false;
}

static int run(struct bf__office_call *call, struct bf_error *err) {
  struct bf__work work = {.turn = call->turn, .change = call->change, .actor = call->command->actor};
  int r = bf__work_settle(&work, call->id, err);
  if (r >= 0) r = bf__change_see(call->change, call->id, &call->state, err);
  if (r < 0 && r != BF_ENOTFOUND) return r;
  if (r >= 0) call->view = bf__turn_view(call->turn, call->state);
  if (r == BF_ENOTFOUND || !bf__actor_sees(call->turn->app, call->view, call->command->actor, call->state))
    return bf__office_refuse(call, 404, "case.unknown", "id", "There is no such case, or you may not see it.",
                             "没有这个事项,或者您无权查看");
  const struct way *way = way_of(call);
  if (!way || !known_members(call, way) || !fresh(call)) return 0;
  if (json_object_get(call->state, "ended"))
    return bf__office_refuse(call, 409, "case.ended", NULL, "This case has ended; nothing more can be done on it.",
                             "事项已办结,不能再办理");
  r = stage_ready(call, way) ? way->run(call, err) : 0;
  return r;
}

static int office(struct bf__turn *turn, struct bf__command *command, struct bf_error *err) {
  struct bf__office_call call = {.turn = turn,
                                 .command = command,
                                 .id = text(command->params, "id"),
                                 .way = text(command->params, "way"),
                                 .stage = "",
                                 .body = json_object_get(command->params, "body")};
  if (!command->actor) return bf__refuse(command, 401, "login.needed", NULL, "请先登录", "Log in first.");
  if (call.body && !json_is_object(call.body))
    return bf__refuse(command, 400, "form.type", "body", "请求体应为一个 JSON 对象", "The body must be a JSON object.");
  bf__date_format(turn->today, call.date);
  call.change = bf__change_new(turn);
  int r = call.change ? run(&call, err) : no_memory(err);
  json_decref(call.as);
  bf__change_free(call.change);
  return r;
}

const struct bf__operation bf__operations_office[] = {
    {.name = "case.office", .kind = BF__WRITE, .access = BF__USER, .write = office},
    {.name = NULL},
};
