/* The same request twice is done once: answers kept by actor and Idempotency-Key, in the same transaction as what they answer. */
#ifndef BF_CORE_IDEMPOTENCY_H
#define BF_CORE_IDEMPOTENCY_H

#include <stdbool.h>

#include "operation.h"

/* *ANSWERED when the key was used before: with the same request the old answer is given again, with another one a refusal (409).
 */
int bf__idempotency_seen(struct bf__turn *turn, struct bf__command *command, bool *answered, struct bf_error *err) BF_WARN_UNUSED;
int bf__idempotency_keep(struct bf__turn *turn, const struct bf__command *command, struct bf_error *err) BF_WARN_UNUSED;

#endif
