#include "candidates.h"

#include <stdlib.h>
#include <string.h>

#define KEPT 8
#define KEPT_BYTES ((size_t)256 << 20) /* of their plans; the newest is kept whatever it takes */

struct bf__candidates {
  pthread_mutex_t lock;
  struct bf__candidate *first; /* newest first */
};

struct bf__candidates *bf__candidates_new(void) {
  struct bf__candidates *all = calloc(1, sizeof *all);
  if (all) (void)pthread_mutex_init(&all->lock, NULL);
  return all;
}

static void destroy(struct bf__candidate *candidate) {
  bf__rules_free(candidate->ready);
  bf__ruleset_unref(candidate->set);
  bf__reign_unref(candidate->then);
  json_decref(candidate->policy);
  json_decref(candidate->asked);
  json_decref(candidate->plan);
  json_decref(candidate->summary);
  free(candidate);
}

static void drop(struct bf__candidate *candidate) {
  if (--candidate->refs == 0) destroy(candidate);
}

void bf__candidates_free(struct bf__candidates *all) {
  if (!all) return;
  for (struct bf__candidate *candidate = all->first, *next; candidate; candidate = next) {
    next = candidate->next;
    drop(candidate);
  }
  (void)pthread_mutex_destroy(&all->lock);
  free(all);
}

void bf__candidates_keep(struct bf__candidates *all, struct bf__candidate *candidate) {
  (void)pthread_mutex_lock(&all->lock);
  candidate->next = all->first;
  all->first = candidate;
  int count = 1;
  size_t bytes = candidate->bytes;
  for (struct bf__candidate **at = &candidate->next; *at;) {
    struct bf__candidate *one = *at;
    bytes += one->bytes;
    if (strcmp(one->set->hash, candidate->set->hash) == 0 || ++count > KEPT || bytes > KEPT_BYTES) {
      *at = one->next;
      drop(one);
    } else {
      at = &one->next;
    }
  }
  (void)pthread_mutex_unlock(&all->lock);
}

struct bf__candidate *bf__candidates_find(struct bf__candidates *all, const char *hash) {
  size_t length = hash ? strlen(hash) : 0;
  struct bf__candidate *found = NULL;
  if (length < 12 || length >= BF__HASH_HEX) return NULL;
  (void)pthread_mutex_lock(&all->lock);
  for (struct bf__candidate *one = all->first; one && !found; one = one->next)
    if (strncmp(one->set->hash, hash, length) == 0) found = one;
  if (found) found->refs++;
  (void)pthread_mutex_unlock(&all->lock);
  return found;
}

struct bf__candidate *bf__candidate_ref(struct bf__candidates *all, struct bf__candidate *candidate) {
  (void)pthread_mutex_lock(&all->lock);
  candidate->refs++;
  (void)pthread_mutex_unlock(&all->lock);
  return candidate;
}

void bf__candidate_unref(struct bf__candidates *all, struct bf__candidate *candidate) {
  if (!candidate) return;
  (void)pthread_mutex_lock(&all->lock);
  drop(candidate);
  (void)pthread_mutex_unlock(&all->lock);
}
