/* Operations on organisations and users; in the table of people. */
#ifndef BF_CORE_OP_ORGS_H
#define BF_CORE_OP_ORGS_H

#include "operation.h"

void bf__op_org_list(struct bf__app *app, const struct bf_call *call, json_t *params, json_t *actor);
void bf__op_org_add(struct bf__app *app, const struct bf_call *call, json_t *params, json_t *actor);
void bf__op_user_list(struct bf__app *app, const struct bf_call *call, json_t *params, json_t *actor);
void bf__op_user_add(struct bf__app *app, const struct bf_call *call, json_t *params, json_t *actor);
void bf__op_user_passwd(struct bf__app *app, const struct bf_call *call, json_t *params, json_t *actor);
void bf__op_user_disable(struct bf__app *app, const struct bf_call *call, json_t *params, json_t *actor);

#endif
