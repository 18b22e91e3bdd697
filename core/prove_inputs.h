/* What people could fill in: the least that a form takes, and from there one field at a time at and around every threshold. */
#ifndef BF_CORE_PROVE_INPUTS_H
#define BF_CORE_PROVE_INPUTS_H

#include "prove_key.h"
#include "prove_world.h"

struct bf__inputs {
  const struct bf__lab *lab;
  const struct bf__marks *marks;
  const struct bf__world *world;
  const json_t *state; /* the case acted on, or NULL at the creation */
  enum {
    BF__INPUTS_ALL,
    BF__INPUTS_WORDS,
    BF__INPUTS_NUMBERS
  } sort; /* what is varied: choices and what is there, or numbers, dates, texts */
};

/* Required fields only, each with its example or the plainest value. New reference. */
json_t *bf__inputs_least(const struct bf__inputs *in, const json_t *form);
/* Inputs that differ from INPUT in one place: every value worth trying of every field, or of the field called ONLY. An amount
 * that stands in more than one place is moved in all of them together, too. New reference to an array. */
json_t *bf__inputs_vary(const struct bf__inputs *in, const json_t *form, const json_t *input, const char *only);

#endif
