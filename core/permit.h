/* Who may do and see what: roles by jurisdiction and unit, clearance. Knows no role by name. */
#ifndef BF_CORE_PERMIT_H
#define BF_CORE_PERMIT_H

#include <jansson.h>
#include <stdbool.h>

#include "directory.h"
#include "operation.h"

/* May ACTOR do what BY (a role or an array of roles) may, on a case of JURISDICTION and UNIT? VIEW is that jurisdiction's rules.
 */
bool bf__permitted(struct bf__directory *directory, const json_t *view, const json_t *by, const json_t *actor,
                   const char *jurisdiction, const char *unit);
/* May the reading's actor see the case at all? */
bool bf__may_see(const struct bf__reading *reading, const json_t *state);
bool bf__actor_sees(struct bf__app *app, const json_t *view, const json_t *actor, const json_t *state);
/* The titles of BY's roles in LANGUAGE, joined, for refusals. */
void bf__role_titles(const json_t *view, const json_t *by, const char *language, char *text, size_t size);
/* Organisations (ids) that hold ROLE for a case. New reference. */
json_t *bf__role_holders(struct bf__directory *directory, const json_t *view, const char *role, const char *jurisdiction,
                         const char *unit);

/* May an administrator of ACTOR's jurisdiction (NULL: the operator) manage people of JURISDICTION: its own, or one below? */
bool bf__administers(struct bf__app *app, const json_t *actor, const char *jurisdiction);
/* The six digits below whose rules an administrator must stay ("counties/CODE/…"), or NULL for the operator and the root's
 * administrators, who may change all. Borrowed from ACTOR. */
const char *bf__rules_reach(struct bf__app *app, const json_t *actor);

#endif
