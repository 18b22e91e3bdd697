/* What changes a case: opening one, acting on one, adding a document. Each decides in memory first and writes last. */
#include <stdlib.h>
#include <string.h>

#include "cases.h"
#include "form.h"
#include "office.h"
#include "permit.h"
#include "ruleset.h"
#include "state.h"
#include "turn.h"
#include "work.h"

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}

static int no_memory(struct bf_error *err) {
  return bf_fail(err, BF_ENOMEM, "case", "no memory");
}

/* Answers with the case as stored. */
static int answer_case(struct bf__command *command, struct bf__change *change, const char *id, int status, struct bf_error *err) {
  const json_t *state;
  if (bf__change_see(change, id, &state, err) < 0 || !(command->text = bf__change_take_text(change, id))) return no_memory(err);
  command->status = status;
  command->version = json_integer_value(json_object_get(state, "version"));
  command->cases = bf__change_ids(change);
  return 0;
}

/* Refusals of the rules become the answer. */
static int answer_refused(struct bf__command *command, int status, json_t *refusals) {
  json_decref(command->body);
  command->status = status;
  command->body = bf__problem(status, refusals);
  return 0;
}

static int not_found(struct bf__command *command) {
  return bf__refuse(command, 404, "case.unknown", "id", "没有这个事项,或者您无权查看",
                    "There is no such case, or you may not see it.");
}

/* Members of the body other than those listed are refused, with the nearest known name. */
static bool known_members(struct bf__command *command, const char *const *known, size_t count) {
  const char *name;
  json_t *value;
  json_object_foreach(json_object_get(command->params, "body"), name, value) {
    bool found = false;
    for (size_t i = 0; i < count; i++) found |= strcmp(known[i], name) == 0;
    if (found) continue;
    const char *near = bf__nearest(name, known, count);
    char zh[300], en[300], word[80];
    (void)bf__short(name, word, sizeof word);
    (void)snprintf(zh, sizeof zh, "请求里有不认识的字段“%s”%s%s%s", word, near ? ",是不是“" : "", near ? near : "",
                   near ? "”?" : "");
    (void)snprintf(en, sizeof en, "The request has an unknown member \"%s\"%s%s%s", word, near ? ", did you mean \"" : "",
                   near ? near : "", near ? "\"?" : ".");
    (void)bf__refuse(command, 400, "form.unknown", name, zh, en);
    return false;
  }
  return true;
}

static int take_form(struct bf__command *command, const json_t *form, json_t *value, int status, bool *ok, struct bf_error *err) {
  json_t *refusals = json_array();
  json_t *empty = json_array();
  if (!refusals || !empty || bf__form_check(json_is_array(form) ? form : empty, value, 0, refusals) < 0) {
    json_decref(refusals);
    json_decref(empty);
    return no_memory(err);
  }
  json_decref(empty);
  *ok = json_array_size(refusals) == 0;
  if (*ok)
    json_decref(refusals);
  else
    (void)answer_refused(command, status, refusals);
  return 0;
}

/* case.create -------------------------------------------------------------------------------------------------------------- */

static int refuse_role(struct bf__command *command, const json_t *view, const json_t *by, int article) {
  char zh[300], en[300], text_zh[400], text_en[400];
  bf__role_titles(view, by, "zh", zh, sizeof zh);
  bf__role_titles(view, by, "en", en, sizeof en);
  (void)snprintf(text_zh, sizeof text_zh, "此项由%s办理,您的单位不能办理", zh);
  (void)snprintf(text_en, sizeof text_en, "This is for: %s. Your organisation may not do it here.", en);
  return answer_refused(command, 403, json_pack("[o]", bf__refusal("role", article, NULL, text_zh, text_en)));
}

/* Not this role; or this role, but on the applicant's side. */
static int refuse_actor(struct bf__turn *turn, struct bf__command *command, const json_t *view, const json_t *by,
                        const json_t *state, int article) {
  json_t *recusal = bf__office_recusal(turn->app, view, by, command->actor, state, article);
  return recusal ? answer_refused(command, 403, json_pack("[o]", recusal)) : refuse_role(command, view, by, article);
}

static int create(struct bf__turn *turn, struct bf__command *command, struct bf_error *err) {
  static const char *const members[] = {"kind", "facts"};
  const json_t *body = json_object_get(command->params, "body");
  const char *kind = text(body, "kind"), *place = text(command->actor, "jurisdiction"), *org = text(command->actor, "org");
  json_t *facts = json_object_get(body, "facts");
  if (!known_members(command, members, 2)) return 0;
  if (!kind)
    return bf__refuse(command, 400, "form.required", "kind", "缺少“kind”(事项种类)",
                      "\"kind\" is missing: the kind of case to open.");
  if (facts && !json_is_object(facts))
    return bf__refuse(command, 400, "form.type", "facts", "“facts”应为对象", "\"facts\" must be an object.");
  const json_t *view = bf__ruleset_view(bf__rules_set(turn->rules), place), *declared = bf__view_kind(view, kind);
  if (!declared) return bf__refuse(command, 422, "kind.unknown", "kind", "没有这种事项", "There is no such kind of case.");
  const json_t *rule = json_object_get(declared, "create");
  if (!place || !bf__permitted(turn->app->directory, view, json_object_get(rule, "by"), command->actor, place, org))
    return refuse_role(command, view, json_object_get(rule, "by"), (int)json_integer_value(json_object_get(rule, "article")));
  json_t *own = facts ? json_incref(facts) : json_object();
  bool ok = false;
  int r = own ? take_form(command, json_object_get(rule, "form"), own, 422, &ok, err) : no_memory(err);
  if (r < 0 || !ok) {
    json_decref(own);
    return r;
  }
  struct bf__change *change = bf__change_new(turn);
  struct bf__work work = {.turn = turn, .change = change, .actor = command->actor};
  char *id = NULL;
  r = change ? bf__work_create(&work, kind, place, org, own, &id, err) : no_memory(err);
  json_decref(own);
  if (r == 0 && work.refusals)
    r = answer_refused(command, work.status, work.refusals);
  else if (r == 0) {
    if (asprintf(&command->location, "/api/v1/cases/%s", id) < 0) command->location = NULL;
    r = bf__change_write(change, err);
    if (r >= 0) r = answer_case(command, change, id, 201, err);
  }
  free(id);
  bf__change_free(change);
  return r;
}

/* case.act ------------------------------------------------------------------------------------------------------------------- */

static int refuse_stage(struct bf__command *command, const json_t *view, const char *stage, const char *action) {
  char zh[300], en[300];
  const json_t *title = json_object_get(bf__view_stage(view, stage), "title");
  (void)snprintf(zh, sizeof zh, "“%s”环节现在没有打开,不能办理", text(title, "zh"));
  (void)snprintf(en, sizeof en, "The stage \"%s\" is not open now.", text(title, "en"));
  return answer_refused(command, 409,
                        json_pack("[o]", bf__refusal("stage.closed", bf__view_article(view, stage, action), NULL, zh, en)));
}

static int refuse_stale(struct bf__command *command) {
  return bf__refuse(command, 412, "version.stale", "version", "事项已被他人更新:请刷新后再办理",
                    "Someone has changed this case since: reload it, then try again.");
}

/* Everything that can be said before the script is asked. 1 = go on. */
static int may_act(struct bf__turn *turn, struct bf__command *command, const json_t *view, const json_t *state, const char *stage,
                   const char *action, json_t **ret_as) {
  const json_t *declared = bf__view_action(view, stage, action);
  const json_t *body = json_object_get(command->params, "body");
  json_int_t version = json_integer_value(json_object_get(state, "version")), wanted = command->if_version;
  if (!declared || !text(bf__view_stage(view, stage), "kind") ||
      strcmp(text(bf__view_stage(view, stage), "kind"), text(state, "kind")) != 0)
    return bf__refuse(command, 404, "action.unknown", NULL, "没有这个环节或操作",
                      "There is no such stage or action for this case.");
  const json_t *given = json_object_get(body, "version");
  if (given && !json_is_integer(given))
    return bf__refuse(command, 400, "form.type", "version", "“version”应为整数", "\"version\" must be a whole number.");
  if (given) wanted = json_integer_value(given);
  if (wanted != version && (given || wanted >= 0)) return refuse_stale(command);
  const json_t *by = json_object_get(declared, "by");
  *ret_as = bf__office_as(turn->app, view, by, command->actor, state, stage);
  if (!*ret_as) return refuse_actor(turn, command, view, by, state, bf__view_article(view, stage, action));
  if (json_object_get(state, "ended"))
    return bf__refuse(command, 409, "case.ended", NULL, "事项已办结,不能再办理",
                      "This case has ended; nothing more can be done on it.");
  if (!bf__state_is_open(state, stage)) return refuse_stage(command, view, stage, action);
  char date[BF__DATE_TEXT];
  bf__date_format(turn->today, date);
  json_t *reasons = bf__office_reasons(turn->app, view, state, stage, action, *ret_as, date);
  if (json_array_size(reasons)) return answer_refused(command, 409, reasons);
  json_decref(reasons);
  return 1;
}

static int act_on(struct bf__turn *turn, struct bf__command *command, struct bf__change *change, const char *id,
                  struct bf_error *err) {
  const char *stage = text(command->params, "stage"), *action = text(command->params, "action");
  const json_t *state, *body = json_object_get(command->params, "body");
  json_t *input = json_object_get(body, "input");
  struct bf__work work = {.turn = turn, .change = change, .actor = command->actor};
  int r = bf__work_settle(&work, id, err);
  if (r >= 0) r = bf__change_see(change, id, &state, err);
  if (r == BF_ENOTFOUND) return not_found(command);
  if (r < 0) return r;
  const json_t *view = bf__turn_view(turn, state);
  if (command->actor && !bf__actor_sees(turn->app, view, command->actor, state)) return not_found(command);
  if (input && !json_is_object(input))
    return bf__refuse(command, 400, "form.type", "input", "“input”应为对象", "\"input\" must be an object.");
  json_t *as = NULL; /* who acts: the actor, or the actor in the place of whom he deputises */
  if (!stage || !action || may_act(turn, command, view, state, stage, action, &as) != 1) {
    json_decref(as);
    if (!command->body)
      return bf__refuse(command, 400, "form.required", "stage", "缺少环节或操作", "The stage or the action is missing.");
    return 0;
  }
  bool ok = false;
  json_t *own = input ? json_deep_copy(input) : json_object();
  r = own ? take_form(command, json_object_get(bf__view_action(view, stage, action), "form"), own, 422, &ok, err)
          : no_memory(err);
  work.actor = as;
  if (r == 0 && ok) r = bf__work_act(&work, id, stage, action, own, err);
  json_decref(as);
  json_decref(own);
  if (r < 0 || !ok) return r;
  if (work.refusals) return answer_refused(command, work.status, work.refusals);
  r = bf__change_write(change, err);
  return r < 0 ? r : answer_case(command, change, id, 200, err);
}

static int act(struct bf__turn *turn, struct bf__command *command, struct bf_error *err) {
  static const char *const members[] = {"input", "version"};
  const char *id = text(command->params, "id");
  if (!known_members(command, members, 2)) return 0;
  if (!id) return not_found(command);
  struct bf__change *change = bf__change_new(turn);
  int r = change ? act_on(turn, command, change, id, err) : no_memory(err);
  bf__change_free(change);
  return r;
}

/* document.add: after the file is durable
 * ---------------------------------------------------------------------------------------- */

static int add_document(struct bf__turn *turn, struct bf__command *command, struct bf__change *change, json_t *state,
                        struct bf_error *err) {
  const json_t *p = command->params;
  const char *id = text(p, "id"), *kind = text(p, "kind"), *name = text(p, "name"), *type = text(p, "type"),
             *sha256 = text(p, "sha256");
  json_t *documents = json_object_get(state, "documents");
  char at[BF__DATE_TEXT];
  json_int_t number = (json_int_t)json_array_size(documents) + 1, bytes = json_integer_value(json_object_get(p, "bytes"));
  bf__date_format(turn->today, at);
  json_t *entry = json_pack("{sI ss ss ss ss sI ss ss*}", "id", number, "kind", kind, "name", name, "type", type, "sha256",
                            sha256, "bytes", bytes, "at", at, "by", text(command->actor, "user"));
  json_t *event = json_pack("{ss sO sO*}", "do", "document", "document", entry, "actor", command->actor);
  int r = entry && event && json_array_append(documents, entry) == 0 ? 0 : no_memory(err);
  if (r >= 0) r = bf__change_event(change, id, json_incref(event), err);
  if (r >= 0) r = bf__change_write(change, err);
  if (r >= 0)
    r = bf__store_run(
        turn->store,
        "INSERT INTO documents (case_id, id, kind, name, type, sha256, bytes, at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        NULL, err,
        "titttti"
        "i",
        id, (int64_t)number, kind, name, type, sha256, (int64_t)bytes, turn->now_ms);
  if (r >= 0) {
    command->status = 201;
    command->body = json_incref(entry);
    command->version = json_integer_value(json_object_get(state, "version"));
    command->cases = bf__change_ids(change);
    if (asprintf(&command->location, "/api/v1/cases/%s/documents/%lld", id, (long long)number) < 0) command->location = NULL;
  }
  json_decref(entry);
  json_decref(event);
  return r < 0 ? r : 0;
}

static int document(struct bf__turn *turn, struct bf__command *command, struct bf_error *err) {
  const char *id = text(command->params, "id"), *kind = text(command->params, "kind");
  const json_t *seen;
  json_t *state;
  struct bf__change *change = bf__change_new(turn);
  struct bf__work work = {.turn = turn, .change = change};
  int r = change ? bf__work_settle(&work, id ? id : "", err) : no_memory(err);
  if (r >= 0) r = bf__change_see(change, id ? id : "", &seen, err);
  const json_t *view = r < 0 ? NULL : bf__turn_view(turn, seen);
  if (r == BF_ENOTFOUND || (r >= 0 && command->actor && !bf__actor_belongs(turn->app, view, command->actor, seen)))
    r = not_found(command);
  else if (r >= 0 && command->if_version >= 0 && command->if_version != json_integer_value(json_object_get(seen, "version")))
    r = refuse_stale(command);
  else if (r >= 0 && json_object_get(seen, "ended"))
    r = bf__refuse(command, 409, "case.ended", NULL, "事项已办结,不能再上传材料",
                   "This case has ended; no more papers can be added.");
  else if (r >= 0 && (!kind || !json_object_get(json_object_get(view, "papers"), kind))) {
    char zh[300], en[300], word[60];
    (void)bf__short(kind, word, sizeof word);
    (void)snprintf(zh, sizeof zh, "没有“%s”这种材料:请从办理页面所列材料中选择", word);
    (void)snprintf(en, sizeof en, "There is no kind of paper called \"%s\": choose one that the case's actions name.", word);
    r = bf__refuse(command, 422, "paper.unknown", "kind", zh, en);
  } else if (r >= 0 && (r = bf__change_edit(change, id, &state, err)) >= 0)
    r = add_document(turn, command, change, state, err);
  bf__change_free(change);
  return r;
}

const struct bf__operation bf__operations_cases[] = {
    {.name = "case.create", .kind = BF__WRITE, .access = BF__USER, .write = create},
    {.name = "case.act", .kind = BF__WRITE, .access = BF__USER, .write = act},
    {.name = "document.add", .kind = BF__WRITE, .access = BF__INTERNAL, .write = document},
    {.name = NULL},
};
