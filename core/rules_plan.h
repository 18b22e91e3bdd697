/* A plan: what a candidate would do to every open case. */
#ifndef BF_CORE_RULES_PLAN_H
#define BF_CORE_RULES_PLAN_H

#include "candidates.h"

/* Fills CANDIDATE's plan, summary, policy, base and head by a look at every open case, on a connection and copies of the rules of
 * its own. ASKED { stay, move } is what cases in flight are to do, or NULL. Any thread, for seconds. */
int bf__rules_plan(struct bf__app *app, struct bf__candidate *candidate, const json_t *asked,
                   struct bf_error *err) BF_WARN_UNUSED;

/* What the plan says of one case, as `bf__impact` gave it: a new reference, NULL for a case that nothing happens to. */
json_t *bf__plan_case(const struct bf__candidate *candidate, const char *id);

/* Looks again at the cases that changed since, until few are left for the engine, which stands still for them. A plan that nobody
 * has seen yet is brought up to date; one that somebody has (STRICT) must still be true: RET_DIFFERS names a case for which it is
 * not, else it is "". */
int bf__rules_catch_up(struct bf__app *app, struct bf__candidate *candidate, bool strict, char *ret_differs, size_t size,
                       struct bf_error *err) BF_WARN_UNUSED;

#endif
