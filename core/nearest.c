/* "Did you mean …?" */
#include <string.h>

#include "form.h"

#define WORD_MOST 63 /* longer words are nobody's slip of the finger, and would cost their length squared */

/* Levenshtein distance of words up to WORD_MOST bytes. */
static size_t distance_of(const char *a, const char *b) {
  size_t row[WORD_MOST + 1], n = strlen(b);
  for (size_t j = 0; j <= n; j++) row[j] = j;
  for (size_t i = 1; *a; a++, i++) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= n; j++) {
      size_t best = diagonal + (*a != b[j - 1]);
      if (row[j] + 1 < best) best = row[j] + 1;
      if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
      diagonal = row[j];
      row[j] = best;
    }
  }
  return row[n];
}

const char *bf__nearest(const char *word, const char *const *known, size_t count) {
  const char *best = NULL;
  size_t length = word ? strnlen(word, WORD_MOST + 1) : 0,
         least = length / 3 + 2; /* below it: a third of the length, and one for short words */
  if (length == 0 || length > WORD_MOST) return NULL;
  for (size_t i = 0; i < count; i++) {
    size_t other = known[i] ? strnlen(known[i], WORD_MOST + 1) : WORD_MOST + 1;
    if (other > WORD_MOST || other + least <= length || length + least <= other) continue;
    size_t distance = distance_of(word, known[i]);
    if (distance < least && distance < (other > length ? other : length))
      best = known[i], least = distance; /* all other letters: not near */
  }
  return best;
}
