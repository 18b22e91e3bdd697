/* Putting a planned candidate into force: the engine's side, and the reconciliation of deadlines behind it. */
#ifndef BF_CORE_RULES_APPLY_H
#define BF_CORE_RULES_APPLY_H

#include "candidates.h"
#include "operation.h"

/* "rules.put", internal: { hash, strict, note? }. Refuses a stale plan, a stranded case; otherwise writes the ruleset, the event
 * and the swap. */
int bf__rules_put(struct bf__turn *turn, struct bf__command *command, struct bf_error *err) BF_WARN_UNUSED;
/* "rules.reconcile", internal: brings the stored deadlines of the next slice of cases in line with the rules in force. */
int bf__rules_reconcile(struct bf__turn *turn, struct bf__command *command, struct bf_error *err) BF_WARN_UNUSED;
/* Starts, or goes on with, the reconciliation: slice after slice until nothing is left. Loop thread; also once at start. */
void bf__rules_reconcile_start(struct bf__app *app);

#endif
