/* Red lines over the declarations alone: what can be said of a ruleset without any case. The lines over cases' lives are the
 * prover's. */
#ifndef BF_CORE_REDLINES_H
#define BF_CORE_REDLINES_H

#include <jansson.h>

#include "ruleset.h"

/* Asks every line's `rules` for the base and for every jurisdiction with amendments. *RET is a list of { jurisdiction?, name,
 * article, zh, en }, empty where nothing is crossed; what a jurisdiction shares with the base is told once, as the base's. */
int bf__redlines_static(struct bf__ruleset *set, json_t **ret, struct bf_error *err) BF_WARN_UNUSED;

/* The same for one jurisdiction, or the base (NULL), with RULES that are there already: [ { name, article, zh, en } ]. */
int bf__redlines_of(struct bf__rules *rules, const char *jurisdiction, json_t **ret, struct bf_error *err) BF_WARN_UNUSED;

/* The first of CROSSED in one line, zh " · " en, as a person reads it. */
void bf__redlines_text(const json_t *crossed, char *text, size_t size);

#endif
