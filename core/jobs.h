/* Long work beside the loop: each job has a thread of its own at low priority, so that neither passwords nor documents wait for
 * it. Few at a time: what comes beyond that is refused. Loop thread, but for RUN. */
#ifndef BF_CORE_JOBS_H
#define BF_CORE_JOBS_H

#include "app.h"

#define BF__JOBS 4 /* under way at one time */

struct bf__jobs;
int bf__jobs_new(uv_loop_t *loop, struct bf__jobs **ret, struct bf_error *err) BF_WARN_UNUSED;
/* RUN on a thread of its own, then DONE on the loop thread. BF_EBUSY when too many are under way: neither is called. */
int bf__job_start(struct bf__jobs *jobs, void (*run)(void *arg), void (*done)(void *arg), void *arg,
                  struct bf_error *err) BF_WARN_UNUSED;
void bf__thread_low(void);                 /* puts the calling thread below those that serve */
void bf__jobs_stop(struct bf__jobs *jobs); /* waits for those under way; frees JOBS once the loop has run; NULL-safe */

#endif
