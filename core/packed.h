/* A long answer that is the same for many readers: packed once, kept, and told apart by a mark of its content. */
#ifndef BF_CORE_PACKED_H
#define BF_CORE_PACKED_H

#include <stdbool.h>
#include <stddef.h>

struct bf__packed {
  const void *key; /* what it was made of */
  char *gzip;
  size_t length;
  char etag[24];
  struct bf__packed *next;
};

/* Packs TEXT and marks it; NULL when there is no memory. */
struct bf__packed *bf__packed_new(const void *key, const char *text);
void bf__packed_free(struct bf__packed *list); /* all of a list */

void bf__etag_of(const char *text, size_t length, char out[24]); /* a mark of the content, for ETag */
/* Whether If-None-Match (NULL: none came) names ETAG. */
bool bf__etag_known(const char *if_none_match, const char *etag);

#endif
