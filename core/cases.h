/* The engine's cases: states in memory over the store, and the changes one command makes before they are written. Engine thread
 * only. */
#ifndef BF_CORE_CASES_H
#define BF_CORE_CASES_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "banfa/error.h"
#include "deadline.h"
#include "operation.h"

struct bf__cases;

struct bf__cases *bf__cases_new(void);
void bf__cases_free(struct bf__cases *cases);
/* Forgets everything: after a batch that failed, or a change of rules. */
void bf__cases_clear(struct bf__cases *cases);

/* A change set: what one command does to one or more cases. Nothing is stored until `bf__change_write`. */
struct bf__change;
struct bf__change *bf__change_new(struct bf__turn *turn);
void bf__change_free(struct bf__change *change);

/* The state of case ID as this command sees it: its own changes, or what is stored. Borrowed; read only. BF_ENOTFOUND. */
int bf__change_see(struct bf__change *change, const char *id, const json_t **ret, struct bf_error *err) BF_WARN_UNUSED;
/* The same to be changed: a copy as by `bf__state_edit`, owned by the change set. */
int bf__change_edit(struct bf__change *change, const char *id, json_t **ret, struct bf_error *err) BF_WARN_UNUSED;
/* A new case (STATE stolen). */
int bf__change_add(struct bf__change *change, json_t *state, struct bf_error *err) BF_WARN_UNUSED;
/* Notes an event (stolen) of case ID: its version goes up by one, EVENT gets it, and the effects' notices become outbox rows. */
int bf__change_event(struct bf__change *change, const char *id, json_t *event, struct bf_error *err) BF_WARN_UNUSED;

/* Writes events, states, stages, deadline rungs, notices and register entries, in that order. */
int bf__change_write(struct bf__change *change, struct bf_error *err) BF_WARN_UNUSED;
/* After writing: the stored text of case ID (the caller's to free; once only), and the ids of all cases changed (new reference).
 */
char *bf__change_take_text(struct bf__change *change, const char *id);
json_t *bf__change_ids(const struct bf__change *change);

/* The stored pending rungs of a case: read once, kept beside its state. For the scheduler's stale rows. */
int bf__cases_drop_rung(struct bf__turn *turn, const char *id, const char *stage, const char *name, const char *rung,
                        struct bf_error *err) BF_WARN_UNUSED;

/* Brings a case's stored rungs in line with the rules in force. */
int bf__cases_reconcile(struct bf__turn *turn, const char *id, struct bf_error *err) BF_WARN_UNUSED;

#endif
