/* What anyone may see of a case without a login. Pure. */
#ifndef BF_CORE_PUBLISH_H
#define BF_CORE_PUBLISH_H

#include <jansson.h>
#include <stdbool.h>

/* Does the `public.when` of its kind let STATE out? A classified case never, whatever its facts say. */
bool bf__public_out(const json_t *view, const json_t *state);
/* Its facts that `public.facts` lists; a new reference. */
json_t *bf__public_facts(const json_t *view, const json_t *state);

#endif
