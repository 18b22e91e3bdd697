/* banfa: error codes, and the detail a failing call leaves in its caller's struct. */
#ifndef BANFA_ERROR_H
#define BANFA_ERROR_H

#include <stdarg.h>
#include <stdio.h>

/* Every call that can fail returns 0 or one of these. */
enum bf_code {
  BF_OK = 0,
  BF_EINVAL = -1, /* the caller's data is wrong */
  BF_ENOMEM = -2, /* no memory */
  BF_EIO = -3,    /* the disk, a socket or the database failed */
  BF_ENOTFOUND = -4,
  BF_EREFUSED = -5, /* a rule says no */
  BF_EBUSY = -6,    /* somebody else holds it: a port, a data folder */
  BF_EFULL = -7,    /* the disk is full */
  BF_EVERSION = -8, /* made by a newer program, or for another ABI */
  BF_ELIMIT = -9,   /* a size, a depth, a time or a count was passed */
  BF_ESCRIPT = -10, /* a script failed: never the user's fault */
  BF_ESTATE = -11,  /* not now: stopping, not started, stale */
};

#define BF_WARN_UNUSED __attribute__((warn_unused_result))
#define BF_PRINTF(f, a) __attribute__((format(printf, f, a)))

/* Detail of a failure; owned by the caller, always NUL-terminated, valid UTF-8 where its parts were. */
struct bf_error {
  int code;          /* enum bf_code */
  char where[160];   /* a file and line, a configuration key, a field path */
  char message[480]; /* what happened and what to do */
};

/* Fills ERR (which may be NULL) and returns CODE, so that `return bf_fail(err, …)` reads well. */
BF_PRINTF(4, 5)
static inline int bf_fail(struct bf_error *err, int code, const char *where, const char *format, ...) {
  if (err) {
    va_list args;
    err->code = code;
    (void)snprintf(err->where, sizeof err->where, "%s", where ? where : "");
    va_start(args, format);
    (void)vsnprintf(err->message, sizeof err->message, format, args);
    va_end(args);
  }
  return code;
}

#endif
