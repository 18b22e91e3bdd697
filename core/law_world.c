/* Law cases that live whole lives from their creation, with as many cases as they need: given = { world = true }. They are lived
 * in the prover's small world, so that what the prover finds can be lived again, and red lines can be expected. */
#include <stdlib.h>
#include <string.h>

#include "law_world.h"
#include "prove_world.h"
#include "state.h"

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}

/* { on, case, by, create | act | papers, … } as a step of a tale; NULL when it is none. New reference. */
static json_t *step_of(const json_t *step) {
  const json_t *act = json_object_get(step, "act"), *papers = json_object_get(step, "papers");
  char stage[120] = "";
  if (json_object_get(step, "create")) {
    json_t *facts = json_object_get(step, "facts");
    return json_pack("{ss sO* sO* sO* sO* sO* so}", "what", "create", "date", json_object_get(step, "on"), "by",
                     json_object_get(step, "by"), "case", json_object_get(step, "case"), "kind", json_object_get(step, "create"),
                     "unit", json_object_get(step, "unit"), "facts", facts ? json_incref(facts) : json_object());
  }
  if (papers)
    return json_pack("{ss sO* sO* sO}", "what", "papers", "date", json_object_get(step, "on"), "case",
                     json_object_get(step, "case"), "papers", papers);
  if (json_object_get(step, "stuck")) /* the prover's: nothing can be done in this stage */
    return json_pack("{ss sO* sO* sO}", "what", "stuck", "date", json_object_get(step, "on"), "case",
                     json_object_get(step, "case"), "stage", json_object_get(step, "stuck"));
  if (!act) return json_pack("{ss sO*}", "what", "wait", "date", json_object_get(step, "on"));
  const char *dot = json_string_value(act) ? strchr(json_string_value(act), '.') : NULL;
  if (!dot || (size_t)(dot - json_string_value(act)) >= sizeof stage) return NULL;
  memcpy(stage, json_string_value(act), (size_t)(dot - json_string_value(act)));
  json_t *input = json_object_get(step, "input");
  return json_pack("{ss sO* sO* sO* sO* ss ss so}", "what", "act", "date", json_object_get(step, "on"), "by",
                   json_object_get(step, "by"), "own", json_object_get(step, "own"), "case", json_object_get(step, "case"),
                   "stage", stage, "action", dot + 1, "input", input ? json_incref(input) : json_object());
}

static bool has_name(const json_t *crossed, const char *name) {
  size_t i;
  json_t *one;
  json_array_foreach(crossed, i, one) if (name && strcmp(text(one, "name"), name) == 0) return true;
  return false;
}

static void check_refused(const json_t *want, const json_t *refusals, char *why, size_t size) {
  size_t i;
  json_t *one;
  const char *code = text(want, "code");
  if (!want && refusals) (void)snprintf(why, size, "a step was refused: %s", text(json_array_get(refusals, 0), "en"));
  if (want && !refusals) (void)snprintf(why, size, "the last step should have been refused");
  if (!want || !refusals) return;
  json_array_foreach(refusals, i, one) if (!code || strcmp(text(one, "code"), code) == 0) return;
  (void)snprintf(why, size, "refused otherwise than expected: %s", text(json_array_get(refusals, 0), "en"));
}

static void check_stages(const json_t *state, const json_t *names, bool open, char *why, size_t size) {
  json_t *list = json_is_string(names) ? json_pack("[O]", names) : json_incref((json_t *)(uintptr_t)names), *name;
  size_t i;
  json_array_foreach(list, i, name) if (bf__state_is_open(state, json_string_value(name)) != open)(void)
      snprintf(why, size, "stage %s should be %s", json_string_value(name), open ? "open" : "closed");
  json_decref(list);
}

static void check(const json_t *expect, const struct bf__world *world, const json_t *last, const struct bf__outcome *outcome,
                  bool whole, char *why, size_t size) {
  static const char *const known[] = {"crosses", "not_crosses", "refused", "open", "closed", "facts", "case"};
  const char *name, *crosses = text(expect, "crosses"), *not_crosses = text(expect, "not_crosses");
  json_t *value;
  json_object_foreach((json_t *)(uintptr_t)expect, name, value) {
    bool there = false;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) there |= strcmp(known[i], name) == 0;
    if (!there) (void)snprintf(why, size, "expect.%s is not known where given.world is set", name);
  }
  check_refused(json_object_get(expect, "refused"), outcome->refusals, why, size);
  if (!*why && outcome->refusals && !whole) (void)snprintf(why, size, "a step before the last was refused");
  if (!*why && crosses && !has_name(outcome->crossed, crosses))
    (void)snprintf(why, size, "red line '%s' is not crossed", crosses);
  if (!*why && not_crosses && has_name(outcome->crossed, not_crosses))
    (void)snprintf(why, size, "red line '%s' is crossed", not_crosses);
  if (!*why && !crosses && json_array_size(outcome->crossed) && !not_crosses)
    (void)snprintf(why, size, "red line '%s' is crossed: %s", text(json_array_get(outcome->crossed, 0), "name"),
                   text(json_array_get(outcome->crossed, 0), "en"));
  const char *id = text(expect, "case") ? text(expect, "case") : text(last, "case");
  int at = bf__world_find(world, id);
  if (*why || at < 0) return;
  check_stages(world->cases[at], json_object_get(expect, "open"), true, why, size);
  check_stages(world->cases[at], json_object_get(expect, "closed"), false, why, size);
  json_object_foreach(json_object_get(expect, "facts"), name, value) {
    if (!json_equal(value, json_object_get(json_object_get(world->cases[at], "facts"), name)))
      (void)snprintf(why, size, "fact %s is not as expected", name);
  }
}

int bf__law_world(struct bf__rules *rules, const json_t *one, char *why, size_t size, struct bf_error *err) {
  const json_t *given = json_object_get(one, "given"), *steps = json_object_get(one, "steps"),
               *own = json_object_get(given, "entries");
  struct bf__outcome outcome = {0};
  struct bf__world world = {0};
  struct bf__lab lab = {0};
  json_t *declared = NULL, *tale = json_array(), *step, *made = NULL;
  size_t i, count = 0;
  int r = bf__lab_open(&lab, rules, text(given, "jurisdiction") ? text(given, "jurisdiction") : "", err);
  if (r >= 0) r = bf__rules_call(rules, "prove_world", json_array(), &declared, err);
  json_array_foreach(steps, i, step) {
    if (!(made = step_of(step)))
      (void)snprintf(why, size, "step %zu: { on = \"date\", case =, by =, create | act = \"stage.action\" | papers = … } is due",
                     i + 1);
    else
      (void)json_array_append_new(tale, made);
  }
  const char *on = text(json_array_get(tale, 0), "date");
  if (!on || bf__date_parse(on, strlen(on), &world.today) < 0) (void)snprintf(why, size, "the first step has no date");
  if (!own) own = json_object_get(declared, "entries");
  world.entries = own ? json_deep_copy(own) : json_object();
  if (r >= 0 && !*why) r = bf__tale_live(&lab, tale, &world, &outcome, &count, err);
  if (r >= 0 && !*why)
    check(json_object_get(one, "expect"), &world, json_array_get(tale, json_array_size(tale) - 1), &outcome,
          count == json_array_size(tale), why, size);
  bf__world_done(&world);
  bf__outcome_done(&outcome);
  bf__lab_close(&lab);
  json_decref(declared);
  json_decref(tale);
  return r;
}
