/* Notices: what `notify` effects and due deadlines tell people, written to the outbox in the same transaction as the event. */
#ifndef BF_CORE_NOTICE_H
#define BF_CORE_NOTICE_H

#include <jansson.h>

#include "operation.h"

/* A notice's recipient is an organisation's id, or this and a user's: no organisation has a colon in its name. */
#define BF__TO_PERSON "user:"

/* One outbox row for RECIPIENT; the same KEY twice is one notice. CASE_ID may be NULL. */
int bf__notice_put(struct bf__turn *turn, const char *key, const char *recipient, const char *case_id, const json_t *body,
                   struct bf_error *err) BF_WARN_UNUSED;

/* When EFFECT is a `notify`, writes one outbox row for each organisation that holds one of its roles on the case, and for each
 * { user } or { org } that it names. KEY =
 * "SEQ.NUMBER.org", so that the same notice never arrives twice. *NUMBER counts the notices of the event. */
int bf__notice_write(struct bf__turn *turn, const json_t *state, const json_t *event, const json_t *effect, int64_t seq,
                     int *number, struct bf_error *err) BF_WARN_UNUSED;

/* The `notify` effects by which people hear of a deadline: one, for the latest of RUNGS. New reference. */
json_t *bf__due_notice(const json_t *view, const char *stage, const char *name, const json_t *spec, const json_t *rungs);

/* A notice of no case, to each of ORGS (ids), worded by the template AS with VALUES (stolen). SEQ: of the event it belongs to. */
int bf__notice_tell(struct bf__turn *turn, const json_t *orgs, int64_t seq, const char *as, json_t *values,
                    struct bf_error *err) BF_WARN_UNUSED;

#endif
