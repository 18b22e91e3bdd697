/* A case's state: one JSON document, and the fold of effects over it. Pure: nothing here stores, sends or asks the time.
 *
 * { id, number, kind, jurisdiction, unit, title, secret, version, ruleset, created, facts: {…},
 *   stages: { name: { state: "open"|"closed", opened, closed?, round, did: { action: count } } },
 *   clocks: { "stage.clock": { state: "running"|"paused"|"stopped", started, pauses: [[paused, resumed|null]…] } },
 *   documents: [ { id, kind, name, type, sha256, bytes, at, by } ], fired: { "stage.deadline": { due, rungs: […] } }, ended?,
 * outcome?, office?: see office.h } */
#ifndef BF_CORE_STATE_H
#define BF_CORE_STATE_H

#include <jansson.h>

#include "banfa/error.h"

/* FACTS is borrowed and copied. */
json_t *bf__state_new(const char *id, int64_t number, const char *kind, const char *jurisdiction, const char *unit,
                      const json_t *facts, const char *date);

/* A copy of STATE that the calls below may change. It shares with STATE what hangs below facts, stages, clocks, documents and
 * fired: whoever changes something there puts a new value in its place, never changes the old one. */
json_t *bf__state_edit(const json_t *state);

/* Applies EFFECTS (an array) in order to STATE, in place. What concerns others than this case (notify, act, create, add, change)
 * is checked for shape and left to the caller. BF_ESCRIPT, with the effect's number in err->where, when an effect is nonsense:
 * the caller then throws STATE away. */
int bf__state_apply(const json_t *view, json_t *state, const json_t *effects, const char *date,
                    struct bf_error *err) BF_WARN_UNUSED;

/* The same for effects that an event tells of: what was right then is not judged by today's declarations. */
int bf__state_replay(const json_t *view, json_t *state, const json_t *effects, const char *date,
                     struct bf_error *err) BF_WARN_UNUSED;

/* Counts ACTION as done in STAGE's current round. */
int bf__state_did(json_t *state, const char *stage, const char *action);
/* Marks rungs of a deadline as fired for the date DUE. */
int bf__state_fired(json_t *state, const char *stage, const char *name, const char *due, const char *rung);
int bf__state_is_open(const json_t *state, const char *stage);
/* Takes the display title from the fact that the kind names. */
void bf__state_title(const json_t *view, json_t *state);

#endif
