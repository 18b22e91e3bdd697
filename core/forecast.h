/* What happens next and when, if nobody acts, or if everybody acts in time. Pure: works on a copy, stores nothing. */
#ifndef BF_CORE_FORECAST_H
#define BF_CORE_FORECAST_H

#include <jansson.h>
#include <stdbool.h>

#include "reign.h"

/* Lives STATE (borrowed) on from FROM until UNTIL. *RET_STORY: [ { date, what: "act"|"due"|"warn"|"stop", stage, action|deadline,
 * zh, en, article?, due? } ]. `date` is when it happens: a deadline is over when its last day, `due`, has ended. EVERYBODY: the
 * usual actions are done as soon as they may be, papers supplied, forms filled with examples; otherwise only time passes. CASES:
 * { id: part } that scripts may read (borrowed). RULES is of the ruleset that the case follows at FROM; under REIGN it moves to
 * THEN once nothing keeps it on an older one. */
int bf__forecast(struct bf__rules *rules, const struct bf__reign *reign, struct bf__rules *then, const json_t *state,
                 const json_t *cases, int32_t from, int32_t until, bool everybody, json_t **ret_story, json_t **ret_state,
                 struct bf_error *err) BF_WARN_UNUSED;
/* Input for a form: its fields' examples, or the plainest value of each type. New reference. */
json_t *bf__form_example(const json_t *form, const char *today);

#endif
