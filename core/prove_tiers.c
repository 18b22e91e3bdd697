/* What is tried from a world, tier by tier. */
#include "prove_hunt.h"

#include <stdlib.h>
#include <string.h>

#include "prove_inputs.h"
#include "state.h"

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}

/* Tiers ------------------------------------------------------------------------------------------------------------------------
 */

const char *bf__hunt_first_role(const json_t *by, size_t at) {
  const char *role = json_is_string(by) ? (at == 0 ? json_string_value(by) : NULL) : json_string_value(json_array_get(by, at));
  return role && strcmp(role, "system") == 0 ? NULL : role;
}

/* Cases in the order in which their ordinary way is tried: what is explored first. */
static int case_at(const struct hunt *hunt, const struct bf__world *world, int rank) {
  int at = 0;
  for (int pass = 0; pass < 2; pass++)
    for (int i = world->count - 1; i >= 0; i--) {
      bool own = strcmp(text(world->cases[i], "kind"), hunt->kind) == 0;
      if (own == (pass == 0) && at++ == rank) return i;
    }
  return -1;
}

/* What could be done on case INDEX of NODE: asked once, borrowed. */
static int tell_stuck(struct hunt *hunt, uint32_t node, const struct bf__world *world, int index, const char *stage,
                      struct bf_error *err) {
  struct bf__outcome outcome = {0};
  struct bf_error fault = {0};
  int r = bf__world_stuck(hunt->lab, world, index, stage, &outcome, &fault);
  if (outcome.crossed) {
    json_t *move = json_pack("{ss so ss ss}", "what", "stuck", "date", bf__hunt_date(world->today), "case",
                             text(world->cases[index], "id"), "stage", stage);
    bf__hunt_note_crossed(hunt, node, move, outcome.crossed);
    json_decref(move);
  }
  bf__outcome_done(&outcome);
  return r < 0 ? bf__hunt_note_fault(hunt, r, &fault, err) : 0;
}

static int actions_of(struct hunt *hunt, uint32_t node, int index, const json_t **ret, struct bf_error *err) {
  const struct bf__world *world = hunt->nodes[node].world;
  struct bf_error fault = {0};
  json_t *said = NULL, *all = hunt->nodes[node].possible;
  if (!all) {
    hunt->nodes[node].possible = all = json_array();
    for (int i = 0; i < world->count; i++) (void)json_array_append_new(all, json_null());
  }
  *ret = json_array_get(all, (size_t)index);
  if (!json_is_null(*ret) || json_object_get(world->cases[index], "ended")) return 0;
  int r = bf__world_possible(hunt->lab, world, index, &said, &fault);
  if (r < 0) r = bf__hunt_note_fault(hunt, r, &fault, err);
  (void)json_array_set_new(all, (size_t)index, said ? said : json_array());
  *ret = json_array_get(all, (size_t)index);
  return r;
}

/* Is something possible that has not been done in any life yet? Not asked for ever: what is possible may still be refused. */
static bool never_done(struct hunt *hunt, const json_t *said) {
  char name[220], key[230];
  bool found = false;
  for (size_t i = 0; i + 1 < json_array_size(said); i += 2) {
    (void)snprintf(name, sizeof name, "%s.%s", json_string_value(json_array_get(said, i)),
                   json_string_value(json_array_get(said, i + 1)));
    (void)snprintf(key, sizeof key, "! %s", name);
    if (json_object_get(hunt->taken, name) || json_integer_value(json_object_get(hunt->tried, key)) >= ASKED_MOST) continue;
    bf__hunt_bump(hunt->tried, key);
    found = true;
  }
  return found;
}

/* The ordinary way on: the first usual action that can be done, on any case; else time passes. */
static int go_usual(struct hunt *hunt, uint32_t node, enum way way, struct bf_error *err) {
  int r = 0;
  enum came came = REFUSED;
  bool fresh;
  unsigned level = hunt->nodes[node].level;
  for (int rank = 0; r >= 0 && came == REFUSED; rank++) {
    const struct bf__world *world = hunt->nodes[node].world;
    int index = case_at(hunt, world, rank);
    const json_t *said = NULL;
    if (index < 0) break;
    r = actions_of(hunt, node, index, &said, err);
    if (r >= 0 && never_done(hunt, said) && !hunt->nodes[node].looked)
      r = bf__hunt_push(hunt, node, OTHERS, level > DEVIATIONS ? level : DEVIATIONS, true, err);
    for (json_int_t turn = 1; r >= 0 && came == REFUSED && turn <= USUAL_MOST; turn++) {
      json_int_t usual = way == IN_TURN ? turn : USUAL_MOST + 1 - turn;
      for (size_t i = 0; i + 1 < json_array_size(said); i += 2) {
        const char *stage = json_string_value(json_array_get(said, i)), *name = json_string_value(json_array_get(said, i + 1));
        const json_t *action = bf__view_action(hunt->lab->view, stage, name);
        const json_t *record = json_object_get(json_object_get(json_object_get(world->cases[index], "stages"), stage), "did");
        if (r < 0 || came != REFUSED || json_integer_value(json_object_get(action, "usual")) != usual ||
            json_object_get(record, name))
          continue;
        struct attempt a = {.index = index,
                            .stage = stage,
                            .action = name,
                            .role = bf__hunt_first_role(json_object_get(action, "by"), 0),
                            .level = level,
                            .usual = true,
                            .way = way};
        if (a.role) r = bf__hunt_try_mended(hunt, node, &a, &came, NULL, err);
      }
    }
  }
  if (r < 0 || came != REFUSED) return r;
  int32_t due = bf__hunt_next_due(hunt, hunt->nodes[node].world);
  return due == INT32_MAX ? 0 : bf__hunt_wait_until(hunt, node, due + 1, level, true, &fresh, err);
}

static int go_onward(struct hunt *hunt, uint32_t node, unsigned level, struct bf_error *err) {
  bool fresh;
  int32_t due = bf__hunt_next_due(hunt, hunt->nodes[node].world);
  return due == INT32_MAX ? 0 : bf__hunt_wait_until(hunt, node, due + 1, level, false, &fresh, err);
}

/* A case that nothing that could be done now moves, and no day either: each of its open stages is a dead end. */
static int look_stuck(struct hunt *hunt, uint32_t node, struct bf_error *err) {
  const struct bf__world *world = hunt->nodes[node].world;
  int r = 0;
  for (int i = 0; r >= 0 && i < world->count; i++) {
    const char *stage;
    json_t *record;
    if ((hunt->moved & (1u << i)) || json_object_get(world->cases[i], "ended")) continue;
    if (json_array_size(json_array_get(hunt->nodes[node].possible, (size_t)i))) continue;
    bool ahead = bf__hunt_case_due(hunt, world, i) != INT32_MAX;
    json_object_foreach(json_object_get(world->cases[i], "stages"), stage, record) {
      if (r >= 0 && !ahead && bf__state_is_open(world->cases[i], stage)) r = tell_stuck(hunt, node, world, i, stage, err);
    }
  }
  return r;
}

/* Every action by every role, once each, with the least input; the same by one's own people; and time. */
static int go_others(struct hunt *hunt, uint32_t node, unsigned level, struct bf_error *err) {
  int r = 0;
  hunt->moved = 0;
  for (int index = 0; r >= 0 && index < hunt->nodes[node].world->count; index++) {
    const json_t *said = NULL;
    r = actions_of(hunt, node, index, &said, err);
    for (size_t i = 0; i + 1 < json_array_size(said); i += 2) {
      const char *stage = json_string_value(json_array_get(said, i)), *name = json_string_value(json_array_get(said, i + 1)),
                 *role;
      const json_t *by = json_object_get(bf__view_action(hunt->lab->view, stage, name), "by");
      for (size_t k = 0; r >= 0 && (role = bf__hunt_first_role(by, k)); k++) {
        enum came came = REFUSED;
        struct attempt a = {.index = index, .stage = stage, .action = name, .role = role, .level = level};
        const char *scope = text(bf__view_role(hunt->lab->view, role), "scope");
        r = bf__hunt_try_mended(hunt, node, &a, &came, NULL, err);
        a.own = true;
        if (r >= 0 && came != REFUSED && !(scope && strcmp(scope, "unit") == 0))
          r = bf__hunt_try_mended(hunt, node, &a, &came, NULL, err);
      }
    }
  }
  if (r >= 0) r = look_stuck(hunt, node, err);
  bool fresh;
  int32_t today = hunt->nodes[node].world->today, due = r >= 0 ? bf__hunt_next_due(hunt, hunt->nodes[node].world) : INT32_MAX;
  for (int32_t away = -1; r >= 0 && due != INT32_MAX && away <= 1; away++)
    if (due + away > today) r = bf__hunt_wait_until(hunt, node, due + away, level, false, &fresh, err);
  return r;
}

/* INPUT of ACTION, varied in one place; with PAIRS_ONLY in two. */
static int vary_action(struct hunt *hunt, uint32_t node, struct attempt *a, const json_t *form, json_t *input, enum tier tier,
                       struct bf_error *err) {
  const struct bf__world *world = hunt->nodes[node].world;
  struct bf__inputs in = {.lab = hunt->lab, .marks = hunt->marks, .world = world, .state = world->cases[a->index]};
  bool paired = tier == PAIRED;
  in.sort = tier == WORDS ? BF__INPUTS_WORDS : tier == NUMBERS ? BF__INPUTS_NUMBERS : BF__INPUTS_ALL;
  json_t *all = bf__inputs_vary(&in, form, input, NULL), *one, *two;
  size_t i, k, count = json_array_size(all);
  int r = 0;
  enum came came;
  if (!paired) json_array_foreach(all, i, one) {
      a->input = one;
      if (r >= 0 && bf__hunt_now() < hunt->until) r = bf__hunt_try_act(hunt, node, a, &came, NULL, err);
    }
  for (int n = 0; paired && r >= 0 && count > 0 && n < PAIRS && bf__hunt_now() < hunt->until; n++) {
    uint64_t chance = bf__key_mix(99, (uint64_t)hunt->chance++);
    one = json_array_get(all, (size_t)(chance % count));
    json_t *more = bf__inputs_vary(&in, form, one, NULL);
    k = json_array_size(more);
    two = k ? json_array_get(more, (size_t)((chance >> 32) % k)) : NULL;
    a->input = two;
    if (two) r = bf__hunt_try_act(hunt, node, a, &came, NULL, err);
    json_decref(more);
  }
  json_decref(all);
  return r;
}

/* At which level a tier begins on the ordinary ways. */
static unsigned first_level(enum tier tier) {
  return tier == WORDS ? DEVIATIONS + 1 : tier == NUMBERS ? DEVIATIONS + 3 : DEVIATIONS;
}

/* An action's inputs are tried a few times in every kind of life before they are tried everywhere. */
static bool tried_enough(struct hunt *hunt, uint32_t node, enum tier tier, const char *stage, const char *name) {
  char key[260];
  (void)snprintf(key, sizeof key, "%016llx %d %s.%s", (unsigned long long)hunt->roots[hunt->nodes[node].root].sequence, (int)tier,
                 stage, name);
  if (json_integer_value(json_object_get(hunt->tried, key)) >= TRIES_EACH) return true;
  bf__hunt_bump(hunt->tried, key);
  return false;
}

/* *RET_LEFT: some actions were left for later. */
static int go_inputs(struct hunt *hunt, uint32_t node, unsigned level, enum tier tier, bool *ret_left, struct bf_error *err) {
  int r = 0;
  for (int index = 0; r >= 0 && index < hunt->nodes[node].world->count; index++) {
    const json_t *said = NULL;
    r = actions_of(hunt, node, index, &said, err);
    for (size_t i = 0; i + 1 < json_array_size(said); i += 2) {
      const char *stage = json_string_value(json_array_get(said, i)), *name = json_string_value(json_array_get(said, i + 1));
      const json_t *action = bf__view_action(hunt->lab->view, stage, name), *form = json_object_get(action, "form");
      if (r < 0 || json_array_size(form) == 0) continue;
      if (tier != PAIRED && level == first_level(tier) && tried_enough(hunt, node, tier, stage, name)) {
        *ret_left = true;
        continue;
      }
      enum came came = REFUSED;
      json_t *input = NULL;
      struct attempt a = {.index = index,
                          .stage = stage,
                          .action = name,
                          .role = bf__hunt_first_role(json_object_get(action, "by"), 0),
                          .level = level};
      if (!a.role) continue;
      r = bf__hunt_try_mended(hunt, node, &a, &came, &input, err);
      struct bf__inputs in = {.lab = hunt->lab,
                              .marks = hunt->marks,
                              .world = hunt->nodes[node].world,
                              .state = hunt->nodes[node].world->cases[index]};
      if (!input) input = bf__inputs_least(&in, form);
      if (r >= 0) r = vary_action(hunt, node, &a, form, input, tier, err);
      json_decref(input);
    }
  }
  return r;
}

static uint64_t open_stages(const json_t *state) {
  const char *stage;
  json_t *record;
  uint64_t sum = 5;
  json_object_foreach(json_object_get(state, "stages"), stage, record) if (bf__state_is_open(state, stage)) sum +=
      bf__key_mix(6, bf__key_text(stage));
  return sum;
}

/* Whether a ticket of an ordinary way can wait, and to which level: what is like another opening, or a situation (all that could
 * be done) that was looked at before. */
static unsigned put_off(struct hunt *hunt, const struct ticket *ticket, unsigned level, struct bf_error *err) {
  const struct node *node = &hunt->nodes[ticket->node];
  uint64_t class = hunt->roots[node->root].sequence, situation = ticket->tier;
  unsigned first = first_level((enum tier)ticket->tier);
  if (level > first || ticket->tier == PAIRED) return level;
  bool like_another = hunt->roots[node->root].like_another;
  if (ticket->tier == SHORT) return like_another ? first + 4 : level;
  for (int i = 0; i < node->world->count; i++) {
    const json_t *said = NULL;
    json_t *one;
    size_t k;
    if (actions_of(hunt, ticket->node, i, &said, err) < 0) return level;
    situation = bf__key_mix(situation, open_stages(node->world->cases[i]));
    json_array_foreach(said, k, one) situation = bf__key_mix(situation, bf__key_text(json_string_value(one)));
  }
  if (bf__seen_add(&hunt->situations, situation)) return level;
  if (like_another) return first + 4;
  return bf__seen_add(&hunt->situations, bf__key_mix(situation, class)) ? first + 1 : first + 4;
}

int bf__hunt_expand(struct hunt *hunt, const struct ticket *ticket, struct bf_error *err) {
  uint32_t node = ticket->node;
  unsigned level = (unsigned)(ticket->order >> 32);
  int r = 0;
  bool left = false;
  if (!hunt->compared && level > 0) bf__hunt_compare_roots(hunt);
  unsigned later = hunt->nodes[node].level == 0 && level > 0 ? put_off(hunt, ticket, level, err) : level;
  if (later > level) {
    r = bf__hunt_push(hunt, node, (enum tier)ticket->tier, later, false, err);
    hunt->nodes[node].pending--;
    return r;
  }
  bf__key_make(hunt->lab, hunt->marks, hunt->nodes[node].world, &hunt->key);
  bf__seen_done(&hunt->parent);
  for (size_t i = 0; i < hunt->key.count; i++) (void)bf__seen_add(&hunt->parent, hunt->key.atoms[i]);
  switch ((enum tier)ticket->tier) {
  case USUAL:
    r = go_usual(hunt, node, IN_TURN, err);
    break;
  case SHORT:
    r = go_usual(hunt, node, BY_THE_FURTHEST, err);
    break;
  case ONWARD:
    r = go_onward(hunt, node, level, err);
    break;
  case OTHERS:
    if (!hunt->nodes[node].looked) r = go_others(hunt, node, level, err);
    hunt->nodes[node].looked = true;
    break;
  case WORDS:
  case NUMBERS:
    r = go_inputs(hunt, node, level, (enum tier)ticket->tier, &left, err);
    if (r >= 0 && left) r = bf__hunt_push(hunt, node, (enum tier)ticket->tier, level + 3, false, err);
    break;
  case PAIRED:
    r = go_inputs(hunt, node, level, PAIRED, &left, err);
    break;
  }
  if (--hunt->nodes[node].pending == 0) bf__hunt_drop_world(&hunt->nodes[node]);
  return r;
}
