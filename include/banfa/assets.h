/* banfa: the "assets" service, version 1: files of a web application, served beside the API by whichever plugin speaks HTTP. Loop
 * thread. */
#ifndef BANFA_ASSETS_H
#define BANFA_ASSETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One file, borrowed until the loop comes round again. */
struct bf_asset {
  const char *type; /* media type, with charset for text */
  const char *body;
  size_t length;
  const char *encoding; /* "gzip", or NULL */
  const char *etag;     /* with its quotes; NULL without */
  const char *policy;   /* Content-Security-Policy */
  bool immutable;       /* its address changes with its content: kept for a year */
};

struct bf_assets {
  uint32_t size;
  /* The file at PATH ("/", "/assets/a-1234.js"); GZIP tells what the client takes. False: there is none. */
  bool (*find)(const struct bf_assets *self, const char *path, bool gzip, struct bf_asset *ret);
};

#endif
