/* Lists that a person keeps by name, in his own record: { views: [ { name, query?, standard? } ] }. */
#ifndef BF_CORE_LISTS_H
#define BF_CORE_LISTS_H

#include "operation.h"

void bf__op_me_lists(struct bf__app *app, const struct bf_call *call, json_t *params, json_t *actor);
void bf__op_me_lists_put(struct bf__app *app, const struct bf_call *call, json_t *params, json_t *actor);

#endif
