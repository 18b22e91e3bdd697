/* The plugin host against one tiny plugin for each way a plugin can be wrong (tests/plugins), and the tutorial plugin. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>
#include <cmocka.h>

#include "host.h"
#include "options.h"

#define TINY BF_BUILD_DIR "/tests/plugins"

static char logged[8192]; /* "event message\n" for each line, warnings marked */

BF_PRINTF(3, 0)
static void take_log(enum bf_log_level level, const char *event, const char *format, va_list args) {
  size_t used = strlen(logged);
  used += (size_t)snprintf(logged + used, sizeof logged - used, "%s%s ", level >= BF_LOG_WARN ? "!" : "", event);
  used += (size_t)vsnprintf(logged + used, sizeof logged - used, format, args);
  (void)snprintf(logged + used, sizeof logged - used, "\n");
}

static int64_t at_seven(void *arg) {
  return *(int64_t *)arg;
}

struct world {
  uv_loop_t loop;
  struct bf__host *host;
  struct bf_error err;
  int64_t now;
};

static struct bf__host *new_host(struct world *world, const char *folder) {
  struct bf__host *host = NULL;
  struct bf__host_config config = {
      .loop = &world->loop, .plugin_dir = folder, .data_dir = "/data", .now = at_seven, .now_arg = &world->now, .log = take_log};
  assert_int_equal(bf__host_new(&config, &host, &world->err), 0);
  return host;
}

static int set_up(void **state) {
  struct world *world = calloc(1, sizeof *world);
  if (!world || uv_loop_init(&world->loop) < 0) return -1;
  world->now = 7;
  logged[0] = '\0';
  world->host = new_host(world, TINY);
  *state = world;
  return 0;
}

/* The promise to the loop's owner, after every test: nothing is left open. */
static int tear_down(void **state) {
  struct world *world = *state;
  bf__host_stop(world->host);
  (void)uv_run(&world->loop, UV_RUN_DEFAULT);
  int r = uv_loop_close(&world->loop);
  bf__host_free(world->host);
  free(world);
  return r;
}

static int load(struct world *world, const char *name) {
  return bf__host_load(world->host, name, NULL, &world->err);
}

static int load_with(struct world *world, const char *name, const char *options) {
  json_t *json = json_loads(options, JSON_DECODE_ANY, NULL);
  assert_non_null(json);
  int r = bf__host_load(world->host, name, json, &world->err);
  json_decref(json);
  return r;
}

static void assert_says(const struct world *world, const char *words) {
  if (!strstr(world->err.message, words)) fail_msg("'%s' is not in: %s: %s", words, world->err.where, world->err.message);
  assert_null(strchr(world->err.message, '\n'));
}

static void test_wrong_descriptors(void **state) {
  static const struct {
    const char *name;
    int code;
    const char *says;
  } cases[] = {
      {"no_symbol", BF_EINVAL, "does not export 'banfa_plugin'"},
      {"wrong_abi", BF_EVERSION, "'wrong_abi' was built for ABI 2, this program speaks 1"},
      {"small_size", BF_EVERSION, "'small_size' says"},
      {"other_name", BF_EINVAL, "calls itself 'someone_else'"},
      {"no_start", BF_EINVAL, "lacks its version, start or stop"},
      {"bad_service", BF_EINVAL, "needs 'base': services are written \"name/version\""},
      {"bad_option", BF_EINVAL, "default '9' is no whole number from 1 to 5"},
      {"missing_neet", BF_ENOTFOUND, "did you mean 'missing_need'?"},
      {"zzzzzzzzzzzz", BF_ENOTFOUND, "there is no plugin 'zzzzzzzzzzzz'"},
      {"../plugins/base", BF_EINVAL, "can't be the name of a plugin"},
      {"", BF_EINVAL, "can't be the name of a plugin"},
  };
  struct world *world = *state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    assert_int_equal(load(world, cases[i].name), cases[i].code);
    assert_says(world, cases[i].says);
  }
  assert_int_equal(bf__host_start(world->host, &world->err), 0);
  assert_string_equal(logged, "");
}

static void test_twice(void **state) {
  struct world *world = *state;
  assert_int_equal(load(world, "base"), 0);
  assert_int_equal(load(world, "base"), BF_EINVAL);
  assert_says(world, "'base' is listed twice");
}

static void test_order(void **state) {
  struct world *world = *state;
  assert_int_equal(load(world, "user"), 0);
  assert_int_equal(load(world, "base"), 0);
  assert_int_equal(bf__host_provide(world->host, "core", 7, "the core", &world->err), 0);
  assert_int_equal(bf__host_start(world->host, &world->err), 0);
  assert_non_null(bf__host_service(world->host, "base", 1));
  assert_null(bf__host_service(world->host, "base", 2));
  assert_null(bf__host_service(world->host, "bas", 1));
  bf__host_stop(world->host);
  assert_null(bf__host_service(world->host, "base", 1));
  assert_string_equal(logged, "options 3 门 1\nworld 7 /data 1\nstart base\n"
                              "!plugin.undeclared the plugin 'user' uses 'base/2' without listing it in its needs\n"
                              "found the core 1\nstart user\nstop user\nstop base\n");
}

/* Storage first, the rest once the core has services to lend: start may be called again. */
static void test_two_starts(void **state) {
  struct world *world = *state;
  assert_int_equal(load(world, "base"), 0);
  assert_int_equal(bf__host_start(world->host, &world->err), 0);
  assert_int_equal(bf__host_provide(world->host, "core", 7, "the core", &world->err), 0);
  assert_int_equal(load(world, "user"), 0);
  assert_int_equal(bf__host_start(world->host, &world->err), 0);
  assert_int_equal(bf__host_start(world->host, &world->err), 0);
  bf__host_stop_to(world->host, 1);
  assert_non_null(bf__host_service(world->host, "base", 1));
  assert_non_null(strstr(logged, "start user\nstop user\n"));
  assert_null(strstr(logged, "stop base"));
  bf__host_stop(world->host);
  assert_non_null(strstr(logged, "stop user\nstop base\n"));
}

static void test_options(void **state) {
  struct world *world = *state;
  assert_int_equal(load_with(world, "base", "{\"rooms\": 5, \"door\": \"\", \"open\": false}"), 0);
  assert_int_equal(bf__host_start(world->host, &world->err), 0);
  assert_non_null(strstr(logged, "options 5  0\n"));
}

static void test_wrong_options(void **state) {
  static const struct {
    const char *json, *where, *says;
  } cases[] = {
      {"{\"room\": 5}", "plugins.base.room", "did you mean 'rooms'?"},
      {"{\"zzzzzz\": 5}", "plugins.base.zzzzzz", "the keys are rooms, door, open"},
      {"{\"rooms\": \"5\"}", "plugins.base.rooms", "a whole number is expected here, not \"5\""},
      {"{\"rooms\": 5.0}", "plugins.base.rooms", "a whole number is expected here, not 5.0"},
      {"{\"rooms\": 6}", "plugins.base.rooms", "from 1 to 5 is allowed, not 6"},
      {"{\"rooms\": 0}", "plugins.base.rooms", "from 1 to 5 is allowed, not 0"},
      {"{\"door\": 1}", "plugins.base.door", "a text is expected here, not 1"},
      {"{\"open\": \"yes\"}", "plugins.base.open", "true or false is expected here, not \"yes\""},
      {"{\"open\": null}", "plugins.base.open", "true or false is expected here, not null"},
      {"[1]", "plugins.base", "an object of options is expected"},
  };
  struct world *world = *state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    assert_int_equal(load_with(world, "base", cases[i].json), BF_EINVAL);
    assert_string_equal(world->err.where, cases[i].where);
    assert_says(world, cases[i].says);
  }
  assert_int_equal(load_with(world, "missing_need", "{\"a\": 1}"), BF_EINVAL);
  assert_says(world, "this plugin has no options");
}

static void test_long_text(void **state) {
  struct world *world = *state;
  char *door = malloc(BF__OPTION_TEXT_MAX + 2);
  assert_non_null(door);
  memset(door, 'x', BF__OPTION_TEXT_MAX + 1);
  json_t *options = json_pack("{s:s#}", "door", door, BF__OPTION_TEXT_MAX + 1);
  assert_int_equal(bf__host_load(world->host, "base", options, &world->err), BF_EINVAL);
  assert_says(world, "at most 4096 bytes");
  assert_int_equal(json_object_set_new(options, "door", json_stringn("a\0b", 3)), 0);
  assert_int_equal(bf__host_load(world->host, "base", options, &world->err), BF_EINVAL);
  json_decref(options);
  free(door);
}

static void test_missing_need(void **state) {
  struct world *world = *state;
  assert_int_equal(load(world, "base"), 0);
  assert_int_equal(load(world, "missing_need"), 0);
  assert_int_equal(bf__host_start(world->host, &world->err), BF_ENOTFOUND);
  assert_says(world, "'missing_need' needs 'nowhere/1', which no loaded plugin provides");
  assert_string_equal(logged, ""); /* found before anything started */
}

static void test_other_version(void **state) {
  struct world *world = *state;
  assert_int_equal(load(world, "newer_need"), 0);
  assert_int_equal(load(world, "base"), 0);
  assert_int_equal(bf__host_start(world->host, &world->err), BF_ENOTFOUND);
  assert_says(world, "'newer_need' needs 'base/2', but 'base' provides 'base/1'");
}

static void test_cycle(void **state) {
  struct world *world = *state;
  assert_int_equal(load(world, "base"), 0);
  assert_int_equal(load(world, "cycle_a"), 0);
  assert_int_equal(load(world, "cycle_b"), 0);
  assert_int_equal(bf__host_start(world->host, &world->err), BF_EINVAL);
  assert_says(world, "cycle_a -> cycle_b");
  assert_string_equal(logged, "");
}

static void test_failing_start(void **state) {
  struct world *world = *state;
  assert_int_equal(load(world, "fails_start"), 0);
  assert_int_equal(load(world, "base"), 0);
  assert_int_equal(bf__host_start(world->host, &world->err), BF_EBUSY);
  assert_says(world, "'fails_start' did not start: somebody else has it");
  assert_string_equal(world->err.where, "port 80");
  assert_non_null(strstr(logged, "start base\nstop base\n"));
  assert_null(bf__host_service(world->host, "late", 1));
  assert_null(bf__host_service(world->host, "base", 1));
}

static void test_broken_promises(void **state) {
  struct world *world = *state;
  assert_int_equal(load(world, "breaks_promise"), 0);
  assert_int_equal(bf__host_start(world->host, &world->err), BF_EINVAL);
  assert_says(world, "announces 'promised/1' but did not provide it");
  assert_string_equal(logged, "start breaks_promise\nstop breaks_promise\n");
}

static void test_unannounced(void **state) {
  struct world *world = *state;
  assert_int_equal(load(world, "unannounced"), 0);
  assert_int_equal(bf__host_start(world->host, &world->err), BF_EINVAL);
  assert_says(world, "provides 'surprise/1' but its descriptor does not announce it");
}

static void test_duplicate_service(void **state) {
  struct world *world = *state;
  assert_int_equal(load(world, "base"), 0);
  assert_int_equal(load(world, "base_again"), BF_EINVAL);
  assert_says(world, "'base' and 'base_again' both provide 'base/1'");
  assert_int_equal(bf__host_provide(world->host, "base", 1, "mine", &world->err), BF_EINVAL);
  assert_int_equal(bf__host_provide(world->host, "core", 7, "mine", &world->err), 0);
  assert_int_equal(bf__host_provide(world->host, "core", 7, "mine", &world->err), BF_EINVAL);
  assert_int_equal(bf__host_provide(world->host, "", 7, "mine", &world->err), BF_EINVAL);
}

static void test_hello(void **state) {
  struct world *world = *state;
  bf__host_free(world->host);
  world->host = new_host(world, BF_BUILD_DIR "/plugins");
  assert_int_equal(load_with(world, "hello", "{\"greeting\": \"早上好\"}"), 0);
  assert_int_equal(bf__host_start(world->host, &world->err), 0);
  (void)uv_run(&world->loop, UV_RUN_NOWAIT);
  assert_string_equal(logged, "hello 早上好\n");
}

int main(void) {
#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
  const struct CMUnitTest tests[] = {CASE(test_wrong_descriptors),
                                     CASE(test_twice),
                                     CASE(test_order),
                                     CASE(test_two_starts),
                                     CASE(test_options),
                                     CASE(test_wrong_options),
                                     CASE(test_long_text),
                                     CASE(test_missing_need),
                                     CASE(test_other_version),
                                     CASE(test_cycle),
                                     CASE(test_failing_start),
                                     CASE(test_broken_promises),
                                     CASE(test_unannounced),
                                     CASE(test_duplicate_service),
                                     CASE(test_hello)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
