/* banfa: a channel by which notices reach people. A plugin provides the service "channel.NAME" version 1; the core hands it what
 * waits in the outbox. */
#ifndef BANFA_CHANNEL_H
#define BANFA_CHANNEL_H

#include <jansson.h>
#include <stdint.h>

#include "banfa/error.h"

struct bf_channel {
  uint32_t size;
  /* Delivers one notice: { id, key, recipient, case?, at_ms, body: { zh, en, article?, … } }, borrowed until DONE runs. KEY is
   * the same on every try: a receiver that has seen it does nothing. DONE runs once on the loop thread, perhaps before `deliver`
   * returns: STATUS 0 = delivered, negative = try again later, with FAULT (borrowed) telling why. */
  void (*deliver)(const struct bf_channel *self, const json_t *notice, void (*done)(void *arg, int status, const char *fault),
                  void *arg);
};

#endif
