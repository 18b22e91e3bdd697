/* Sending back (退回) and taking back (撤回): a case's own state stands again as it did before a step; the steps since are
 * undone, not forgotten. Refused where a step reached beyond the case, is `final`, was wanted by another case, or where a date's
 * passing did something. A case comes only to a state in which it has been before, by steps that the rules allowed then; from
 * there the same guards hold as ever, so no new way round them opens. */
#ifndef BF_CORE_REWIND_H
#define BF_CORE_REWIND_H

#include <jansson.h>

#include "operation.h"

struct bf__path {
  struct bf__app *app;
  const json_t *view, *state, *actor;
  json_t *live; /* owned: the events that count */
};

/* The path that leads to STATE as it is stored. `done` frees what it holds. */
int bf__path_take(struct bf__store *store, struct bf__path *path, struct bf_error *err) BF_WARN_UNUSED;
void bf__path_done(struct bf__path *path);
/* The step (an action) whose event carries VERSION, borrowed; NULL when there is none that counts. */
const json_t *bf__path_step(const struct bf__path *path, json_int_t version);
/* The last step. */
const json_t *bf__path_last(const struct bf__path *path);
/* Why the case cannot go back to before STEP: a refusal, or NULL. FROM: the stage it is sent back from, or NULL when it is taken
 * back. AS: who sends it back. */
json_t *bf__path_refusal(const struct bf__path *path, const json_t *step, const char *from, const json_t *as);

#endif
