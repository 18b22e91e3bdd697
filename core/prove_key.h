/* When two worlds are alike: amounts count by the interval they lie in among the thresholds that the scripts name, dates by their
 * order and by the periods that lie between them and today, counts up to a few. */
#ifndef BF_CORE_PROVE_KEY_H
#define BF_CORE_PROVE_KEY_H

#include <stddef.h>
#include <stdint.h>

#include "prove_world.h"

#define BF__MARKS_MAX 256
#define BF__ATOMS_MAX 4096

/* The thresholds that a view and the base name, each sorted, each once. */
struct bf__marks {
  json_int_t amounts[BF__MARKS_MAX], counts[BF__MARKS_MAX], days[BF__MARKS_MAX];
  size_t amount_count, count_count, day_count;
};
#define BF__AMOUNT_FROM 10000 /* smaller numbers are counts */
void bf__marks_collect(const json_t *view, struct bf__marks *marks);

/* A world as a set of atoms; two worlds with the same sums are alike. */
struct bf__key {
  uint64_t sum[2];
  uint64_t atoms[BF__ATOMS_MAX];
  size_t count;
};
void bf__key_make(const struct bf__lab *lab, const struct bf__marks *marks, const struct bf__world *world, struct bf__key *ret);
uint64_t bf__key_text(const char *text); /* a hash */
uint64_t bf__key_mix(uint64_t a, uint64_t b);

/* A set of 64-bit values other than 0; grows. */
struct bf__seen {
  uint64_t *slots;
  size_t room, count;
};
bool bf__seen_add(struct bf__seen *seen, uint64_t value); /* true when it was not there */
bool bf__seen_has(const struct bf__seen *seen, uint64_t value);
void bf__seen_done(struct bf__seen *seen);

/* How new a world is: 1 it holds an atom never seen, 2 a pair never seen, 3 nothing new. Notes what it holds. */
int bf__key_novelty(const struct bf__key *key, struct bf__seen *atoms, struct bf__seen *pairs, struct bf__seen *last);

#endif
