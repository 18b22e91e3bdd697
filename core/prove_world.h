/* A small world of cases in memory, where the rules decide as the engine lets them decide: actions, deadlines, effects on other
 * cases and registers. Every step is shown to the red lines. Pure: nothing here stores, sends or asks the time. */
#ifndef BF_CORE_PROVE_WORLD_H
#define BF_CORE_PROVE_WORLD_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "calendar.h"
#include "ruleset.h"

#define BF__WORLD_CASES 8

/* What stays the same for all worlds of one exploration. */
struct bf__lab {
  struct bf__rules *rules; /* borrowed */
  const json_t *view;
  const struct bf__calendar *calendar;
  const char *jurisdiction; /* whose rules are followed */
  json_t *seed;             /* of `now` */
  json_t *lined;            /* { kind: true } for kinds with red lines over steps */
  int64_t asked;            /* calls into the rules so far */
};
/* ENTRIES: { register: { id: value } } as the scripts' world has them. */
int bf__lab_open(struct bf__lab *lab, struct bf__rules *rules, const char *jurisdiction, struct bf_error *err) BF_WARN_UNUSED;
void bf__lab_close(struct bf__lab *lab);

/* Values are shared between worlds and never changed in place: a copy is cheap. */
struct bf__world {
  int32_t today;
  int count;
  json_t *cases[BF__WORLD_CASES]; /* states, each with its own id */
  json_t *pasts[BF__WORLD_CASES]; /* { line: what it remembers } */
  json_t *entries;
};
void bf__world_copy(const struct bf__world *from, struct bf__world *ret);
void bf__world_done(struct bf__world *world);
int bf__world_find(const struct bf__world *world, const char *id); /* -1: none */

/* What came of one step. */
struct bf__outcome {
  json_t *refusals; /* or NULL: then the world has moved on */
  json_t *crossed;  /* [ { name, article, zh, en } ] or NULL */
  json_t *told;     /* set it to an array to have every step noted: { date, what, case, stage?, action?, deadline?, … } */
};
void bf__outcome_done(struct bf__outcome *outcome);

/* An actor of ROLE; OWN: one that sits in the unit of the case. New reference. */
json_t *bf__world_actor(const struct bf__lab *lab, const char *role, const char *unit, bool own);

/* Each changes WORLD only where OUTCOME has no refusals; where it has, or on an error, WORLD must be thrown away. A script that
 * fails gives BF_ESCRIPT or BF_ELIMIT. */
int bf__world_create(struct bf__lab *lab, struct bf__world *world, const char *id, const char *kind, const char *unit,
                     const json_t *facts, const json_t *actor, struct bf__outcome *outcome, struct bf_error *err) BF_WARN_UNUSED;
int bf__world_act(struct bf__lab *lab, struct bf__world *world, int index, const char *stage, const char *action,
                  const json_t *input, const json_t *actor, struct bf__outcome *outcome, struct bf_error *err) BF_WARN_UNUSED;
int bf__world_papers(struct bf__lab *lab, struct bf__world *world, int index, const json_t *papers,
                     struct bf_error *err) BF_WARN_UNUSED;
/* Lets time pass up to and including the morning of DATE; what falls due on the way fires, in order. */
int bf__world_wait(struct bf__lab *lab, struct bf__world *world, int32_t date, struct bf__outcome *outcome,
                   struct bf_error *err) BF_WARN_UNUSED;
/* [ "stage", "action", … ]: what could be done on a case by somebody who brings the papers and the right input. */
int bf__world_possible(struct bf__lab *lab, const struct bf__world *world, int index, json_t **ret,
                       struct bf_error *err) BF_WARN_UNUSED;
/* Tells the lines that a stage of a case leads nowhere. */
int bf__world_stuck(struct bf__lab *lab, const struct bf__world *world, int index, const char *stage, struct bf__outcome *outcome,
                    struct bf_error *err) BF_WARN_UNUSED;

/* A life as data, lived again: [ { what: "create", date, by, case, kind, unit, facts } | { what: "act", date, by, own?, case,
 * stage, action, input } | { what: "papers", date, case, papers } | { what: "wait", date } ]. Stops at the first refusal or
 * crossing. *RET_COUNT: steps done. */
int bf__tale_live(struct bf__lab *lab, const json_t *tale, struct bf__world *world, struct bf__outcome *outcome,
                  size_t *ret_count, struct bf_error *err) BF_WARN_UNUSED;

#endif
