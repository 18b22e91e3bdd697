/* Work on rules that are not trusted yet, done by a child process with limits: what hangs, eats memory or crashes ends the child
 * and never the program. The child is this program with the hidden command `rules-worker`: it gets one job as JSON on its
 * standard input and answers with lines of JSON on its standard output: { "progress": … } any number of times, then one {
 * "result": … } or { "error": { code, where, message } }. It has no data folder, opens no file and no socket, and dies with its
 * parent.
 *
 * A job: { "verb": "check" | "test" | …, "bundle": { files, calendar }, and what the verb needs }. */
#ifndef BF_CORE_CHILD_H
#define BF_CORE_CHILD_H

#include <jansson.h>
#include <stdint.h>
#include <uv.h>

#include "banfa/error.h"

#define BF__CHILD_COMMAND "rules-worker"

struct bf__child_limits {
  int64_t cpu_seconds; /* of processor time */
  int64_t wall_ms;     /* then it is killed */
  size_t memory;       /* bytes of address space; not in builds with sanitizers, whose shadow needs more */
};
extern const struct bf__child_limits bf__child_default_limits; /* for check and test: 60 s, 1 GiB */

extern const char *bf__child_program; /* "/proc/self/exe": this very program, also when its file was replaced since */

struct bf__child;
/* PROGRESS: borrowed. RESULT: borrowed, NULL when the child failed: then ERR says why; BF_ELIMIT for what ran into a limit or
 * died. */
typedef void (*bf__child_progress)(void *arg, const json_t *progress);
typedef void (*bf__child_done)(void *arg, json_t *result, const struct bf_error *err);

/* Starts JOB (borrowed) on LOOP, whose thread calls PROGRESS (may be NULL) and, once, DONE; never before the return. *RET lives
 * until DONE has returned. */
int bf__child_start(uv_loop_t *loop, const json_t *job, const struct bf__child_limits *limits, bf__child_progress progress,
                    bf__child_done done, void *arg, struct bf__child **ret, struct bf_error *err) BF_WARN_UNUSED;
/* Ends it: DONE will be called with BF_ESTATE. */
void bf__child_stop(struct bf__child *child);

/* The same on a loop of its own, waiting for the end: for the command line and worker threads. *RET_RESULT is a new reference. */
int bf__child_run(const json_t *job, const struct bf__child_limits *limits, bf__child_progress progress, void *arg,
                  json_t **ret_result, struct bf_error *err) BF_WARN_UNUSED;

/* The child's side (child_worker.c): reads the job, does it, answers. Returns an exit code. */
int bf__child_main(void);

/* What a verb is given and gives: BUNDLE and JOB borrowed. `bf__child_tell` writes one line of progress (stolen). */
typedef int (*bf__child_verb)(const json_t *job, json_t **ret_result, struct bf_error *err);
void bf__child_tell(json_t *progress);

#endif
