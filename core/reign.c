#include "reign.h"

#include <stdlib.h>
#include <string.h>

#include "form.h"
#include "log.h"
#include "state.h"

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}
static int no_memory(struct bf_error *err) {
  return bf_fail(err, BF_ENOMEM, "rules", "no memory");
}

/* Life ---------------------------------------------------------------------------------------------------------------------- */

static struct bf__reign *new_reign(struct bf__ruleset *now) {
  struct bf__reign *reign = calloc(1, sizeof *reign);
  if (!reign) return NULL;
  atomic_init(&reign->refs, 1);
  reign->now = bf__ruleset_ref(now);
  reign->changes = json_array();
  reign->broken = json_object();
  if (reign->changes && reign->broken) return reign;
  bf__reign_unref(reign);
  return NULL;
}

struct bf__reign *bf__reign_ref(struct bf__reign *reign) {
  atomic_fetch_add(&reign->refs, 1);
  return reign;
}

void bf__reign_unref(struct bf__reign *reign) {
  if (!reign || atomic_fetch_sub(&reign->refs, 1) != 1) return;
  for (int i = 0; i < reign->older_count; i++) bf__ruleset_unref(reign->older[i]);
  bf__ruleset_unref(reign->now);
  json_decref(reign->changes);
  json_decref(reign->broken);
  free(reign);
}

struct bf__ruleset *bf__reign_named(const struct bf__reign *reign, const char *hash) {
  if (!hash || strcmp(hash, reign->now->hash) == 0) return reign->now;
  for (int i = 0; i < reign->older_count; i++)
    if (strcmp(hash, reign->older[i]->hash) == 0) return reign->older[i];
  return NULL;
}

static int add_older(struct bf__reign *reign, struct bf__ruleset *set, struct bf_error *err) {
  if (bf__reign_named(reign, set->hash)) return 0;
  if (reign->older_count == BF__OLDER_MAX)
    return bf_fail(err, BF_ELIMIT, "rules",
                   "cases stay on %d older rulesets already: move some before another change lets cases stay", BF__OLDER_MAX);
  reign->older[reign->older_count++] = bf__ruleset_ref(set);
  return 0;
}

static int load_older(struct bf__reign *reign, struct bf__store *store, const char *hash, struct bf_error *err) {
  struct bf__ruleset *set = NULL;
  struct bf_error own = {0};
  json_t *rows = NULL;
  if (bf__reign_named(reign, hash)) return 0;
  int r = bf__store_rows(store, "SELECT bundle FROM rulesets WHERE hash = $1", "bundle:j", &rows, err, "t", hash);
  if (r < 0) return r;
  const json_t *bundle = json_object_get(json_array_get(rows, 0), "bundle");
  r = bundle ? bf__ruleset_from_bundle(bundle, &set, &own) : bf_fail(&own, BF_ENOTFOUND, hash, "it is not in storage");
  json_decref(rows);
  if (r < 0) {
    bf__log(BF_LOG_ERROR, "rules.older", "ruleset %.12s, which cases stay on, cannot be loaded: %s: %s", hash, own.where,
            own.message);
    return json_object_set_new(reign->broken, hash, json_sprintf("%s: %s", own.where, own.message)) < 0 ? no_memory(err) : 0;
  }
  bf__ruleset_share(reign->now, set);
  r = add_older(reign, set, err);
  bf__ruleset_unref(set);
  return r;
}

/* Those that a stored case stays on, and those that a change not yet written everywhere may leave one on. */
static int load_all_older(struct bf__reign *reign, struct bf__store *store, struct bf_error *err) {
  json_t *rows = NULL, *one;
  size_t i;
  int r = bf__store_rows(store, "SELECT DISTINCT ruleset FROM case_stays", "hash:t", &rows, err, "");
  json_array_foreach(rows, i, one) if (r >= 0) r = load_older(reign, store, text(one, "hash"), err);
  json_decref(rows);
  json_array_foreach(reign->changes, i, one) if (r >= 0 && json_array_size(json_object_get(one, "stay"))) r =
      load_older(reign, store, text(one, "from"), err);
  return r;
}

int bf__reign_load(struct bf__store *store, struct bf__ruleset *now, struct bf__reign **ret, struct bf_error *err) {
  struct bf__reign *reign = new_reign(now);
  char *number = NULL, *changes = NULL;
  int r = reign ? bf__store_meta_get(store, "rules_number", &number, err) : no_memory(err);
  if (r >= 0) r = bf__store_meta_get(store, "rules_changes", &changes, err);
  if (r >= 0 && number) reign->number = strtoll(number, NULL, 10);
  if (r >= 0 && changes) {
    json_decref(reign->changes);
    reign->changes = json_loads(changes, 0, NULL);
    if (!json_is_array(reign->changes)) r = bf_fail(err, BF_EIO, "rules_changes", "is not readable: restore a backup");
  }
  free(number);
  free(changes);
  if (r >= 0) r = load_all_older(reign, store, err);
  if (r < 0)
    bf__reign_unref(reign);
  else
    *ret = reign;
  return r;
}

int bf__reign_keep(const struct bf__reign *reign, struct bf__store *store, struct bf_error *err) {
  char number[32], *changes = json_dumps(reign->changes, JSON_COMPACT);
  (void)snprintf(number, sizeof number, "%lld", (long long)reign->number);
  int r = changes ? bf__store_meta_put(store, "rules_number", number, err) : no_memory(err);
  if (r >= 0) r = bf__store_meta_put(store, "rules_changes", changes, err);
  free(changes);
  return r;
}

static void new_names(json_t *out, const json_t *before, const json_t *after) {
  const char *name;
  json_t *one;
  size_t i;
  json_t *known;
  json_object_foreach(json_object_get(after, "migrations"), name, one) {
    const json_t *was = json_object_get(json_object_get(before, "migrations"), name);
    bool there = was && json_equal(was, one);
    json_array_foreach(out, i, known) there |= strcmp(json_string_value(known), name) == 0;
    if (!there) (void)json_array_append_new(out, json_string(name));
  }
}

/* The migrations that AFTER has and BEFORE has not: those it brings. NULL for none. */
static json_t *brought(const struct bf__ruleset *before, const struct bf__ruleset *after) {
  json_t *out = json_array(), *view;
  const char *code;
  new_names(out, before->base, after->base);
  json_object_foreach(after->views, code, view) new_names(out, bf__ruleset_view(before, code), view);
  if (json_array_size(out)) return out;
  json_decref(out);
  return NULL;
}

int bf__reign_next(const struct bf__reign *reign, struct bf__ruleset *now, const json_t *policy, struct bf__reign **ret,
                   struct bf_error *err) {
  struct bf__reign *next = new_reign(now);
  json_t *stay = json_object_get(policy, "stay"), *change;
  int r = next ? 0 : no_memory(err);
  if (r < 0) return r;
  next->number = reign->number + 1;
  change = json_pack("{sI ss ss sO* sO* so*}", "number", (json_int_t)next->number, "from", reign->now->hash, "to", now->hash,
                     "stay", stay, "move", json_object_get(policy, "move"), "migrate", brought(reign->now, now));
  if (json_array_extend(next->changes, reign->changes) < 0 || json_array_append_new(next->changes, change) < 0 ||
      json_object_update(next->broken, reign->broken) < 0)
    r = no_memory(err);
  for (int i = 0; i < reign->older_count && r >= 0; i++) r = add_older(next, reign->older[i], err);
  if (r >= 0 && json_array_size(stay)) r = add_older(next, reign->now, err);
  if (r < 0)
    bf__reign_unref(next);
  else
    *ret = next;
  return r;
}

int bf__reign_settled(const struct bf__reign *reign, struct bf__store *store, struct bf__reign **ret, struct bf_error *err) {
  struct bf__reign *next = new_reign(reign->now);
  json_t *rows = NULL, *row;
  size_t i;
  int r = next ? bf__store_rows(store, "SELECT DISTINCT ruleset FROM case_stays", "hash:t", &rows, err, "") : no_memory(err);
  json_array_foreach(rows, i, row) {
    struct bf__ruleset *set = bf__reign_named(reign, text(row, "hash"));
    json_t *fault = json_object_get(reign->broken, text(row, "hash"));
    if (r >= 0 && set) r = add_older(next, set, err);
    if (r >= 0 && fault && json_object_set(next->broken, text(row, "hash"), fault) < 0) r = no_memory(err);
  }
  json_decref(rows);
  if (r >= 0) next->number = reign->number;
  if (r < 0)
    bf__reign_unref(next);
  else
    *ret = next;
  return r;
}

/* What holds for a case ----------------------------------------------------------------------------------------------------- */

static bool lists(const json_t *list, const char *name) {
  size_t i;
  json_t *one;
  if (json_is_true(list)) return true;
  json_array_foreach(list, i, one) if (strcmp(json_string_value(one), name) == 0) return true;
  return false;
}

static json_t *round_of(const json_t *state, const char *stage) {
  return json_object_get(json_object_get(json_object_get(state, "stages"), stage), "round");
}

/* { stage: round } of the open stages that LIST names, added to STAGES. */
static void add_stages(json_t *stages, const json_t *state, const json_t *list) {
  const char *name;
  json_t *record;
  json_object_foreach(json_object_get(state, "stages"), name, record) if (bf__state_is_open(state, name) && lists(list, name))(
      void) json_object_set(stages, name, round_of(state, name));
}

/* One change of rules laid on STAY (stolen, may be NULL). */
static json_t *lay(json_t *stay, const json_t *state, const json_t *change) {
  const json_t *list = json_object_get(change, "stay"), *move = json_object_get(change, "move");
  json_t *stages = json_deep_copy(json_object_get(stay, "stages"));
  const char *from = stay ? text(stay, "ruleset") : text(change, "from"), *name;
  json_t *round, *out = NULL;
  void *next;
  if (!stages) stages = json_object();
  json_object_foreach_safe(stages, next, name, round) if (lists(move, name))(void) json_object_del(stages, name);
  if (json_array_size(list)) add_stages(stages, state, list);
  if (json_object_size(stages) && strcmp(from, text(change, "to")) != 0)
    out = json_pack("{ss sO}", "ruleset", from, "stages", stages);
  json_decref(stages);
  json_decref(stay);
  return out;
}

/* It goes on while a stage that it was promised for is still open in the same round, or while the rules in force do not know
 * where the case stands. */
static bool holds(const struct bf__reign *reign, const json_t *state, const json_t *stay) {
  const json_t *view = bf__ruleset_view(reign->now, text(state, "jurisdiction"));
  const char *name, *hash = text(stay, "ruleset");
  json_t *one;
  if (!hash || strcmp(hash, reign->now->hash) == 0) return false;
  json_object_foreach(json_object_get(stay, "stages"), name,
                      one) if (bf__state_is_open(state, name) && json_equal(round_of(state, name), one)) return true;
  json_object_foreach(json_object_get(state, "stages"), name,
                      one) if (bf__state_is_open(state, name) && !bf__view_stage(view, name)) return true;
  return false;
}

json_t *bf__reign_stay(const struct bf__reign *reign, const json_t *state) {
  json_t *kept = json_object_get(state, "stay"), *stay, *change;
  size_t i;
  if (!kept && json_array_size(reign->changes) == 0) return NULL;
  json_int_t since = json_integer_value(json_object_get(state, "change"));
  stay = json_incref(kept);
  json_array_foreach(reign->changes, i, change) if (json_integer_value(json_object_get(change, "number")) > since) stay =
      lay(stay, state, change);
  if (!stay || holds(reign, state, stay)) return stay;
  json_decref(stay);
  return NULL;
}

struct bf__ruleset *bf__reign_set(const struct bf__reign *reign, const json_t *state) {
  json_t *stay = bf__reign_stay(reign, state);
  struct bf__ruleset *set = bf__reign_named(reign, text(stay, "ruleset"));
  json_decref(stay);
  return set;
}

const json_t *bf__reign_view(const struct bf__reign *reign, const json_t *state) {
  const struct bf__ruleset *set = bf__reign_set(reign, state);
  return bf__ruleset_view(set ? set : reign->now, text(state, "jurisdiction"));
}

bool bf__reign_migrates(const struct bf__reign *reign) {
  size_t i;
  json_t *change;
  json_array_foreach(reign->changes, i, change) if (json_array_size(json_object_get(change, "migrate"))) return true;
  return false;
}

json_t *bf__reign_migrations(const struct bf__reign *reign, const json_t *state) {
  json_int_t since = json_integer_value(json_object_get(state, "change"));
  json_t *change, *stay, *out = NULL;
  size_t i;
  json_array_foreach(reign->changes, i, change) {
    const json_t *names = json_object_get(change, "migrate");
    if (json_integer_value(json_object_get(change, "number")) <= since || !json_array_size(names)) continue;
    if (!out) out = json_array();
    if (out) (void)json_array_extend(out, (json_t *)(uintptr_t)names);
  }
  stay = out ? bf__reign_stay(reign, state) : NULL;
  if (stay || json_object_get(state, "ended")) {
    json_decref(out);
    out = NULL;
  }
  json_decref(stay);
  return out;
}

int bf__reign_stamp(const struct bf__reign *reign, json_t *state, struct bf_error *err) {
  if (reign->number == 0) return 0;
  json_t *stay = bf__reign_stay(reign, state);
  int failed = stay ? json_object_set_new(state, "stay", stay) : (json_object_del(state, "stay"), 0);
  if (json_object_set_new(state, "change", json_integer(reign->number)) < 0) failed = -1;
  return failed < 0 ? no_memory(err) : 0;
}

/* Policy -------------------------------------------------------------------------------------------------------------------- */

static const json_t *declared_in(const struct bf__ruleset *set, const char *stage) {
  const char *code;
  json_t *view;
  const json_t *found = bf__view_stage(set->base, stage);
  json_object_foreach(set->views, code, view) if (!found) found = bf__view_stage(view, stage);
  return found;
}

static bool differs(const struct bf__ruleset *before, const struct bf__ruleset *after, const char *stage) {
  const char *code;
  json_t *view;
  const json_t *is = bf__view_stage(after->base, stage), *was = bf__view_stage(before->base, stage);
  if (!was || !is || !json_equal(was, is)) return true;
  json_object_foreach(after->views, code, view) {
    is = bf__view_stage(view, stage);
    was = bf__view_stage(bf__ruleset_view(before, code), stage);
    if (!was || !is || !json_equal(was, is)) return true;
  }
  return false;
}

/* A stage may say itself that cases stay on their rules when it changes: in_flight = "stay". */
static bool says_stay(const struct bf__ruleset *before, const struct bf__ruleset *after, const char *stage) {
  const char *word = text(declared_in(after, stage), "in_flight");
  return word && strcmp(word, "stay") == 0 && differs(before, after, stage);
}

static int check_names(const struct bf__reign *reign, const json_t *list, struct bf_error *err) {
  size_t i;
  json_t *one;
  if (list && !json_is_boolean(list) && !json_is_array(list))
    return bf_fail(err, BF_EINVAL, "policy", "stay and move are true, or a list of stages");
  json_array_foreach(list, i, one) {
    const char *name = json_string_value(one), *known[256], *stage;
    size_t count = 0;
    json_t *declared;
    if (name && declared_in(reign->now, name)) continue;
    json_object_foreach(json_object_get(reign->now->base, "stages"), stage, declared) if (count < 256) known[count++] = stage;
    const char *near = name ? bf__nearest(name, known, count) : NULL;
    return bf_fail(err, BF_EINVAL, name ? name : "policy", "is no stage of the rules in force%s%s%s",
                   near ? ": did you mean " : "", near ? near : "", near ? "?" : "");
  }
  return 0;
}

static void add_staying(json_t *out, const struct bf__reign *reign, const struct bf__ruleset *now, const json_t *view,
                        const json_t *asked) {
  const char *name;
  json_t *stage, *stay = json_object_get(asked, "stay"), *move = json_object_get(asked, "move");
  json_object_foreach(json_object_get(view, "stages"), name, stage) {
    if (lists(out, name)) continue;
    if (lists(stay, name) || (!lists(move, name) && says_stay(reign->now, now, name)))
      (void)json_array_append_new(out, json_string(name));
  }
}

int bf__reign_policy(const struct bf__reign *reign, const struct bf__ruleset *now, const json_t *asked, json_t **ret,
                     struct bf_error *err) {
  json_t *stay = json_array(), *move = json_object_get(asked, "move"), *view;
  const char *code;
  int r = stay ? check_names(reign, json_object_get(asked, "stay"), err) : no_memory(err);
  if (r >= 0) r = check_names(reign, move, err);
  if (r >= 0 && json_is_true(move) && json_is_true(json_object_get(asked, "stay")))
    r = bf_fail(err, BF_EINVAL, "policy", "all stages stay and all move: choose one");
  if (r >= 0) {
    add_staying(stay, reign, now, reign->now->base, asked);
    json_object_foreach(reign->now->views, code, view) add_staying(stay, reign, now, view, asked);
    bool moves = json_is_true(move) || json_array_size(move);
    *ret = json_pack("{sO* sO*}", "stay", json_array_size(stay) ? stay : NULL, "move", moves ? move : NULL);
    if (!*ret) r = no_memory(err);
  }
  json_decref(stay);
  return r;
}

/* Sandboxes ----------------------------------------------------------------------------------------------------------------- */

void bf__shelf_put(struct bf__shelf *shelf, struct bf__rules *rules) {
  if (!rules) return;
  bf__rules_free(shelf->rules[BF__SHELF - 1]);
  memmove(&shelf->rules[1], &shelf->rules[0], (BF__SHELF - 1) * sizeof *shelf->rules);
  shelf->rules[0] = rules;
}

int bf__shelf_get(struct bf__shelf *shelf, struct bf__ruleset *set, struct bf__rules **ret, struct bf_error *err) {
  struct bf__rules *found = NULL;
  for (int i = 0; i < BF__SHELF && !found; i++) {
    if (!shelf->rules[i] || strcmp(bf__rules_set(shelf->rules[i])->hash, set->hash) != 0) continue;
    found = shelf->rules[i];
    memmove(&shelf->rules[1], &shelf->rules[0], (size_t)i * sizeof *shelf->rules);
    shelf->rules[0] = found;
  }
  if (!found) {
    int r = bf__rules_new(set, &found, err);
    if (r < 0) return r;
    bf__shelf_put(shelf, found);
  }
  *ret = found;
  return 0;
}

void bf__shelf_done(struct bf__shelf *shelf) {
  for (int i = 0; i < BF__SHELF; i++) {
    bf__rules_free(shelf->rules[i]);
    shelf->rules[i] = NULL;
  }
}

int bf__reign_rules(const struct bf__reign *reign, struct bf__rules *current, struct bf__shelf *shelf, const json_t *state,
                    struct bf__rules **ret, struct bf_error *err) {
  json_t *stay = bf__reign_stay(reign, state);
  const char *hash = text(stay, "ruleset");
  struct bf__ruleset *set = bf__reign_named(reign, hash);
  int r = 0;
  if (!set)
    r = bf_fail(err, BF_ESCRIPT, text(state, "id"), "the case stays on ruleset %.12s, which cannot be loaded: %s", hash,
                text(reign->broken, hash) ? text(reign->broken, hash) : "it is not in storage");
  else if (set == bf__rules_set(current))
    *ret = current;
  else
    r = bf__shelf_get(shelf, set, ret, err);
  json_decref(stay);
  return r;
}
