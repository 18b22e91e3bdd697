/* The scripts folder, watched: an edit becomes a candidate at once, and comes into force by itself in development mode only. Loop
 * thread. */
#ifndef BF_CORE_WATCH_H
#define BF_CORE_WATCH_H

#include "app.h"

struct bf__watch;

/* *RET stays NULL when the configuration asks for none, or the folder cannot be watched: that is logged and no error. */
int bf__watch_start(struct bf__app *app, struct bf__watch **ret, struct bf_error *err) BF_WARN_UNUSED;
/* { state: "in_force"|"former" (was in force once)|"candidate"|"broken", candidate?, where?, message? }, a new reference; NULL
 * when nothing is watched. */
json_t *bf__watch_state(const struct bf__watch *watch);
void bf__watch_stop(struct bf__watch *watch); /* NULL-safe; frees it once the loop has run */

#endif
