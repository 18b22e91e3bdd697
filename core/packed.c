#include "packed.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define GZIP_WINDOW (15 + 16) /* zlib's way to ask for a gzip head */

/* FNV-1a, 64 bits, weak since packed and plain text share it: it says when the content is another one, and guards nothing. */
void bf__etag_of(const char *text, size_t length, char out[24]) {
  uint64_t hash = UINT64_C(14695981039346656037);
  for (size_t i = 0; i < length; i++) hash = (hash ^ (unsigned char)text[i]) * UINT64_C(1099511628211);
  (void)snprintf(out, 24, "W/\"%016llx\"", (unsigned long long)hash);
}

static bool pack(struct bf__packed *packed, const char *text, size_t length) {
  z_stream stream = {.next_in = (Bytef *)(uintptr_t)text, .avail_in = (uInt)length};
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP_WINDOW, 8, Z_DEFAULT_STRATEGY) != Z_OK) return false;
  uLong room = deflateBound(&stream, (uLong)length);
  char *smaller;
  packed->gzip = malloc(room);
  stream.next_out = (Bytef *)packed->gzip;
  stream.avail_out = (uInt)room;
  bool done = packed->gzip && deflate(&stream, Z_FINISH) == Z_STREAM_END;
  packed->length = (size_t)stream.total_out;
  (void)deflateEnd(&stream);
  if (done && packed->length && (smaller = realloc(packed->gzip, packed->length))) packed->gzip = smaller;
  return done;
}

struct bf__packed *bf__packed_new(const void *key, const char *text) {
  struct bf__packed *packed = calloc(1, sizeof *packed);
  size_t length = strlen(text);
  if (!packed || length > UINT32_MAX / 2 || !pack(packed, text, length)) {
    bf__packed_free(packed);
    return NULL;
  }
  packed->key = key;
  bf__etag_of(text, length, packed->etag);
  return packed;
}

void bf__packed_free(struct bf__packed *list) {
  for (struct bf__packed *next; list; list = next) {
    next = list->next;
    free(list->gzip);
    free(list);
  }
}

bool bf__etag_known(const char *if_none_match, const char *etag) {
  return if_none_match && (strcmp(if_none_match, "*") == 0 || strstr(if_none_match, etag));
}
