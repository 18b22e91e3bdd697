/* Candidate rulesets on their way into force: read, checked, planned, waiting for `apply`. Shared by the loop, workers and the
 * engine. */
#ifndef BF_CORE_CANDIDATES_H
#define BF_CORE_CANDIDATES_H

#include <jansson.h>
#include <stdint.h>

#include "app.h"

struct bf__candidate {
  struct bf__ruleset *set;
  struct bf__rules *ready; /* loaded beforehand, so that the swap only exchanges pointers */
  int64_t base;            /* the number of the last change of rules when it was planned */
  json_t *asked;           /* the choice as it was given, or NULL */
  json_t *policy;          /* what cases in flight do: { stay?, move? } */
  json_t *plan;            /* { case: impact as canonical text }, or NULL while not planned */
  size_t bytes;            /* of the plan */
  json_t *summary;
  char plan_hash[BF__HASH_HEX]; /* of all that the plan says: what a second person approves */
  _Atomic int64_t head;         /* the last event that the plan has seen */
  int64_t affected, open_cases, stranded, staying, migrating;
  int refs;
  struct bf__reign *then; /* engine thread: what begins when it is put into force */
  struct bf__candidate *next;
};

struct bf__candidates;
struct bf__candidates *bf__candidates_new(void);
void bf__candidates_free(struct bf__candidates *all);
/* Keeps CANDIDATE (its one reference is stolen), in place of another with the same hash; the oldest go when there are more than
 * eight, or their plans take too much room. */
void bf__candidates_keep(struct bf__candidates *all, struct bf__candidate *candidate);
/* By hash, or by the first twelve digits or more; a new reference, or NULL. */
struct bf__candidate *bf__candidates_find(struct bf__candidates *all, const char *hash);
struct bf__candidate *bf__candidate_ref(struct bf__candidates *all, struct bf__candidate *candidate);
void bf__candidate_unref(struct bf__candidates *all, struct bf__candidate *candidate);

#endif
