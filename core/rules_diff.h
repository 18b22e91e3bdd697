/* What differs between two rulesets, in words. */
#ifndef BF_CORE_RULES_DIFF_H
#define BF_CORE_RULES_DIFF_H

#include <jansson.h>

#include "ruleset.h"

/* [ { place, part, article?, before?, after?, zh, en } ]: one entry for each number, period, paper, action, deadline, stage,
 * title or date that differs; changed files whose data is the same are told as such. PLACE is "" for the base or a jurisdiction.
 * New reference. */
json_t *bf__rules_diff(const struct bf__ruleset *before, const struct bf__ruleset *after);

#endif
