#include "work.h"

#include <stdlib.h>
#include <string.h>

#include "form.h"
#include "notice.h"
#include "permit.h"
#include "reads.h"
#include "ruleset.h"
#include "state.h"
#include "turn.h"

#define DEPTH 4         /* an action may ask for one on another case, and so on: a plan's projects and theirs */
#define READ_CASES 2000 /* cases that one decision may read */

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}
static int no_memory(struct bf_error *err) {
  return bf_fail(err, BF_ENOMEM, "work", "no memory");
}

static const json_t *view_of(const struct bf__work *work, const json_t *state) {
  return bf__turn_view(work->turn, state);
}

/* A person's input reaches only cases that this person may see: others are as if they were not there, in what is said of them and
 * in what is done to them. */
static bool may_name(const struct bf__work *work, const json_t *other) {
  return !work->actor || bf__actor_sees(work->turn->app, view_of(work, other), work->actor, other);
}

/* Whether the actor's body is a post of OTHER's: the one that acts there, not one above it. */
static bool is_post(const struct bf__work *work, const json_t *other) {
  const char *org = text(work->actor, "org");
  json_t *role, *post;
  size_t i, k;
  bool found = false;
  json_array_foreach(json_object_get(work->actor, "roles"), i, role) {
    json_t *posts = bf__posts(work->turn->app->directory, view_of(work, other), json_string_value(role), other);
    json_array_foreach(posts, k, post) found |= org && strcmp(json_string_value(post), org) == 0;
    json_decref(posts);
  }
  return found;
}

/* What a script may read of another case; one that is gone is left out, and one that was NAMED by somebody who may not see it. */
static int see_case(struct bf__work *work, const char *id, bool named, json_t *cases, struct bf_error *err) {
  const json_t *other;
  if (json_object_get(cases, id)) return 0;
  if (json_object_size(cases) >= READ_CASES)
    return bf_fail(err, BF_ELIMIT, id, "a decision reads more than %d cases", READ_CASES);
  int r = bf__change_see(work->change, id, &other, err);
  if (r == BF_ENOTFOUND || (r >= 0 && named && !may_name(work, other))) return 0;
  if (r < 0) return r;
  json_t *part = json_pack("{sO sO sO sO sO sO sO sO* so*}", "id", json_object_get(other, "id"), "kind",
                           json_object_get(other, "kind"), "unit", json_object_get(other, "unit"), "jurisdiction",
                           json_object_get(other, "jurisdiction"), "facts", json_object_get(other, "facts"), "stages",
                           json_object_get(other, "stages"), "title", json_object_get(other, "title"), "ended",
                           json_object_get(other, "ended"), "yours", named && is_post(work, other) ? json_true() : NULL);
  return json_object_set_new(cases, id, part) < 0 ? no_memory(err) : 0;
}

static int see_value(struct bf__work *work, const json_t *value, bool named, json_t *cases, struct bf_error *err) {
  size_t i;
  json_t *one;
  const char *name;
  int r = 0;
  if (json_is_string(value)) return see_case(work, json_string_value(value), named, cases, err);
  if (json_is_array(value)) {
    json_array_foreach(value, i, one) if (r >= 0) r = see_value(work, one, named, cases, err);
  } else if (json_is_object(value)) { /* a list of records: the members that name cases */
    json_object_foreach((json_t *)(uintptr_t)value, name, one) if (r >= 0 && json_is_string(one)) r =
        see_case(work, json_string_value(one), named, cases, err);
  }
  return r;
}

/* The cases that READS ("plan", "input.projects", …) names, as { id: part }. */
static int see_all(struct bf__work *work, const json_t *reads, const json_t *state, const json_t *input, json_t *cases,
                   struct bf_error *err) {
  size_t i;
  json_t *name;
  int r = 0;
  json_array_foreach(reads, i, name) {
    const char *what = json_string_value(name);
    if (!what || r < 0) continue;
    bool from_input = strncmp(what, "input.", 6) == 0;
    const json_t *value = from_input ? json_object_get(input, what + 6) : json_object_get(json_object_get(state, "facts"), what);
    if (value) r = see_value(work, value, from_input && work->depth == 0, cases, err);
  }
  json_t *ids = NULL;
  if (r >= 0) r = bf__reads_unit(work->turn->store, reads, state, &ids, err);
  if (r >= 0) r = see_value(work, ids, false, cases, err);
  json_decref(ids);
  return r;
}

/* What a script is given as `now`. SEED is the hash of the event before this one: public, and known to nobody before that event
 * was. */
static json_t *now_of(struct bf__work *work, json_t *cases, json_t *entries) {
  char date[BF__DATE_TEXT], seed[BF__HASH_HEX];
  bf__date_format(work->turn->today, date);
  bf__turn_head(work->turn, seed);
  return json_pack("{ss ss sO* so so*}", "date", date, "seed", seed, "actor", work->actor, "cases", cases, "entries", entries);
}

/* The register entries that an action reads, or NULL when it names none: most do not. */
static int entries_of(struct bf__work *work, const json_t *rule, const json_t *state, const json_t *input, json_t **ret,
                      struct bf_error *err) {
  *ret = NULL;
  if (json_array_size(json_object_get(rule, "reads")) == 0) return 0;
  if (!(*ret = json_object())) return no_memory(err);
  int r = bf__reads_entries(work->turn->store, view_of(work, state), rule, state, input, *ret, err);
  if (r < 0) {
    json_decref(*ret);
    *ret = NULL;
  }
  return r;
}

/* A fault found only after the script has ended, in what it gave: told with the place of the function that gave it, or the name
 * of the part. */
static int placed(int r, const json_t *given, const char *part, const char *name, struct bf_error *err) {
  const char *at = text(given, "$fn");
  char where[160], message[480];
  if ((r != BF_ESCRIPT && r != BF_ELIMIT) || (strchr(err->where, ':') && strncmp(err->where, "prelude:", 8) != 0)) return r;
  (void)snprintf(where, sizeof where, "%s.%s", part, name);
  (void)snprintf(message, sizeof message, "%s", err->message);
  return bf_fail(err, r, at ? at : where, "%s", message);
}

int bf__work_placed(int r, const json_t *view, const json_t *event, struct bf_error *err) {
  const char *stage = text(event, "stage"), *action = text(event, "action"), *deadline = text(event, "deadline"),
             *kind = text(event, "kind");
  if (stage && action) return placed(r, json_object_get(bf__view_action(view, stage, action), "effect"), stage, action, err);
  if (stage && deadline) {
    const json_t *all = json_object_get(bf__view_stage(view, stage), "deadlines");
    return placed(r, json_object_get(json_object_get(all, deadline), "on_due"), stage, deadline, err);
  }
  return kind ? placed(r, json_object_get(json_object_get(bf__view_kind(view, kind), "create"), "effect"), kind, "create", err)
              : r;
}

/* Asks the rules that STATE's case follows; NULL for a case that is not there yet. ARGS is stolen. */
static int ask(struct bf__work *work, const json_t *state, const char *entry, json_t *args, json_t **ret_effects,
               struct bf_error *err) {
  json_t *said = NULL;
  struct bf__rules *rules = work->turn->rules;
  int r = state ? bf__turn_rules(work->turn, state, &rules, err) : 0;
  if (r < 0) {
    json_decref(args);
    return r;
  }
  r = bf__rules_call(rules, entry, args, &said, err);
  if (r < 0) return r;
  json_t *refusals = json_object_get(said, "refusals"), *effects = json_object_get(said, "effects");
  if (json_array_size(refusals)) {
    work->refusals = json_incref(refusals);
    work->status = 422;
  } else if (json_is_array(effects) || json_is_object(effects)) {
    *ret_effects = json_is_array(effects) ? json_incref(effects) : json_array();
    if (!*ret_effects) r = no_memory(err);
  } else {
    r = bf_fail(err, BF_ESCRIPT, entry, "the script answered with neither effects nor refusals");
  }
  json_decref(said);
  return r;
}

/* What a script gives in a person's place passes the same form. */
static int check_form(const json_t *form, json_t *value, const char *where, const char *what, struct bf_error *err) {
  json_t *refusals = json_array(), *empty = json_array();
  int r = refusals && empty ? bf__form_check(json_is_array(form) ? form : empty, value, 0, refusals) : BF_ENOMEM;
  if (r < 0)
    r = no_memory(err);
  else if (json_array_size(refusals))
    r = bf_fail(err, BF_ESCRIPT, where, "%s does not fit: %s", what, text(json_array_get(refusals, 0), "en"));
  json_decref(refusals);
  json_decref(empty);
  return r;
}

/* A case that another case's script opens. *ret_id stays NULL when the rules refuse. */
static int create_asked(struct bf__work *inner, const json_t *state, const char *kind, const json_t *facts, char **ret_id,
                        struct bf_error *err) {
  if (!kind) return bf_fail(err, BF_ESCRIPT, "create", "create { kind =, facts = } is due");
  const json_t *rule = json_object_get(bf__view_kind(view_of(inner, state), kind), "create");
  json_t *own = json_deep_copy(facts);
  int r = own ? 0 : no_memory(err);
  if (r >= 0 && rule) r = check_form(json_object_get(rule, "form"), own, kind, "what a new case is opened with", err);
  if (r >= 0) r = bf__work_create(inner, kind, text(state, "jurisdiction"), text(state, "unit"), own, ret_id, err);
  json_decref(own);
  return r;
}

/* Effects that reach beyond this case: actions on others, new cases. */
static int follow_one(struct bf__work *work, const char *id, const json_t *effect, json_t *effects, struct bf_error *err) {
  const char *what = text(effect, "do");
  struct bf__work inner = {.turn = work->turn, .change = work->change, .actor = work->actor, .depth = work->depth + 1};
  json_t *empty = json_object();
  const json_t *input = json_object_get(effect, work->depth >= 0 && strcmp(what, "act") == 0 ? "input" : "facts");
  int r = empty ? 0 : no_memory(err);
  if (r >= 0 && inner.depth > DEPTH) r = bf_fail(err, BF_ESCRIPT, what, "actions ask for actions more than %d deep", DEPTH);
  if (!json_is_object(input)) input = empty;
  if (r >= 0 && strcmp(what, "act") == 0) {
    const char *other = text(effect, "case"), *stage = text(effect, "stage"), *action = text(effect, "action");
    if (!other || !stage || !action)
      r = bf_fail(err, BF_ESCRIPT, "act", "act { case =, stage =, action = } is due");
    else
      r = bf__work_act(&inner, other, stage, action, input, err);
    if (r == BF_ENOTFOUND) r = bf_fail(err, BF_ESCRIPT, "act", "case '%s' is not there", other);
  } else if (r >= 0) {
    const json_t *state;
    const char *kind = text(effect, "kind"), *as = text(effect, "as");
    char *made = NULL;
    json_t *own;
    r = bf__change_see(work->change, id, &state, err);
    if (r >= 0) r = create_asked(&inner, state, kind, input, &made, err);
    if (r >= 0 && as && made && !inner.refusals && (r = bf__change_edit(work->change, id, &own, err)) >= 0) {
      json_t *set = json_pack("[{ss ss ss}]", "do", "append", "fact", as, "value", made);
      r = bf__state_apply(view_of(work, own), own, set, "", err);
      if (r >= 0 && json_array_extend(effects, set) < 0) r = no_memory(err); /* the event tells of it too */
      json_decref(set);
    }
    free(made);
  }
  if (inner.refusals) {
    work->refusals = inner.refusals;
    work->status = inner.status;
  }
  json_decref(empty);
  return r;
}

static int follow(struct bf__work *work, const char *id, json_t *effects, struct bf_error *err) {
  size_t i;
  json_t *effect;
  int r = 0;
  json_array_foreach(effects, i, effect) {
    const char *what = text(effect, "do");
    if (r < 0 || work->refusals || !what || (strcmp(what, "act") != 0 && strcmp(what, "create") != 0)) continue;
    r = follow_one(work, id, effect, effects, err);
  }
  return r;
}

/* Applies EFFECTS to case ID, notes EVENT (stolen) with them, then follows what they want of others. */
static int carry_out(struct bf__work *work, const char *id, json_t *state, json_t *effects, json_t *event, struct bf_error *err) {
  char date[BF__DATE_TEXT];
  bf__date_format(work->turn->today, date);
  int r = event ? bf__state_apply(view_of(work, state), state, effects, date, err) : no_memory(err);
  if (r >= 0 && json_object_set(event, "effects", effects) < 0) r = no_memory(err);
  if (r < 0) {
    json_decref(event);
    return r;
  }
  r = bf__change_event(work->change, id, event, err);
  return r < 0 ? r : follow(work, id, effects, err);
}

/* A number for a new case: the jurisdiction, the year, and a count within both. */
static int new_id(struct bf__turn *turn, const char *jurisdiction, char **ret_id, int64_t *ret_number, struct bf_error *err) {
  int year, month, day;
  int64_t count;
  char sequence[80];
  bf__date_split(turn->today, &year, &month, &day);
  (void)snprintf(sequence, sizeof sequence, "case.%s.%d", jurisdiction, year);
  int r = bf__store_next(turn->store, sequence, &count, err);
  if (r >= 0) r = bf__store_next(turn->store, "case", ret_number, err);
  if (r >= 0 && asprintf(ret_id, "%s-%d-%04lld", jurisdiction, year, (long long)count) < 0) {
    *ret_id = NULL;
    r = no_memory(err);
  }
  return r;
}

int bf__work_create(struct bf__work *work, const char *kind, const char *jurisdiction, const char *unit, const json_t *facts,
                    char **ret_id, struct bf_error *err) {
  struct bf__turn *turn = work->turn;
  char date[BF__DATE_TEXT];
  int64_t number = 0;
  json_t *effects = NULL, *cases = json_object();
  bf__date_format(turn->today, date);
  const json_t *view = bf__ruleset_view(bf__rules_set(turn->rules), jurisdiction),
               *rule = json_object_get(bf__view_kind(view, kind), "create");
  if (!rule) {
    json_decref(cases);
    return bf_fail(err, BF_ESCRIPT, kind, "there is no kind of case '%s'", kind);
  }
  /* asked before a number is taken: a refused case leaves no gap */
  json_t *state = bf__state_new("", 0, kind, jurisdiction, unit, facts, date);
  int r = state && cases ? see_all(work, json_object_get(rule, "reads"), state, facts, cases, err) : no_memory(err);
  json_t *entries = NULL;
  if (r >= 0) r = entries_of(work, rule, state, facts, &entries, err);
  if (r >= 0) r = ask(work, NULL, "create", json_pack("[O o]", state, now_of(work, json_incref(cases), entries)), &effects, err);
  json_decref(cases);
  r = placed(r, json_object_get(rule, "effect"), kind, "create", err);
  if (r >= 0 && !work->refusals) r = new_id(turn, jurisdiction, ret_id, &number, err);
  if (r < 0 || work->refusals) {
    json_decref(state);
    json_decref(effects);
    return r;
  }
  if (json_object_set_new(state, "id", json_string(*ret_id)) < 0 ||
      json_object_set_new(state, "number", json_integer(number)) < 0)
    r = no_memory(err);
  if (r >= 0)
    r = bf__change_add(work->change, state, err);
  else
    json_decref(state);
  if (r >= 0) {
    json_t *event = json_pack("{ss ss ss ss sO* sO}", "do", "create", "kind", kind, "jurisdiction", jurisdiction, "unit", unit,
                              "actor", work->actor, "facts", (json_t *)(uintptr_t)facts);
    r = placed(carry_out(work, *ret_id, state, effects, event, err), json_object_get(rule, "effect"), kind, "create", err);
  }
  json_decref(effects);
  return r;
}

/* An action that another case's script asks for: it must be there and open; its form is checked as a person's would be. */
static int check_asked(struct bf__work *work, const json_t *state, const char *stage, const char *action, json_t *input,
                       struct bf_error *err) {
  const json_t *declared = bf__view_action(view_of(work, state), stage, action);
  char what[200];
  if (!declared) return bf_fail(err, BF_ESCRIPT, stage, "there is no action %s.%s on case %s", stage, action, text(state, "id"));
  if (!bf__state_is_open(state, stage))
    return bf_fail(err, BF_ESCRIPT, stage, "stage %s of case %s is not open", stage, text(state, "id"));
  (void)snprintf(what, sizeof what, "the input for %s.%s", stage, action);
  return check_form(json_object_get(declared, "form"), input, stage, what, err);
}

int bf__work_settle(struct bf__work *work, const char *id, struct bf_error *err) {
  const json_t *seen;
  json_t *state, *said = NULL, *names, *cases;
  struct bf__rules *rules;
  if (!bf__reign_migrates(work->turn->reign)) return 0;
  int r = bf__change_see(work->change, id, &seen, err);
  if (r < 0 || !(names = bf__reign_migrations(work->turn->reign, seen))) return r == BF_ENOTFOUND ? 0 : r;
  if (!(cases = json_object())) r = no_memory(err);
  if (r >= 0) r = bf__turn_rules(work->turn, seen, &rules, err);
  if (r >= 0)
    r = bf__rules_call(rules, "migrate",
                       json_pack("[O O o]", seen, names, now_of(&(struct bf__work){.turn = work->turn}, cases, NULL)), &said,
                       err);
  else
    json_decref(cases);
  const char *name = text(said, "name");
  if (r >= 0 && name && (r = bf__change_edit(work->change, id, &state, err)) >= 0) {
    const json_t *rule = json_object_get(json_object_get(view_of(work, state), "migrations"), name);
    json_t *event = json_pack("{ss ss sO* sO*}", "do", "migrate", "migration", name, "title", json_object_get(rule, "title"),
                              "article", json_object_get(rule, "article"));
    struct bf__work own = {.turn = work->turn, .change = work->change, .depth = work->depth};
    r = placed(carry_out(&own, id, state, json_object_get(said, "effects"), event, err), json_object_get(rule, "effect"),
               "migrate", name, err);
    if (r >= 0 && own.refusals)
      r = bf_fail(err, BF_ESCRIPT, name, "what a migration asks of another case was refused: %s",
                  text(json_array_get(own.refusals, 0), "en"));
    json_decref(own.refusals);
  }
  json_decref(said);
  json_decref(names);
  return r;
}

int bf__work_act(struct bf__work *work, const char *id, const char *stage, const char *action, const json_t *input,
                 struct bf_error *err) {
  json_t *state, *effects = NULL, *entries = NULL, *cases = json_object();
  /* what a script gave is put in order by the check below; a person's was before */
  json_t *own = work->depth > 0 ? json_deep_copy(input) : json_incref((json_t *)(uintptr_t)input);
  int r = cases && own ? bf__work_settle(work, id, err) : no_memory(err);
  if (r >= 0) r = bf__change_edit(work->change, id, &state, err);
  if (r >= 0 && work->depth > 0) r = check_asked(work, state, stage, action, own, err);
  const json_t *rule = r >= 0 ? bf__view_action(view_of(work, state), stage, action) : NULL;
  if (r >= 0) r = see_all(work, json_object_get(rule, "reads"), state, own, cases, err);
  if (r >= 0) r = entries_of(work, rule, state, own, &entries, err);
  if (r >= 0)
    r = ask(work, state, "decide", json_pack("[O s s O o]", state, stage, action, own, now_of(work, json_incref(cases), entries)),
            &effects, err);
  json_decref(cases);
  if (r >= 0 && !work->refusals) {
    json_t *event =
        json_pack("{ss ss ss sO sO*}", "do", "act", "stage", stage, "action", action, "input", own, "actor", work->actor);
    r = bf__state_did(state, stage, action) < 0 ? no_memory(err) : 0;
    /* another case wanted this: it is not taken back here alone */
    if (r >= 0 && work->depth > 0 && json_object_set_new(event, "asked", json_true()) < 0) r = no_memory(err);
    if (r >= 0)
      r = carry_out(work, id, state, effects, event, err);
    else
      json_decref(event);
  }
  json_decref(own);
  json_decref(effects);
  return placed(r, json_object_get(rule, "effect"), stage, action, err);
}

int bf__work_due(struct bf__work *work, const char *id, const char *stage, const char *name, const char *due, const json_t *rungs,
                 bool run, struct bf_error *err) {
  json_t *state, *effects = NULL, *notices = NULL, *cases = json_object(), *one;
  size_t i;
  int r = cases ? bf__change_edit(work->change, id, &state, err) : no_memory(err);
  if (r < 0) {
    json_decref(cases);
    return r;
  }
  const json_t *spec = json_object_get(json_object_get(bf__view_stage(view_of(work, state), stage), "deadlines"), name);
  if (run && json_object_get(spec, "on_due")) {
    r = ask(work, state, "due", json_pack("[O s s o]", state, stage, name, now_of(work, json_incref(cases), NULL)), &effects,
            err);
  } else if (!(effects = json_array())) {
    r = no_memory(err);
  }
  json_decref(cases);
  json_array_foreach(rungs, i, one) if (r >= 0 && bf__state_fired(state, stage, name, due, json_string_value(one)) < 0) r =
      no_memory(err);
  if (r >= 0) notices = bf__due_notice(view_of(work, state), stage, name, spec, rungs);
  if (r >= 0 && notices && json_array_extend(effects, notices) < 0) r = no_memory(err);
  json_decref(notices);
  if (r >= 0) {
    json_t *event = json_pack("{ss ss ss ss sO}", "do", "due", "stage", stage, "deadline", name, "due", due, "rungs",
                              (json_t *)(uintptr_t)rungs);
    r = carry_out(work, id, state, effects, event, err);
  }
  json_decref(effects);
  return placed(r, json_object_get(spec, "on_due"), stage, name, err);
}
