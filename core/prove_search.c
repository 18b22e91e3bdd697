#include "prove_search.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "deadline.h"
#include "prove_inputs.h"
#include "state.h"

#define DEPTH_MOST 400
#define REPAIRS 24   /* tries to mend one refused input */
#define TRIES_EACH 2 /* of all inputs of one action, in one kind of life, at first */
#define PAIRS 60     /* inputs that differ in two places, of one action */
/* Levels: the ordinary ways at 0; */
#define SHORTEST 1      /* the same by the furthest action that is allowed each time */
#define DEVIATIONS 2    /* the first step aside; what follows from it, and further steps aside, come after */
#define USUAL_MOST 20   /* the highest number of a usual action */
#define WAITS 16        /* waits in a row that cost nothing more */
#define HUNG_MOST 20    /* calls that ran over their budget */
#define AFTER_CROSSED 1 /* seconds that the search goes on after the first crossing */

enum tier { USUAL, SHORT, ONWARD, OTHERS, INPUTS, PAIRED };

/* How a node goes on by itself: through every usual action in turn, or by the furthest that is allowed. */
enum way { IN_TURN, BY_THE_FURTHEST };

struct node {
  uint32_t parent;
  uint32_t root;     /* which opening it comes from */
  uint64_t sequence; /* of actions up to here, as a hash */
  uint16_t level, depth, waits;
  uint8_t novelty, pending, way;
  bool usual, shortened;
  json_t *move;            /* an object, or an array of them */
  struct bf__world *world; /* NULL once nothing is left to be tried from here */
  json_t *possible;        /* [ for each case: what could be done on it ], once asked */
};

struct ticket {
  uint64_t order; /* level, then chance */
  uint32_t node;
  uint8_t tier;
};

struct hunt {
  struct bf__lab *lab;
  const struct bf__marks *marks;
  const struct bf__hunt_limits *limits;
  const char *kind;
  struct node *nodes;
  size_t count, room;
  struct ticket *queue;
  size_t waiting, queue_room;
  struct {
    uint64_t *keys;
    uint32_t *nodes;
    size_t room, count;
  } known;                                          /* worlds by their keys */
  struct bf__seen atoms, pairs, situations, parent; /* `parent`: the atoms of the node being expanded */
  struct bf__key key;
  json_t *taken, *opened, *closed, *faults, *crossed, *tried;
  struct {
    uint64_t sequence; /* of the longest ordinary way from this opening */
    uint16_t depth;
    bool like_another;
  } * roots;
  size_t root_count;
  uint32_t root; /* that children get */
  int64_t moves, chance;
  unsigned moved; /* a bit for each case that some move has changed, since it was last set to 0 */
  int deepest, hung;
  bool compared;
  double began, until, told;
  bf__hunt_progress progress;
  void *arg;
};

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}
static int no_memory(struct bf_error *err) {
  return bf_fail(err, BF_ENOMEM, "prove", "no memory");
}
/* Processor time: how far a search comes does not hang on what else the machine does. */
static double now(void) {
  struct timespec t;
  (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}
static json_t *date_of(int32_t date) {
  char out[BF__DATE_TEXT];
  bf__date_format(date, out);
  return json_string(out);
}
static void bump(json_t *counts, const char *name) {
  (void)json_object_set_new(counts, name, json_integer(json_integer_value(json_object_get(counts, name)) + 1));
}

/* The queue --------------------------------------------------------------------------------------------------------------------
 */

static int push(struct hunt *hunt, uint32_t node, enum tier tier, unsigned level, bool at_once, struct bf_error *err) {
  if (hunt->waiting == hunt->queue_room) {
    size_t room = hunt->queue_room ? hunt->queue_room * 2 : 4096;
    struct ticket *grown = realloc(hunt->queue, room * sizeof *grown);
    if (!grown) return no_memory(err);
    hunt->queue = grown;
    hunt->queue_room = room;
  }
  /* equals in an order that has nothing to do with where they came from: a search that is cut short has looked everywhere a
   * little */
  struct ticket one = {
      .order = (uint64_t)level << 32 | (bf__key_mix(77, (uint64_t)hunt->chance++) >> 32), .node = node, .tier = tier};
  if (at_once) one.order &= ~(uint64_t)0xffffffff; /* the ordinary way goes to its end before anything of its level */
  size_t at = hunt->waiting++;
  for (; at > 0 && hunt->queue[(at - 1) / 2].order > one.order; at = (at - 1) / 2) hunt->queue[at] = hunt->queue[(at - 1) / 2];
  hunt->queue[at] = one;
  hunt->nodes[node].pending++;
  return 0;
}

static struct ticket pop(struct hunt *hunt) {
  struct ticket first = hunt->queue[0], last = hunt->queue[--hunt->waiting];
  size_t at = 0, child;
  while ((child = 2 * at + 1) < hunt->waiting) {
    if (child + 1 < hunt->waiting && hunt->queue[child + 1].order < hunt->queue[child].order) child++;
    if (hunt->queue[child].order >= last.order) break;
    hunt->queue[at] = hunt->queue[child];
    at = child;
  }
  hunt->queue[at] = last;
  return first;
}

/* Nodes ------------------------------------------------------------------------------------------------------------------------
 */

static void drop_world(struct node *node) {
  if (!node->world) return;
  bf__world_done(node->world);
  free(node->world);
  node->world = NULL;
  json_decref(node->possible);
  node->possible = NULL;
}

/* The steps from the beginning to NODE, then MOVE (borrowed, may be NULL). */
static json_t *tale_of(const struct hunt *hunt, uint32_t node, const json_t *move) {
  json_t *out = json_array(), *step;
  size_t count = 0, i;
  uint32_t path[DEPTH_MOST + 2];
  for (uint32_t at = node; at != UINT32_MAX && count < DEPTH_MOST + 2; at = hunt->nodes[at].parent) path[count++] = at;
  while (count > 0) {
    const json_t *own = hunt->nodes[path[--count]].move;
    if (json_is_array(own))
      json_array_foreach(own, i, step)(void) json_array_append(out, step);
    else if (own)
      (void)json_array_append(out, (json_t *)(uintptr_t)own);
  }
  if (json_is_array(move))
    json_array_foreach(move, i, step)(void) json_array_append(out, step);
  else if (move)
    (void)json_array_append(out, (json_t *)(uintptr_t)move);
  return out;
}

static void note_crossed(struct hunt *hunt, uint32_t parent, const json_t *move, const json_t *crossed) {
  size_t i, k;
  json_t *one, *known;
  json_array_foreach(crossed, i, one) {
    bool there = false;
    json_array_foreach(hunt->crossed, k, known) there |= json_equal(json_object_get(known, "name"), json_object_get(one, "name"));
    if (there) continue;
    json_t *copy = json_copy(one);
    (void)json_object_set_new(copy, "tale", tale_of(hunt, parent, move));
    (void)json_array_append_new(hunt->crossed, copy);
    double end = now() + AFTER_CROSSED;
    if (json_array_size(hunt->crossed) == 1 && end < hunt->until) hunt->until = end;
  }
}

static void note_stages(struct hunt *hunt, const struct bf__world *before, const struct bf__world *after) {
  for (int i = 0; i < after->count; i++)
    if (i >= before->count || before->cases[i] != after->cases[i]) hunt->moved |= 1u << i;
  for (int i = 0; i < after->count; i++) {
    const json_t *was = i < before->count ? json_object_get(before->cases[i], "stages") : NULL;
    const char *name;
    json_t *record;
    if (i < before->count && before->cases[i] == after->cases[i]) continue;
    json_object_foreach(json_object_get(after->cases[i], "stages"), name, record) {
      const char *state = text(record, "state"), *old = text(json_object_get(was, name), "state");
      if (*state == 'o' && (!old || *old != 'o' ||
                            !json_equal(json_object_get(record, "round"), json_object_get(json_object_get(was, name), "round"))))
        bump(hunt->opened, name);
      if (*state == 'c' && old && *old == 'o') bump(hunt->closed, name);
    }
  }
}

static int add_node(struct hunt *hunt, struct node *node, struct bf_error *err) {
  if (hunt->count == hunt->room) {
    size_t room = hunt->room ? hunt->room * 2 : 4096;
    struct node *grown = realloc(hunt->nodes, room * sizeof *grown);
    if (!grown) return no_memory(err);
    hunt->nodes = grown;
    hunt->room = room;
  }
  uint32_t at = (uint32_t)hunt->count++;
  hunt->nodes[at] = *node;
  if (node->depth > hunt->deepest) hunt->deepest = node->depth;
  if (node->depth >= hunt->limits->depth) return 0;
  bool plain = node->level == 0; /* on the ordinary way of an opening */
  int r = push(hunt, at, node->way == IN_TURN ? USUAL : SHORT, node->level, node->usual, err);
  if (r >= 0 && plain && node->parent == UINT32_MAX) r = push(hunt, at, SHORT, SHORTEST, true, err);
  if (r >= 0 && node->waits > 0 && node->waits < WAITS) r = push(hunt, at, ONWARD, node->level, false, err);
  if (r >= 0) r = push(hunt, at, OTHERS, plain ? DEVIATIONS : node->level + 1u + node->novelty, false, err);
  if (r >= 0) r = push(hunt, at, INPUTS, plain ? DEVIATIONS + 2u : node->level + 2u + node->novelty, false, err);
  return r < 0 ? r : push(hunt, at, PAIRED, plain ? DEVIATIONS + 5 : node->level + 4u + node->novelty, false, err);
}

/* Openings whose ordinary ways are the same sequence of actions: all but the first are looked at closely later. */
static void compare_roots(struct hunt *hunt) {
  struct bf__seen seen = {0};
  hunt->compared = true;
  for (size_t i = 0; i < hunt->root_count; i++) hunt->roots[i].like_another = !bf__seen_add(&seen, hunt->roots[i].sequence);
  bf__seen_done(&seen);
}

static bool grow_known(struct hunt *hunt) {
  size_t room = hunt->known.room ? hunt->known.room * 2 : 8192;
  uint64_t *keys = calloc(room, sizeof *keys);
  uint32_t *nodes = calloc(room, sizeof *nodes);
  for (size_t i = 0; keys && nodes && i < hunt->known.room; i++) {
    size_t at = hunt->known.keys[i] & (room - 1);
    if (!hunt->known.keys[i]) continue;
    while (keys[at]) at = (at + 1) & (room - 1);
    keys[at] = hunt->known.keys[i];
    nodes[at] = hunt->known.nodes[i];
  }
  if (!keys || !nodes) {
    free(keys);
    free(nodes);
    return false;
  }
  free(hunt->known.keys);
  free(hunt->known.nodes);
  hunt->known.keys = keys;
  hunt->known.nodes = nodes;
  hunt->known.room = room;
  return true;
}

/* The node with KEY; UINT32_MAX when there was none: then the next one to be added has it. Without memory all are known. */
static uint32_t find_known(struct hunt *hunt, uint64_t key) {
  if (!key) key = 1;
  if (hunt->known.count * 2 >= hunt->known.room && !grow_known(hunt)) return UINT32_MAX - 1;
  size_t at = key & (hunt->known.room - 1);
  for (; hunt->known.keys[at]; at = (at + 1) & (hunt->known.room - 1))
    if (hunt->known.keys[at] == key) return hunt->known.nodes[at];
  hunt->known.keys[at] = key;
  hunt->known.nodes[at] = (uint32_t)hunt->count;
  hunt->known.count++;
  return UINT32_MAX;
}

/* WORLD (taken over) after MOVE (stolen) from PARENT: a new node unless one like it is there. *RET_NEW tells. */
static int settle(struct hunt *hunt, uint32_t parent, struct bf__world *world, json_t *move, unsigned level, bool usual,
                  unsigned waits, enum way way, uint64_t did, bool *ret_new, struct bf_error *err) {
  bf__key_make(hunt->lab, hunt->marks, world, &hunt->key);
  *ret_new = false;
  uint32_t known = find_known(hunt, bf__key_mix(hunt->key.sum[0], hunt->key.sum[1]));
  if (known != UINT32_MAX) {
    bf__world_done(world);
    json_decref(move);
    if (known >= hunt->count || way != BY_THE_FURTHEST || !usual || hunt->nodes[known].shortened || !hunt->nodes[known].world)
      return 0;
    hunt->nodes[known].shortened = true; /* the shortest way leads through what was met before */
    return push(hunt, known, SHORT, level ? level : SHORTEST, true, err);
  }
  int novelty = bf__key_novelty(&hunt->key, &hunt->atoms, &hunt->pairs, parent == UINT32_MAX ? NULL : &hunt->parent);
  if (usual && novelty == 3 && level > 0) level++;
  if (!usual) level += novelty == 3 ? 5 : (unsigned)novelty;
  struct node node = {.parent = parent,
                      .level = (uint16_t)(level > 60000 ? 60000 : level),
                      .depth = (uint16_t)(parent == UINT32_MAX ? 0 : hunt->nodes[parent].depth + 1),
                      .waits = (uint16_t)waits,
                      .usual = usual,
                      .root = parent == UINT32_MAX ? hunt->root : hunt->nodes[parent].root,
                      .sequence = bf__key_mix(parent == UINT32_MAX ? 0 : hunt->nodes[parent].sequence, did),
                      .way = (uint8_t)way,
                      .novelty = (uint8_t)novelty,
                      .move = move,
                      .world = malloc(sizeof *world)};
  if (!node.world) {
    bf__world_done(world);
    json_decref(move);
    return no_memory(err);
  }
  *node.world = *world;
  *ret_new = true;
  if (node.level == 0 && way == IN_TURN && node.depth >= hunt->roots[node.root].depth) {
    hunt->roots[node.root].depth = node.depth;
    hunt->roots[node.root].sequence = node.sequence;
  }
  return add_node(hunt, &node, err);
}

/* A script that fails decides nothing: the way ends there, and the fault is told. */
static int note_fault(struct hunt *hunt, int r, const struct bf_error *fault, struct bf_error *err) {
  char name[700];
  if (r != BF_ESCRIPT && r != BF_ELIMIT) return bf_fail(err, r, fault->where, "%s", fault->message);
  (void)snprintf(name, sizeof name, "%s\n%s", fault->where, fault->message);
  bump(hunt->faults, name);
  if (r == BF_ELIMIT && ++hunt->hung > HUNG_MOST) return bf_fail(err, r, fault->where, "%s", fault->message);
  return 0;
}

/* Moves ------------------------------------------------------------------------------------------------------------------------
 */

enum came { REFUSED, KNOWN, FRESH };

struct attempt {
  int index;
  const char *stage, *action, *role;
  bool own;
  json_t *input; /* borrowed */
  unsigned level;
  bool usual;
  enum way way;
};

static json_t *papers_missing(const json_t *refusals) {
  json_t *out = json_array(), *one;
  size_t i;
  json_array_foreach(refusals, i, one) {
    json_t *paper = json_object_get(one, "paper");
    if (!paper) {
      json_decref(out);
      return NULL;
    }
    (void)json_array_append(out, paper);
  }
  return out;
}

static json_t *move_of(const struct bf__world *world, const struct attempt *a, json_t *papers) {
  json_t *id = json_object_get(world->cases[a->index], "id");
  json_t *act = json_pack("{ss so ss sO ss ss sO}", "what", "act", "date", date_of(world->today), "by", a->role, "case", id,
                          "stage", a->stage, "action", a->action, "input", a->input);
  if (a->own) (void)json_object_set_new(act, "own", json_true());
  if (!papers) return act;
  return json_pack("[{ss so sO sO} o]", "what", "papers", "date", date_of(world->today), "case", id, "papers", papers, act);
}

static bool first_time(const struct hunt *hunt, const struct attempt *a, char *name, size_t size) {
  (void)snprintf(name, size, "%s%s.%s", a->own ? "own:" : "", a->stage, a->action);
  return !json_object_get(hunt->taken, name);
}

/* Tries A from NODE: as it is, and again with the papers it is refused for. *RET_REFUSALS (may be NULL) gets why not. */
static int try_act(struct hunt *hunt, uint32_t node, const struct attempt *a, enum came *ret, json_t **ret_refusals,
                   struct bf_error *err) {
  const struct bf__world *from = hunt->nodes[node].world;
  json_t *papers = NULL, *actor = bf__world_actor(hunt->lab, a->role, text(from->cases[a->index], "unit"), a->own);
  struct bf__outcome outcome = {0};
  struct bf__world world;
  struct bf_error fault = {0};
  int r = 0;
  *ret = REFUSED;
  for (int attempt = 0; attempt < 2; attempt++) {
    bf__world_copy(from, &world);
    if (papers) r = bf__world_papers(hunt->lab, &world, a->index, papers, &fault);
    if (r >= 0) r = bf__world_act(hunt->lab, &world, a->index, a->stage, a->action, a->input, actor, &outcome, &fault);
    hunt->moves++;
    if (r < 0 || !outcome.refusals || papers || !(papers = papers_missing(outcome.refusals))) break;
    bf__world_done(&world);
    bf__outcome_done(&outcome);
  }
  json_decref(actor);
  if (r < 0 || outcome.refusals) {
    bf__world_done(&world);
    if (ret_refusals && outcome.refusals) *ret_refusals = json_incref(outcome.refusals);
    bf__outcome_done(&outcome);
    json_decref(papers);
    return r < 0 ? note_fault(hunt, r, &fault, err) : 0;
  }
  char name[220];
  json_t *move = move_of(from, a, papers);
  bool first = first_time(hunt, a, name, sizeof name), fresh = false;
  json_decref(papers);
  bump(hunt->taken, name);
  note_stages(hunt, from, &world);
  *ret = KNOWN;
  if (outcome.crossed) {
    note_crossed(hunt, node, move, outcome.crossed);
    bf__world_done(&world);
    json_decref(move);
  } else {
    r = settle(hunt, node, &world, move, first && a->level > 0 ? a->level - 1 : a->level, a->usual, 0, a->way, bf__key_text(name),
               &fresh, err);
  }
  if (fresh) *ret = FRESH;
  bf__outcome_done(&outcome);
  return r;
}

/* The least input of an action, mended field by field as the refusals say. *RET_INPUT, which may be NULL, gets what was taken. */
static int try_mended(struct hunt *hunt, uint32_t node, struct attempt *a, enum came *ret, json_t **ret_input,
                      struct bf_error *err) {
  const json_t *form = json_object_get(bf__view_action(hunt->lab->view, a->stage, a->action), "form");
  const struct bf__world *world = hunt->nodes[node].world;
  struct bf__inputs in = {.lab = hunt->lab, .marks = hunt->marks, .world = world, .state = world->cases[a->index]};
  json_t *input = bf__inputs_least(&in, form), *refusals = NULL;
  int r, tries = 0;
  a->input = input;
  r = try_act(hunt, node, a, ret, &refusals, err);
  while (r >= 0 && *ret == REFUSED && refusals && tries < REPAIRS) {
    const char *field = text(json_array_get(refusals, 0), "field");
    size_t faults = json_array_size(refusals), i;
    json_t *all = field ? bf__inputs_vary(&in, form, input, field) : NULL, *one, *better = NULL, *left = NULL;
    json_array_foreach(all, i, one) {
      json_t *said = NULL;
      if (r < 0 || *ret != REFUSED || tries++ >= REPAIRS || better) break;
      a->input = one;
      r = try_act(hunt, node, a, ret, &said, err);
      const char *next = said ? text(json_array_get(said, 0), "field") : NULL;
      if (*ret != REFUSED || (said && (json_array_size(said) < faults || (next && strcmp(next, field) != 0)))) {
        better = json_incref(one);
        left = said;
      } else {
        json_decref(said);
      }
    }
    json_decref(all);
    json_decref(refusals);
    refusals = left;
    if (!better) break;
    json_decref(input);
    input = better;
  }
  json_decref(refusals);
  if (*ret != REFUSED && ret_input)
    *ret_input = input;
  else
    json_decref(input);
  a->input = NULL;
  return r;
}

static int wait_until(struct hunt *hunt, uint32_t node, int32_t date, unsigned level, bool usual, bool *ret_new,
                      struct bf_error *err) {
  struct bf__outcome outcome = {0};
  struct bf__world world;
  struct bf_error fault = {0};
  const struct bf__world *from = hunt->nodes[node].world;
  bf__world_copy(from, &world);
  int r = bf__world_wait(hunt->lab, &world, date, &outcome, &fault);
  hunt->moves++;
  *ret_new = false;
  json_t *move = json_pack("{ss so}", "what", "wait", "date", date_of(date));
  if (r < 0 || outcome.crossed) {
    if (r >= 0) note_crossed(hunt, node, move, outcome.crossed);
    bf__world_done(&world);
    json_decref(move);
    bf__outcome_done(&outcome);
    return r < 0 ? note_fault(hunt, r, &fault, err) : 0;
  }
  note_stages(hunt, from, &world);
  return settle(hunt, node, &world, move, level, usual, usual ? 0 : hunt->nodes[node].waits + 1u, (enum way)hunt->nodes[node].way,
                1, ret_new, err);
}

/* The next day on which something of case INDEX falls due that could matter: mere reminders that do nothing are passed over. */
static int32_t case_due(const struct hunt *hunt, const struct bf__world *world, int index) {
  struct bf__deadline all[BF__DEADLINES_MAX];
  int32_t found = INT32_MAX;
  if (json_object_get(world->cases[index], "ended")) return found;
  int count = bf__deadlines(hunt->lab->view, hunt->lab->calendar, world->cases[index], world->today, all, BF__DEADLINES_MAX);
  for (int k = 0; k < count; k++) {
    const char *nature = text(all[k].spec, "nature");
    if (nature && strcmp(nature, "reminder") == 0 && !json_object_get(all[k].spec, "on_due")) continue;
    if (all[k].due >= world->today && all[k].due < found) found = all[k].due;
  }
  return found;
}

static int32_t next_due(const struct hunt *hunt, const struct bf__world *world) {
  int32_t found = INT32_MAX;
  for (int i = 0; i < world->count; i++) {
    int32_t due = case_due(hunt, world, i);
    if (due < found) found = due;
  }
  return found;
}

/* Tiers ------------------------------------------------------------------------------------------------------------------------
 */

static const char *first_role(const json_t *by, size_t at) {
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
    json_t *move = json_pack("{ss so ss ss}", "what", "stuck", "date", date_of(world->today), "case",
                             text(world->cases[index], "id"), "stage", stage);
    note_crossed(hunt, node, move, outcome.crossed);
    json_decref(move);
  }
  bf__outcome_done(&outcome);
  return r < 0 ? note_fault(hunt, r, &fault, err) : 0;
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
  if (r < 0) r = note_fault(hunt, r, &fault, err);
  (void)json_array_set_new(all, (size_t)index, said ? said : json_array());
  *ret = json_array_get(all, (size_t)index);
  return r;
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
                            .role = first_role(json_object_get(action, "by"), 0),
                            .level = level,
                            .usual = true,
                            .way = way};
        if (a.role) r = try_mended(hunt, node, &a, &came, NULL, err);
      }
    }
  }
  if (r < 0 || came != REFUSED) return r;
  int32_t due = next_due(hunt, hunt->nodes[node].world);
  return due == INT32_MAX ? 0 : wait_until(hunt, node, due + 1, level, true, &fresh, err);
}

static int go_onward(struct hunt *hunt, uint32_t node, unsigned level, struct bf_error *err) {
  bool fresh;
  int32_t due = next_due(hunt, hunt->nodes[node].world);
  return due == INT32_MAX ? 0 : wait_until(hunt, node, due + 1, level, false, &fresh, err);
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
    bool ahead = case_due(hunt, world, i) != INT32_MAX;
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
      for (size_t k = 0; r >= 0 && (role = first_role(by, k)); k++) {
        enum came came = REFUSED;
        struct attempt a = {.index = index, .stage = stage, .action = name, .role = role, .level = level};
        const char *scope = text(bf__view_role(hunt->lab->view, role), "scope");
        r = try_mended(hunt, node, &a, &came, NULL, err);
        a.own = true;
        if (r >= 0 && came != REFUSED && !(scope && strcmp(scope, "unit") == 0)) r = try_mended(hunt, node, &a, &came, NULL, err);
      }
    }
  }
  if (r >= 0) r = look_stuck(hunt, node, err);
  bool fresh;
  int32_t today = hunt->nodes[node].world->today, due = r >= 0 ? next_due(hunt, hunt->nodes[node].world) : INT32_MAX;
  for (int32_t away = -1; r >= 0 && due != INT32_MAX && away <= 1; away++)
    if (due + away > today) r = wait_until(hunt, node, due + away, level, false, &fresh, err);
  return r;
}

/* INPUT of ACTION, varied in one place; with PAIRS_ONLY in two. */
static int vary_action(struct hunt *hunt, uint32_t node, struct attempt *a, const json_t *form, json_t *input, bool paired,
                       struct bf_error *err) {
  const struct bf__world *world = hunt->nodes[node].world;
  struct bf__inputs in = {.lab = hunt->lab, .marks = hunt->marks, .world = world, .state = world->cases[a->index]};
  json_t *all = bf__inputs_vary(&in, form, input, NULL), *one, *two;
  size_t i, k, count = json_array_size(all);
  int r = 0;
  enum came came;
  if (!paired) json_array_foreach(all, i, one) {
      a->input = one;
      if (r >= 0 && now() < hunt->until) r = try_act(hunt, node, a, &came, NULL, err);
    }
  for (int n = 0; paired && r >= 0 && count > 0 && n < PAIRS && now() < hunt->until; n++) {
    uint64_t chance = bf__key_mix(99, (uint64_t)hunt->chance++);
    one = json_array_get(all, (size_t)(chance % count));
    json_t *more = bf__inputs_vary(&in, form, one, NULL);
    k = json_array_size(more);
    two = k ? json_array_get(more, (size_t)((chance >> 32) % k)) : NULL;
    a->input = two;
    if (two) r = try_act(hunt, node, a, &came, NULL, err);
    json_decref(more);
  }
  json_decref(all);
  return r;
}

/* An action's inputs are tried a few times in every kind of life before they are tried everywhere. */
static bool tried_enough(struct hunt *hunt, uint32_t node, const char *stage, const char *name) {
  char key[260];
  (void)snprintf(key, sizeof key, "%016llx %s.%s", (unsigned long long)hunt->roots[hunt->nodes[node].root].sequence, stage, name);
  if (json_integer_value(json_object_get(hunt->tried, key)) >= TRIES_EACH) return true;
  bump(hunt->tried, key);
  return false;
}

/* *RET_LEFT: some actions were left for later. */
static int go_inputs(struct hunt *hunt, uint32_t node, unsigned level, bool paired, bool *ret_left, struct bf_error *err) {
  int r = 0;
  for (int index = 0; r >= 0 && index < hunt->nodes[node].world->count; index++) {
    const json_t *said = NULL;
    r = actions_of(hunt, node, index, &said, err);
    for (size_t i = 0; i + 1 < json_array_size(said); i += 2) {
      const char *stage = json_string_value(json_array_get(said, i)), *name = json_string_value(json_array_get(said, i + 1));
      const json_t *action = bf__view_action(hunt->lab->view, stage, name), *form = json_object_get(action, "form");
      if (r < 0 || json_array_size(form) == 0) continue;
      if (!paired && level == DEVIATIONS + 2 && tried_enough(hunt, node, stage, name)) {
        *ret_left = true;
        continue;
      }
      enum came came = REFUSED;
      json_t *input = NULL;
      struct attempt a = {
          .index = index, .stage = stage, .action = name, .role = first_role(json_object_get(action, "by"), 0), .level = level};
      if (!a.role) continue;
      r = try_mended(hunt, node, &a, &came, &input, err);
      struct bf__inputs in = {.lab = hunt->lab,
                              .marks = hunt->marks,
                              .world = hunt->nodes[node].world,
                              .state = hunt->nodes[node].world->cases[index]};
      if (!input) input = bf__inputs_least(&in, form);
      if (r >= 0) r = vary_action(hunt, node, &a, form, input, paired, err);
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
  unsigned first = ticket->tier == INPUTS ? DEVIATIONS + 2 : DEVIATIONS;
  if (level > first || ticket->tier == PAIRED) return level;
  if (hunt->roots[node->root].like_another) return first + 4;
  if (ticket->tier == SHORT) return level;
  for (int i = 0; i < node->world->count; i++) {
    const json_t *said = NULL;
    json_t *one;
    size_t k;
    if (actions_of(hunt, ticket->node, i, &said, err) < 0) return level;
    situation = bf__key_mix(situation, open_stages(node->world->cases[i]));
    json_array_foreach(said, k, one) situation = bf__key_mix(situation, bf__key_text(json_string_value(one)));
  }
  if (bf__seen_add(&hunt->situations, situation)) return level;
  return bf__seen_add(&hunt->situations, bf__key_mix(situation, class)) ? first + 1 : first + 4;
}

static int expand(struct hunt *hunt, const struct ticket *ticket, struct bf_error *err) {
  uint32_t node = ticket->node;
  unsigned level = (unsigned)(ticket->order >> 32);
  int r = 0;
  bool left = false;
  if (!hunt->compared && level > 0) compare_roots(hunt);
  unsigned later = hunt->nodes[node].level == 0 && level > 0 ? put_off(hunt, ticket, level, err) : level;
  if (later > level) {
    r = push(hunt, node, (enum tier)ticket->tier, later, false, err);
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
    r = go_others(hunt, node, level, err);
    break;
  case INPUTS:
    r = go_inputs(hunt, node, level, false, &left, err);
    if (r >= 0 && left) r = push(hunt, node, INPUTS, level + 3, false, err);
    break;
  case PAIRED:
    r = go_inputs(hunt, node, level, true, &left, err);
    break;
  }
  if (--hunt->nodes[node].pending == 0) drop_world(&hunt->nodes[node]);
  return r;
}

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
  const char *by = first_role(json_object_get(json_object_get(bf__view_kind(hunt->lab->view, kind), "create"), "by"), 0);
  char id[120];
  struct bf_error fault = {0};
  (void)snprintf(id, sizeof id, "%s-%d", kind, world->count + 1);
  json_t *actor = bf__world_actor(hunt->lab, by ? by : "system", unit, false);
  int r = bf__world_create(hunt->lab, world, id, kind, unit, facts, actor, outcome, &fault);
  hunt->moves++;
  json_decref(actor);
  *ret_move = NULL;
  if (r < 0) return note_fault(hunt, r, &fault, err);
  if (!outcome->refusals)
    *ret_move = json_pack("{ss so ss ss ss ss sO}", "what", "create", "date", date_of(world->today), "by", by ? by : "system",
                          "case", id, "kind", kind, "unit", unit, "facts", facts);
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
    note_crossed(hunt, UINT32_MAX, moves, outcome.crossed);
    bf__world_done(&world);
    json_decref(moves);
  } else {
    note_stages(hunt, base, &world);
    void *grown = realloc(hunt->roots, (hunt->root_count + 1) * sizeof *hunt->roots);
    if (!grown) return no_memory(err);
    hunt->roots = grown;
    hunt->root = (uint32_t)hunt->root_count++;
    memset(&hunt->roots[hunt->root], 0, sizeof *hunt->roots);
    r = settle(hunt, UINT32_MAX, &world, moves, level, true, 0, IN_TURN, 2, &fresh, err);
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
      note_stages(hunt, &before, world);
      (void)json_array_append_new(moves, move);
      if (outcome.crossed) note_crossed(hunt, UINT32_MAX, moves, outcome.crossed);
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
                   "seconds", now() - hunt->began);
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
  double at = now();
  if (!hunt->progress || at - hunt->told < 0.5) return;
  hunt->told = at;
  json_t *said = numbers(hunt);
  hunt->progress(hunt->arg, said);
  json_decref(said);
}

static void hunt_done(struct hunt *hunt) {
  for (size_t i = 0; i < hunt->count; i++) {
    drop_world(&hunt->nodes[i]);
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
                        .began = now(),
                        .progress = progress,
                        .arg = arg};
  hunt->until = hunt->began + limits->seconds;
  int r = begin(hunt, declared, err);
  while (r >= 0 && hunt->waiting && hunt->count < limits->states && now() < hunt->until) {
    struct ticket ticket = pop(hunt);
    r = expand(hunt, &ticket, err);
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
