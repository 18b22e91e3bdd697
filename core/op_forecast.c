/* Forecasts: of a stored case, and of one that exists only in a file. */
#include <string.h>

#include "forecast.h"
#include "permit.h"
#include "state.h"

#define YEARS_AHEAD 12

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}
static int no_memory(struct bf_error *err) {
  return bf_fail(err, BF_ENOMEM, "forecast", "no memory");
}

static int answer(struct bf__reading *reading, const json_t *state, int32_t until, struct bf_error *err) {
  json_t *nobody = NULL, *everybody = NULL, *cases = json_object();
  char today[BF__DATE_TEXT], last[BF__DATE_TEXT];
  struct bf__rules *rules = NULL;
  int r = cases ? bf__reign_rules(reading->reign, reading->rules, reading->shelf, state, &rules, err) : no_memory(err);
  if (r >= 0)
    r = bf__forecast(rules, reading->reign, reading->rules, state, cases, reading->today, until, false, &nobody, NULL, err);
  if (r >= 0)
    r = bf__forecast(rules, reading->reign, reading->rules, state, cases, reading->today, until, true, &everybody, NULL, err);
  bf__date_format(reading->today, today);
  bf__date_format(until, last);
  reading->status = 200;
  reading->body = json_pack("{sO* ss ss so* so*}", "case", json_object_get(state, "id"), "from", today, "until", last,
                            "if_nobody_acts", nobody, "if_everybody_acts", everybody);
  json_decref(cases);
  return r;
}

/* `until` of the parameters, or a dozen years on. False when it is no date: the reading is answered. */
static bool until_of(struct bf__reading *reading, int32_t *ret) {
  const char *until = text(reading->params, "until");
  int year, month, day;
  bf__date_split(reading->today, &year, &month, &day);
  if (!until) return bf__date_make(year + YEARS_AHEAD, month, 1, ret) == 0;
  if (bf__date_parse(until, strlen(until), ret) == 0 && *ret >= reading->today && *ret < reading->today + 366 * 40) return true;
  (void)bf__refuse_read(reading, 400, "form.date", "until", "until 应为今天以后四十年以内的日期,如 2027-09-15",
                        "until must be a date within forty years from today, such as 2027-09-15.");
  return false;
}

static int forecast(struct bf__reading *reading, struct bf_error *err) {
  const char *id = text(reading->params, "id") ? text(reading->params, "id") : text(reading->params, "case");
  json_t *state = NULL;
  int32_t until;
  if (!until_of(reading, &until)) return 0;
  int r = id ? bf__store_case_get(reading->store, id, &state, err) : BF_ENOTFOUND;
  if (r == BF_ENOTFOUND || (r >= 0 && !bf__may_see(reading, state))) {
    json_decref(state);
    return bf__refuse_read(reading, 404, "case.unknown", "id", "没有这个事项,或者您无权查看",
                           "There is no such case, or you may not see it.");
  }
  if (r >= 0) r = answer(reading, state, until, err);
  json_decref(state);
  return r;
}

/* { kind, facts, jurisdiction?, unit? }: opened in memory under today's rules, then lived on. */
static int imagine(struct bf__reading *reading, struct bf_error *err) {
  const char *kind = text(reading->params, "kind"), *place = text(reading->params, "jurisdiction");
  char today[BF__DATE_TEXT];
  json_t *said = NULL, *facts = json_object_get(reading->params, "facts");
  int32_t until;
  if (!until_of(reading, &until)) return 0;
  const struct bf__ruleset *set = bf__rules_set(reading->rules);
  const json_t *view = bf__ruleset_view(set, place);
  const char *root = "";
  json_t *jurisdiction;
  json_object_foreach(json_object_get(view, "jurisdictions"), root,
                      jurisdiction) if (!json_object_get(jurisdiction, "parent")) break;
  if (!kind || !bf__view_kind(view, kind) || !json_is_object(facts))
    return bf__refuse_read(reading, 400, "form.required", "kind", "需要 {\"kind\": 事项种类, \"facts\": {…}}",
                           "{\"kind\": a kind of case, \"facts\": {…}} is due.");
  bf__date_format(reading->today, today);
  json_t *state = bf__state_new("forecast", 0, kind, place ? place : root, "forecast", facts, today);
  if (state) (void)json_object_set_new(state, "change", json_integer(reading->reign->number)); /* it begins today */
  int r = bf__rules_call(reading->rules, "create",
                         json_pack("[O {ss s{} s{ss ss ss s[]}}]", state, "date", today, "cases", "actor", "user", "forecast",
                                   "name", "forecast", "org", "forecast", "roles"),
                         &said, err);
  json_t *refusals = json_object_get(said, "refusals");
  if (r >= 0 && json_array_size(refusals)) {
    reading->status = 422;
    reading->body = bf__problem(422, json_incref(refusals));
  } else if (r >= 0 && (r = bf__state_apply(view, state, json_object_get(said, "effects"), today, err)) >= 0) {
    r = answer(reading, state, until, err);
  }
  json_decref(said);
  json_decref(state);
  return r;
}

static int simulate(struct bf__reading *reading, struct bf_error *err) {
  return text(reading->params, "case") ? forecast(reading, err) : imagine(reading, err);
}

const struct bf__operation bf__operations_forecast[] = {
    {.name = "case.forecast", .kind = BF__READ, .access = BF__USER, .read = forecast},
    {.name = "simulate", .kind = BF__READ, .access = BF__OPERATOR, .read = simulate},
    {.name = NULL},
};
