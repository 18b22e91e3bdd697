/* What a change of rules does to one case. Pure but for the other cases that guards read. */
#ifndef BF_CORE_IMPACT_H
#define BF_CORE_IMPACT_H

#include <jansson.h>
#include <stdbool.h>

#include "reign.h"
#include "ruleset.h"
#include "store.h"

struct bf__impact_sides {
  const struct bf__reign *reign, *then; /* today's rules, and what they become */
  struct bf__rules *before, *after;     /* sandboxes of what is in force in each */
  struct bf__shelf *shelf;              /* and of what cases stay on */
  struct bf__store *store;              /* for the cases that guards read */
  int32_t today;
  const json_t
      *stages; /* between the two in force: { jurisdiction-or-"": { stage: true } } whose actions may differ, or NULL for all */
};

/* *RET: NULL when nothing differs, else { case, title, unit, jurisdiction, stranded, deadlines: [ { stage, name, title, article?,
 * change: "moved"|"appears"| "vanishes", before?, after?, tell } ], actions: [ { stage, action, title, change:
 * "opens"|"closes"|"appears"|"vanishes", reasons } ], papers: [ { stage, action, paper, change: "needed"|"dropped" } ], payments:
 * [ { stage, action, title, change: "appears"|"vanishes"|"changes", before?, after? } ], reminders: { role: { new, gone, first? }
 * }, migrates?: { name, title, from, to? }, told: [ roles ] }. A case that stays where it is has empty lists, `stays` { ruleset,
 * stages }, and the lists of what would happen if it moved in `if_moved`. *RET_STAYS tells also of those that nothing would
 * happen to. */
int bf__impact(const struct bf__impact_sides *sides, json_t *state, bool *ret_stays, json_t **ret,
               struct bf_error *err) BF_WARN_UNUSED;

/* The stages whose actions may differ between two rulesets, for `stages` above; NULL (no error) when any may. New reference. */
json_t *bf__impact_stages(const struct bf__ruleset *before, const struct bf__ruleset *after);

#endif
