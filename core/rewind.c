#include "rewind.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cases.h"
#include "deadline.h"
#include "office.h"
#include "op_office.h"
#include "permit.h"
#include "replay.h"
#include "ruleset.h"
#include "state.h"
#include "turn.h"

static const char *text(const json_t *object, const char *name) {
  const char *value = json_string_value(json_object_get(object, name));
  return value ? value : "";
}
static int no_memory(struct bf_error *err) {
  return bf_fail(err, BF_ENOMEM, "rewind", "no memory");
}
static json_int_t version_of(const json_t *event) {
  return json_integer_value(json_object_get(event, "version"));
}
static bool is(const json_t *event, const char *what) {
  return strcmp(text(event, "do"), what) == 0;
}

/* The path. ------------------------------------------------------------------------------------------------------------------ */

int bf__path_take(struct bf__store *store, struct bf__path *path, struct bf_error *err) {
  json_t *events = NULL;
  int r = bf__replay_events(store, text(path->state, "id"), &events, err);
  if (r >= 0 && !(path->live = bf__replay_live(events))) r = no_memory(err);
  json_decref(events);
  return r;
}

void bf__path_done(struct bf__path *path) {
  json_decref(path->live);
  path->live = NULL;
}

const json_t *bf__path_step(const struct bf__path *path, json_int_t version) {
  size_t i;
  json_t *event;
  json_array_foreach(path->live, i, event) if (version_of(event) == version && is(event, "act")) return event;
  return NULL;
}

const json_t *bf__path_last(const struct bf__path *path) {
  for (size_t i = json_array_size(path->live); i-- > 0;)
    if (is(json_array_get(path->live, i), "act")) return json_array_get(path->live, i);
  return NULL;
}

BF_PRINTF(3, 4)
static json_t *refusal(const char *code, const char *en, const char *zh, ...) {
  char out[600];
  va_list args;
  va_start(args, zh);
  (void)vsnprintf(out, sizeof out, zh, args);
  va_end(args);
  return bf__refusal(code, 0, NULL, out, en);
}

static bool has_effect(const json_t *event, const char *const *names) {
  size_t i;
  json_t *effect;
  json_array_foreach(json_object_get(event, "effects"), i, effect) {
    for (const char *const *name = names; *name; name++)
      if (strcmp(text(effect, "do"), *name) == 0) return true;
  }
  return false;
}

/* A deadline's event that did more than tell. */
static bool only_tells(const json_t *event) {
  size_t i;
  json_t *effect;
  json_array_foreach(json_object_get(event, "effects"), i, effect) if (strcmp(text(effect, "do"), "notify") != 0) return false;
  return true;
}

static const char *title_of(const struct bf__path *path, const json_t *event) {
  const json_t *action = bf__view_action(path->view, text(event, "stage"), text(event, "action"));
  const char *zh = text(json_object_get(action, "title"), "zh");
  return *zh ? zh : text(event, "action");
}

/* What stands against undoing one ACT. */
static json_t *against(const struct bf__path *path, const json_t *event) {
  static const char *const beyond[] = {"act", "create", "add", "change", NULL}, *const secrecy[] = {"classify", NULL};
  const json_t *action = bf__view_action(path->view, text(event, "stage"), text(event, "action")),
               *by = json_object_get(action, "by");
  const char *name = title_of(path, event);
  if (json_is_true(json_object_get(action, "final")))
    return refusal("rewind.final", "A step since then is final: it is not undone this way.", "其后的“%s”不可撤销", name);
  if (has_effect(event, beyond))
    return refusal("rewind.beyond", "A step since then reached other cases or a register.",
                   "其后的“%s”已影响其他事项或名册,不能退回", name);
  if (has_effect(event, secrecy))
    return refusal("rewind.secrecy", "A step since then set the secrecy of the case.", "其后的“%s”涉及定密,不能退回", name);
  if (json_is_true(json_object_get(event, "asked")) || !json_object_get(event, "actor") ||
      (json_is_string(by) && strcmp(json_string_value(by), "system") == 0))
    return refusal("rewind.asked", "A step since then came from another case.", "其后的“%s”由其他事项带动,不能单独退回", name);
  return NULL;
}

/* Work that went on beside the path: a stage that was open then and is open now, neither left nor returned to. */
static bool beside(const struct bf__path *path, const json_t *event, const json_t *step, const char *from) {
  const char *stage = text(event, "stage");
  if (!from || strcmp(stage, from) == 0 || strcmp(stage, text(step, "stage")) == 0 || !bf__state_is_open(path->state, stage))
    return false;
  const json_t *record = json_object_get(json_object_get(path->state, "stages"), stage);
  return strcmp(text(record, "opened"), "") != 0 && strncmp(text(record, "opened"), text(step, "at"), 10) < 0;
}

/* The applicant's side does not undo what others have done. */
static bool for_others(const struct bf__path *path, const json_t *event, const json_t *as) {
  const char *org = text(as, "org"), *unit = text(path->state, "unit");
  bool applicant = strcmp(org, unit) == 0 || bf__directory_below(path->app->directory, unit, org);
  return applicant && strcmp(text(json_object_get(event, "actor"), "org"), org) != 0;
}

json_t *bf__path_refusal(const struct bf__path *path, const json_t *step, const char *from, const json_t *as) {
  size_t i;
  json_t *event;
  json_array_foreach(path->live, i, event) {
    if (version_of(event) < version_of(step)) continue;
    if (is(event, "migrate"))
      return refusal("rewind.rules", "A change of the rules led the case here.", "其后规则变更已移动本事项,不能退回");
    if (is(event, "due") && !only_tells(event))
      return refusal("rewind.due", "A date passed since then, with its consequence.", "其后有期限届满并已产生后果,不能退回");
    if (!is(event, "act")) continue;
    json_t *found = against(path, event);
    if (found) return found;
    if (from && for_others(path, event, as))
      return refusal("rewind.others", "Only the bodies that decide send back what others have done.",
                     "他人办理的“%s”不能由申请方退回", title_of(path, event));
    if (beside(path, event, step, from))
      return refusal("rewind.parallel", "Work in a stage beside this one would be lost.", "并行环节已办理“%s”,退回会使其丢失",
                     title_of(path, event));
  }
  return NULL;
}

/* Going back. ---------------------------------------------------------------------------------------------------------------- */

/* A deadline of RETURNED that has passed and would act at once. */
static bool past_due(struct bf__office_call *call, const json_t *returned) {
  struct bf__deadline deadlines[BF__DEADLINES_MAX];
  const struct bf__ruleset *set = bf__reign_set(call->turn->reign, returned);
  char key[200], due[BF__DATE_TEXT];
  int count = set ? bf__deadlines(call->view, set->calendar, returned, call->turn->today, deadlines, BF__DEADLINES_MAX) : 0;
  for (int i = 0; i < count; i++) {
    if (!json_object_get(deadlines[i].spec, "on_due") || deadlines[i].due >= call->turn->today) continue;
    (void)snprintf(key, sizeof key, "%s.%s", deadlines[i].stage, deadlines[i].name);
    bf__date_format(deadlines[i].due, due);
    const json_t *fired = json_object_get(json_object_get(returned, "fired"), key), *rung;
    bool done = false;
    size_t k;
    json_array_foreach(json_object_get(fired, "rungs"), k, rung) done = done || !strcmp(json_string_value(rung), "due");
    if (!done || strcmp(text(fired, "due"), due) != 0) return true;
  }
  return false;
}

static bool stages_known(struct bf__office_call *call, const json_t *returned) {
  const char *stage;
  json_t *record;
  json_object_foreach(json_object_get(returned, "stages"), stage, record) {
    if (bf__state_is_open(returned, stage) && !bf__view_stage(call->view, stage)) return false;
  }
  return true;
}

/* Signing that was for steps undone is over; so is an opinion for a stage that is not open any more. */
static int close_office(json_t *returned) {
  json_t *office = json_deep_copy(json_object_get(returned, "office")), *one;
  const char *key;
  int failed = 0;
  json_object_foreach(json_object_get(office, "rounds"), key, one) {
    if (!json_object_get(one, "closed")) failed |= json_object_set_new(one, "closed", json_string("rewound")) < 0;
  }
  json_object_foreach(json_object_get(office, "opinions"), key, one) {
    if (json_object_get(one, "closed") || json_object_get(one, "answered") || bf__state_is_open(returned, text(one, "stage")))
      continue;
    failed |= json_object_set_new(one, "closed", json_string("rewound")) < 0;
  }
  if (office) failed |= json_object_set(returned, "office", office) < 0;
  json_decref(office);
  return failed ? BF_ENOMEM : 0;
}

/* The state before VERSION, returned to; NULL and refused, or an error. */
static int returned_to(struct bf__office_call *call, json_int_t version, const char *left, json_t **ret, struct bf_error *err) {
  json_t *events = NULL, *states = NULL, *back = NULL;
  int r = bf__replay_events(call->turn->store, call->id, &events, err);
  if (r >= 0) r = bf__replay(call->view, events, &states, err);
  json_decref(events);
  const json_t *told = json_array_get(states, json_array_size(states) - 1);
  if (r == BF_EINVAL || (r >= 0 && !bf__replay_same(told, call->state))) {
    r = bf__office_refuse(call, 409, "rewind.history", NULL,
                          "The case's history cannot be told step by step, so it cannot go back.",
                          "本事项的办理记录不能逐步还原(如由台账导入),不能退回");
  } else if (r >= 0) {
    back = bf__replay_return(json_array_get(states, (size_t)version - 2), call->state, left, call->date);
    if (!back || close_office(back) < 0) r = no_memory(err);
    if (r >= 0 && !stages_known(call, back))
      r = bf__office_refuse(call, 409, "rewind.rules", NULL, "The rules have changed: a stage of then is not there any more.",
                            "规则已变更,当时的环节已不存在,不能退回");
    else if (r >= 0 && past_due(call, back))
      r = bf__office_refuse(call, 409, "rewind.due", NULL, "A date that passed meanwhile would take its consequence at once.",
                            "退回后有期限已届满并将立即产生后果,不能退回");
  }
  json_decref(states);
  if (r < 0 || call->command->body) {
    json_decref(back);
    return r;
  }
  *ret = back;
  return 0;
}

static json_t *undone_of(const struct bf__path *path, json_int_t from) {
  json_t *out = json_array(), *event;
  size_t i;
  json_array_foreach(path->live, i, event) {
    if (version_of(event) >= from && is(event, "act")) (void)json_array_append(out, json_object_get(event, "version"));
  }
  return out;
}

/* The same for a notice, in both languages. */
static json_t *step_title(const struct bf__path *path, const json_t *event) {
  json_t *title = json_object_get(bf__view_action(path->view, text(event, "stage"), text(event, "action")), "title");
  return json_is_object(title) ? json_incref(title) : json_string(text(event, "action"));
}

static json_t *event_of(struct bf__office_call *call, const struct bf__path *path, const json_t *step, const char *why,
                        const json_t *returned) {
  const json_t *doer = json_object_get(step, "actor");
  json_t *values = bf__office_said(call, why);
  bool sent = strcmp(call->way, "send_back") == 0;
  if (values) (void)json_object_set_new(values, "press", step_title(path, step));
  return json_pack("{ss ss ss* sI sI ss ss so ss ss sO sO* s[{ss s[{sO} {sO}] ss so ss}]}", "do", "rewind", "way", call->way,
                   "from", *call->stage ? call->stage : NULL, "to", version_of(step) - 1, "step", version_of(step), "stage",
                   text(step, "stage"), "action", text(step, "action"), "undone", undone_of(path, version_of(step)), "why", why,
                   "left", "", "actor", call->as ? call->as : call->command->actor, "office", json_object_get(returned, "office"),
                   "effects", "do", "notify", "to", "org", json_object_get(doer, "org"), "user", json_object_get(doer, "user"),
                   "as", sent ? "sent_back" : "taken_back", "values", values, "stage", text(step, "stage"));
}

static int go_back(struct bf__office_call *call, const struct bf__path *path, const json_t *step, const char *why,
                   struct bf_error *err) {
  char left[BF__DATE_TEXT];
  static const char *const back[] = {"facts", "stages", "clocks", "title", "office"};
  json_t *returned = NULL, *state;
  (void)snprintf(left, sizeof left, "%.10s", text(step, "at"));
  int r = returned_to(call, version_of(step), left, &returned, err);
  if (r < 0 || !returned) return r;
  json_t *event = event_of(call, path, step, why, returned);
  r = event && json_object_set_new(event, "left", json_string(left)) == 0 ? bf__change_edit(call->change, call->id, &state, err)
                                                                          : no_memory(err);
  for (size_t i = 0; i < sizeof back / sizeof *back && r >= 0; i++) {
    json_t *value = json_object_get(returned, back[i]);
    if (value && json_object_set(state, back[i], value) < 0) r = no_memory(err);
  }
  json_decref(returned);
  if (r < 0) {
    json_decref(event);
    return r;
  }
  return bf__office_write(call, event, err);
}

/* The ways. ------------------------------------------------------------------------------------------------------------------ */

/* Whom the stage waits for: somebody with one of its usual actions, or with any when it has none. */
static bool waited_for(struct bf__app *app, const json_t *view, const json_t *state, json_t *actor, const char *stage) {
  const char *name;
  json_t *action;
  bool usual = false, found = false;
  json_object_foreach(json_object_get(bf__view_stage(view, stage), "actions"), name, action) {
    if (!json_object_get(action, "usual") || found) continue;
    usual = true;
    json_t *as = bf__office_as(app, view, json_object_get(action, "by"), actor, state, stage);
    found = as != NULL;
    json_decref(as);
  }
  return found || !usual;
}

static int refuse_with(struct bf__office_call *call, json_t *found) {
  call->command->status = 409;
  call->command->body = bf__problem(409, json_pack("[o]", found));
  return 0;
}

static bool held_by_other(struct bf__office_call *call) {
  const json_t *holder = bf__office_holder(call->turn->app, call->state, call->stage, text(call->as, "org"), call->date);
  if (!holder || bf__office_is_self(call, text(holder, "user"))) return false;
  (void)bf__office_refuse(call, 409, "office.held", NULL, "Somebody else holds this work: let them send it back.",
                          "此项由%s经办:由其退回", text(holder, "name"));
  return true;
}

int bf__office_send_back(struct bf__office_call *call, struct bf_error *err) {
  const json_t *to = json_object_get(call->body, "to"), *step;
  const char *why;
  if (!json_is_integer(to))
    return bf__office_refuse(call, 400, "form.required", "to", "to is the version of the step to go back to: see /steps.",
                             "请写明退回到哪一步(“to”:该步的版本号,见 /steps)");
  if (!bf__office_text(call, "why", true, &why) || held_by_other(call)) return 0;
  if (!waited_for(call->turn->app, call->view, call->state, call->command->actor, call->stage))
    return bf__office_refuse(call, 403, "office.work", "stage", "This stage does not wait for you.",
                             "本环节不等您办理,不能由您退回");
  struct bf__path path = {.app = call->turn->app, .view = call->view, .state = call->state, .actor = call->command->actor};
  int r = bf__path_take(call->turn->store, &path, err);
  if (r >= 0) {
    json_t *found = NULL;
    if (!(step = bf__path_step(&path, json_integer_value(to))))
      r = bf__office_refuse(call, 404, "rewind.step", "to", "There is no such step, or it has been undone.",
                            "没有这一步,或已被退回");
    else if ((found = bf__path_refusal(&path, step, call->stage, call->as)))
      r = refuse_with(call, found);
    else
      r = go_back(call, &path, step, why, err);
  }
  bf__path_done(&path);
  return r;
}

/* Nobody else has done anything since STEP. */
static bool untouched(const struct bf__path *path, const json_t *step, const char *user) {
  size_t i;
  json_t *event;
  json_array_foreach(path->live, i, event) {
    const char *by = text(json_object_get(event, "actor"), "user");
    if (version_of(event) > version_of(step) && *by && strcmp(by, user) != 0) return false;
  }
  return true;
}

static bool own_step(const struct bf__path *path, const json_t *step) {
  const json_t *by = json_object_get(step, "actor");
  const char *user = text(path->actor, "user");
  return step && (strcmp(text(by, "user"), user) == 0 || strcmp(text(json_object_get(by, "on_behalf_of"), "user"), user) == 0);
}

/* Why the actor cannot take STEP, the last one, back; NULL when he can. */
static json_t *take_refusal(const struct bf__path *path, const json_t *step) {
  if (!own_step(path, step))
    return refusal("rewind.own", "The last step is not yours: only whoever took it can take it back.",
                   "最后一步不是您办理的,不能撤回");
  if (!untouched(path, step, text(json_object_get(step, "actor"), "user")))
    return refusal("rewind.touched", "Somebody has acted since: ask them to send it back.",
                   "下一步已有人办理,不能撤回:可请其退回");
  return bf__path_refusal(path, step, NULL, path->actor);
}

int bf__office_take_back(struct bf__office_call *call, struct bf_error *err) {
  const char *why;
  if (!bf__office_text(call, "why", true, &why)) return 0;
  struct bf__path path = {.app = call->turn->app, .view = call->view, .state = call->state, .actor = call->command->actor};
  int r = bf__path_take(call->turn->store, &path, err);
  const json_t *step = r >= 0 ? bf__path_last(&path) : NULL;
  json_t *found = r >= 0 ? take_refusal(&path, step) : NULL;
  if (found)
    r = refuse_with(call, found);
  else if (r >= 0)
    r = go_back(call, &path, step, why, err);
  bf__path_done(&path);
  return r;
}

/* case.steps ----------------------------------------------------------------------------------------------------------------- */

static json_t *step_json(const struct bf__path *path, const json_t *step, const char *from, json_t *as) {
  const json_t *by = json_object_get(step, "actor"),
               *action = bf__view_action(path->view, text(step, "stage"), text(step, "action"));
  json_t *found =
      from ? bf__path_refusal(path, step, from, as) : refusal("office.work", "No stage waits for you.", "没有等您办理的环节");
  return json_pack("{sO sO sO sO* ss% ss* ss* sb so*}", "version", json_object_get(step, "version"), "stage",
                   json_object_get(step, "stage"), "action", json_object_get(step, "action"), "title",
                   json_object_get(action, "title"), "on", text(step, "at"), (size_t)10, "by",
                   json_string_value(json_object_get(by, "name")), "org", json_string_value(json_object_get(by, "org")),
                   "send_back", found == NULL, "reason", found);
}

/* The open stage that waits for the reader; the first of them. */
static const char *own_stage(struct bf__reading *reading, const json_t *view, const json_t *state, json_t **ret_as) {
  const char *stage;
  json_t *record;
  json_object_foreach(json_object_get(state, "stages"), stage, record) {
    if (!bf__state_is_open(state, stage) || !waited_for(reading->app, view, state, reading->actor, stage)) continue;
    if ((*ret_as = bf__office_works(reading->app, view, reading->actor, state, stage))) return stage;
  }
  return NULL;
}

static int steps(struct bf__reading *reading, struct bf_error *err) {
  const char *id = text(reading->params, "id"), *from = text(reading->params, "stage");
  json_t *state = NULL, *as = NULL, *items = json_array(), *event;
  size_t i;
  int r = bf__store_case_get(reading->store, id, &state, err);
  if (r == BF_ENOTFOUND || (r >= 0 && !bf__may_see(reading, state))) {
    json_decref(state);
    json_decref(items);
    return bf__refuse_read(reading, 404, "case.unknown", "id", "没有这个事项,或者您无权查看",
                           "There is no such case, or you may not see it.");
  }
  const json_t *view = r >= 0 ? bf__reign_view(reading->reign, state) : NULL;
  struct bf__path path = {.app = reading->app, .view = view, .state = state, .actor = reading->actor};
  if (r >= 0) r = bf__path_take(reading->store, &path, err);
  if (r >= 0) {
    if (*from)
      as = bf__office_works(reading->app, view, reading->actor, state, from);
    else
      from = own_stage(reading, view, state, &as);
    bool ended = json_object_get(state, "ended") != NULL;
    json_array_foreach(path.live, i, event) {
      if (is(event, "act")) (void)json_array_append_new(items, step_json(&path, event, as && !ended ? from : NULL, as));
    }
    const json_t *last = bf__path_last(&path);
    json_t *found = ended ? refusal("case.ended", "This case has ended.", "事项已办结") : take_refusal(&path, last);
    reading->status = 200;
    reading->body = json_pack("{sO s{sb sO* so*}}", "items", items, "take_back", "allowed", found == NULL, "version",
                              json_object_get(last, "version"), "reason", found);
  }
  bf__path_done(&path);
  json_decref(as);
  json_decref(items);
  json_decref(state);
  return r < 0 ? r : 0;
}

const struct bf__operation bf__operations_steps[] = {
    {.name = "case.steps", .kind = BF__READ, .access = BF__USER, .read = steps},
    {.name = NULL},
};
