/* A mail as RFC 5322, MIME (RFC 2045 to 2047) and RFC 3834 want it: CRLF lines of at most 76 characters, UTF-8 in base64. */
#ifndef BF_NOTIFY_MAIL_MESSAGE_H
#define BF_NOTIFY_MAIL_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

#include "banfa/error.h"

struct bf__mail {
  const char *from_name, *from; /* mailbox of the sender */
  const char *to_name, *to;
  const char *subject, *plain;
  const char *html;   /* or NULL */
  const char *key;    /* makes the Message-ID: the same on every try, so that receivers drop a second copy */
  const char *thread; /* or NULL: mails of one thread refer to one root */
  int64_t at_ms;
};

/* Whether ADDRESS can stand in an envelope: one @, no blanks, no marks of the protocol. */
int bf__mail_address_ok(const char *address);
/* PLAIN as HTML, in which LINK (or NULL) can be pressed; malloc'd, NULL without memory. */
char *bf__mail_html(const char *plain, const char *link);
/* *RET is malloc'd and the caller's, *RET_LENGTH its bytes. */
int bf__mail_write(const struct bf__mail *mail, char **ret, size_t *ret_length, struct bf_error *err) BF_WARN_UNUSED;

#endif
