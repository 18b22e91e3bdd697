/* The proof of a ruleset: every jurisdiction's own rules are lived through within a bound, and refused when a red line can be
 * crossed. Runs in a child process (child.h) wherever the rules come from people. */
#ifndef BF_CORE_PROVE_H
#define BF_CORE_PROVE_H

#include <jansson.h>

#include "ruleset.h"

#define BF__PROVE_SECONDS 10 /* of the processor, for each view, unless told otherwise */

struct bf__prove_options {
  const char *county;  /* this jurisdiction only, or NULL */
  double seconds;      /* for all views together; 0: the default */
  size_t states;       /* of one kind of one view; 0: the default */
  const json_t *known; /* { view hash: proof of that view }, or NULL: what was proved before is not proved again */
};

typedef void (*bf__prove_progress)(void *arg, const json_t *now);

/* *RET: { ok, hash, seconds, bounds: { seconds, states, depth }, views: [ { jurisdiction, hash, reused?, ok, kinds: { kind: what
 * prove_search.h says } } ], crossed: [ { name, article, zh, en, title, jurisdiction, story: […], law_case } ], faults }. */
int bf__prove(struct bf__ruleset *set, const struct bf__prove_options *options, bf__prove_progress progress, void *arg,
              json_t **ret, struct bf_error *err) BF_WARN_UNUSED;
/* [ { jurisdiction, hash } ] of the views that a ruleset has: a view's hash names all that its proof rests on. */
int bf__prove_views(const struct bf__ruleset *set, json_t **ret, struct bf_error *err) BF_WARN_UNUSED;

/* What the child process that proves may use. SECONDS as in the options. */
struct bf__child_limits;
void bf__prove_limits(double seconds, struct bf__child_limits *ret);

/* A tale as people read it, and as a law case (prove_story.c). CROSSED: { name, article, zh, en, case }. Both fill new members of
 * CROSSED: story, law_case. */
struct bf__lab;
int bf__prove_tell(struct bf__lab *lab, const json_t *tale, const json_t *entries, json_t *crossed,
                   struct bf_error *err) BF_WARN_UNUSED;

#endif
