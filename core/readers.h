/* Readers: a small pool of threads, each with a read-only connection and its own copy of the rules. They serve what changes
 * nothing. */
#ifndef BF_CORE_READERS_H
#define BF_CORE_READERS_H

#include "operation.h"

struct bf__readers;

/* One read under way: made on the loop thread, run by a reader, finished on the loop thread. */
struct bf__read_job {
  const struct bf__operation *operation;
  struct bf__reading reading;             /* actor and params are owned by the job */
  void (*done)(struct bf__read_job *job); /* loop thread; the job is freed afterwards */
  void *arg;
  struct bf__read_job *next;
};

int bf__readers_start(struct bf__app *app, int count, struct bf__readers **ret, struct bf_error *err) BF_WARN_UNUSED;
struct bf__read_job *bf__read_job_new(const struct bf__operation *operation, json_t *params /* stolen */,
                                      json_t *actor /* borrowed */);
void bf__readers_submit(struct bf__readers *readers, struct bf__read_job *job); /* steals JOB */
void bf__readers_stop(struct bf__readers *readers);                             /* finishes what is queued, joins, frees */

#endif
