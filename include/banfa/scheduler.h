/* banfa: the "scheduler" service, version 1: fires what falls due. Loop thread. */
#ifndef BANFA_SCHEDULER_H
#define BANFA_SCHEDULER_H

#include <stdint.h>

#include "banfa/error.h"

struct bf_scheduler {
  uint32_t size;
  /* Something changed: the earliest pending moment may be AT (ms). Cheap; may be called often. */
  void (*wake)(const struct bf_scheduler *self, int64_t at);
  /* Virtual clock only: moves time to TARGET (ms), firing what falls due on the way, in order, each at its own moment.
   * DONE runs once on the loop thread with the number fired, or a negative code and an error. */
  void (*advance)(const struct bf_scheduler *self, int64_t target,
                  void (*done)(void *arg, int64_t fired, const struct bf_error *err), void *arg);
};

/* The core's side, service "engine" version 1: what a scheduler needs. */
struct bf_engine_service {
  uint32_t size;
  /* Fires at most LIMIT deadline rungs whose moment is at or before UNTIL (ms), oldest first, in one batch through the engine.
   * DONE runs on the loop thread with how many fired, and the next pending moment in ms (INT64_MAX when there is none). */
  void (*fire_due)(const struct bf_engine_service *self, int64_t until, int limit,
                   void (*done)(void *arg, int64_t fired, int64_t next, const struct bf_error *err), void *arg);
  /* Whether the program runs on a virtual clock, and setting it (never backwards). */
  int (*clock_is_virtual)(const struct bf_engine_service *self);
  int (*clock_set)(const struct bf_engine_service *self, int64_t at, struct bf_error *err);
};

#endif
