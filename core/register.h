/* Registers: kept lists that scripts declare. */
#ifndef BF_CORE_REGISTER_H
#define BF_CORE_REGISTER_H

#include <jansson.h>

#include "operation.h"

/* When EFFECT is `add` or `change`, writes the entry; others are left alone. */
int bf__register_effect(struct bf__turn *turn, const json_t *state, const json_t *effect, struct bf_error *err) BF_WARN_UNUSED;

#endif
