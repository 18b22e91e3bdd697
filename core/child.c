#include "child.h"

#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ANSWER_BYTES ((size_t)64 << 20) /* of one answer with all its progress */

const struct bf__child_limits bf__child_default_limits = {.cpu_seconds = 60, .wall_ms = 60000, .memory = (size_t)1 << 30};

const char *bf__child_program = "/proc/self/exe";

struct bf__child {
  uv_process_t process;
  uv_pipe_t in, out;
  uv_timer_t timer;
  uv_write_t write;
  char *job; /* the text being written */
  char *text;
  size_t length, room, taken; /* what has come; how much was given on in lines; all there ever was */
  bf__child_progress progress;
  bf__child_done done;
  void *arg;
  json_t *result;
  struct bf_error err;
  int handles; /* still open */
  int signal;
  int64_t status;
  bool exited, ended, closing;
};

/* Closing ---------------------------------------------------------------------------------------------------------------------
 */

static void destroy(struct bf__child *child) {
  json_decref(child->result);
  free(child->job);
  free(child->text);
  free(child);
}

static void say_why(struct bf__child *child) {
  if (child->result || child->err.code) return;
  if (child->signal == SIGXCPU || child->signal == SIGKILL)
    (void)bf_fail(&child->err, BF_ELIMIT, "child", "it used more processor time or memory than it may, and was ended");
  else if (child->signal)
    (void)bf_fail(&child->err, BF_ELIMIT, "child", "it crashed: signal %d", child->signal);
  else
    (void)bf_fail(&child->err, BF_ELIMIT, "child", "it ended without an answer, with code %lld: out of memory?",
                  (long long)child->status);
}

static void on_close(uv_handle_t *handle) {
  struct bf__child *child = handle->data;
  if (--child->handles > 0) return;
  say_why(child);
  if (child->done) child->done(child->arg, child->err.code ? NULL : child->result, &child->err);
  destroy(child);
}

static void close_one(uv_handle_t *handle) {
  if (!uv_is_closing(handle)) uv_close(handle, on_close);
}

static void close_all(struct bf__child *child) {
  if (child->closing) return;
  child->closing = true;
  close_one((uv_handle_t *)&child->process);
  close_one((uv_handle_t *)&child->in);
  close_one((uv_handle_t *)&child->out);
  close_one((uv_handle_t *)&child->timer);
}

static void kill_child(struct bf__child *child) {
  if (!child->exited) (void)uv_process_kill(&child->process, SIGKILL);
}

static void give_up(struct bf__child *child, int code, const char *message) {
  if (!child->err.code && !child->result) (void)bf_fail(&child->err, code, "child", "%s", message);
  kill_child(child);
}

static void on_exit_(uv_process_t *process, int64_t status, int signal_) {
  struct bf__child *child = process->data;
  child->exited = true;
  child->status = status;
  child->signal = signal_;
  if (child->ended) close_all(child);
}

static void on_time(uv_timer_t *timer) {
  struct bf__child *child = timer->data;
  char text[100];
  (void)snprintf(text, sizeof text, "it took longer than %lld seconds, and was ended",
                 (long long)(uv_timer_get_repeat(timer) / 1000));
  give_up(child, BF_ELIMIT, text);
}

void bf__child_stop(struct bf__child *child) {
  give_up(child, BF_ESTATE, "it was stopped");
}

/* Reading -----------------------------------------------------------------------------------------------------------------------
 */

static void take_error(struct bf__child *child, const json_t *error) {
  const char *where = json_string_value(json_object_get(error, "where")),
             *message = json_string_value(json_object_get(error, "message"));
  json_int_t code = json_integer_value(json_object_get(error, "code"));
  (void)bf_fail(&child->err, code < 0 && code >= BF_ESTATE ? (int)code : BF_ESCRIPT, where, "%s",
                message ? message : "it failed");
}

static void take_line(struct bf__child *child, const char *line, size_t length) {
  json_error_t fault;
  json_t *value = child->result || child->err.code ? NULL : json_loadb(line, length, 0, &fault);
  json_t *progress = json_object_get(value, "progress"), *result = json_object_get(value, "result"),
         *error = json_object_get(value, "error");
  if (progress && child->progress) child->progress(child->arg, progress);
  if (result) child->result = json_incref(result);
  if (error) take_error(child, error);
  json_decref(value);
}

static void on_room(uv_handle_t *handle, size_t wanted, uv_buf_t *buf) {
  struct bf__child *child = handle->data;
  if (child->room - child->length < 65536) {
    size_t room = child->room ? child->room * 2 : 131072;
    char *grown = realloc(child->text, room);
    if (grown) {
      child->text = grown;
      child->room = room;
    }
  }
  (void)wanted;
  *buf = uv_buf_init(child->text + child->length, (unsigned)(child->room - child->length)); /* of no length: read fails */
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buf) {
  struct bf__child *child = stream->data;
  (void)buf;
  if (count < 0) {
    if (count == UV_ENOBUFS) give_up(child, BF_ENOMEM, "no memory for its answer");
    child->ended = true;
    (void)uv_read_stop(stream);
    if (child->exited)
      close_all(child);
    else if (child->result || child->err.code) /* it has answered: nothing it does now matters */
      kill_child(child);
    return;
  }
  size_t from = child->length, begin = 0;
  child->length += (size_t)count;
  child->taken += (size_t)count;
  for (size_t i = from; i < child->length; i++) {
    if (child->text[i] != '\n') continue;
    take_line(child, child->text + begin, i - begin);
    begin = i + 1;
  }
  memmove(child->text, child->text + begin, child->length - begin);
  child->length -= begin;
  if (child->taken > ANSWER_BYTES) give_up(child, BF_ELIMIT, "it answers without end, and was ended");
}

/* Starting --------------------------------------------------------------------------------------------------------------------
 */

static void on_written(uv_write_t *write, int status) {
  struct bf__child *child = write->data;
  (void)status; /* a child that does not read its job is found by its end */
  if (!child->closing) close_one((uv_handle_t *)&child->in);
}

static int spawn(struct bf__child *child, uv_loop_t *loop, const struct bf__child_limits *limits) {
  char cpu[24], memory[24];
  char *args[] = {"banfa", BF__CHILD_COMMAND, cpu, memory, NULL};
  char *environment[] = {"LC_ALL=C.UTF-8", "ASAN_OPTIONS=detect_leaks=0:abort_on_error=0", NULL};
  uv_stdio_container_t stdio[3] = {
      {.flags = UV_CREATE_PIPE | UV_READABLE_PIPE, .data.stream = (uv_stream_t *)&child->in},
      {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&child->out},
      {.flags = UV_INHERIT_FD, .data.fd = 2},
  };
  uv_process_options_t options = {.file = bf__child_program,
                                  .args = args,
                                  .env = environment,
                                  .cwd = "/",
                                  .stdio = stdio,
                                  .stdio_count = 3,
                                  .exit_cb = on_exit_};
  (void)snprintf(cpu, sizeof cpu, "%lld", (long long)limits->cpu_seconds);
  (void)snprintf(memory, sizeof memory, "%zu", limits->memory);
  return uv_spawn(loop, &child->process, &options);
}

static int begin(struct bf__child *child, uv_loop_t *loop, const struct bf__child_limits *limits) {
  child->process.data = child->in.data = child->out.data = child->timer.data = child->write.data = child;
  int r = uv_pipe_init(loop, &child->in, 0);
  if (r >= 0) r = uv_pipe_init(loop, &child->out, 0);
  if (r >= 0) r = uv_timer_init(loop, &child->timer);
  child->handles = 4;
  int spawned = spawn(child, loop, limits); /* a process handle that failed must be closed like the others */
  uv_buf_t buf = uv_buf_init(child->job, (unsigned)strlen(child->job));
  if (r >= 0) r = spawned;
  if (r >= 0) r = uv_read_start((uv_stream_t *)&child->out, on_room, on_read);
  if (r >= 0) r = uv_write(&child->write, (uv_stream_t *)&child->in, &buf, 1, on_written);
  if (r >= 0) r = uv_timer_start(&child->timer, on_time, (uint64_t)limits->wall_ms, (uint64_t)limits->wall_ms);
  if (r >= 0) return 0;
  child->done = NULL;
  child->exited = spawned < 0;
  kill_child(child);
  close_all(child);
  return r;
}

int bf__child_start(uv_loop_t *loop, const json_t *job, const struct bf__child_limits *limits, bf__child_progress progress,
                    bf__child_done done, void *arg, struct bf__child **ret, struct bf_error *err) {
  struct bf__child *child = calloc(1, sizeof *child);
  if (child) child->job = json_dumps(job, JSON_COMPACT);
  if (!child || !child->job) {
    free(child);
    return bf_fail(err, BF_ENOMEM, "child", "no memory");
  }
  child->progress = progress;
  child->done = done;
  child->arg = arg;
  int r = begin(child, loop, limits);
  if (r < 0) return bf_fail(err, BF_EIO, "child", "a child process cannot be started: %s", uv_strerror(r));
  *ret = child;
  return 0;
}

/* Waiting for one ---------------------------------------------------------------------------------------------------------------
 */

struct waiting {
  bf__child_progress progress;
  void *arg;
  json_t *result;
  struct bf_error err;
};

static void pass_on(void *arg, const json_t *progress) {
  struct waiting *waiting = arg;
  if (waiting->progress) waiting->progress(waiting->arg, progress);
}

static void note(void *arg, json_t *result, const struct bf_error *err) {
  struct waiting *waiting = arg;
  waiting->result = json_incref(result);
  waiting->err = *err;
}

int bf__child_run(const json_t *job, const struct bf__child_limits *limits, bf__child_progress progress, void *arg,
                  json_t **ret_result, struct bf_error *err) {
  struct waiting waiting = {.progress = progress, .arg = arg};
  struct bf__child *child;
  uv_loop_t loop;
  if (uv_loop_init(&loop) < 0) return bf_fail(err, BF_EIO, "child", "no event loop: too many open files?");
  int r = bf__child_start(&loop, job, limits, pass_on, note, &waiting, &child, err);
  (void)uv_run(&loop, UV_RUN_DEFAULT);
  (void)uv_loop_close(&loop);
  if (r < 0) return r;
  if (!waiting.result) return bf_fail(err, waiting.err.code, waiting.err.where, "%s", waiting.err.message);
  *ret_result = waiting.result;
  return 0;
}
