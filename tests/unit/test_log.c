/* The log: one line a message, whole, valid and bounded, whatever is put in; never a writer that waits. */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "log.h"

static int kept_stderr, reader; /* the read end of the pipe that stands for stderr */

static int set_up(void **state) {
  int ends[2];
  (void)state;
  kept_stderr = dup(STDERR_FILENO);
  if (kept_stderr < 0 || pipe(ends) < 0) return -1;
  (void)fcntl(ends[0], F_SETFL, O_NONBLOCK);
  (void)dup2(ends[1], STDERR_FILENO);
  (void)close(ends[1]);
  reader = ends[0];
  return bf__log_level_set("info") + bf__log_format_set("auto");
}

static int tear_down(void **state) {
  (void)state;
  (void)dup2(kept_stderr, STDERR_FILENO);
  (void)close(kept_stderr);
  return close(reader);
}

/* Everything written so far, NUL-terminated; the caller frees it. */
static char *written(size_t *ret_length) {
  size_t length = 0, size = 1 << 20;
  char *text = malloc(size + 1);
  assert_non_null(text);
  for (ssize_t n; length < size && (n = read(reader, text + length, size - length)) > 0;) length += (size_t)n;
  text[length] = '\0';
  if (ret_length) *ret_length = length;
  return text;
}

static json_t *only_line(void) {
  size_t length;
  json_error_t error;
  char *text = written(&length);
  assert_true(length > 0 && length <= BF__LOG_LINE);
  assert_ptr_equal(strchr(text, '\n'), text + length - 1);
  json_t *line = json_loads(text, JSON_REJECT_DUPLICATES, &error);
  if (!line) fail_msg("%s: %s", error.text, text);
  assert_int_equal(json_object_size(line), 4);
  free(text);
  return line;
}

static const char *field(const json_t *line, const char *name) {
  return json_string_value(json_object_get(line, name));
}

static void assert_message(const char *expected) {
  json_t *line = only_line();
  assert_string_equal(field(line, "message"), expected);
  json_decref(line);
}

static void test_line(void **state) {
  (void)state;
  bf__log(BF_LOG_WARN, "engine.commit", "%d 条", 3);
  json_t *line = only_line();
  assert_string_equal(field(line, "level"), "warn");
  assert_string_equal(field(line, "event"), "engine.commit");
  assert_string_equal(field(line, "message"), "3 条");
  const char *ts = field(line, "ts");
  int year, month, day, hour, minute, second, ms, end = 0;
  assert_int_equal(sscanf(ts, "%4d-%2d-%2dT%2d:%2d:%2d.%3d+08:00%n", &year, &month, &day, &hour, &minute, &second, &ms, &end), 7);
  assert_int_equal(end, strlen(ts));
  json_decref(line);
}

static void test_escapes(void **state) {
  (void)state;
  const char *const nasty[] = {"a\"b\\c", "a\nb\tc", "\x1b[2J\x01\x7f",
                               "\xc2\x9b"
                               "31m",
                               "中文 ünï 😀"};
  const char *const expected[] = {"a\"b\\c", "a\nb\tc", "\x1b[2J\x01\x7f",
                                  "\xc2\x9b"
                                  "31m",
                                  "中文 ünï 😀"};
  for (size_t i = 0; i < sizeof nasty / sizeof *nasty; i++) {
    bf__log(BF_LOG_INFO, "e", "%s", nasty[i]);
    assert_message(expected[i]);
  }
}

static void test_not_utf8(void **state) {
  (void)state;
  const char *const bad[] = {"a\xff"
                             "b",
                             "\xc0\xaf", "\xed\xa0\x80", "\xe4\xb8", "\xf4\x90\x80\x80"};
  const int marks[] = {1, 2, 3, 2, 4};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    int seen = 0;
    bf__log(BF_LOG_INFO, "e", "%s", bad[i]);
    json_t *line = only_line();
    for (const char *at = field(line, "message"); (at = strstr(at, "\xef\xbf\xbd")); at += 3) seen++;
    assert_int_equal(seen, marks[i]);
    json_decref(line);
  }
}

static void test_huge(void **state) {
  (void)state;
  const char *const units[] = {"x", "字", "\"", "\x01", "😀", "\xff"};
  for (size_t u = 0; u < sizeof units / sizeof *units; u++) {
    size_t n = strlen(units[u]);
    char *text = malloc(n * 20000 + 1);
    assert_non_null(text);
    for (size_t i = 0; i < 20000; i++) memcpy(text + i * n, units[u], n);
    text[n * 20000] = '\0';
    bf__log(BF_LOG_INFO, "huge", "%s", text);
    json_t *line = only_line();
    const char *message = field(line, "message");
    assert_true(strlen(message) > 600);
    assert_string_equal(message + strlen(message) - 3, "…");
    json_decref(line);
    bf__log(BF_LOG_INFO, text, "still here");
    assert_message("still here");
    free(text);
  }
}

static void test_level(void **state) {
  (void)state;
  bf__log(BF_LOG_DEBUG, "e", "not this");
  bf__log(BF_LOG_INFO, "e", "this");
  assert_message("this");
  assert_int_equal(bf__log_level_set("error"), 0);
  bf__log(BF_LOG_WARN, "e", "not this");
  bf__log(BF_LOG_ERROR, "e", "this too");
  assert_message("this too");
  assert_int_equal(bf__log_level_set("loud"), BF_EINVAL);
  assert_int_equal(bf__log_level_set(NULL), BF_EINVAL);
  assert_int_equal(bf__log_format_set("xml"), BF_EINVAL);
}

static void test_text(void **state) {
  (void)state;
  assert_int_equal(bf__log_format_set("text"), 0);
  bf__log(BF_LOG_ERROR, "http.listen", "port\n\x1b[31m \"8080\" \xc2\x9b");
  char *text = written(NULL);
  assert_string_equal(strstr(text, "error"), "error http.listen  port\\n\\u001b[31m \"8080\" \\u009b\n");
  free(text);
}

static void test_errno(void **state) {
  (void)state;
  errno = ENOSPC;
  bf__log(BF_LOG_INFO, "e", "%s", "x");
  assert_int_equal(errno, ENOSPC);
}

/* Nobody reads: the writer goes on, and later the loss is told. */
static void test_stalled_reader(void **state) {
  (void)state;
  size_t length;
  for (int i = 0; i < 2000; i++) bf__log(BF_LOG_INFO, "flood", "%0500d", i);
  free(written(&length));
  assert_true(length > 0 && length <= 1 << 20);
  bf__log(BF_LOG_INFO, "after", "more");
  char *text = written(NULL);
  char *second = strchr(text, '\n');
  assert_non_null(second);
  *second = '\0';
  assert_non_null(strstr(text, "\"event\":\"log.dropped\""));
  assert_non_null(strstr(second + 1, "\"event\":\"after\""));
  free(text);
}

static void *chatter(void *arg) {
  for (int i = 0; i < 50; i++) bf__log(BF_LOG_INFO, "chatter", "%s %d", (const char *)arg, i);
  return NULL;
}

static void test_threads(void **state) {
  (void)state;
  pthread_t threads[4];
  for (size_t i = 0; i < 4; i++) assert_int_equal(pthread_create(&threads[i], NULL, chatter, "一二三四五六七八九十"), 0);
  for (size_t i = 0; i < 4; i++) assert_int_equal(pthread_join(threads[i], NULL), 0);
  int lines = 0;
  char *text = written(NULL), *rest = NULL;
  for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest), lines++) {
    json_t *parsed = json_loads(line, 0, NULL);
    assert_non_null(parsed);
    json_decref(parsed);
  }
  assert_int_equal(lines, 200);
  free(text);
}

int main(void) {
#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
  const struct CMUnitTest tests[] = {CASE(test_line),  CASE(test_escapes),        CASE(test_not_utf8),
                                     CASE(test_huge),  CASE(test_level),          CASE(test_text),
                                     CASE(test_errno), CASE(test_stalled_reader), CASE(test_threads)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
