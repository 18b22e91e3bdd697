/* The branches of a Lua text: the text with what each branch leads to on a line of its own, so that a line hook tells which were
 * taken. It means the same; an `if` without `else` gets an empty one. Pure. */
#ifndef BF_CORE_BRANCHES_H
#define BF_CORE_BRANCHES_H

#include <jansson.h>

#include "banfa/error.h"

struct bf__spaced {
  char *text; /* owned */
  size_t length;
  json_t *lines; /* for each line of it, from 1: the line of the text that it comes from, 0 for what was put in; [0] is unused */
  json_t *branches; /* [ { at, line, kind } ]: taken when line AT of the new text runs; kind: then, else, and, or, loop */
};

int bf__branches(const char *text, size_t length, struct bf__spaced *ret, struct bf_error *err) BF_WARN_UNUSED;
void bf__spaced_done(struct bf__spaced *spaced);

/* What was run of the new text ({ run: [ line ], left: [ line ] }, borrowed) said of the old: { run, left, branches: [ { line,
 * kind, taken } ] }; a new reference, NULL without memory. Branches that hold no code, or stand on a line that never ran, are
 * left out. */
json_t *bf__branches_taken(const json_t *lines, const json_t *branches, const json_t *watched);

#endif
