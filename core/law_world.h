/* Law cases with given.world: see law_world.c. */
#ifndef BF_CORE_LAW_WORLD_H
#define BF_CORE_LAW_WORLD_H

#include <jansson.h>

#include "ruleset.h"

/* Lives law case ONE and compares it with what it expects; WHY (of SIZE bytes, empty) gets the first thing that differs. */
int bf__law_world(struct bf__rules *rules, const json_t *one, char *why, size_t size, struct bf_error *err) BF_WARN_UNUSED;

#endif
