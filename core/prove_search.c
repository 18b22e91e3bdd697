#include "prove_search.h"

#include <stdlib.h>
#include <string.h>

#include "prove_hunt.h"
#include "prove_inputs.h"

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}
static int no_memory(struct bf_error *err) {
  return bf_fail(err, BF_ENOMEM, "prove", "no memory");
}
/* Processor time: how far a search comes does not hang on what else the machine does. */

/* The beginning
 * ------------------------------------------------------------------------------------------------------------------
 */

static const json_t *declared_case(const json_t *declared, const char *kind) {
  size_t i;
  json_t *one;
  json_array_foreach(json_object_get(declared, "cases"), i,
                     one) if (text(one, "kind") && strcmp(text(one, "kind"), kind) == 0) return one;
  return NULL;
}

/* Opens a case of KIND with FACTS in WORLD. *RET_MOVE is NULL when the rules refuse. */
static int open_case(struct hunt *hunt, struct bf__world *world, const char *kind, const char *unit, const json_t *facts,
                     struct bf__outcome *outcome, json_t **ret_move, struct bf_error *err) {
  const char *by = bf__hunt_first_role(json_object_get(json_object_get(bf__view_kind(hunt->lab->view, kind), "create"), "by"), 0);
  char id[120];
  struct bf_error fault = {0};
  (void)snprintf(id, sizeof id, "%s-%d", kind, world->count + 1);
  json_t *actor = bf__world_actor(hunt->lab, by ? by : "system", unit, false);
  int r = bf__world_create(hunt->lab, world, id, kind, unit, facts, actor, outcome, &fault);
  hunt->moves++;
  json_decref(actor);
  *ret_move = NULL;
  if (r < 0) return bf__hunt_note_fault(hunt, r, &fault, err);
  if (!outcome->refusals)
    *ret_move = json_pack("{ss so ss ss ss ss sO}", "what", "create", "date", bf__hunt_date(world->today), "by",
                          by ? by : "system", "case", id, "kind", kind, "unit", unit, "facts", facts);
  return 0;
}

static json_t *opening_facts(struct hunt *hunt, const struct bf__world *world, const char *kind, const json_t *declared) {
  struct bf__inputs in = {.lab = hunt->lab, .marks = hunt->marks, .world = world};
  json_t *facts = bf__inputs_least(&in, json_object_get(json_object_get(bf__view_kind(hunt->lab->view, kind), "create"), "form"));
  (void)json_object_update(facts, json_object_get(declared, "facts"));
  return facts;
}

static const char *unit_of(const json_t *declared) {
  return text(declared, "unit") ? text(declared, "unit") : "unit-1";
}

/* One opening of what is explored, as a node. */
static int begin_with(struct hunt *hunt, const struct bf__world *base, const json_t *before, const json_t *declared,
                      const json_t *facts, unsigned level, struct bf_error *err) {
  struct bf__world world;
  struct bf__outcome outcome = {0};
  json_t *move = NULL;
  bool fresh;
  bf__world_copy(base, &world);
  int r = open_case(hunt, &world, hunt->kind, unit_of(declared), facts, &outcome, &move, err);
  if (r < 0 || !move) {
    bf__world_done(&world);
    bf__outcome_done(&outcome);
    return r;
  }
  json_t *moves = json_deep_copy(before);
  (void)json_array_append_new(moves, move);
  if (outcome.crossed) {
    bf__hunt_note_crossed(hunt, UINT32_MAX, moves, outcome.crossed);
    bf__world_done(&world);
    json_decref(moves);
  } else {
    bf__hunt_note_stages(hunt, base, &world);
    void *grown = realloc(hunt->roots, (hunt->root_count + 1) * sizeof *hunt->roots);
    if (!grown) return no_memory(err);
    hunt->roots = grown;
    hunt->root = (uint32_t)hunt->root_count++;
    memset(&hunt->roots[hunt->root], 0, sizeof *hunt->roots);
    r = bf__hunt_settle(hunt, UINT32_MAX, &world, moves, level, true, 0, IN_TURN, 2, &fresh, err);
  }
  bf__outcome_done(&outcome);
  return r;
}

/* The cases without which what is explored does not come far. */
static int open_needed(struct hunt *hunt, struct bf__world *world, const json_t *declared, const json_t *own, json_t *moves,
                       struct bf_error *err) {
  size_t i;
  json_t *need;
  int r = 0;
  json_array_foreach(json_object_get(own, "needs"), i, need) {
    const char *kind = json_string_value(need);
    const json_t *other = kind ? declared_case(declared, kind) : NULL;
    struct bf__outcome outcome = {0};
    struct bf__world before;
    json_t *move = NULL;
    if (r < 0 || !kind || !bf__view_kind(hunt->lab->view, kind)) continue;
    json_t *facts = opening_facts(hunt, world, kind, other);
    bf__world_copy(world, &before);
    r = open_case(hunt, world, kind, unit_of(other), facts, &outcome, &move, err);
    if (r >= 0 && move) {
      bf__hunt_note_stages(hunt, &before, world);
      (void)json_array_append_new(moves, move);
      if (outcome.crossed) bf__hunt_note_crossed(hunt, UINT32_MAX, moves, outcome.crossed);
      bf__world_done(&before);
    } else { /* it goes without */
      bf__world_done(world);
      *world = before;
    }
    json_decref(facts);
    bf__outcome_done(&outcome);
  }
  return r;
}

static int begin(struct hunt *hunt, const json_t *declared, struct bf_error *err) {
  const json_t *own = declared_case(declared, hunt->kind),
               *form = json_object_get(json_object_get(bf__view_kind(hunt->lab->view, hunt->kind), "create"), "form");
  const char *on = text(declared, "on");
  struct bf__world world = {.entries = json_deep_copy(json_object_get(declared, "entries"))};
  json_t *moves = json_array();
  if (!world.entries) world.entries = json_object();
  if (!on || bf__date_parse(on, strlen(on), &world.today) < 0) (void)bf__date_make(2024, 1, 2, &world.today);
  int r = world.entries && moves ? open_needed(hunt, &world, declared, own, moves, err) : no_memory(err);
  json_t *facts = r >= 0 ? opening_facts(hunt, &world, hunt->kind, own) : NULL, *all = NULL, *one;
  size_t i;
  struct bf__inputs in = {.lab = hunt->lab, .marks = hunt->marks, .world = &world};
  if (r >= 0) r = begin_with(hunt, &world, moves, own, facts, 0, err);
  json_array_foreach(json_object_get(own, "also"), i, one) {
    json_t *also = json_deep_copy(facts);
    (void)json_object_update(also, one);
    if (r >= 0) r = begin_with(hunt, &world, moves, own, also, 0, err);
    json_decref(also);
  }
  if (r >= 0) all = bf__inputs_vary(&in, form, facts, NULL);
  json_array_foreach(all, i, one) if (r >= 0) r = begin_with(hunt, &world, moves, own, one, 0, err);
  json_decref(all);
  json_decref(facts);
  json_decref(moves);
  bf__world_done(&world);
  return r;
}

/* The end
 * ------------------------------------------------------------------------------------------------------------------------
 */

static json_t *numbers(const struct hunt *hunt) {
  return json_pack("{sI sI si sf}", "states", (json_int_t)hunt->count, "moves", (json_int_t)hunt->moves, "depth", hunt->deepest,
                   "seconds", bf__hunt_now() - hunt->began);
}

static json_t *faults_of(const struct hunt *hunt) {
  json_t *out = json_array(), *count;
  const char *key;
  json_object_foreach(hunt->faults, key, count) {
    const char *line = strchr(key, '\n');
    char where[200];
    (void)snprintf(where, sizeof where, "%.*s", (int)(line - key), key);
    (void)json_array_append_new(out, json_pack("{ss ss sO}", "where", where, "message", line + 1, "count", count));
  }
  return out;
}

static void say(struct hunt *hunt) {
  double at = bf__hunt_now();
  if (!hunt->progress || at - hunt->told < 0.5) return;
  hunt->told = at;
  json_t *said = numbers(hunt);
  hunt->progress(hunt->arg, said);
  json_decref(said);
}

static void hunt_done(struct hunt *hunt) {
  for (size_t i = 0; i < hunt->count; i++) {
    bf__hunt_drop_world(&hunt->nodes[i]);
    json_decref(hunt->nodes[i].move);
  }
  free(hunt->nodes);
  free(hunt->queue);
  free(hunt->roots);
  free(hunt->known.keys);
  free(hunt->known.nodes);
  bf__seen_done(&hunt->atoms);
  bf__seen_done(&hunt->pairs);
  bf__seen_done(&hunt->situations);
  bf__seen_done(&hunt->parent);
  json_decref(hunt->taken);
  json_decref(hunt->opened);
  json_decref(hunt->closed);
  json_decref(hunt->faults);
  json_decref(hunt->crossed);
  json_decref(hunt->tried);
}

int bf__hunt(struct bf__lab *lab, const struct bf__marks *marks, const char *kind, const json_t *declared,
             const struct bf__hunt_limits *limits, bf__hunt_progress progress, void *arg, json_t **ret, struct bf_error *err) {
  struct hunt *hunt = calloc(1, sizeof *hunt);
  if (!hunt) return no_memory(err);
  *hunt = (struct hunt){.lab = lab,
                        .marks = marks,
                        .limits = limits,
                        .kind = kind,
                        .taken = json_object(),
                        .opened = json_object(),
                        .closed = json_object(),
                        .faults = json_object(),
                        .crossed = json_array(),
                        .tried = json_object(),
                        .began = bf__hunt_now(),
                        .progress = progress,
                        .arg = arg};
  hunt->until = hunt->began + limits->seconds;
  int r = begin(hunt, declared, err);
  while (r >= 0 && hunt->waiting && hunt->count < limits->states && bf__hunt_now() < hunt->until) {
    struct ticket ticket = bf__hunt_pop(hunt);
    r = bf__hunt_expand(hunt, &ticket, err);
    say(hunt);
  }
  if (r >= 0) {
    json_t *out = numbers(hunt);
    (void)json_object_set_new(out, "complete", json_boolean(hunt->waiting == 0));
    (void)json_object_set(out, "taken", hunt->taken);
    (void)json_object_set(out, "opened", hunt->opened);
    (void)json_object_set(out, "closed", hunt->closed);
    (void)json_object_set_new(out, "faults", faults_of(hunt));
    (void)json_object_set(out, "crossed", hunt->crossed);
    *ret = out;
  }
  hunt_done(hunt);
  free(hunt);
  return r;
}
