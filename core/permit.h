/* Who may do and see what: roles by jurisdiction and unit, clearance. Knows no role by name. */
#ifndef BF_CORE_PERMIT_H
#define BF_CORE_PERMIT_H

#include <jansson.h>
#include <stdbool.h>

#include "directory.h"
#include "operation.h"

/* May ACTOR do what BY (a role or an array of roles) may for JURISDICTION and UNIT, where there is no case yet? VIEW is that
 * jurisdiction's rules. */
bool bf__permitted(struct bf__directory *directory, const json_t *view, const json_t *by, const json_t *actor,
                   const char *jurisdiction, const char *unit);

/* Posts: an action belongs to a role, and a role on a case to organisations; never to a person. A role that is `impartial` passes
 * over bodies on the applicant's side: to the body of the same role in the jurisdiction above, or, when there is none, to the
 * role that `impartial` names. Array of ids, new reference, maybe empty. */
json_t *bf__posts(struct bf__directory *directory, const json_t *view, const char *role, const json_t *state);
/* ORG stands on the applicant's side of the case, or has a declared conflict: it may not act as ROLE. */
bool bf__recused(struct bf__directory *directory, const json_t *view, const char *role, const char *org, const json_t *state);
/* As whom ACTOR may do what BY may on STATE's case: himself, or somebody whose deputy he is today (then with `on_behalf_of`). New
 * reference, NULL when he may not. Knows nothing of who holds the work: see office.h. */
json_t *bf__acts_as(struct bf__app *app, const json_t *view, const json_t *by, json_t *actor, const json_t *state);
/* ACTOR is the deputy of USER today. `on_behalf`: ACTOR in USER's place, a new reference: { user, name of ACTOR, org, roles … of
 * USER, on_behalf_of: { user, name, org }, own_org }. */
bool bf__deputises(struct bf__app *app, const json_t *actor, const char *user);
json_t *bf__on_behalf(struct bf__app *app, const json_t *actor, const char *user);
/* ENTRY { to: { user } or { org } } of a case's office is for ACTOR, or for somebody whose deputy he is. */
bool bf__addressed(struct bf__app *app, const json_t *entry, const json_t *actor);

/* May the actor see the case at all? By a post, a deputy's, or because he was asked, is to sign, or was sent a copy. Clearance
 * comes before all of these. `belongs` leaves out the last three, which give reading and nothing else. */
bool bf__may_see(const struct bf__reading *reading, const json_t *state);
bool bf__actor_sees(struct bf__app *app, const json_t *view, const json_t *actor, const json_t *state);
bool bf__actor_belongs(struct bf__app *app, const json_t *view, const json_t *actor, const json_t *state);
/* The titles of BY's roles in LANGUAGE, joined, for refusals. */
void bf__role_titles(const json_t *view, const json_t *by, const char *language, char *text, size_t size);
/* May an administrator of ACTOR's jurisdiction (NULL: the operator) manage people of JURISDICTION: its own, or one below? */
bool bf__administers(struct bf__app *app, const json_t *actor, const char *jurisdiction);
/* The six digits below whose rules an administrator must stay ("counties/CODE/…"), or NULL for the operator and the root's
 * administrators, who may change all. Borrowed from ACTOR. */
const char *bf__rules_reach(struct bf__app *app, const json_t *actor);

#endif
