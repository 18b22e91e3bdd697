/* Checks JSON that came from outside against a form that the scripts declare.
 *
 * A form is an array of fields: { "name", "type", "zh", "en", "optional"?, "min"?, "max"?, "choices"?, "of"?, "fields"?,
 * "pattern"? … }. Types: text (max = characters, default 2000, valid UTF-8 without control characters save tab and newline),
 * money (integer fen, 0 to 9e15), int, percent (integer 0 to 100), bool, date ("YYYY-MM-DD", exists), choice ("choices":
 * [{"value","zh","en"}]), list ("of": a field without a name, min/max count), record ("fields": a form), ref ("kind": a case id
 * as text), user, org, register ("register": entry id) as text. */
#ifndef BF_CORE_FORM_H
#define BF_CORE_FORM_H

#include <jansson.h>

#include "banfa/error.h"

/* Appends one refusal {code, zh, en, field} per fault to REFUSALS, "field" being a path such as "payments[2].amount"; unknown
 * names are faults, with the nearest known name in the text. VALUE is normalised in place (an empty object where a list is due
 * becomes []). With PARTIAL set, absent fields are no fault (facts may come piece by piece). Returns 0, or BF_ENOMEM. */
int bf__form_check(const json_t *form, json_t *value, int partial, json_t *refusals);

/* The same for the one value of FIELD, called NAME in refusals. VALUE is not null. */
int bf__form_check_one(const json_t *field, const char *name, json_t *value, json_t *refusals);

/* Checks the declaration of a form itself: known types, names unique, choices and parts present. Err->where is the field. */
int bf__form_valid(const json_t *form, struct bf_error *err) BF_WARN_UNUSED;

/* The text of the known word nearest to WORD, or NULL when none is near (a third of its length, by edit distance). Borrowed. */
const char *bf__nearest(const char *word, const char *const *known, size_t count);

#endif
