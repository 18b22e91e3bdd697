#include "jobs.h"

#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NICE 10

struct job {
  struct bf__jobs *jobs;
  uv_thread_t thread;
  void (*run)(void *arg);
  void (*done)(void *arg);
  void *arg;
  struct job *next;
};

struct bf__jobs {
  uv_async_t async;
  uv_mutex_t lock;
  struct job *finished; /* under the lock */
  int running;
};

void bf__thread_low(void) {
  (void)setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), NICE); /* of this thread alone */
}

static void job_main(void *arg) {
  struct job *job = arg;
  struct bf__jobs *jobs = job->jobs;
  bf__thread_low();
  job->run(job->arg);
  uv_mutex_lock(&jobs->lock);
  job->next = jobs->finished;
  jobs->finished = job;
  uv_mutex_unlock(&jobs->lock);
  (void)uv_async_send(&jobs->async);
}

static void on_finished(uv_async_t *async) {
  struct bf__jobs *jobs = async->data;
  uv_mutex_lock(&jobs->lock);
  struct job *job = jobs->finished;
  jobs->finished = NULL;
  uv_mutex_unlock(&jobs->lock);
  for (struct job *next; job; job = next) {
    next = job->next;
    (void)uv_thread_join(&job->thread);
    jobs->running--;
    job->done(job->arg);
    free(job);
  }
}

int bf__jobs_new(uv_loop_t *loop, struct bf__jobs **ret, struct bf_error *err) {
  struct bf__jobs *jobs = calloc(1, sizeof *jobs);
  if (!jobs) return bf_fail(err, BF_ENOMEM, "jobs", "no memory");
  int r = uv_mutex_init(&jobs->lock);
  if (r >= 0 && (r = uv_async_init(loop, &jobs->async, on_finished)) < 0) uv_mutex_destroy(&jobs->lock);
  if (r < 0) {
    free(jobs);
    return bf_fail(err, BF_EIO, "jobs", "%s", uv_strerror(r));
  }
  jobs->async.data = jobs;
  *ret = jobs;
  return 0;
}

int bf__job_start(struct bf__jobs *jobs, void (*run)(void *arg), void (*done)(void *arg), void *arg, struct bf_error *err) {
  if (jobs->running >= BF__JOBS) return bf_fail(err, BF_EBUSY, "jobs", "%d are under way already", BF__JOBS);
  struct job *job = calloc(1, sizeof *job);
  if (!job) return bf_fail(err, BF_ENOMEM, "jobs", "no memory");
  *job = (struct job){.jobs = jobs, .run = run, .done = done, .arg = arg};
  if (uv_thread_create(&job->thread, job_main, job) < 0) {
    free(job);
    return bf_fail(err, BF_EBUSY, "jobs", "no thread could be started");
  }
  jobs->running++;
  return 0;
}

static void on_closed(uv_handle_t *handle) {
  struct bf__jobs *jobs = handle->data;
  uv_mutex_destroy(&jobs->lock);
  free(jobs);
}

void bf__jobs_stop(struct bf__jobs *jobs) {
  if (!jobs) return;
  while (jobs->running) (void)uv_run(jobs->async.loop, UV_RUN_ONCE);
  uv_close((uv_handle_t *)&jobs->async, on_closed);
}
