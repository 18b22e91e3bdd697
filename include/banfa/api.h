/* banfa: the "api" service, version 1: the program's one door, free of any transport.
 *
 * The core provides it. HTTP, the administration socket and the command line all make calls; each call is an operation name
 * with JSON parameters and comes back as one answer. Operations and their parameters are listed in core/README.md. */
#ifndef BANFA_API_H
#define BANFA_API_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "banfa/error.h"

struct bf_upload;

/* What comes back. Everything is borrowed until the callback returns, save `file`. */
struct bf_answer {
  int status;       /* HTTP status code: 200, 201, 204, 304, 400, 401, 403, 404, 409, 412, 413, 415, 422, 429, 500, 503, 507 */
  const char *type; /* media type of `body` */
  const char *body;
  size_t length;         /* bytes in `body` */
  int64_t version;       /* the case's version for ETag and If-Match, or -1 */
  const char *location;  /* path of what was created, or NULL */
  const char *token;     /* session token to hand to the browser as a cookie; "" asks to drop it; NULL leaves it */
  int64_t token_seconds; /* how long the token lives */
  int file;              /* an open file to stream in place of `body`, or -1; the callback takes ownership */
  int64_t file_bytes;
  const char *file_name; /* UTF-8, for Content-Disposition, or NULL */
  const char *etag;      /* with its quotes: the asker may keep this answer, and ask next time whether it still holds; or NULL */
  const char *encoding;  /* "gzip" when `body` is packed, or NULL */
};

/* Runs on the loop thread, once for each call; it may run before `call` returns. */
typedef void (*bf_answer_cb)(void *arg, const struct bf_answer *answer);

/* One call. Text is borrowed until `call` returns; PARAMS is stolen, also on failure. */
struct bf_call {
  uint32_t size;               /* sizeof(struct bf_call) */
  const char *operation;       /* "case.act", "case.get", … */
  json_t *params;              /* an object; path parameters, query parameters and body are merged by the transport */
  const char *token;           /* the caller's session token, or NULL for nobody */
  bool operator_;              /* the call comes over the administration socket from this machine's operator */
  const char *idempotency_key; /* or NULL */
  int64_t if_version;          /* If-Match, or -1 */
  const char *peer;            /* address, for the log and for lock-out after failed logins; or NULL */
  bf_answer_cb answer;
  void *arg;
  bool gzip;                 /* the caller takes packed bodies */
  const char *if_none_match; /* etags of what the caller has kept, or NULL */
};

struct bf_api {
  uint32_t size;
  /* Every path ends in exactly one run of `answer`. */
  void (*call)(const struct bf_api *self, struct bf_call *call);

  /* A document coming in: begin, write in order, then finish or abort. Nothing is kept in memory beyond one write.
   * `begin` checks who may add it before a byte is taken; when it refuses it has run the callback and leaves *ret_upload NULL.
   * PARAMS: {id, kind, name, type}. `write` copies nothing: DATA is borrowed until DONE runs on the loop thread.
   * `finish` runs the call's `answer` once the document is durable and on the case. `abort` leaves no trace, runs no `answer`,
   * and comes only when no `write` is under way. A `write` that does not return 0 runs no DONE. */
  void (*upload_begin)(const struct bf_api *self, struct bf_call *call, struct bf_upload **ret_upload);
  int (*upload_write)(struct bf_upload *upload, const char *data, size_t length, void (*done)(void *arg, int status), void *arg);
  void (*upload_finish)(struct bf_upload *upload);
  void (*upload_abort)(struct bf_upload *upload);

  /* CHANGED runs on the loop thread after commits: "stream.read" may have something new. One watcher. NULL ends it. */
  void (*watch)(const struct bf_api *self, void (*changed)(void *arg), void *arg);
};

#endif
