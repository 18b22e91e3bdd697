/* The administration socket, with a small core of our own behind it: the loop runs in a thread, the blocking client in the test.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "admin.h"
#include "app.h"

static struct {
  char top[64], data[512];
  struct bf__app app;
  uv_async_t stop;
  pthread_t thread;
  /* a call of the operation "later" waits here until another of "now_later" comes, or the server has stopped */
  bf_answer_cb later;
  void *later_arg;
  int closed; /* loop_close's result */
} t;

static void answer(bf_answer_cb callback, void *arg, int status, const char *body) {
  struct bf_answer answer = {
      .status = status, .type = "application/json", .body = body, .length = strlen(body), .version = 7, .file = -1};
  callback(arg, &answer);
}

static void answer_later(const char *body) {
  bf_answer_cb callback = t.later;
  t.later = NULL;
  if (callback) answer(callback, t.later_arg, 200, body);
}

/* In the core's place. */
void bf__api_call(struct bf__app *app, struct bf_call *call) {
  assert_ptr_equal(app, &t.app);
  assert_true(call->operator_);
  char *text = json_dumps(call->params, JSON_COMPACT);
  if (strcmp(call->operation, "later") == 0) {
    t.later = call->answer;
    t.later_arg = call->arg;
  } else if (strcmp(call->operation, "file") == 0) {
    FILE *file = tmpfile();
    (void)fputs("seq,at\n1,x\n", file);
    (void)fflush(file);
    struct bf_answer out = {.status = 200, .type = "text/csv", .version = -1, .file = dup(fileno(file)), .file_bytes = 11};
    (void)fclose(file);
    call->answer(call->arg, &out);
  } else {
    answer(call->answer, call->arg, strcmp(call->operation, "echo") == 0 ? 200 : 404, text);
    if (strcmp(call->operation, "release") == 0) answer_later("{\"late\":true}");
  }
  free(text);
  json_decref(call->params);
}

static void on_stop(uv_async_t *async) {
  uv_stop(async->loop);
  uv_close((uv_handle_t *)async, NULL);
}

static void *serve(void *arg) {
  (void)arg;
  (void)uv_run(&t.app.loop, UV_RUN_DEFAULT);
  bf__admin_stop(t.app.admin);
  answer_later("{\"too\":\"late\"}"); /* nobody hears it; nothing may leak or be used after it was freed */
  (void)uv_run(&t.app.loop, UV_RUN_DEFAULT);
  t.closed = uv_loop_close(&t.app.loop);
  return NULL;
}

static int start_in(const char *data) {
  struct bf_error err = {0};
  memset(&t.app, 0, sizeof t.app);
  t.app.config.data = (char *)(uintptr_t)data;
  if (uv_loop_init(&t.app.loop) < 0 || uv_async_init(&t.app.loop, &t.stop, on_stop) < 0) return -1;
  if (bf__admin_start(&t.app, &t.app.admin, &err) < 0) fail_msg("%s: %s", err.where, err.message);
  return pthread_create(&t.thread, NULL, serve, NULL) == 0 ? 0 : -1;
}

static int enter(void **state) {
  (void)state;
  (void)snprintf(t.top, sizeof t.top, "/tmp/banfa-admin-XXXXXX");
  if (!mkdtemp(t.top)) return -1;
  /* longer than a socket's own path may be */
  (void)snprintf(t.data, sizeof t.data, "%s/%0150d", t.top, 0);
  return mkdir(t.data, 0700) < 0 ? -1 : start_in(t.data);
}

static int leave(void **state) {
  char path[600];
  (void)state;
  if (uv_async_send(&t.stop) < 0 || pthread_join(t.thread, NULL) != 0 || t.closed != 0) return -1;
  (void)snprintf(path, sizeof path, "%s/banfa.sock", t.data);
  if (access(path, F_OK) == 0) return -1; /* a clean stop takes it away */
  return rmdir(t.data) < 0 || rmdir(t.top) < 0 ? -1 : 0;
}

static int dial(void) {
  struct bf_error err = {0};
  int fd = -1;
  if (bf__admin_connect(t.data, &fd, &err) < 0) fail_msg("%s", err.message);
  return fd;
}

static json_t *ask(int fd, const char *operation, const char *params) {
  struct bf_error err = {0};
  json_t *answer_ = NULL, *value = json_loads(params, 0, NULL);
  if (bf__admin_request(fd, operation, value, &answer_, &err) < 0) fail_msg("%s", err.message);
  json_decref(value);
  return answer_;
}

static void check(json_t *value, const char *expected) {
  char *text = json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS);
  assert_string_equal(text, expected);
  free(text);
  json_decref(value);
}

static void requests_are_answered(void **state) {
  (void)state;
  int fd = dial();
  check(ask(fd, "echo", "{\"a\":\"年\"}"), "{\"body\":{\"a\":\"年\"},\"status\":200,\"version\":7}");
  check(ask(fd, "nothing", "{}"), "{\"body\":{},\"status\":404,\"version\":7}");
  check(ask(fd, "file", "{}"), "{\"body\":\"seq,at\\n1,x\\n\",\"status\":200}");
  assert_int_equal(close(fd), 0);
}

static void the_socket_is_the_owners(void **state) {
  (void)state;
  char path[600];
  struct stat info;
  (void)snprintf(path, sizeof path, "%s/banfa.sock", t.data);
  assert_int_equal(stat(path, &info), 0);
  assert_int_equal(info.st_mode & 0777, 0600);
}

static void large_requests_pass(void **state) {
  (void)state;
  size_t size = 3 << 20;
  char *text = malloc(size + 1);
  assert_non_null(text);
  memset(text, 'x', size);
  text[size] = 0;
  json_t *params = json_pack("{s:s}", "text", text), *answer_ = NULL;
  struct bf_error err = {0};
  int fd = dial();
  assert_int_equal(bf__admin_request(fd, "echo", params, &answer_, &err), 0);
  assert_true(json_equal(json_object_get(answer_, "body"), params));
  json_decref(answer_);
  json_decref(params);
  free(text);
  assert_int_equal(close(fd), 0);
}

/* Sends TEXT as it is and reads until LINES line breaks have come, or the end. */
static char *raw(int fd, const char *text, int lines) {
  static char buffer[65536];
  size_t length = 0;
  if (*text) assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
  while (lines > 0) {
    ssize_t got = recv(fd, buffer + length, 1, 0);
    if (got <= 0) break;
    if (buffer[length++] == '\n') lines--;
    assert_true(length < sizeof buffer);
  }
  buffer[length] = 0;
  return buffer;
}

static void pipelined_requests_keep_their_order(void **state) {
  (void)state;
  int fd = dial();
  char *out = raw(fd,
                  "{\"operation\":\"echo\",\"params\":{\"n\":1}}\n{\"operation\":\"echo\",\"params\":{\"n\":2}}\n\n{"
                  "\"operation\":\"echo\"}\n",
                  4);
  const char *first = strstr(out, "{\"n\":1}"), *second = strstr(out, "{\"n\":2}"), *fault = strstr(out, "400"),
             *last = strstr(out, "\"body\":{}");
  assert_true(first && second && fault && last && first < second && second < fault && fault < last);
  assert_int_equal(close(fd), 0);
}

static void what_is_no_request_is_refused_and_the_next_served(void **state) {
  (void)state;
  static const char *const wrong[] = {"[]\n",
                                      "{\"operation\":7}\n",
                                      "{\"operation\":\"echo\",\"params\":[]}\n",
                                      "{\"operation\":\"echo\",\"param\":{}}\n",
                                      "x\n",
                                      "{\"operation\":\"echo\",\"operation\":\"echo\"}\n"};
  int fd = dial();
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) assert_non_null(strstr(raw(fd, wrong[i], 1), "\"status\":400"));
  assert_non_null(strstr(raw(fd, "{\"operation\":\"echo\"}\n", 1), "\"status\":200"));
  assert_int_equal(close(fd), 0);
}

static void half_closed_clients_get_their_answers(void **state) {
  (void)state;
  int fd = dial();
  const char *text = "{\"operation\":\"echo\",\"params\":{\"n\":1}}\n{\"operation\":\"echo\",\"params\":{\"n\":2}}\n";
  assert_int_equal(send(fd, text, strlen(text), 0), strlen(text));
  assert_int_equal(shutdown(fd, SHUT_WR), 0);
  char *out = raw(fd, "", 3);
  assert_non_null(strstr(out, "{\"n\":2}"));
  assert_int_equal(close(fd), 0);
}

static void a_client_that_leaves_harms_nobody(void **state) {
  (void)state;
  int leaver = dial(), other = dial();
  const char *text = "{\"operation\":\"later\"}\n";
  assert_int_equal(send(leaver, text, strlen(text), 0), strlen(text));
  check(ask(other, "echo", "{}"), "{\"body\":{},\"status\":200,\"version\":7}");
  assert_int_equal(close(leaver), 0);
  json_decref(ask(other, "release", "{}")); /* its answer comes now */
  check(ask(other, "echo", "{}"), "{\"body\":{},\"status\":200,\"version\":7}");
  assert_int_equal(close(other), 0);
}

static void stopping_forgets_what_waits(void **state) {
  (void)state;
  int fd = dial(), other = dial();
  const char *text = "{\"operation\":\"later\"}\n";
  assert_int_equal(send(fd, text, strlen(text), 0), strlen(text));
  json_decref(ask(other, "echo", "{}"));
  assert_int_equal(leave(state), 0);
  char end;
  assert_int_equal(recv(fd, &end, 1, 0), 0);
  assert_int_equal(close(fd), 0);
  assert_int_equal(close(other), 0);
  assert_int_equal(enter(state), 0);
}

static void no_server_is_told_from_a_dead_one(void **state) {
  (void)state;
  struct bf_error err = {0};
  char path[600];
  int fd;
  assert_int_equal(bf__admin_connect("/tmp/banfa-no-such-folder", &fd, &err), BF_ENOTFOUND);
  assert_int_equal(bf__admin_connect(t.top, &fd, &err), BF_ENOTFOUND);
  /* what a killed server leaves: a socket that nobody listens on; a new server takes its place */
  assert_int_equal(leave(state), 0);
  (void)snprintf(t.top, sizeof t.top, "/tmp/banfa-admin-XXXXXX");
  assert_non_null(mkdtemp(t.top));
  (void)snprintf(t.data, sizeof t.data, "%s/d", t.top);
  assert_int_equal(mkdir(t.data, 0700), 0);
  (void)snprintf(path, sizeof path, "%s/banfa.sock", t.data);
  uv_loop_t loop;
  uv_pipe_t dead;
  assert_int_equal(uv_loop_init(&loop), 0);
  assert_int_equal(uv_pipe_init(&loop, &dead, 0), 0);
  assert_int_equal(uv_pipe_bind(&dead, path), 0);
  assert_int_equal(bf__admin_connect(t.data, &fd, &err), BF_ENOTFOUND);
  assert_int_equal(start_in(t.data), 0);
  fd = dial();
  json_decref(ask(fd, "echo", "{}"));
  assert_int_equal(close(fd), 0);
  char aside[640];
  (void)snprintf(aside, sizeof aside, "%s.new", path);
  assert_int_equal(rename(path, aside), 0); /* closing the dead one removes the name it was bound to */
  uv_close((uv_handle_t *)&dead, NULL);
  (void)uv_run(&loop, UV_RUN_DEFAULT);
  assert_int_equal(uv_loop_close(&loop), 0);
  assert_int_equal(rename(aside, path), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(requests_are_answered),
      TEST(the_socket_is_the_owners),
      TEST(large_requests_pass),
      TEST(pipelined_requests_keep_their_order),
      TEST(what_is_no_request_is_refused_and_the_next_served),
      TEST(half_closed_clients_get_their_answers),
      TEST(a_client_that_leaves_harms_nobody),
      TEST(stopping_forgets_what_waits),
      TEST(no_server_is_told_from_a_dead_one),
  };
  (void)signal(SIGPIPE, SIG_IGN); /* as `serve` does */
  return cmocka_run_group_tests(tests, NULL, NULL);
}
