/* The worlds that were met, what is still to be tried from each, and in which order. */
#include "prove_hunt.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "state.h"

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}
static int no_memory(struct bf_error *err) {
  return bf_fail(err, BF_ENOMEM, "prove", "no memory");
}
/* Processor time: how far a search comes does not hang on what else the machine does. */

/* Processor time: how far a search comes does not hang on what else the machine does. */
double bf__hunt_now(void) {
  struct timespec t;
  (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}
json_t *bf__hunt_date(int32_t date) {
  char out[BF__DATE_TEXT];
  bf__date_format(date, out);
  return json_string(out);
}
void bf__hunt_bump(json_t *counts, const char *name) {
  (void)json_object_set_new(counts, name, json_integer(json_integer_value(json_object_get(counts, name)) + 1));
}

/* The queue --------------------------------------------------------------------------------------------------------------------
 */

int bf__hunt_push(struct hunt *hunt, uint32_t node, enum tier tier, unsigned level, bool at_once, struct bf_error *err) {
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

struct ticket bf__hunt_pop(struct hunt *hunt) {
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

void bf__hunt_drop_world(struct node *node) {
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

void bf__hunt_note_crossed(struct hunt *hunt, uint32_t parent, const json_t *move, const json_t *crossed) {
  size_t i, k;
  json_t *one, *known;
  json_array_foreach(crossed, i, one) {
    bool there = false;
    json_array_foreach(hunt->crossed, k, known) there |= json_equal(json_object_get(known, "name"), json_object_get(one, "name"));
    if (there) continue;
    json_t *copy = json_copy(one);
    (void)json_object_set_new(copy, "tale", tale_of(hunt, parent, move));
    (void)json_array_append_new(hunt->crossed, copy);
    double end = bf__hunt_now() + AFTER_CROSSED;
    if (json_array_size(hunt->crossed) == 1 && end < hunt->until) hunt->until = end;
  }
}

void bf__hunt_note_stages(struct hunt *hunt, const struct bf__world *before, const struct bf__world *after) {
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
        bf__hunt_bump(hunt->opened, name);
      if (*state == 'c' && old && *old == 'o') bf__hunt_bump(hunt->closed, name);
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
  int r = bf__hunt_push(hunt, at, node->way == IN_TURN ? USUAL : SHORT, node->level, node->usual, err);
  if (r >= 0 && plain && node->parent == UINT32_MAX) r = bf__hunt_push(hunt, at, SHORT, SHORTEST, true, err);
  if (r >= 0 && node->waits > 0 && node->waits < WAITS) r = bf__hunt_push(hunt, at, ONWARD, node->level, false, err);
  if (r >= 0) r = bf__hunt_push(hunt, at, OTHERS, plain ? DEVIATIONS : node->level + (unsigned)node->novelty, false, err);
  if (r >= 0) r = bf__hunt_push(hunt, at, WORDS, plain ? DEVIATIONS + 1u : node->level + 1u + node->novelty, false, err);
  if (r >= 0) r = bf__hunt_push(hunt, at, NUMBERS, plain ? DEVIATIONS + 3u : node->level + 3u + node->novelty, false, err);
  return r < 0 ? r : bf__hunt_push(hunt, at, PAIRED, plain ? DEVIATIONS + 6u : node->level + 5u + node->novelty, false, err);
}

/* Openings whose ordinary ways are the same sequence of actions: all but the first are looked at closely later. */
void bf__hunt_compare_roots(struct hunt *hunt) {
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
int bf__hunt_settle(struct hunt *hunt, uint32_t parent, struct bf__world *world, json_t *move, unsigned level, bool usual,
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
    return bf__hunt_push(hunt, known, SHORT, level ? level : SHORTEST, true, err);
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
int bf__hunt_note_fault(struct hunt *hunt, int r, const struct bf_error *fault, struct bf_error *err) {
  char name[700];
  if (r != BF_ESCRIPT && r != BF_ELIMIT) return bf_fail(err, r, fault->where, "%s", fault->message);
  (void)snprintf(name, sizeof name, "%s\n%s", fault->where, fault->message);
  bf__hunt_bump(hunt->faults, name);
  if (r == BF_ELIMIT && ++hunt->hung > HUNG_MOST) return bf_fail(err, r, fault->where, "%s", fault->message);
  return 0;
}
