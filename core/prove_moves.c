/* One move from one world: an action with its papers and its input, or time. */
#include "prove_hunt.h"

#include <stdlib.h>
#include <string.h>

#include "deadline.h"
#include "prove_inputs.h"

static const char *text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}

/* Moves ------------------------------------------------------------------------------------------------------------------------
 */

/* The papers that REFUSALS name, or NULL when they name none. */
static json_t *papers_missing(const json_t *refusals) {
  json_t *out = json_array(), *one, *paper;
  size_t i;
  json_array_foreach(refusals, i, one) if ((paper = json_object_get(one, "paper")))(void) json_array_append(out, paper);
  if (json_array_size(out)) return out;
  json_decref(out);
  return NULL;
}

/* The first field that REFUSALS name. */
static const char *field_of(const json_t *refusals) {
  size_t i;
  json_t *one;
  json_array_foreach(refusals, i, one) if (text(one, "field")) return text(one, "field");
  return NULL;
}

static json_t *move_of(const struct bf__world *world, const struct attempt *a, json_t *papers) {
  json_t *id = json_object_get(world->cases[a->index], "id");
  json_t *act = json_pack("{ss so ss sO ss ss sO}", "what", "act", "date", bf__hunt_date(world->today), "by", a->role, "case", id,
                          "stage", a->stage, "action", a->action, "input", a->input);
  if (a->own) (void)json_object_set_new(act, "own", json_true());
  if (!papers) return act;
  return json_pack("[{ss so sO sO} o]", "what", "papers", "date", bf__hunt_date(world->today), "case", id, "papers", papers, act);
}

static bool first_time(const struct hunt *hunt, const struct attempt *a, char *name, size_t size) {
  (void)snprintf(name, size, "%s%s.%s", a->own ? "own:" : "", a->stage, a->action);
  return !json_object_get(hunt->taken, name);
}

/* Tries A from NODE: as it is, and again with the papers it is refused for. *RET_REFUSALS (may be NULL) gets why not. */
int bf__hunt_try_act(struct hunt *hunt, uint32_t node, const struct attempt *a, enum came *ret, json_t **ret_refusals,
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
    return r < 0 ? bf__hunt_note_fault(hunt, r, &fault, err) : 0;
  }
  char name[220];
  json_t *move = move_of(from, a, papers);
  bool first = first_time(hunt, a, name, sizeof name), fresh = false;
  json_decref(papers);
  bf__hunt_bump(hunt->taken, name);
  bf__hunt_note_stages(hunt, from, &world);
  *ret = KNOWN;
  if (outcome.crossed) {
    bf__hunt_note_crossed(hunt, node, move, outcome.crossed);
    bf__world_done(&world);
    json_decref(move);
  } else {
    r = bf__hunt_settle(hunt, node, &world, move, first && a->level > 0 ? a->level - 1 : a->level, a->usual, 0, a->way,
                        bf__key_text(name), &fresh, err);
  }
  if (fresh) *ret = FRESH;
  bf__outcome_done(&outcome);
  return r;
}

/* The least input of an action, mended field by field as the refusals say. *RET_INPUT, which may be NULL, gets what was taken. */
int bf__hunt_try_mended(struct hunt *hunt, uint32_t node, struct attempt *a, enum came *ret, json_t **ret_input,
                        struct bf_error *err) {
  const json_t *form = json_object_get(bf__view_action(hunt->lab->view, a->stage, a->action), "form");
  const struct bf__world *world = hunt->nodes[node].world;
  struct bf__inputs in = {.lab = hunt->lab, .marks = hunt->marks, .world = world, .state = world->cases[a->index]};
  json_t *input = bf__inputs_least(&in, form), *refusals = NULL;
  char key[240];
  (void)snprintf(key, sizeof key, "~ %s.%s", a->stage, a->action);
  int r, tries = 0, most = json_integer_value(json_object_get(hunt->tried, key)) < FAILED_MOST ? REPAIRS : REPAIRS_LATER;
  a->input = input;
  r = bf__hunt_try_act(hunt, node, a, ret, &refusals, err);
  while (r >= 0 && *ret == REFUSED && refusals && tries < most) {
    const char *field = field_of(refusals);
    size_t faults = json_array_size(refusals), i;
    json_t *all = field ? bf__inputs_vary(&in, form, input, field) : NULL, *one, *better = NULL, *left = NULL;
    json_array_foreach(all, i, one) {
      json_t *said = NULL;
      if (r < 0 || *ret != REFUSED || tries++ >= most || better) break;
      a->input = one;
      r = bf__hunt_try_act(hunt, node, a, ret, &said, err);
      const char *next = field_of(said);
      if (*ret != REFUSED ||
          (said && (json_array_size(said) < faults || (next && strncmp(next, field, strcspn(field, ".[")) != 0)))) {
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
  if (*ret == REFUSED && tries >= most) bf__hunt_bump(hunt->tried, key);
  json_decref(refusals);
  if (*ret != REFUSED && ret_input)
    *ret_input = input;
  else
    json_decref(input);
  a->input = NULL;
  return r;
}

int bf__hunt_wait_until(struct hunt *hunt, uint32_t node, int32_t date, unsigned level, bool usual, bool *ret_new,
                        struct bf_error *err) {
  struct bf__outcome outcome = {0};
  struct bf__world world;
  struct bf_error fault = {0};
  const struct bf__world *from = hunt->nodes[node].world;
  bf__world_copy(from, &world);
  int r = bf__world_wait(hunt->lab, &world, date, &outcome, &fault);
  hunt->moves++;
  *ret_new = false;
  json_t *move = json_pack("{ss so}", "what", "wait", "date", bf__hunt_date(date));
  if (r < 0 || outcome.crossed) {
    if (r >= 0) bf__hunt_note_crossed(hunt, node, move, outcome.crossed);
    bf__world_done(&world);
    json_decref(move);
    bf__outcome_done(&outcome);
    return r < 0 ? bf__hunt_note_fault(hunt, r, &fault, err) : 0;
  }
  bf__hunt_note_stages(hunt, from, &world);
  return bf__hunt_settle(hunt, node, &world, move, level, usual, usual ? 0 : hunt->nodes[node].waits + 1u,
                         (enum way)hunt->nodes[node].way, 1, ret_new, err);
}

/* The next day on which something of case INDEX falls due that could matter: mere reminders that do nothing are passed over. */
int32_t bf__hunt_case_due(const struct hunt *hunt, const struct bf__world *world, int index) {
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

int32_t bf__hunt_next_due(const struct hunt *hunt, const struct bf__world *world) {
  int32_t found = INT32_MAX;
  for (int i = 0; i < world->count; i++) {
    int32_t due = bf__hunt_case_due(hunt, world, i);
    if (due < found) found = due;
  }
  return found;
}
