/* The outbox: notices written in the same transaction as their event, handed to channels at least once, tried again with growing
 * pauses. Loop thread. */
#ifndef BF_CORE_OUTBOX_H
#define BF_CORE_OUTBOX_H

#include "app.h"

struct bf__outbox;

int bf__outbox_start(struct bf__app *app, struct bf_error *err) BF_WARN_UNUSED; /* after the plugins */
void bf__outbox_wake(struct bf__app *app);                                      /* notices were written; NULL-safe before start */
void bf__outbox_hush(struct bf__app *app); /* nothing more is begun; what is under way gets a moment to end */
void bf__outbox_stop(struct bf__app *app); /* after the channels: writes down how the last ones ended, and closes its timer */

#endif
