/* banfa: the "transfer" service, version 1: requests to other servers (HTTP, SMTP) that never block the loop. Loop thread.
 * Certificates are always checked; redirects are not followed; an answer is kept up to 64 KiB. */
#ifndef BANFA_TRANSFER_H
#define BANFA_TRANSFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "banfa/error.h"

/* How a transfer ended. Everything is borrowed for the call. */
struct bf_transferred {
  int status;             /* 0 = the other side answered, negative = it did not */
  long code;              /* its HTTP or SMTP code, 0 without one */
  const char *body;       /* its answer, NUL-terminated */
  size_t length;          /* bytes in `body` */
  int64_t retry_after_ms; /* what it asked for, or 0 */
  const char *fault;      /* why STATUS is negative: one line, no secrets */
};

/* One request. Everything is borrowed until `start` returns, save ARG. */
struct bf_transfer_request {
  uint32_t size;
  const char *url;            /* http, https, smtp (STARTTLS asked for) or smtps */
  const char *const *headers; /* "Name: value", NULL-ended, or NULL; HTTP only */
  const char *body;           /* HTTP: sent by POST; SMTP: the message, CRLF lines */
  size_t length;
  const char *user, *password; /* or NULL */
  const char *from;            /* SMTP: the envelope */
  const char *const *to;       /* SMTP: the recipients, NULL-ended */
  bool plain;                  /* SMTP: go on without TLS; only for a server on this machine */
  const char *ca_file;         /* PEM; NULL: the system's */
  int64_t timeout_ms;          /* of the whole; 0: 30 s */
  void (*done)(void *arg, const struct bf_transferred *how);
  void *arg;
};

struct bf_transfer {
  uint32_t size;
  /* Starts REQUEST; `done` runs once, after this has returned. A negative answer means that it will not run. */
  int (*start)(const struct bf_transfer *self, const struct bf_transfer_request *request, struct bf_error *err);
  /* A secret: the text of FILE (refused when others may read it), else the environment's VARIABLE. *RET is malloc'd and the
   * caller's; NULL with 0 when neither is given. */
  int (*secret)(const struct bf_transfer *self, const char *file, const char *variable, char **ret, struct bf_error *err);
};

#endif
