/* The child process that looks at rules nobody trusts yet: what it answers, and that nothing it does hurts its parent. For the
 * bad ones the test is its own child: started with the hidden command it does what the job says. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "child.h"
#include "ruleset.h"

static json_t *bundle(const char *path, const char *text) {
  struct bf__ruleset *set = NULL;
  struct bf_error err = {0};
  assert_int_equal(bf__ruleset_read(BF_SOURCE_DIR "/scripts", BF_SOURCE_DIR "/config/calendar", &set, &err), 0);
  json_t *out = json_copy(set->files), *all;
  if (path) (void)json_object_set_new(out, path, json_string(text));
  all = json_pack("{so sO}", "files", out, "calendar", set->years);
  bf__ruleset_unref(set);
  return all;
}

static int run(const char *verb, json_t *rules, int64_t wall_ms, json_t **ret, struct bf_error *err) {
  struct bf__child_limits limits = bf__child_default_limits;
  json_t *job = json_pack("{ss so*}", "verb", verb, "bundle", rules);
  if (wall_ms) limits.wall_ms = wall_ms;
  bf__child_program = rules ? BF_BUILD_DIR "/banfa" : "/proc/self/exe";
  int r = bf__child_run(job, &limits, NULL, NULL, ret, err);
  bf__child_program = "/proc/self/exe";
  json_decref(job);
  return r;
}

static void test_check(void **state) {
  (void)state;
  struct bf_error err = {0};
  json_t *result = NULL;
  assert_int_equal(run("check", bundle(NULL, NULL), 0, &result, &err), 0);
  assert_true(json_is_true(json_object_get(result, "ok")));
  assert_int_equal(json_string_length(json_object_get(result, "hash")), 64);
  json_decref(result);
}

static void test_broken(void **state) {
  (void)state;
  struct bf_error err = {0};
  json_t *result = NULL;
  assert_int_equal(run("check", bundle("stages/x.lua", "return stage \"x\" {"), 0, &result, &err), BF_ESCRIPT);
  assert_string_equal(err.where, "stages/x.lua:1");
  assert_int_equal(run("check", bundle("stages/x.lua", "while true do end"), 0, &result, &err), BF_ELIMIT);
}

static void test_law(void **state) {
  (void)state;
  struct bf_error err = {0};
  json_t *result = NULL;
  assert_int_equal(run("test", bundle(NULL, NULL), 0, &result, &err), 0);
  assert_true(json_integer_value(json_object_get(result, "passed")) > 100);
  assert_int_equal(json_integer_value(json_object_get(result, "failed")), 0);
  json_decref(result);
}

static void refused(const char *verb, int64_t wall_ms, const char *says) {
  struct bf_error err = {0};
  json_t *result = NULL;
  assert_int_equal(run(verb, NULL, wall_ms, &result, &err), BF_ELIMIT);
  assert_non_null(strstr(err.message, says));
  assert_null(result);
}

static void test_bad_children(void **state) {
  (void)state;
  refused("crash", 0, "crashed");
  refused("hang", 300, "longer");
  refused("silent", 0, "without an answer");
  refused("flood", 20000, "without end");
  refused("garbage", 0, "without an answer");
}

struct counted {
  int count;
};
static void count(void *arg, const json_t *progress) {
  (void)progress;
  ((struct counted *)arg)->count++;
}

static void test_progress(void **state) {
  (void)state;
  struct counted counted = {0};
  struct bf_error err = {0};
  json_t *job = json_pack("{ss}", "verb", "talk"), *result = NULL;
  assert_int_equal(bf__child_run(job, &bf__child_default_limits, count, &counted, &result, &err), 0);
  assert_int_equal(counted.count, 3);
  assert_int_equal(json_integer_value(result), 7);
  json_decref(result);
  json_decref(job);
}

struct stopping {
  struct bf__child *child;
  int code;
};
static void stopped(void *arg, json_t *result, const struct bf_error *err) {
  assert_null(result);
  ((struct stopping *)arg)->code = err->code;
}
static void test_stop(void **state) {
  (void)state;
  uv_loop_t loop;
  struct stopping stopping = {0};
  struct bf_error err = {0};
  json_t *job = json_pack("{ss}", "verb", "hang");
  assert_int_equal(uv_loop_init(&loop), 0);
  assert_int_equal(bf__child_start(&loop, job, &bf__child_default_limits, NULL, stopped, &stopping, &stopping.child, &err), 0);
  json_decref(job);
  bf__child_stop(stopping.child);
  (void)uv_run(&loop, UV_RUN_DEFAULT);
  assert_int_equal(uv_loop_close(&loop), 0);
  assert_int_equal(stopping.code, BF_ESTATE);
}

/* The child of these tests: does a bad thing, or what the real one does. */
static int be_child(void) {
  char text[4096];
  ssize_t length = read(0, text, sizeof text - 1);
  text[length > 0 ? length : 0] = 0;
  if (strstr(text, "\"crash\"") && signal(SIGSEGV, SIG_DFL) != SIG_ERR) (void)raise(SIGSEGV);
  if (strstr(text, "\"hang\""))
    for (;;) (void)pause();
  if (strstr(text, "\"silent\"")) return 0;
  if (strstr(text, "\"garbage\"")) return printf("{]\nnonsense\n") < 0;
  if (strstr(text, "\"flood\""))
    while (puts("{\"progress\": \"12345678901234567890123456789012345678901234567890123456789012345678901234567890\"}") >= 0) {
    }
  if (strstr(text, "\"talk\"")) {
    for (int i = 0; i < 3; i++) bf__child_tell(json_integer(i));
    (void)puts("{\"result\": 7}");
  }
  return 0;
}

int main(int argc, char **argv) {
  if (argc > 1 && strcmp(argv[1], BF__CHILD_COMMAND) == 0) return be_child();
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_check),    cmocka_unit_test(test_broken),
                                     cmocka_unit_test(test_law),      cmocka_unit_test(test_bad_children),
                                     cmocka_unit_test(test_progress), cmocka_unit_test(test_stop)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
