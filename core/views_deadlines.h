/* The deadlines a person may see, for lists and feeds. Reader threads. */
#ifndef BF_CORE_VIEWS_DEADLINES_H
#define BF_CORE_VIEWS_DEADLINES_H

#include "operation.h"

/* Deadlines alive with a date from FROM to TO (NULL = open), soonest first, at most LIMIT; with MINE only those that tell the
 * reading's actor. Each as in a case, with case, case_title and version. *RET: a new array. */
int bf__deadline_items(struct bf__reading *reading, const char *from, const char *to, bool mine, int64_t limit, json_t **ret,
                       struct bf_error *err) BF_WARN_UNUSED;

#endif
