/* The ways an office works, for every stage without a script having to write them: who holds the work, whose opinion is asked,
 * who signs along, who was sent a copy, who was urged, who has recused himself. They are kept in the case's state under `office`,
 * changed only by events that say who, to whom and why; an entry is never taken away but ended:
 *
 * { holders:   { "stage org": { stage, org, user, name, by, on, why } },               the one thing that is taken away again
 *   opinions:  { "1": { id, stage, action?, by, by_org, to: { user, name } | { org, name }, question, due?, blocks, on,
 *                       answered?: { user, name, org, agrees?, text, on }, closed? } },
 *   rounds:    { "1": { id, stage, action, round, did, by, by_org, need, signers: [ { to, said?, note?, user?, name?, on? } ],
 * on, why?, closed? } }, copies:    { "1": { id, to, by, on, note? } }, urges:     { "1": { id, stage, round, roles, by, by_org,
 * on, note? } }, conflicts: { "1": { id, user? | org?, name, by, on, why, ended? } } }
 *
 * The holder is a person's name on a post's work, no more: when he leaves, or is away without a deputy, the post has it back. */
#ifndef BF_CORE_OFFICE_H
#define BF_CORE_OFFICE_H

#include <jansson.h>

#include "operation.h"

/* Puts VALUE (stolen) under office.LIST.KEY of STATE, a copy as by `bf__state_edit`; NULL takes KEY away. */
int bf__office_put(json_t *state, const char *list, const char *key, json_t *value) BF_WARN_UNUSED;
const json_t *bf__office_get(const json_t *state, const char *list, const char *key);
/* The number of the next entry of LIST. */
int bf__office_next(const json_t *state, const char *list);

/* Who holds STAGE's work at ORG, borrowed: an enabled user of ORG who is there or has a deputy who is. NULL: the post has it. */
const json_t *bf__office_holder(struct bf__app *app, const json_t *state, const char *stage, const char *org, const char *date);
/* As whom ACTOR may do what BY may in STAGE: as `bf__acts_as`, and in the holder's place for whom he deputises. */
json_t *bf__office_as(struct bf__app *app, const json_t *view, const json_t *by, json_t *actor, const json_t *state,
                      const char *stage);
/* The same for any action of STAGE. */
json_t *bf__office_works(struct bf__app *app, const json_t *view, json_t *actor, const json_t *state, const char *stage);
/* What of the office stands in the way of AS doing ACTION: refusals, a new array, mostly empty. */
json_t *bf__office_reasons(struct bf__app *app, const json_t *view, const json_t *state, const char *stage, const char *action,
                           const json_t *as, const char *date);
/* Why ACTOR, who holds one of BY's roles, is passed over: a refusal that says where the case goes, or NULL. */
json_t *bf__office_recusal(struct bf__app *app, const json_t *view, const json_t *by, const json_t *actor, const json_t *state,
                           int article);
/* The action that round ROUND was opened for has not been taken, and it has not been closed. `signed`, `needed` and `left` count.
 */
bool bf__office_current(const json_t *state, const json_t *round);
void bf__office_count(const json_t *round, int *ret_signed, int *ret_objected, int *ret_waiting);

/* An opinion's last day, or the day after: whoever was asked and whoever asked hear that it is awaited still. NAME: "case
 * number". The engine thread, when a row of the deadlines' table under no case and this stage falls due. */
#define BF__OFFICE_OPINION "opinion"
int bf__office_remind(struct bf__turn *turn, const char *name, struct bf_error *err) BF_WARN_UNUSED;

/* The office of a case as people see it. New reference, or NULL without memory. */
json_t *bf__office_json(struct bf__app *app, const json_t *view, const json_t *state, json_t *actor, const char *date);
/* The case waits for ACTOR himself: he holds a stage, was asked, or is to sign. */
bool bf__office_waits(struct bf__app *app, const json_t *state, const json_t *actor, const char *date);

#endif
