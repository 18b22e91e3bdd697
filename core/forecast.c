#include "forecast.h"

#include <string.h>

#include "deadline.h"
#include "state.h"

#define STEPS 600 /* entries of one story */
#define REPEATS 1 /* a usual action is done once within one round of its stage */

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}
static int no_memory(struct bf_error *err) {
  return bf_fail(err, BF_ENOMEM, "forecast", "no memory");
}

struct life {
  struct bf__rules *rules;
  const struct bf__reign *reign; /* or NULL: the same rules to the end */
  struct bf__rules *then;        /* of those in force, for a case that stays on older ones until it moves */
  const json_t *view, *cases;
  json_t *state, *story;
  int32_t today;
};

static json_t *example_of(const json_t *field, const char *today) {
  const json_t *example = json_object_get(field, "example"), *least = json_object_get(field, "min");
  const char *type = text(field, "type");
  if (example) return json_deep_copy(example);
  if (!type) return json_null();
  if (strcmp(type, "date") == 0) return json_string(today);
  if (strcmp(type, "bool") == 0) return json_true();
  if (strcmp(type, "percent") == 0) return json_integer(100);
  if (strcmp(type, "money") == 0 || strcmp(type, "int") == 0)
    return json_integer(json_is_number(least) ? (json_int_t)json_number_value(least) : 1);
  if (strcmp(type, "choice") == 0)
    return json_incref(json_object_get(json_array_get(json_object_get(field, "choices"), 0), "value"));
  if (strcmp(type, "record") == 0) return bf__form_example(json_object_get(field, "fields"), today);
  if (strcmp(type, "list") == 0) {
    json_t *list = json_array();
    json_int_t count = json_is_number(least) ? (json_int_t)json_number_value(least) : 1;
    for (json_int_t i = 0; i < count && i < 20; i++)
      (void)json_array_append_new(list, example_of(json_object_get(field, "of"), today));
    return list;
  }
  return json_string("示例");
}

json_t *bf__form_example(const json_t *form, const char *today) {
  json_t *out = json_object(), *field;
  size_t i;
  json_array_foreach(form, i, field) {
    if (json_is_true(json_object_get(field, "optional")) && !json_object_get(field, "example")) continue;
    (void)json_object_set_new(out, text(field, "name"), example_of(field, today));
  }
  return out;
}

/* DUE: the last day of a deadline, which is over at the moment its story is told; NULL for an action. */
static void tell(struct life *life, const char *what, const char *stage, const char *key, const char *name, const json_t *title,
                 const json_t *article, const char *due) {
  char date[BF__DATE_TEXT];
  const json_t *of = json_object_get(bf__view_stage(life->view, stage), "title");
  const char *zh = text(title, "zh"), *en = text(title, "en"), *of_zh = text(of, "zh"), *of_en = text(of, "en");
  bf__date_format(life->today, date);
  json_t *one = json_pack("{ss ss ss ss so so sO* ss*}", "date", date, "what", what, "stage", stage, key, name, "zh",
                          json_sprintf("%s:%s", of_zh ? of_zh : stage, zh ? zh : name), "en",
                          json_sprintf("%s: %s", of_en ? of_en : stage, en ? en : name), "article", article, "due", due);
  (void)json_array_append_new(life->story, one);
}

static json_t *now_of(const struct life *life) {
  char date[BF__DATE_TEXT];
  bf__date_format(life->today, date);
  return json_pack("{ss sO s{ss ss ss s[]} sb sb}", "date", date, "cases", life->cases, "actor", "user", "forecast", "name",
                   "forecast", "org", "forecast", "roles", "asking", 1, "everything", 1);
}

/* Asks ENTRY and applies what it wants to the life's own case. *DONE tells whether it was not refused. */
static int carry(struct life *life, const char *entry, json_t *args, bool *done, struct bf_error *err) {
  char date[BF__DATE_TEXT];
  json_t *said = NULL;
  int r = bf__rules_call(life->rules, entry, args, &said, err);
  if (r < 0) return r;
  const json_t *effects = json_object_get(said, "effects");
  *done = json_array_size(json_object_get(said, "refusals")) == 0;
  bf__date_format(life->today, date);
  if (*done) r = bf__state_apply(life->view, life->state, effects, date, err);
  json_decref(said);
  return r;
}

/* Supplies the papers an action asks for, as if they had been uploaded. */
static void supply(struct life *life, const json_t *said) {
  json_t *documents = json_object_get(life->state, "documents"), *refusal;
  char date[BF__DATE_TEXT];
  size_t i;
  bf__date_format(life->today, date);
  json_array_foreach(json_object_get(said, "refusals"), i, refusal) {
    const char *paper = text(refusal, "paper");
    if (paper)
      (void)json_array_append_new(documents, json_pack("{sI ss ss ss}", "id", (json_int_t)json_array_size(documents) + 1, "kind",
                                                       paper, "name", paper, "at", date));
  }
}

static bool only_papers(const json_t *said) {
  json_t *refusal;
  size_t i;
  json_array_foreach(json_object_get(said, "refusals"), i, refusal) if (!text(refusal, "paper")) return false;
  return true;
}

/* One candidate among the usual actions. *ACTED when it was done. */
static int try_action(struct life *life, const json_t *said, bool *acted, struct bf_error *err) {
  const char *stage = text(said, "stage"), *name = text(said, "action");
  const json_t *action = bf__view_action(life->view, stage, name), *after = json_object_get(action, "after");
  const json_t *record = json_object_get(json_object_get(life->state, "stages"), stage);
  if (json_integer_value(json_object_get(json_object_get(record, "did"), name)) >= REPEATS) return 0;
  int32_t before = life->today;
  if (after) { /* how long it usually takes */
    bool provisional;
    const char *unit = text(after, "unit");
    struct bf__period period = {(int)json_integer_value(json_object_get(after, "count")), unit && unit[0] == 'w'   ? BF__WORKDAYS
                                                                                          : unit && unit[0] == 'm' ? BF__MONTHS
                                                                                          : unit && unit[0] == 'y' ? BF__YEARS
                                                                                                                   : BF__DAYS};
    life->today = bf__calendar_add(bf__rules_set(life->rules)->calendar, life->today, period, true, &provisional);
  }
  supply(life, said);
  char date[BF__DATE_TEXT];
  bf__date_format(life->today, date);
  json_t *input = bf__form_example(json_object_get(action, "form"), date);
  struct bf_error detail = {0};
  int r = carry(life, "decide", json_pack("[O s s o o]", life->state, stage, name, input, now_of(life)), acted, &detail);
  if (r == BF_ESCRIPT) { /* an example that the script cannot use: this way is not taken */
    *acted = false;
    r = 0;
  }
  if (r < 0) return bf_fail(err, r, detail.where, "%s", detail.message);
  if (!*acted)
    life->today = before;
  else {
    const json_t *articles = json_object_get(action, "articles"), *own = json_object_get(action, "article");
    if (!articles) articles = json_object_get(bf__view_stage(life->view, stage), "articles");
    (void)bf__state_did(life->state, stage, name);
    tell(life, "act", stage, "action", name, json_object_get(action, "title"), own ? own : json_array_get(articles, 0), NULL);
  }
  return 0;
}

/* Does the next usual thing that can be done today. */
static int act(struct life *life, bool *acted, struct bf_error *err) {
  json_t *said = NULL, *one, *state = json_deep_copy(life->state);
  int r = bf__rules_call(life->rules, "actions", json_pack("[o o]", state, now_of(life)), &said, err);
  *acted = false;
  for (json_int_t rank = 1; r >= 0 && !*acted && rank <= 12; rank++) {
    size_t i;
    json_array_foreach(said, i, one) {
      const json_t *action = bf__view_action(life->view, text(one, "stage"), text(one, "action"));
      if (*acted || r < 0 || json_integer_value(json_object_get(action, "usual")) != rank || !only_papers(one)) continue;
      r = try_action(life, one, acted, err);
    }
  }
  json_decref(said);
  return r;
}

/* The next rung, if it lies before the end: time moves there and it fires. */
static int pass_time(struct life *life, int32_t until, bool silent, bool *passed, struct bf_error *err) {
  struct bf__deadline deadlines[BF__DEADLINES_MAX];
  struct bf__rung rungs[BF__RUNGS_MAX];
  const struct bf__calendar *calendar = bf__rules_set(life->rules)->calendar;
  char due[BF__DATE_TEXT];
  int alive = bf__deadlines(life->view, calendar, life->state, life->today, deadlines, BF__DEADLINES_MAX), r = 0;
  int count = bf__rungs(calendar, life->state, deadlines, alive, rungs, BF__RUNGS_MAX);
  *passed = false;
  if (count == 0 || bf__date_of_ms(rungs[0].at) > until) return 0;
  const struct bf__rung *rung = &rungs[0];
  if (bf__date_of_ms(rung->at) > life->today) life->today = bf__date_of_ms(rung->at);
  const json_t *spec = json_object_get(json_object_get(bf__view_stage(life->view, rung->stage), "deadlines"), rung->name);
  bf__date_format(rung->due, due);
  *passed = true;
  if (bf__state_fired(life->state, rung->stage, rung->name, due, rung->rung) < 0) return no_memory(err);
  if (!silent || *rung->rung == 'd')
    tell(life,
         *rung->rung == 'd'   ? "due"
         : *rung->rung == 'w' ? "warn"
                              : "after",
         rung->stage, "deadline", rung->name, json_object_get(spec, "title"), json_object_get(spec, "article"), due);
  if (strcmp(rung->rung, "due") == 0 && json_object_get(spec, "on_due")) {
    bool done;
    r = carry(life, "due", json_pack("[O s s o]", life->state, rung->stage, rung->name, now_of(life)), &done, err);
  }
  return r;
}

/* A case that stayed on older rules moves when the stages are closed that it stayed for. */
static void follow_rules(struct life *life) {
  if (!life->reign || life->rules == life->then || bf__reign_set(life->reign, life->state) != life->reign->now) return;
  life->rules = life->then;
  life->view = bf__reign_view(life->reign, life->state);
}

int bf__forecast(struct bf__rules *rules, const struct bf__reign *reign, struct bf__rules *then, const json_t *state,
                 const json_t *cases, int32_t from, int32_t until, bool everybody, json_t **ret_story, json_t **ret_state,
                 struct bf_error *err) {
  struct life life = {.rules = rules,
                      .reign = reign,
                      .then = then,
                      .view = bf__ruleset_view(bf__rules_set(rules), text(state, "jurisdiction")),
                      .cases = cases,
                      .state = json_deep_copy(state),
                      .story = json_array(),
                      .today = from};
  int r = life.state && life.story ? 0 : no_memory(err);
  while (r >= 0 && json_array_size(life.story) < STEPS && life.today <= until && !json_object_get(life.state, "ended")) {
    bool moved = false;
    follow_rules(&life);
    if (everybody) r = act(&life, &moved, err);
    if (r >= 0 && !moved) r = pass_time(&life, until, everybody, &moved, err);
    if (!moved) break;
  }
  if (r < 0) {
    json_decref(life.state);
    json_decref(life.story);
    return r;
  }
  *ret_story = life.story;
  if (ret_state)
    *ret_state = life.state;
  else
    json_decref(life.state);
  return 0;
}
