#include "clock.h"

#include <time.h>

#include "calendar.h"

void bf__clock_real(struct bf__clock *clock) {
  clock->is_virtual = false;
  atomic_init(&clock->at, 0);
  atomic_init(&clock->last, 0);
}

void bf__clock_virtual(struct bf__clock *clock, int64_t at) {
  clock->is_virtual = true;
  atomic_init(&clock->at, at);
  atomic_init(&clock->last, at);
}

int64_t bf__clock_now(struct bf__clock *clock) {
  struct timespec time;
  if (clock->is_virtual) return atomic_load(&clock->at);
  int64_t last = atomic_load(&clock->last);
  if (clock_gettime(CLOCK_REALTIME, &time) < 0) return last;
  int64_t now = (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
  /* The system clock may be set back under us; events must not be. */
  while (now > last)
    if (atomic_compare_exchange_weak(&clock->last, &last, now)) return now;
  return last;
}

int bf__clock_set(struct bf__clock *clock, int64_t at, struct bf_error *err) {
  char now_text[32], at_text[32];
  if (!clock->is_virtual)
    return bf_fail(err, BF_EREFUSED, "clock",
                   "the program runs on the real clock, which nobody moves. Start it with --clock TIME for a virtual one");
  int64_t now = atomic_load(&clock->at);
  do {
    if (at >= now) continue;
    bf__moment_format(now, now_text);
    bf__moment_format(at, at_text);
    return bf_fail(err, BF_EREFUSED, "clock", "the clock stands at %s and never goes back: %s lies before it", now_text, at_text);
  } while (!atomic_compare_exchange_weak(&clock->at, &now, at));
  return 0;
}
