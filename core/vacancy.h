/* Posts without anybody: nobody of the organisation is enabled and there, and no deputy acts. What belongs to a post waits there;
 * this makes sure that somebody above hears of it, once, and that an operator sees it. */
#ifndef BF_CORE_VACANCY_H
#define BF_CORE_VACANCY_H

#include "operation.h"

/* Tells the bodies above (of the same roles, in the jurisdictions above) and the administrators of every post that has become
 * vacant since the last look; forgets those that are staffed again. Engine thread; writes. */
int bf__vacancy_check(struct bf__turn *turn, struct bf_error *err) BF_WARN_UNUSED;
/* Asks the engine for it, from the loop thread. */
void bf__vacancy_ask(struct bf__app *app);
/* A day on which somebody goes or comes back: in the deadlines' table under no case. */
int bf__vacancy_remind(struct bf__turn *turn, const char *user, int32_t day, struct bf_error *err) BF_WARN_UNUSED;
/* STATE's open stages have changed: a post it has come to may have nobody, or never had. The same, for those. */
int bf__vacancy_arrived(struct bf__turn *turn, const json_t *view, const json_t *state, struct bf_error *err) BF_WARN_UNUSED;
/* The vacant posts: [ organisation ], those that once had somebody; with NEVER also the others. New reference. */
json_t *bf__vacancies(struct bf__directory *directory, const char *date, bool never);

/* user.absence, internal: { user, add: { from, to, deputy?, why? } } or { user, cancel: from }. */
int bf__absence_write(struct bf__turn *turn, struct bf__command *command, struct bf_error *err);

#endif
