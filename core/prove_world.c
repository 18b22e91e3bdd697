#include "prove_world.h"

#include <string.h>

#include "deadline.h"
#include "form.h"
#include "publish.h"
#include "register.h"
#include "state.h"

#define DEPTH 8     /* of actions that other cases' actions ask for, as in the engine */
#define FIRINGS 400 /* rungs in one wait */
#define SEED "5eed000000000000000000000000000000000000000000000000000000000000"

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}
static int no_memory(struct bf_error *err) {
  return bf_fail(err, BF_ENOMEM, "prove", "no memory");
}

/* The lab and its worlds -------------------------------------------------------------------------------------------------------
 */

int bf__lab_open(struct bf__lab *lab, struct bf__rules *rules, const char *jurisdiction, struct bf_error *err) {
  json_t *lines = NULL, *line;
  size_t i;
  const struct bf__ruleset *set = bf__rules_set(rules);
  *lab = (struct bf__lab){.rules = rules,
                          .view = bf__ruleset_view(set, jurisdiction),
                          .calendar = set->calendar,
                          .jurisdiction = jurisdiction,
                          .seed = json_string(SEED),
                          .lined = json_object()};
  int r =
      lab->seed && lab->lined ? bf__rules_call(rules, "redlines", json_pack("[s]", jurisdiction), &lines, err) : no_memory(err);
  json_array_foreach(lines, i, line) if (json_is_true(json_object_get(line, "steps")))(void)
      json_object_set_new(lab->lined, text(line, "kind"), json_true());
  json_decref(lines);
  if (r < 0) bf__lab_close(lab);
  return r;
}

void bf__lab_close(struct bf__lab *lab) {
  json_decref(lab->seed);
  json_decref(lab->lined);
  lab->seed = lab->lined = NULL;
}

void bf__world_copy(const struct bf__world *from, struct bf__world *ret) {
  *ret = *from;
  for (int i = 0; i < from->count; i++) {
    json_incref(ret->cases[i]);
    json_incref(ret->pasts[i]);
  }
  json_incref(ret->entries);
}

void bf__world_done(struct bf__world *world) {
  for (int i = 0; i < world->count; i++) {
    json_decref(world->cases[i]);
    json_decref(world->pasts[i]);
  }
  json_decref(world->entries);
  world->count = 0;
  world->entries = NULL;
}

int bf__world_find(const struct bf__world *world, const char *id) {
  for (int i = 0; id && i < world->count; i++)
    if (strcmp(text(world->cases[i], "id"), id) == 0) return i;
  return -1;
}

void bf__outcome_done(struct bf__outcome *outcome) {
  json_decref(outcome->refusals);
  json_decref(outcome->crossed);
  outcome->refusals = outcome->crossed = NULL;
}

json_t *bf__world_actor(const struct bf__lab *lab, const char *role, const char *unit, bool own) {
  char org[120];
  const char *scope = text(bf__view_role(lab->view, role), "scope");
  bool at_unit = own || (scope && strcmp(scope, "unit") == 0);
  (void)snprintf(org, sizeof org, "body-%s", role);
  return json_pack("{ss ss ss ss ss s[s]}", "user", role, "name", role, "org", at_unit ? unit : org, "unit", at_unit ? unit : org,
                   "jurisdiction", lab->jurisdiction, "roles", role);
}

/* What scripts are given -------------------------------------------------------------------------------------------------------
 */

static json_t *now_of(const struct bf__lab *lab, const struct bf__world *world, json_t *cases, json_t *entries,
                      const json_t *actor) {
  char date[BF__DATE_TEXT];
  bf__date_format(world->today, date);
  return json_pack("{ss sO sO* so* so*}", "date", date, "seed", lab->seed, "actor", actor, "cases", cases, "entries", entries);
}

static void see_one(const struct bf__world *world, const json_t *id, json_t *cases) {
  int at = bf__world_find(world, json_string_value(id));
  if (at >= 0) (void)json_object_set(cases, json_string_value(id), world->cases[at]);
}

static void see_value(const struct bf__world *world, const json_t *value, json_t *cases) {
  size_t i;
  json_t *one;
  if (json_is_string(value)) see_one(world, value, cases);
  json_array_foreach(value, i, one) see_one(world, one, cases);
}

/* "unit:KIND": the other cases of the unit, none of a higher level of secrecy. */
static void see_unit(const struct bf__world *world, const json_t *state, const char *kind, json_t *cases) {
  for (int i = 0; i < world->count; i++) {
    const json_t *other = world->cases[i];
    if (strcmp(text(other, "kind"), kind) != 0 || strcmp(text(other, "unit"), text(state, "unit")) != 0) continue;
    if (strcmp(text(other, "id"), text(state, "id")) == 0) continue;
    if (json_integer_value(json_object_get(other, "secret")) > json_integer_value(json_object_get(state, "secret"))) continue;
    (void)json_object_set(cases, text(other, "id"), world->cases[i]);
  }
}

static void see_reads(const struct bf__world *world, const json_t *reads, const json_t *state, const json_t *input,
                      json_t *cases) {
  size_t i;
  json_t *name;
  json_array_foreach(reads, i, name) {
    const char *what = json_string_value(name);
    if (!what) continue;
    if (strncmp(what, "unit:", 5) == 0)
      see_unit(world, state, what + 5, cases);
    else if (strncmp(what, "input.", 6) == 0)
      see_value(world, json_object_get(input, what + 6), cases);
    else
      see_value(world, json_object_get(json_object_get(state, "facts"), what), cases);
  }
}

static const char *register_of(const json_t *field) {
  const char *type = text(field, "type");
  if (type && strcmp(type, "list") == 0) return register_of(json_object_get(field, "of"));
  return type && strcmp(type, "register") == 0 ? text(field, "register") : NULL;
}

static const json_t *field_named(const json_t *form, const char *name) {
  size_t i;
  json_t *field;
  json_array_foreach(form, i, field) if (text(field, "name") && strcmp(text(field, "name"), name) == 0) return field;
  return NULL;
}

static void see_entry(const struct bf__world *world, const char *name, const json_t *id, json_t *of) {
  json_t *entry = json_object_get(json_object_get(world->entries, name), json_string_value(id) ? json_string_value(id) : "");
  if (entry) (void)json_object_set(of, json_string_value(id), entry);
}

/* The register entries that RULE reads, or NULL when it names none. */
static json_t *entries_of(const struct bf__lab *lab, const struct bf__world *world, const json_t *rule, const json_t *state,
                          const json_t *input) {
  const json_t *reads = json_object_get(rule, "reads"), *facts = bf__view_facts(lab->view, text(state, "kind"));
  if (json_array_size(reads) == 0) return NULL;
  json_t *out = json_object(), *name, *one;
  size_t i, k;
  json_array_foreach(reads, i, name) {
    const char *what = json_string_value(name);
    if (what && strncmp(what, "register:", 9) == 0) {
      json_t *all = json_object_get(world->entries, what + 9);
      (void)json_object_set_new(out, what + 9, all ? json_incref(all) : json_object());
      continue;
    }
    bool from_input = what && strncmp(what, "input.", 6) == 0;
    const char *own = !what ? "" : from_input ? what + 6 : what;
    const char *of = register_of(from_input ? field_named(json_object_get(rule, "form"), own) : json_object_get(facts, own));
    const json_t *value = json_object_get(from_input ? input : json_object_get(state, "facts"), own);
    if (!of) continue;
    json_t *place = json_object_get(out, of);
    if (!place && json_object_set_new(out, of, json_object()) == 0) place = json_object_get(out, of);
    if (json_is_string(value)) see_entry(world, of, value, place);
    json_array_foreach(value, k, one) see_entry(world, of, one, place);
  }
  return out;
}

/* The red lines ----------------------------------------------------------------------------------------------------------------
 */

struct step {
  const char *what, *stage, *action, *deadline;
  const json_t *input, *actor, *effects;
  json_t *before; /* borrowed, NULL at the creation */
};

static json_t *others_of(const struct bf__world *world, int index) {
  json_t *out = json_object();
  for (int i = 0; i < world->count; i++)
    if (i != index) (void)json_object_set(out, text(world->cases[i], "id"), world->cases[i]);
  return out;
}

static int note_crossed(struct bf__outcome *outcome, json_t *crossed, const json_t *state, struct bf_error *err) {
  size_t i;
  json_t *one;
  if (json_array_size(crossed) == 0) return 0;
  if (!outcome->crossed) outcome->crossed = json_array();
  json_array_foreach(crossed, i, one) {
    if (json_object_set(one, "case", json_object_get(state, "id")) < 0 || json_array_append(outcome->crossed, one) < 0)
      return no_memory(err);
  }
  return 0;
}

/* Shows STEP of case INDEX, whose state stands already, to the lines of its kind. */
static int show_lines(struct bf__lab *lab, struct bf__world *world, int index, const struct step *step,
                      struct bf__outcome *outcome, struct bf_error *err) {
  json_t *after = world->cases[index], *said = NULL;
  const char *kind = text(after, "kind");
  char date[BF__DATE_TEXT];
  if (!json_object_get(lab->lined, kind)) return 0;
  bf__date_format(world->today, date);
  bool out = bf__public_out(lab->view, after);
  json_t *seen =
      json_pack("{ss ss* ss* ss* sO* ss sO* sO* sO sO* so sO* so*}", "what", step->what, "stage", step->stage, "action",
                step->action, "deadline", step->deadline, "input", step->input, "date", date, "actor", step->actor, "before",
                step->before, "after", after, "effects", step->effects, "cases", others_of(world, index), "entries",
                world->entries, "public", out ? bf__public_facts(lab->view, after) : NULL);
  lab->asked++;
  int r = bf__rules_call(lab->rules, "redline_step", json_pack("[s s O o]", lab->jurisdiction, kind, world->pasts[index], seen),
                         &said, err);
  if (r < 0) return r;
  json_t *pasts = json_object_get(said, "pasts");
  if (json_is_object(pasts)) {
    json_decref(world->pasts[index]);
    world->pasts[index] = json_incref(pasts);
  }
  r = note_crossed(outcome, json_object_get(said, "crossed"), after, err);
  json_decref(said);
  return r;
}

static void tell(const struct bf__world *world, int index, const struct step *step, struct bf__outcome *outcome) {
  char date[BF__DATE_TEXT];
  if (!outcome->told) return;
  bf__date_format(world->today, date);
  (void)json_array_append_new(outcome->told, json_pack("{ss ss sO sO ss* ss* ss* sO* sO* sO*}", "date", date, "what", step->what,
                                                       "case", json_object_get(world->cases[index], "id"), "kind",
                                                       json_object_get(world->cases[index], "kind"), "stage", step->stage,
                                                       "action", step->action, "deadline", step->deadline, "input", step->input,
                                                       "actor", step->actor, "effects", step->effects));
}

/* Decisions --------------------------------------------------------------------------------------------------------------------
 */

static int ask(struct bf__lab *lab, const char *entry, json_t *args, struct bf__outcome *outcome, json_t **ret_effects,
               struct bf_error *err) {
  json_t *said = NULL;
  lab->asked++;
  int r = bf__rules_call(lab->rules, entry, args, &said, err);
  if (r < 0) return r;
  json_t *refusals = json_object_get(said, "refusals"), *effects = json_object_get(said, "effects");
  if (json_array_size(refusals))
    outcome->refusals = json_incref(refusals);
  else
    *ret_effects = json_is_array(effects) ? json_incref(effects) : json_array();
  json_decref(said);
  return 0;
}

static int check_form(const json_t *form, json_t *value, json_t **ret_faults) {
  json_t *faults = json_array(), *empty = json_array();
  int r = faults && empty ? bf__form_check(json_is_array(form) ? form : empty, value, 0, faults) : BF_ENOMEM;
  json_decref(empty);
  if (r >= 0 && json_array_size(faults))
    *ret_faults = faults;
  else
    json_decref(faults);
  return r;
}

static int put_entry(struct bf__world *world, const json_t *effect, bool adds, struct bf_error *err) {
  const char *name = text(effect, "register"), *id = text(effect, "entry");
  char fresh[24];
  if (!name) return bf_fail(err, BF_ESCRIPT, "register", "add(\"register\", id, { … }) is due");
  json_t *all = json_copy(world->entries), *of = json_copy(json_object_get(all, name));
  if (!of) of = json_object();
  if (!id) {
    (void)snprintf(fresh, sizeof fresh, "new-%zu", json_object_size(of) + 1);
    id = fresh;
  }
  json_t *old = json_object_get(of, id), *value = json_object_get(effect, "value");
  json_t *merged = adds ? json_deep_copy(value) : old ? bf__register_merged(old, value) : NULL;
  int r = 0;
  if (adds ? old != NULL : old == NULL)
    r = bf_fail(err, BF_ESCRIPT, name, adds ? "entry '%s' is there already: change it" : "there is no entry '%s' to change", id);
  else if (!all || !merged || json_object_set(of, id, merged) < 0 || json_object_set(all, name, of) < 0)
    r = no_memory(err);
  json_decref(merged);
  json_decref(of);
  if (r < 0) {
    json_decref(all);
    return r;
  }
  json_decref(world->entries);
  world->entries = all;
  return 0;
}

static int act_at(struct bf__lab *lab, struct bf__world *world, int index, const char *stage, const char *action,
                  const json_t *input, const json_t *actor, int depth, struct bf__outcome *outcome, struct bf_error *err);
static int create_at(struct bf__lab *lab, struct bf__world *world, const char *id, const char *kind, const char *unit,
                     const json_t *facts, const json_t *actor, int depth, struct bf__outcome *outcome, struct bf_error *err);

static int act_asked(struct bf__lab *lab, struct bf__world *world, const json_t *effect, const json_t *actor, int depth,
                     struct bf__outcome *outcome, struct bf_error *err) {
  const char *other = text(effect, "case"), *stage = text(effect, "stage"), *action = text(effect, "action");
  int at = bf__world_find(world, other);
  if (!other || !stage || !action) return bf_fail(err, BF_ESCRIPT, "act", "act { case =, stage =, action = } is due");
  if (at < 0) return bf_fail(err, BF_ESCRIPT, "act", "case '%s' is not there", other);
  if (!bf__view_action(lab->view, stage, action) || !bf__state_is_open(world->cases[at], stage))
    return bf_fail(err, BF_ESCRIPT, stage, "there is no action %s.%s on case %s, or its stage is not open", stage, action, other);
  json_t *empty = json_object();
  const json_t *input = json_object_get(effect, "input");
  int r = act_at(lab, world, at, stage, action, json_is_object(input) ? input : empty, actor, depth + 1, outcome, err);
  json_decref(empty);
  return r;
}

static int create_asked(struct bf__lab *lab, struct bf__world *world, int index, const json_t *effect, const json_t *actor,
                        int depth, struct bf__outcome *outcome, struct bf_error *err) {
  const char *kind = text(effect, "kind"), *as = text(effect, "as");
  char id[120];
  (void)snprintf(id, sizeof id, "%s-%d", kind ? kind : "", world->count + 1);
  if (!kind) return bf_fail(err, BF_ESCRIPT, "create", "create { kind =, facts = } is due");
  const json_t *facts = json_object_get(effect, "facts");
  json_t *empty = json_object();
  int r = create_at(lab, world, id, kind, text(world->cases[index], "unit"), json_is_object(facts) ? facts : empty, actor,
                    depth + 1, outcome, err);
  json_decref(empty);
  if (r < 0 || !as || outcome->refusals) return r;
  json_t *own = bf__state_edit(world->cases[index]), *set = json_pack("[{ss ss ss}]", "do", "append", "fact", as, "value", id);
  r = own && set ? bf__state_apply(lab->view, own, set, "", err) : no_memory(err);
  json_decref(set);
  json_decref(world->cases[index]);
  world->cases[index] = own;
  return r;
}

/* What the effects of case INDEX want beyond it. */
static int follow(struct bf__lab *lab, struct bf__world *world, int index, const json_t *effects, const json_t *actor, int depth,
                  struct bf__outcome *outcome, struct bf_error *err) {
  size_t i;
  json_t *effect;
  int r = 0;
  if (depth > DEPTH) return bf_fail(err, BF_ESCRIPT, "act", "actions ask for actions more than %d deep", DEPTH);
  json_array_foreach(effects, i, effect) {
    const char *what = text(effect, "do");
    if (r < 0 || outcome->refusals || !what) continue;
    if (strcmp(what, "act") == 0)
      r = act_asked(lab, world, effect, actor, depth, outcome, err);
    else if (strcmp(what, "create") == 0)
      r = create_asked(lab, world, index, effect, actor, depth, outcome, err);
    else if (strcmp(what, "add") == 0 || strcmp(what, "change") == 0)
      r = put_entry(world, effect, *what == 'a', err);
  }
  return r;
}

/* Containers that an edit left as they were go on being shared: a world that is kept should hold little of its own. */
static void share(const json_t *old, json_t *state) {
  static const char *const containers[] = {"facts", "stages", "clocks", "documents", "fired"};
  for (size_t i = 0; old && i < sizeof containers / sizeof *containers; i++) {
    json_t *was = json_object_get(old, containers[i]), *is = json_object_get(state, containers[i]), *value;
    const char *key;
    size_t n;
    bool same = json_is_array(is) ? json_array_size(is) == json_array_size(was) : json_object_size(is) == json_object_size(was);
    if (same && json_is_object(is)) json_object_foreach(is, key, value) same = same && json_object_get(was, key) == value;
    if (same && json_is_array(is)) json_array_foreach(is, n, value) same = same && json_array_get(was, n) == value;
    if (same) (void)json_object_set(state, containers[i], was);
  }
}

/* Applies EFFECTS to STATE (stolen), which takes the place of case INDEX; shows the step; follows. */
static int carry_out(struct bf__lab *lab, struct bf__world *world, int index, json_t *state, const struct step *step, int depth,
                     struct bf__outcome *outcome, struct bf_error *err) {
  char date[BF__DATE_TEXT];
  bf__date_format(world->today, date);
  int r = bf__state_apply(lab->view, state, step->effects, date, err);
  if (r < 0) {
    json_decref(state);
    return r;
  }
  share(step->before, state);
  json_decref(world->cases[index]);
  world->cases[index] = state;
  tell(world, index, step, outcome);
  r = show_lines(lab, world, index, step, outcome, err);
  return r < 0 ? r : follow(lab, world, index, step->effects, step->actor, depth, outcome, err);
}

static int create_at(struct bf__lab *lab, struct bf__world *world, const char *id, const char *kind, const char *unit,
                     const json_t *facts, const json_t *actor, int depth, struct bf__outcome *outcome, struct bf_error *err) {
  const json_t *rule = json_object_get(bf__view_kind(lab->view, kind), "create");
  char date[BF__DATE_TEXT];
  bf__date_format(world->today, date);
  if (!rule) return bf_fail(err, BF_ESCRIPT, kind, "there is no kind of case '%s'", kind);
  if (world->count == BF__WORLD_CASES) return bf_fail(err, BF_ESCRIPT, kind, "more than %d cases in one world", BF__WORLD_CASES);
  json_t *own = json_deep_copy(facts), *effects = NULL, *cases = json_object();
  int r = own && cases ? check_form(json_object_get(rule, "form"), own, &outcome->refusals) : no_memory(err);
  json_t *state = r >= 0 ? bf__state_new(id, world->count + 1, kind, lab->jurisdiction, unit, own, date) : NULL;
  if (state) bf__state_title(lab->view, state);
  if (r >= 0 && !state) r = no_memory(err);
  if (r >= 0) see_reads(world, json_object_get(rule, "reads"), state, own, cases);
  if (r >= 0 && !outcome->refusals)
    r = ask(lab, "create",
            json_pack("[O o]", state, now_of(lab, world, json_incref(cases), entries_of(lab, world, rule, state, own), actor)),
            outcome, &effects, err);
  if (r >= 0 && !outcome->refusals) {
    struct step step = {.what = "create", .input = own, .actor = actor, .effects = effects};
    int index = world->count++;
    world->cases[index] = json_incref(state);
    world->pasts[index] = json_object();
    r = carry_out(lab, world, index, json_incref(state), &step, depth, outcome, err);
  }
  json_decref(state);
  json_decref(own);
  json_decref(cases);
  json_decref(effects);
  return r;
}

static int act_at(struct bf__lab *lab, struct bf__world *world, int index, const char *stage, const char *action,
                  const json_t *input, const json_t *actor, int depth, struct bf__outcome *outcome, struct bf_error *err) {
  const json_t *rule = bf__view_action(lab->view, stage, action);
  json_t *before = json_incref(world->cases[index]), *own = json_deep_copy(input), *effects = NULL, *cases = json_object();
  int r = own && cases ? check_form(json_object_get(rule, "form"), own, &outcome->refusals) : no_memory(err);
  if (r >= 0 && outcome->refusals && depth > 0)
    r = bf_fail(err, BF_ESCRIPT, stage, "the input for %s.%s does not fit", stage, action);
  if (r >= 0 && !outcome->refusals) {
    see_reads(world, json_object_get(rule, "reads"), before, own, cases);
    r = ask(lab, "decide",
            json_pack("[O s s O o]", before, stage, action, own,
                      now_of(lab, world, json_incref(cases), entries_of(lab, world, rule, before, own), actor)),
            outcome, &effects, err);
  }
  if (r >= 0 && !outcome->refusals) {
    struct step step = {
        .what = "act", .stage = stage, .action = action, .input = own, .actor = actor, .effects = effects, .before = before};
    json_t *state = bf__state_edit(before);
    r = state && bf__state_did(state, stage, action) == 0 ? 0 : no_memory(err);
    if (r >= 0)
      r = carry_out(lab, world, index, state, &step, depth, outcome, err);
    else
      json_decref(state);
  }
  json_decref(before);
  json_decref(own);
  json_decref(cases);
  json_decref(effects);
  return r;
}

int bf__world_create(struct bf__lab *lab, struct bf__world *world, const char *id, const char *kind, const char *unit,
                     const json_t *facts, const json_t *actor, struct bf__outcome *outcome, struct bf_error *err) {
  return create_at(lab, world, id, kind, unit, facts, actor, 0, outcome, err);
}

int bf__world_act(struct bf__lab *lab, struct bf__world *world, int index, const char *stage, const char *action,
                  const json_t *input, const json_t *actor, struct bf__outcome *outcome, struct bf_error *err) {
  return act_at(lab, world, index, stage, action, input, actor, 0, outcome, err);
}

int bf__world_papers(struct bf__lab *lab, struct bf__world *world, int index, const json_t *papers, struct bf_error *err) {
  json_t *state = bf__state_edit(world->cases[index]), *documents = json_object_get(state, "documents"), *paper;
  char date[BF__DATE_TEXT];
  size_t i;
  (void)lab;
  if (!state) return no_memory(err);
  bf__date_format(world->today, date);
  json_array_foreach(papers, i, paper)(void)
      json_array_append_new(documents, json_pack("{sI sO sO ss}", "id", (json_int_t)json_array_size(documents) + 1, "kind", paper,
                                                 "name", paper, "at", date));
  share(world->cases[index], state);
  json_decref(world->cases[index]);
  world->cases[index] = state;
  return 0;
}

/* Time --------------------------------------------------------------------------------------------------------------------------
 */

/* The next rung of any case, at END at the latest. */
static int next_rung(const struct bf__lab *lab, const struct bf__world *world, int64_t end, struct bf__rung *ret) {
  int found = -1;
  for (int i = 0; i < world->count; i++) {
    struct bf__deadline deadlines[BF__DEADLINES_MAX];
    struct bf__rung rungs[BF__RUNGS_MAX];
    if (json_object_get(world->cases[i], "ended")) continue;
    int alive = bf__deadlines(lab->view, lab->calendar, world->cases[i], world->today, deadlines, BF__DEADLINES_MAX);
    int count = bf__rungs(lab->calendar, world->cases[i], deadlines, alive, rungs, BF__RUNGS_MAX);
    if (count == 0 || rungs[0].at > end || (found >= 0 && rungs[0].at >= ret->at)) continue;
    *ret = rungs[0];
    found = i;
  }
  return found;
}

static int fire(struct bf__lab *lab, struct bf__world *world, int index, const struct bf__rung *rung, struct bf__outcome *outcome,
                struct bf_error *err) {
  const json_t *spec = json_object_get(json_object_get(bf__view_stage(lab->view, rung->stage), "deadlines"), rung->name);
  json_t *before = world->cases[index], *state = bf__state_edit(before), *effects = NULL;
  char due[BF__DATE_TEXT];
  bf__date_format(rung->due, due);
  int r = state && bf__state_fired(state, rung->stage, rung->name, due, rung->rung) == 0 ? 0 : no_memory(err);
  bool is_due = strcmp(rung->rung, "due") == 0;
  if (r >= 0 && is_due && json_object_get(spec, "on_due")) {
    r = ask(lab, "due", json_pack("[O s s o]", before, rung->stage, rung->name, now_of(lab, world, json_object(), NULL, NULL)),
            outcome, &effects, err);
    if (r >= 0 && !effects) r = bf_fail(err, BF_ESCRIPT, rung->name, "a deadline cannot refuse");
  }
  if (r < 0 || !is_due) { /* a reminder changes nothing that anybody could cross a line with */
    if (r >= 0) {
      world->cases[index] = state;
      json_decref(before);
    } else {
      json_decref(state);
    }
    return r;
  }
  if (!effects) effects = json_array();
  struct step step = {.what = "due", .stage = rung->stage, .deadline = rung->name, .effects = effects, .before = before};
  json_incref(before);
  r = carry_out(lab, world, index, state, &step, 0, outcome, err);
  json_decref(before);
  json_decref(effects);
  return r;
}

int bf__world_wait(struct bf__lab *lab, struct bf__world *world, int32_t date, struct bf__outcome *outcome,
                   struct bf_error *err) {
  int64_t end = bf__date_start_ms(date);
  struct bf__rung rung;
  int r = 0;
  for (int i = 0; r >= 0 && i < FIRINGS; i++) {
    int index = next_rung(lab, world, end, &rung);
    if (index < 0) break;
    if (bf__date_of_ms(rung.at) > world->today) world->today = bf__date_of_ms(rung.at);
    r = fire(lab, world, index, &rung, outcome, err);
    if (outcome->crossed) return r;
  }
  if (date > world->today) world->today = date;
  return r;
}

int bf__world_possible(struct bf__lab *lab, const struct bf__world *world, int index, json_t **ret, struct bf_error *err) {
  const json_t *state = world->cases[index];
  json_t *cases = json_object(), *record, *action, *entries = json_object(), *all;
  const char *stage, *name, *of;
  if (!cases || !entries) return no_memory(err);
  json_object_foreach(json_object_get(state, "stages"), stage, record) {
    if (!bf__state_is_open(state, stage)) continue;
    json_object_foreach(json_object_get(bf__view_stage(lab->view, stage), "actions"), name, action) {
      see_reads(world, json_object_get(action, "reads"), state, NULL, cases);
      json_t *own = entries_of(lab, world, action, state, NULL);
      json_object_foreach(own, of, all)(void) json_object_set(entries, of, all);
      json_decref(own);
    }
  }
  lab->asked++;
  return bf__rules_call(lab->rules, "possible", json_pack("[O o]", state, now_of(lab, world, cases, entries, NULL)), ret, err);
}

int bf__world_stuck(struct bf__lab *lab, const struct bf__world *world, int index, const char *stage, struct bf__outcome *outcome,
                    struct bf_error *err) {
  struct bf__world own;
  bf__world_copy(world, &own);
  struct step step = {.what = "stuck", .stage = stage, .before = own.cases[index]};
  int r = show_lines(lab, &own, index, &step, outcome, err);
  bf__world_done(&own);
  return r;
}

/* Tales -----------------------------------------------------------------------------------------------------------------------
 */

static int live_step(struct bf__lab *lab, const json_t *step, struct bf__world *world, struct bf__outcome *outcome,
                     struct bf_error *err) {
  const char *what = text(step, "what"), *id = text(step, "case"), *by = text(step, "by"), *date = text(step, "date");
  int32_t on;
  int at = bf__world_find(world, id);
  if (!what || !date || bf__date_parse(date, strlen(date), &on) < 0)
    return bf_fail(err, BF_EINVAL, "step", "a step has a date and what happens");
  int r = bf__world_wait(lab, world, on, outcome, err);
  if (r < 0 || outcome->crossed || strcmp(what, "wait") == 0) return r;
  if (strcmp(what, "create") == 0) {
    const char *unit = text(step, "unit"), *kind = text(step, "kind");
    json_t *actor = bf__world_actor(lab, by ? by : "system", unit ? unit : "unit", false);
    const json_t *facts = json_object_get(step, "facts");
    r = kind && id && facts ? bf__world_create(lab, world, id, kind, unit ? unit : "unit", facts, actor, outcome, err)
                            : bf_fail(err, BF_EINVAL, "step", "a case is created with kind, case and facts");
    json_decref(actor);
    return r;
  }
  if (at < 0) return bf_fail(err, BF_EINVAL, "step", "there is no case '%s' in the story", id ? id : "");
  if (strcmp(what, "stuck") == 0) {
    const char *where = text(step, "stage");
    return where && bf__state_is_open(world->cases[at], where) ? bf__world_stuck(lab, world, at, where, outcome, err) : 0;
  }
  if (strcmp(what, "papers") == 0) return bf__world_papers(lab, world, at, json_object_get(step, "papers"), err);
  const char *stage = text(step, "stage"), *action = text(step, "action");
  if (!stage || !action || !by || !bf__view_action(lab->view, stage, action))
    return bf_fail(err, BF_EINVAL, "step", "there is no action %s.%s", stage ? stage : "", action ? action : "");
  if (!bf__state_is_open(world->cases[at], stage)) {
    outcome->refusals = json_pack("[{ss ss ss}]", "code", "stage.closed", "zh", "该环节未打开", "en", "The stage is not open.");
    return 0;
  }
  json_t *actor = bf__world_actor(lab, by, text(world->cases[at], "unit"), json_is_true(json_object_get(step, "own")));
  r = bf__world_act(lab, world, at, stage, action, json_object_get(step, "input"), actor, outcome, err);
  json_decref(actor);
  return r;
}

int bf__tale_live(struct bf__lab *lab, const json_t *tale, struct bf__world *world, struct bf__outcome *outcome,
                  size_t *ret_count, struct bf_error *err) {
  size_t i;
  json_t *step;
  int r = 0;
  *ret_count = 0;
  json_array_foreach(tale, i, step) {
    if (r < 0 || outcome->refusals || outcome->crossed) break;
    r = live_step(lab, step, world, outcome, err);
    *ret_count = i + 1;
  }
  return r;
}
