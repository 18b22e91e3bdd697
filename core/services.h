/* What the core offers to plugins, and finds in them. */
#ifndef BF_CORE_SERVICES_H
#define BF_CORE_SERVICES_H

#include "app.h"
#include "operation.h"

/* Fills app->api and app->engine_service. */
void bf__services_init(struct bf__app *app);
/* The scheduler's service, or NULL when no such plugin is loaded. */
const struct bf_scheduler *bf__app_scheduler(struct bf__app *app);
/* A script's failure, for the operator's log. */
void bf__log_script(const char *operation, const struct bf_error *err);
/* An internal command by name; `done` may be NULL. Loop thread. */
int bf__submit(struct bf__app *app, const char *operation, json_t *params /* stolen */, void (*done)(struct bf__command *),
               void *arg);

#endif
