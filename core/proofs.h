/* Proofs as they are kept: one for each view of a ruleset (a jurisdiction's rules with all they rest on), by the view's hash, so
 * that a change proves again only what it can reach. They survive a restart. */
#ifndef BF_CORE_PROOFS_H
#define BF_CORE_PROOFS_H

#include "operation.h"
#include "ruleset.h"

struct bf__proofs; /* what is being proved just now */
struct bf__proofs *bf__proofs_new(void);
void bf__proofs_free(struct bf__proofs *proofs);
/* How far the proof of HASH has come (NOW borrowed; NULL: it has ended). Any thread. */
void bf__proofs_progress(struct bf__proofs *proofs, const char *hash, const json_t *now);
json_t *bf__proofs_now(struct bf__proofs *proofs, const char *hash); /* a new reference, or NULL. Any thread. */

/* The passed proofs of SET's views: { view hash: { ok, kinds, … } }, new reference. *RET_ALL: every view has one. Any thread. */
int bf__proofs_known(struct bf__app *app, const struct bf__ruleset *set, json_t **ret, bool *ret_all,
                     struct bf_error *err) BF_WARN_UNUSED;

/* "rules.proved", internal: { hash, proof }: keeps each view's proof, tells the candidate's row and the chain of events. */
int bf__proofs_put(struct bf__turn *turn, struct bf__command *command, struct bf_error *err) BF_WARN_UNUSED;
/* "rules.proposal": one candidate with what is known of its proof, and how far one that is under way has come. */
int bf__proofs_proposal(struct bf__reading *reading, struct bf_error *err) BF_WARN_UNUSED;

#endif
