/* Whether what a reminder asked for is still to be done. */
#ifndef BF_CORE_NOTICE_DONE_H
#define BF_CORE_NOTICE_DONE_H

#include "operation.h"

/* BODY is a notice's. For a reminder of a deadline of STATE's case, adds to OUT `done: true` when the deadline is there no more,
 * or `moved_to` when it has another date now. Nothing for other notices, and nothing where nobody knows the case's rules. */
int bf__notice_done(const struct bf__reading *reading, const json_t *state, const json_t *body, json_t *out) BF_WARN_UNUSED;

#endif
