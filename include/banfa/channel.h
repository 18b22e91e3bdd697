/* banfa: a channel by which notices reach people. A plugin provides the service "channel.NAME" version 1; the core hands it what
 * waits in the outbox. */
#ifndef BANFA_CHANNEL_H
#define BANFA_CHANNEL_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "banfa/error.h"

/* How one delivery ended. */
struct bf_delivered {
  int status;             /* 0 = delivered, negative = not */
  const char *fault;      /* why not, one line without secrets; borrowed for the call */
  bool give_up;           /* trying again is of no use (no such address): the notice is set aside at once */
  int64_t retry_after_ms; /* the receiver's own wish; 0: the outbox's backoff */
};

typedef void (*bf_delivered_fn)(void *arg, const struct bf_delivered *how);

struct bf_channel {
  uint32_t size;
  /* Delivers one notice, borrowed until DONE runs:
   *   { id, key, recipient, case?, at_ms, attempts, body: { zh, en, title, article?, deadline?, due?, … },
   *     to?: { user, name, address, lang: "zh"|"en" }       who it is for, for channels that reach one person
   *     text?: { subject, plain, brief?, html?, link? }     the wording, already in the reader's language; `brief` is `plain`
   *                                                         without subject and link, for channels that show those apart
   *     thread?, urgent? }                                  THREAD is the same for all notices of one case
   * KEY is the same on every try: a receiver that has seen it does nothing. DONE runs once on the loop thread, perhaps before
   * `deliver` returns. */
  void (*deliver)(const struct bf_channel *self, const json_t *notice, bf_delivered_fn done, void *arg);
  /* What the receiving side bears, kept by the outbox: deliveries under way at once (0: 16) and started in a minute (0: no
   * limit). */
  uint32_t at_once, per_minute;
};

#endif
