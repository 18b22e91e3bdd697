/* Parts of a case as people see it, for other readings that show cases. */
#ifndef BF_CORE_OP_CASE_VIEWS_H
#define BF_CORE_OP_CASE_VIEWS_H

#include "operation.h"

/* What the reader may do on STATE's case now: each action of an open stage with its form, papers and reasons. *RET: a new array.
 * ASKER is who the scripts are told of: the reader, or NULL for nobody in particular, where others' work is looked at. */
int bf__case_actions(struct bf__reading *reading, const json_t *view, json_t *state, json_t *asker, json_t **ret,
                     struct bf_error *err) BF_WARN_UNUSED;
/* A line of a list: id, title, unit, open stages, the columns of its kind, the next deadline. A new reference. */
json_t *bf__case_summary(struct bf__reading *reading, const json_t *view, const json_t *state);

#endif
