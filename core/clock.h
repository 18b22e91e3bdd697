/* The program's one clock. Any thread. */
#ifndef BF_CORE_CLOCK_H
#define BF_CORE_CLOCK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "banfa/error.h"

struct bf__clock {
  bool is_virtual;
  _Atomic int64_t at;   /* virtual only: ms since the epoch */
  _Atomic int64_t last; /* real only: never answer less than before, whatever the system clock does */
};

void bf__clock_real(struct bf__clock *clock);
void bf__clock_virtual(struct bf__clock *clock, int64_t at);
int64_t bf__clock_now(struct bf__clock *clock);
/* Moves a virtual clock forward; BF_EREFUSED on a real one or backwards. */
int bf__clock_set(struct bf__clock *clock, int64_t at, struct bf_error *err);

#endif
