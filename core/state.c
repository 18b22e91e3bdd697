#include "state.h"

#include <string.h>

#include "form.h"
#include "ruleset.h"

json_t *bf__state_new(const char *id, int64_t number, const char *kind, const char *jurisdiction, const char *unit,
                      const json_t *facts, const char *date) {
  return json_pack("{ss sI ss ss ss ss si si ss ss so s{} s{} s[] s{}}", "id", id, "number", (json_int_t)number, "kind", kind,
                   "jurisdiction", jurisdiction, "unit", unit, "title", "", "secret", 0, "version", 0, "ruleset", "", "created",
                   date, "facts", json_deep_copy(facts), "stages", "clocks", "documents", "fired");
}

/* Below the five containers nothing is changed in place: what changes is replaced. So a copy to be changed copies no deeper. */
json_t *bf__state_edit(const json_t *state) {
  static const char *const containers[] = {"facts", "stages", "clocks", "documents", "fired"};
  json_t *copy = json_copy((json_t *)(uintptr_t)state);
  for (size_t i = 0; copy && i < sizeof containers / sizeof *containers; i++) {
    if (json_object_set_new(copy, containers[i], json_copy(json_object_get(state, containers[i]))) == 0) continue;
    json_decref(copy);
    copy = NULL;
  }
  return copy;
}

/* A record of one of the containers, replaced by a copy that may be changed; NULL when it is not there or there is no memory. */
static json_t *edit_record(json_t *container, const char *name) {
  json_t *copy = json_deep_copy(json_object_get(container, name));
  return copy && json_object_set_new(container, name, copy) == 0 ? copy : NULL;
}

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}

int bf__state_is_open(const json_t *state, const char *stage) {
  const char *now = text(json_object_get(json_object_get(state, "stages"), stage), "state");
  return now && strcmp(now, "open") == 0;
}

static int no_memory(struct bf_error *err) {
  return bf_fail(err, BF_ENOMEM, "state", "no memory");
}

/* Checks VALUE against the declaration of FACT; a fault is the script's. */
static int check_fact(const json_t *view, const json_t *state, const char *fact, json_t *value, struct bf_error *err) {
  const json_t *field = fact ? json_object_get(bf__view_facts(view, text(state, "kind")), fact) : NULL;
  if (!field)
    return bf_fail(err, BF_ESCRIPT, fact ? fact : "set", "the script sets fact '%s', which no kind or stage declares",
                   fact ? fact : "?");
  json_t *refusals = json_array();
  int r = refusals ? bf__form_check_one(field, fact, value, refusals) : BF_ENOMEM;
  if (r < 0)
    r = no_memory(err);
  else if (json_array_size(refusals))
    r = bf_fail(err, BF_ESCRIPT, fact, "the script sets fact '%s' to a value that does not fit: %s", fact,
                text(json_array_get(refusals, 0), "en"));
  json_decref(refusals);
  return r;
}

/* What is stored for VALUE: the check may put a list or a record in order, plain values are shared. A script has no other empty
 * list than {}. */
static json_t *own_value(const json_t *field, json_t *value) {
  const char *type = text(field, "type");
  if (type && strcmp(type, "list") == 0 && json_is_object(value) && json_object_size(value) == 0) return json_array();
  return json_is_object(value) || json_is_array(value) ? json_deep_copy(value) : json_incref(value);
}

static int apply_set(const json_t *view, json_t *state, const json_t *effect, struct bf_error *err) {
  const char *fact = text(effect, "fact");
  json_t *value = json_object_get(effect, "value"), *facts = json_object_get(state, "facts");
  if (!value || json_is_null(value)) {
    if (!fact || !json_object_get(bf__view_facts(view, text(state, "kind")), fact))
      return check_fact(view, state, fact, json_null(), err);
    (void)json_object_del(facts, fact);
    return 0;
  }
  json_t *copy = own_value(fact ? json_object_get(bf__view_facts(view, text(state, "kind")), fact) : NULL, value);
  if (!copy) return no_memory(err);
  int r = check_fact(view, state, fact, copy, err);
  if (r >= 0 && json_object_set(facts, fact, copy) < 0) r = no_memory(err);
  json_decref(copy);
  return r;
}

static int apply_append(const json_t *view, json_t *state, const json_t *effect, struct bf_error *err) {
  const char *fact = text(effect, "fact");
  json_t *facts = json_object_get(state, "facts"), *old = fact ? json_object_get(facts, fact) : NULL;
  json_t *list = old ? json_copy(old) : json_array();
  int r = list ? 0 : no_memory(err);
  if (r >= 0 && json_array_append_new(list, json_deep_copy(json_object_get(effect, "value"))) < 0)
    r = bf_fail(err, BF_ESCRIPT, fact ? fact : "append", "append takes a fact that is a list, and a value");
  if (r >= 0) r = check_fact(view, state, fact, list, err);
  if (r >= 0 && json_object_set(facts, fact, list) < 0) r = no_memory(err);
  json_decref(list);
  return r;
}

/* Forgets what belongs to the stage's former round. */
static void drop_round(json_t *map, const char *stage) {
  const char *key;
  json_t *value;
  void *next;
  size_t length = strlen(stage);
  json_object_foreach_safe(map, next, key, value) {
    if (strncmp(key, stage, length) == 0 && key[length] == '.') (void)json_object_del(map, key);
  }
}

static int open_round(json_t *state, const char *stage, const char *date, struct bf_error *err) {
  if (bf__state_is_open(state, stage)) return 0;
  json_t *stages = json_object_get(state, "stages");
  json_int_t round = json_integer_value(json_object_get(json_object_get(stages, stage), "round")) + 1;
  drop_round(json_object_get(state, "clocks"), stage);
  drop_round(json_object_get(state, "fired"), stage);
  if (json_object_set_new(stages, stage, json_pack("{ss ss sI s{}}", "state", "open", "opened", date, "round", round, "did")) < 0)
    return no_memory(err);
  return 0;
}

static int apply_open(const json_t *view, json_t *state, const json_t *effect, const char *date, struct bf_error *err) {
  const char *stage = text(effect, "stage");
  const json_t *declared = stage ? bf__view_stage(view, stage) : NULL;
  if (!declared || strcmp(text(declared, "kind"), text(state, "kind")) != 0)
    return bf_fail(err, BF_ESCRIPT, stage ? stage : "open", "the script opens stage '%s', which this kind of case does not have",
                   stage ? stage : "?");
  return open_round(state, stage, date, err);
}

static int stop_clocks(json_t *state, const char *stage) {
  const char *key;
  json_t *clock, *clocks = json_object_get(state, "clocks");
  size_t length = strlen(stage);
  json_object_foreach(clocks, key, clock) {
    if (strncmp(key, stage, length) != 0 || key[length] != '.') continue;
    if (json_object_set_new(edit_record(clocks, key), "state", json_string("stopped")) < 0)
      return -1; /* a new value keeps the iterator */
  }
  return 0;
}

static int apply_close(json_t *state, const char *stage, const char *date, struct bf_error *err) {
  json_t *stages = json_object_get(state, "stages"), *record;
  if (!stage || !json_object_get(stages, stage))
    return bf_fail(err, BF_ESCRIPT, stage ? stage : "close", "the script closes stage '%s', which was never open",
                   stage ? stage : "?");
  if (!bf__state_is_open(state, stage)) return 0;
  if (stop_clocks(state, stage) < 0 || !(record = edit_record(stages, stage)) ||
      json_object_set_new(record, "state", json_string("closed")) < 0 ||
      json_object_set_new(record, "closed", json_string(date)) < 0)
    return no_memory(err);
  return 0;
}

static int apply_clock(json_t *state, const json_t *effect, const char *date, struct bf_error *err) {
  const char *stage = text(effect, "stage"), *name = text(effect, "clock"), *op = text(effect, "op");
  char key[200];
  if (!stage || !name || !op || snprintf(key, sizeof key, "%s.%s", stage, name) >= (int)sizeof key)
    return bf_fail(err, BF_ESCRIPT, "clock", "a clock effect needs a stage, a clock and what to do");
  json_t *clocks = json_object_get(state, "clocks"), *clock = json_object_get(clocks, key);
  const char *now = text(clock, "state");
  if (strcmp(op, "start") == 0) {
    json_t *fresh = json_pack("{ss ss s[]}", "state", "running", "started", date, "pauses");
    return json_object_set_new(clocks, key, fresh) < 0 ? no_memory(err) : 0;
  }
  if (!now) return bf_fail(err, BF_ESCRIPT, key, "the script says %s to clock '%s', which was never started", op, key);
  if (!(clock = edit_record(clocks, key))) return no_memory(err);
  now = text(clock, "state");
  json_t *pauses = json_object_get(clock, "pauses");
  int failed = 0;
  if (strcmp(op, "pause") == 0 && strcmp(now, "running") == 0) {
    failed = json_array_append_new(pauses, json_pack("[sn]", date)) < 0 ||
             json_object_set_new(clock, "state", json_string("paused")) < 0;
  } else if (strcmp(op, "resume") == 0 && strcmp(now, "paused") == 0) {
    json_t *last = json_array_get(pauses, json_array_size(pauses) - 1);
    failed =
        json_array_set_new(last, 1, json_string(date)) < 0 || json_object_set_new(clock, "state", json_string("running")) < 0;
  } else if (strcmp(op, "stop") == 0) {
    failed = json_object_set_new(clock, "state", json_string("stopped")) < 0;
  }
  return failed ? no_memory(err) : 0;
}

static int apply_finish(json_t *state, const json_t *effect, const char *date, struct bf_error *err) {
  const char *stage;
  json_t *record, *outcome = json_object_get(effect, "outcome");
  json_object_foreach(json_object_get(state, "stages"), stage, record) {
    if (bf__state_is_open(state, stage)) {
      int r = apply_close(state, stage, date, err);
      if (r < 0) return r;
    }
  }
  if (json_object_set_new(state, "ended", json_string(date)) < 0 ||
      json_object_set(state, "outcome", json_is_string(outcome) ? outcome : json_null()) < 0)
    return no_memory(err);
  return 0;
}

static int apply_classify(json_t *state, const json_t *effect, struct bf_error *err) {
  const json_t *level = json_object_get(effect, "level");
  if (!json_is_integer(level) || json_integer_value(level) < 0 || json_integer_value(level) > 3)
    return bf_fail(err, BF_ESCRIPT, "classify", "classify takes a level from 0 to 3");
  return json_object_set_new(state, "secret", json_integer(json_integer_value(level))) < 0 ? no_memory(err) : 0;
}

static int apply_one(const json_t *view, json_t *state, const json_t *effect, const char *date, struct bf_error *err) {
  static const char *const outside[] = {"notify", "act", "create", "add", "change"};
  const char *what = text(effect, "do");
  if (!what) return bf_fail(err, BF_ESCRIPT, "effect", "an effect is made by a word such as set, open, close, notify");
  if (strcmp(what, "set") == 0) return apply_set(view, state, effect, err);
  if (strcmp(what, "append") == 0) return apply_append(view, state, effect, err);
  if (strcmp(what, "open") == 0) return apply_open(view, state, effect, date, err);
  if (strcmp(what, "close") == 0) return apply_close(state, text(effect, "stage"), date, err);
  if (strcmp(what, "clock") == 0) return apply_clock(state, effect, date, err);
  if (strcmp(what, "finish") == 0) return apply_finish(state, effect, date, err);
  if (strcmp(what, "classify") == 0) return apply_classify(state, effect, err);
  for (size_t i = 0; i < sizeof outside / sizeof *outside; i++)
    if (strcmp(what, outside[i]) == 0) return 0;
  return bf_fail(err, BF_ESCRIPT, "effect", "there is no effect '%s'", what);
}

int bf__state_apply(const json_t *view, json_t *state, const json_t *effects, const char *date, struct bf_error *err) {
  size_t i;
  json_t *effect;
  if (!json_is_array(effects) && json_object_size(effects) != 0)
    return bf_fail(err, BF_ESCRIPT, "effects", "a list of effects is due");
  json_array_foreach(effects, i, effect) {
    struct bf_error detail = {0};
    int r = apply_one(view, state, effect, date, &detail);
    if (r < 0) return bf_fail(err, r, detail.where, "effect %d: %s", (int)i + 1, detail.message);
  }
  bf__state_title(view, state);
  return 0;
}

/* Told again: what was accepted once is not judged anew, only put in the same order as then. */
static int retell_fact(const json_t *view, json_t *state, const char *fact, json_t *value /* stolen */, struct bf_error *err) {
  const json_t *field = json_object_get(bf__view_facts(view, text(state, "kind")), fact);
  json_t *ignored = json_array();
  if (!field && json_is_object(value) && json_object_size(value) == 0) { /* a script has no other empty list */
    json_decref(value);
    value = json_array();
  }
  int r = value && ignored && (!field || bf__form_check_one(field, fact, value, ignored) >= 0) ? 0 : no_memory(err);
  if (r >= 0 && json_object_set(json_object_get(state, "facts"), fact, value) < 0) r = no_memory(err);
  json_decref(ignored);
  json_decref(value);
  return r;
}

static int retell(const json_t *view, json_t *state, const json_t *effect, const char *date, struct bf_error *err) {
  const char *what = text(effect, "do"), *fact = text(effect, "fact"), *stage = text(effect, "stage");
  json_t *value = json_object_get(effect, "value"), *facts = json_object_get(state, "facts");
  if (what && stage && strcmp(what, "open") == 0) return open_round(state, stage, date, err);
  if (!what || !fact || (strcmp(what, "set") != 0 && strcmp(what, "append") != 0))
    return apply_one(view, state, effect, date, err);
  if (strcmp(what, "append") == 0) {
    json_t *list = json_object_get(facts, fact) ? json_copy(json_object_get(facts, fact)) : json_array();
    if (json_array_append_new(list, json_deep_copy(value)) < 0) {
      json_decref(list);
      return no_memory(err);
    }
    return retell_fact(view, state, fact, list, err);
  }
  if (!value || json_is_null(value)) {
    (void)json_object_del(facts, fact);
    return 0;
  }
  return retell_fact(view, state, fact, own_value(json_object_get(bf__view_facts(view, text(state, "kind")), fact), value), err);
}

int bf__state_replay(const json_t *view, json_t *state, const json_t *effects, const char *date, struct bf_error *err) {
  size_t i;
  json_t *effect;
  json_array_foreach(effects, i, effect) {
    int r = retell(view, state, effect, date, err);
    if (r < 0) return r;
  }
  bf__state_title(view, state);
  return 0;
}

void bf__state_title(const json_t *view, json_t *state) {
  const char *name = text(bf__view_kind(view, text(state, "kind")), "name");
  json_t *title = name ? json_object_get(json_object_get(state, "facts"), name) : NULL;
  if (json_is_string(title)) (void)json_object_set(state, "title", title);
}

int bf__state_did(json_t *state, const char *stage, const char *action) {
  json_t *stages = json_object_get(state, "stages"), *record = json_object_get(stages, stage),
         *did = json_object_get(record, "did");
  if (!did) return 0;
  json_int_t count = json_integer_value(json_object_get(did, action)) + 1;
  did = json_copy(did);
  record = json_copy(record); /* the one container of a record that changes is `did`: the rest is shared */
  int failed = json_object_set_new(did, action, json_integer(count)) < 0;
  failed |= json_object_set_new(record, "did", did) < 0;
  return json_object_set_new(stages, stage, record) < 0 || failed ? BF_ENOMEM : 0;
}

int bf__state_fired(json_t *state, const char *stage, const char *name, const char *due, const char *rung) {
  char key[200];
  if (snprintf(key, sizeof key, "%s.%s", stage, name) >= (int)sizeof key) return BF_ELIMIT;
  json_t *fired = json_object_get(state, "fired"), *entry = json_object_get(fired, key);
  const char *before = text(entry, "due");
  if (before && strcmp(before, due) == 0) {
    entry = edit_record(fired, key);
  } else {
    entry = json_pack("{ss s[]}", "due", due, "rungs");
    if (json_object_set_new(fired, key, entry) < 0) return BF_ENOMEM;
  }
  return json_array_append_new(json_object_get(entry, "rungs"), json_string(rung)) < 0 ? BF_ENOMEM : 0;
}
