/* Registers: kept lists that scripts declare. */
#ifndef BF_CORE_REGISTER_H
#define BF_CORE_REGISTER_H

#include <jansson.h>
#include <stdbool.h>

#include "operation.h"

#define BF__ENTRY_ID 81 /* bytes of an entry's id, with its end */

/* When EFFECT is `add` or `change`, writes the entry; others are left alone. An `add` without an entry's id gets one, noted in
 * EFFECT so that the event tells it. BF_ESCRIPT when the script asks for nonsense. */
int bf__register_effect(struct bf__turn *turn, const json_t *state, json_t *effect, struct bf_error *err) BF_WARN_UNUSED;

/* The declaration of register NAME: { title, fields, by, read }, borrowed, or NULL. */
const json_t *bf__register_declared(const json_t *view, const char *name);
/* An entry as stored: { id, jurisdiction, version, value }, new reference. BF_ENOTFOUND. */
int bf__register_get(struct bf__store *store, const char *name, const char *id, json_t **ret,
                     struct bf_error *err) BF_WARN_UNUSED;
/* Writes version VERSION of an entry: a new one when it is 1. */
int bf__register_put(struct bf__turn *turn, const char *name, const char *id, const char *jurisdiction, int64_t version,
                     const json_t *value, struct bf_error *err) BF_WARN_UNUSED;
/* The same, with its event in the audit chain: WHAT is "add" or "change", ACTOR may be NULL. */
int bf__register_write(struct bf__turn *turn, const json_t *actor, const char *what, const char *name, const char *id,
                       const char *jurisdiction, int64_t version, json_t *value, struct bf_error *err) BF_WARN_UNUSED;
/* The next free id. */
int bf__register_new_id(struct bf__turn *turn, const char *name, char ret[BF__ENTRY_ID], struct bf_error *err) BF_WARN_UNUSED;
/* Fit for a path and a spreadsheet cell: 1 to 80 bytes, no control character, space, slash, quote or query mark. */
bool bf__register_id_fits(const char *id);
/* A copy of OLD with the members of PART over it; a member that is null goes. New reference. */
json_t *bf__register_merged(const json_t *old, const json_t *part);

/* One jurisdiction is the other, or above or below it. */
bool bf__place_related(const json_t *view, const char *a, const char *b);
/* May ACTOR (NULL = the operator) write entries of JURISDICTION, or read the register at all? */
bool bf__register_writes(struct bf__app *app, const json_t *view, const json_t *declared, const json_t *actor,
                         const char *jurisdiction);
bool bf__register_reads(struct bf__app *app, const json_t *view, const json_t *declared, const json_t *actor);

#endif
