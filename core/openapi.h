/* The interface described for programs: OpenAPI 3.1, made from the routes and from the rules in force. */
#ifndef BF_CORE_OPENAPI_H
#define BF_CORE_OPENAPI_H

#include <jansson.h>

#include "banfa/error.h"
#include "ruleset.h"

/* The document as JSON text; free() it. Kept for the ruleset that was asked for last. Any thread. */
int bf__openapi_text(const struct bf__ruleset *set, char **ret_text, struct bf_error *err) BF_WARN_UNUSED;

/* The JSON Schema of a form's fields (an array, see form.h): an object with its properties; of FIELD alone. New references, NULL
 * without memory. */
json_t *bf__openapi_form(const json_t *form);
json_t *bf__openapi_field(const json_t *field);
/* "title" for tools that know one language, both for those that know ours. */
void bf__openapi_entitle(json_t *schema, const json_t *named);

#endif
