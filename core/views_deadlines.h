/* The deadlines a person may see, for lists and feeds. Reader threads. */
#ifndef BF_CORE_VIEWS_DEADLINES_H
#define BF_CORE_VIEWS_DEADLINES_H

#include "operation.h"

/* Deadlines alive with a date from FROM to TO (NULL = open), soonest first, at most LIMIT; with MINE only those that tell the
 * reading's actor. Each as in a case, with case, case_title, version and the
 * moment of the case's last change, changed_ms. *RET: a new array. */
int bf__deadline_items(struct bf__reading *reading, const char *from, const char *to, bool mine, int64_t limit, json_t **ret,
                       struct bf_error *err) BF_WARN_UNUSED;

/* Those that told the reading's actor, ran, and ended since SINCE_MS, latest first: { case, case_title, version, stage, name,
 * title, article, due }. */
int bf__deadline_ended_items(struct bf__reading *reading, int64_t since_ms, int64_t limit, json_t **ret,
                             struct bf_error *err) BF_WARN_UNUSED;

#endif
