/* The decision itself: asks the script, applies what it wants to the change set, and follows what it wants of other cases. */
#ifndef BF_CORE_WORK_H
#define BF_CORE_WORK_H

#include <jansson.h>

#include "cases.h"
#include "operation.h"

struct bf__work {
  struct bf__turn *turn;
  struct bf__change *change;
  const json_t *actor; /* NULL = the system */
  int depth;           /* of actions that other cases' actions ask for */
  /* set when the rules refuse: nothing may be written then */
  json_t *refusals; /* owned by whoever reads it */
  int status;
};

/* Opens a case. FACTS (borrowed) have passed their form. *ret_id is malloc'd. */
int bf__work_create(struct bf__work *work, const char *kind, const char *jurisdiction, const char *unit, const json_t *facts,
                    char **ret_id, struct bf_error *err) BF_WARN_UNUSED;
/* Does ACTION of STAGE on case ID with INPUT (borrowed; has passed its form; the actor has been found to be permitted). */
int bf__work_act(struct bf__work *work, const char *id, const char *stage, const char *action, const json_t *input,
                 struct bf_error *err) BF_WARN_UNUSED;
/* A deadline's day has passed: runs its on_due (when RUN) and marks RUNGS (array of names) as fired. NOTICE: the rung people are
 * told of. */
int bf__work_due(struct bf__work *work, const char *id, const char *stage, const char *name, const char *due, const json_t *rungs,
                 bool run, struct bf_error *err) BF_WARN_UNUSED;

/* Before anything else is done to case ID after a change of rules: carries out the migration that the change brought for it, as
 * an event of its own. Most cases have none. */
int bf__work_settle(struct bf__work *work, const char *id, struct bf_error *err) BF_WARN_UNUSED;

/* Gives a fault that has no place in a script (R is BF_ESCRIPT or BF_ELIMIT; others pass) the place of what caused EVENT under
 * VIEW. Returns R. */
int bf__work_placed(int r, const json_t *view, const json_t *event, struct bf_error *err);

#endif
