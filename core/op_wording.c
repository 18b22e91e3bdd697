/* The words of notices, looked at before anybody reads them: which there are, and what one would say, of a case or of made-up
 * values, by the rules in force, a candidate's or a folder's. */
#include <string.h>

#include "deadline.h"
#include "permit.h"
#include "proposals.h"
#include "turn.h"
#include "wording.h"

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}
static int no_memory(struct bf_error *err) {
  return bf_fail(err, BF_ENOMEM, "wording", "no memory");
}

/* The rules to ask: those in force, or of the candidate or bundle that is named, which *RET_OWN then owns. */
static int rules_of(struct bf__reading *reading, struct bf__rules **ret, struct bf__rules **ret_own, struct bf_error *err) {
  const char *candidate = bf__param(reading->params, "candidate");
  json_t *bundle = json_incref(json_object_get(reading->params, "bundle"));
  struct bf__ruleset *set = NULL;
  int r = !bundle && candidate ? bf__proposal_bundle(reading->app, candidate, &bundle, err) : 0;
  *ret = reading->rules;
  if (r >= 0 && bundle) r = bf__ruleset_from_bundle(bundle, &set, err);
  if (r >= 0 && set) r = bf__rules_new(set, ret_own, err);
  if (r >= 0 && set) *ret = *ret_own;
  bf__ruleset_unref(set);
  json_decref(bundle);
  return r;
}

static int fault(struct bf__reading *reading, int r, const struct bf_error *err) {
  char en[900], zh[900];
  if (r == BF_ENOTFOUND)
    return bf__refuse_read(reading, 404, "candidate.unknown", "candidate", "没有这个候选规则", "There is no such candidate.");
  (void)snprintf(zh, sizeof zh, "规则有误:%s%s%s", err->where, *err->where ? ":" : "", err->message);
  (void)snprintf(en, sizeof en, "The rules are not in order: %s%s%s", err->where, *err->where ? ": " : "", err->message);
  return bf__refuse_read(reading, 422, "rules.broken", NULL, zh, en);
}

/* The deadline that a preview is about: the one that is due first. */
static json_t *body_of(struct bf__reading *reading, const json_t *state) {
  struct bf__deadline all[BF__DEADLINES_MAX], *first = NULL;
  const struct bf__ruleset *set = bf__reign_set(reading->reign, state);
  const json_t *view = bf__reign_view(reading->reign, state);
  char due[BF__DATE_TEXT] = "";
  int count = set ? bf__deadlines(view, set->calendar, state, reading->today, all, BF__DEADLINES_MAX) : 0;
  for (int i = 0; i < count; i++)
    if (all[i].due != INT32_MAX && (!first || all[i].due < first->due)) first = &all[i];
  if (first) bf__date_format(first->due, due);
  const json_t *spec = first ? first->spec : NULL;
  return json_pack("{sO* sO* sO* sO* sO* sO* ss* ss* ss*}", "title", json_object_get(state, "title"), "unit",
                   json_object_get(state, "unit"), "place", json_object_get(state, "jurisdiction"), "duty",
                   json_object_get(spec, "title"), "article", json_object_get(spec, "article"), "source",
                   json_object_get(spec, "source"), "stage", first ? first->stage : NULL, "action", text(spec, "action"), "due",
                   *due ? due : NULL);
}

/* What is known of the case; { jurisdiction? } alone without one. *RET NULL: refused. */
static int values_of(struct bf__reading *reading, json_t **ret, struct bf_error *err) {
  const char *id = bf__param(reading->params, "case"), *place = bf__param(reading->params, "jurisdiction");
  json_t *state = NULL;
  *ret = NULL;
  if (!id || !*id) {
    *ret = json_pack("{ss*}", "jurisdiction", place);
    return *ret ? 0 : no_memory(err);
  }
  int r = bf__store_case_get(reading->store, id, &state, err);
  if (r < 0 && r != BF_ENOTFOUND) return r;
  if (!state || !bf__may_see(reading, state)) {
    json_decref(state);
    return bf__refuse_read(reading, 404, "case.unknown", "case", "没有这个事项,或者您无权查看",
                           "There is no such case, or you may not see it.");
  }
  json_t *body = body_of(reading, state);
  struct bf__wording_for whom = {.case_id = id, .who = text(reading->actor, "name"), .at_ms = reading->now_ms};
  *ret = body ? bf__wording_values(reading, body, &whom) : NULL;
  json_decref(body);
  json_decref(state);
  return *ret ? 0 : no_memory(err);
}

static const json_t *named(const json_t *all, const char *name) {
  size_t i;
  json_t *one;
  json_array_foreach(all, i, one) if (name && strcmp(text(one, "name"), name) == 0) return one;
  return NULL;
}

int bf__wording_list(struct bf__rules *rules, const char *place, json_t **ret, struct bf_error *err) {
  int r = bf__rules_call(rules, "notices", json_pack("[s]", place ? place : ""), ret, err);
  if (r >= 0 && !json_is_array(*ret)) { /* an empty list is an empty table in Lua */
    json_decref(*ret);
    *ret = json_array();
  }
  return r;
}

int bf__wording_preview(struct bf__rules *rules, const char *name, const json_t *given, json_t **ret, struct bf_error *err) {
  json_t *all = NULL, *whole = NULL;
  *ret = NULL;
  int r = bf__wording_list(rules, text(given, "jurisdiction"), &all, err);
  const json_t *one = named(all, name);
  if (r >= 0 && one) r = bf__rules_call(rules, "notice_sample", json_pack("[s O]", name, given), &whole, err);
  if (r >= 0 && one) {
    json_t *said = bf__wording_say(rules, name, whole);
    static const char *const languages[] = {"zh", "en"};
    *ret = json_deep_copy(one);
    for (size_t i = 0; i < 2; i++)
      (void)json_object_set_new(*ret, languages[i],
                                json_pack("{sO* so*}", "subject", json_object_get(json_object_get(said, languages[i]), "subject"),
                                          "text", bf__wording_text(said, languages[i], NULL, false)));
    if (json_object_get(said, "press")) (void)json_object_set(*ret, "press", json_object_get(said, "press"));
    if (json_object_get(said, "fault")) (void)json_object_set(*ret, "fault", json_object_get(said, "fault"));
    if (json_object_get(whole, "link")) (void)json_object_set(*ret, "link", json_object_get(whole, "link"));
    json_decref(said);
    if (!*ret) r = no_memory(err);
  }
  json_decref(whole);
  json_decref(all);
  return r;
}

static int list(struct bf__reading *reading, struct bf_error *err) {
  struct bf__rules *rules, *own = NULL;
  json_t *items = NULL;
  int r = rules_of(reading, &rules, &own, err);
  if (r >= 0) r = bf__wording_list(rules, bf__param(reading->params, "jurisdiction"), &items, err);
  bf__rules_free(own);
  if (r < 0) return fault(reading, r, err);
  reading->status = 200;
  reading->body = json_pack("{so}", "items", items);
  return reading->body ? 0 : no_memory(err);
}

static int preview(struct bf__reading *reading, struct bf_error *err) {
  const char *name = bf__param(reading->params, "notice"), *lang = bf__param(reading->params, "lang");
  struct bf__rules *rules, *own = NULL;
  json_t *given = NULL;
  int r = values_of(reading, &given, err);
  if (r < 0 || !given) return r;
  r = rules_of(reading, &rules, &own, err);
  if (r >= 0) r = bf__wording_preview(rules, name ? name : "", given, &reading->body, err);
  bf__rules_free(own);
  json_decref(given);
  if (r < 0) return fault(reading, r, err);
  if (!reading->body)
    return bf__refuse_read(reading, 404, "notice.unknown", "notice", "这些规则没有这一种告知",
                           "These rules word no such notice.");
  reading->status = 200;
  if (lang && strcmp(lang, "en") == 0) (void)json_object_del(reading->body, "zh");
  if (lang && strcmp(lang, "zh") == 0) (void)json_object_del(reading->body, "en");
  return 0;
}

const struct bf__operation bf__operations_wording[] = {
    {.name = "rules.notices", .kind = BF__READ, .access = BF__ADMIN, .read = list},
    {.name = "rules.notice", .kind = BF__READ, .access = BF__ADMIN, .read = preview},
    {.name = NULL},
};
