/* What a change of rules does to one case. Pure but for the other cases that guards read. */
#ifndef BF_CORE_IMPACT_H
#define BF_CORE_IMPACT_H

#include <jansson.h>
#include <stdbool.h>

#include "ruleset.h"
#include "store.h"

struct bf__impact_sides {
  struct bf__rules *before, *after;
  struct bf__store *store; /* for the cases that guards read */
  int32_t today;
  const json_t *stages; /* { jurisdiction-or-"": { stage: true } } whose actions may differ, or NULL for all */
};

/* *RET: NULL when nothing differs, else { case, title, unit, jurisdiction, stranded, deadlines: [ { stage, name, title, article?,
 * change: "moved"|"appears"| "vanishes", before?, after?, tell } ], actions: [ { stage, action, title, change:
 * "opens"|"closes"|"appears"|"vanishes", reasons } ], papers: [ { stage, action, paper, change: "needed"|"dropped" } ], told: [
 * roles ] }. */
int bf__impact(const struct bf__impact_sides *sides, json_t *state, json_t **ret, struct bf_error *err) BF_WARN_UNUSED;

/* The stages whose actions may differ between two rulesets, for `stages` above; NULL (no error) when any may. New reference. */
json_t *bf__impact_stages(const struct bf__ruleset *before, const struct bf__ruleset *after);

#endif
