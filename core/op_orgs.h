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

/* True when ACTOR administers USER's organisation, or ORG_ID's; otherwise CALL is answered and INPUT gone. */
bool bf__op_within_of(struct bf__app *app, const struct bf_call *call, const json_t *actor, const char *user, const char *org_id,
                      json_t *input);

/* Deputies: absence.c. */
void bf__op_me_deputy(struct bf__app *app, const struct bf_call *call, json_t *params, json_t *actor);
void bf__op_me_deputies(struct bf__app *app, const struct bf_call *call, json_t *params, json_t *actor);
void bf__op_user_deputy(struct bf__app *app, const struct bf_call *call, json_t *params, json_t *actor);

#endif
