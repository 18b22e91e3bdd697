/* Candidates as they are kept: who handed them in, who approved which plan of them, and the day on which they come into force.
 * They survive a restart, and every step is an event.
 *
 * A kept body: { by, org?, source, at, note?, approval?: { by, at, plan }, schedule?: { on, by, org?, policy?, number }, why? }.
 * Its state: open, waiting (for its day), in_force, refused (on its day), cancelled. */
#ifndef BF_CORE_PROPOSALS_H
#define BF_CORE_PROPOSALS_H

#include "candidates.h"
#include "operation.h"

/* Engine's side of the operations rules.propose, .approve, .schedule, .cancel, .missed. */
int bf__proposal_hand_in(struct bf__turn *turn, struct bf__command *command, struct bf_error *err) BF_WARN_UNUSED;
int bf__proposal_approve(struct bf__turn *turn, struct bf__command *command, struct bf_error *err) BF_WARN_UNUSED;
int bf__proposal_schedule(struct bf__turn *turn, struct bf__command *command, struct bf_error *err) BF_WARN_UNUSED;
int bf__proposal_cancel(struct bf__turn *turn, struct bf__command *command, struct bf_error *err) BF_WARN_UNUSED;
int bf__proposal_missed(struct bf__turn *turn, struct bf__command *command, struct bf_error *err) BF_WARN_UNUSED;
int bf__proposals_list(struct bf__reading *reading, struct bf_error *err) BF_WARN_UNUSED; /* rules.candidates */

/* May CANDIDATE come into force as its plan stands, where a second person must approve? PLAN: the very plan must have been
 * approved. 1, or the command is answered (0), or negative. */
int bf__proposal_approved(struct bf__turn *turn, struct bf__command *command, const struct bf__candidate *candidate, bool plan,
                          struct bf_error *err) BF_WARN_UNUSED;
/* It came into force: its row says so. */
int bf__proposal_done(struct bf__turn *turn, const char *hash, struct bf_error *err) BF_WARN_UNUSED;

/* The bundle of a kept candidate, by its hash or the first twelve digits or more; BF_ENOTFOUND. Any thread. */
int bf__proposal_bundle(struct bf__app *app, const char *id, json_t **ret, struct bf_error *err) BF_WARN_UNUSED;
/* When the next waiting candidate comes into force, into app->schedule_next. Engine thread, or before it runs. */
int bf__proposals_next(struct bf__app *app, struct bf__store *store, struct bf_error *err) BF_WARN_UNUSED;

#endif
