/* What the engine does once, before its thread runs: people, rules in force, the virtual clock's memory. */
#ifndef BF_CORE_STARTUP_H
#define BF_CORE_STARTUP_H

#include "app.h"
#include "store.h"

/* Loads the directory; takes the rules in force from storage, or those of the scripts folder when there are none yet (or in
 * development mode); puts a virtual clock at the last event when that is later. LAST_MS is the last event's moment, 0 for none.
 */
int bf__startup(struct bf__app *app, struct bf__store *store, int64_t last_ms, struct bf_error *err) BF_WARN_UNUSED;

#endif
