/* Which other cases the guards of a case's open stages read. */
#ifndef BF_CORE_READS_H
#define BF_CORE_READS_H

#include <jansson.h>

#include "store.h"

/* Adds { id: state } to CASES for every case that an action of an open stage names in `reads` among STATE's facts. Cases that are
 * gone are left out. */
int bf__reads_collect(struct bf__store *store, const json_t *view, const json_t *state, json_t *cases,
                      struct bf_error *err) BF_WARN_UNUSED;

/* Register entries that READS names: "register:NAME" the whole register, or a fact or "input.X" whose field is a register entry
 * or a list of them. Fills ENTRIES: { register: { id: value } }. */
int bf__reads_entries(struct bf__store *store, const json_t *view, const json_t *action, const json_t *state, const json_t *input,
                      json_t *entries, struct bf_error *err) BF_WARN_UNUSED;
/* Ids of the cases of STATE's unit when READS holds "unit:KIND" (the newest 500, its own left out, none of a
 * higher level of secrecy than its own), else an empty array. New reference. */
int bf__reads_unit(struct bf__store *store, const json_t *reads, const json_t *state, json_t **ret_ids,
                   struct bf_error *err) BF_WARN_UNUSED;

#endif
