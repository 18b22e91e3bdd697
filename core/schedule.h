/* Candidates that wait for their day. Loop thread. */
#ifndef BF_CORE_SCHEDULE_H
#define BF_CORE_SCHEDULE_H

#include "app.h"

/* Puts the candidate into force whose day came first: a fresh plan, then the engine; refused when the rules are not those it was
 * planned over. DONE follows when it is in force and every deadline agrees, or when it was refused and people were told. */
void bf__schedule_run(struct bf__app *app, void (*done)(void *arg), void *arg);

#endif
