#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"

/* Each test runs in an empty folder of its own, with banfa.json in it where it writes one. */
static char folder[64], file[PATH_MAX];

static int enter(void **state) {
  (void)state;
  (void)snprintf(folder, sizeof folder, "/tmp/banfa-config-XXXXXX");
  if (!mkdtemp(folder) || chdir(folder) < 0) return -1;
  return snprintf(file, sizeof file, "%s/banfa.json", folder) < (int)sizeof file ? 0 : -1;
}

static int leave(void **state) {
  (void)state;
  (void)unlink(file);
  return chdir("/") < 0 || rmdir(folder) < 0 ? -1 : 0;
}

static int load_text(const char *text, struct bf__config *config, struct bf_error *err) {
  FILE *out = fopen(file, "w");
  assert_non_null(out);
  assert_true(fputs(text, out) >= 0);
  assert_int_equal(fclose(out), 0);
  return bf__config_load(&(struct bf__overrides){.config = "banfa.json"}, config, err);
}

struct fault {
  const char *text, *where, *message;
};

static const struct fault faults[] = {
    {"{\"readers\": 17}", "readers", "found 17; allowed: a whole number from 1 to 16"},
    {"{\"readers\": 0}", "readers", "from 1 to 16"},
    {"{\"readers\": \"4\"}", "readers", "found \"4\"; allowed: a whole number"},
    {"{\"batch\": 4097}", "batch", "from 1 to 4096"},
    {"{\"queue\": 63}", "queue", "from 64 to 1000000"},
    {"{\"session_hours\": 721}", "session_hours", "from 1 to 720"},
    {"{\"session_hours\": 1.5}", "session_hours", "found 1.5; allowed: a whole number"},
    {"{\"document_bytes\": 1023}", "document_bytes", "from 1024 to 17179869184"},
    {"{\"log_level\": \"loud\"}", "log_level", "found \"loud\"; allowed: info, debug, warn, error"},
    {"{\"log_format\": null}", "log_format", "found null; allowed: auto, json, text"},
    {"{\"data\": 7}", "data", "found 7; allowed: a path"},
    {"{\"scripts\": \"\"}", "scripts", "allowed: a path"},
    {"{\"data\": \"a\\u0000b\"}", "banfa.json:1", "is not JSON"},
    {"{\"load\": []}", "load", "found []; allowed: a list of plugin names"},
    {"{\"load\": {}}", "load", "allowed: a list of plugin names"},
    {"{\"load\": [\"http\", \"../evil\"]}", "load[1]", "found \"../evil\"; allowed: a plugin's name"},
    {"{\"load\": [\"http\", 3]}", "load[1]", "found 3"},
    {"{\"load\": [\"http\", \"http\"]}", "load[1]", "each plugin once"},
    {"{\"plugins\": []}", "plugins", "allowed: an object"},
    {"{\"plugins\": {\"http\": 8080}}", "plugins.http", "found 8080; allowed: an object"},
    {"{\"plugins\": {\"htpt\": {}}}", "plugins.htpt", "did you mean \"http\""},
    {"{\"plugins\": {\"something_else\": {}}}", "plugins.something_else", "is in \"load\""},
    {"{\"reader\": 3}", "reader", "did you mean \"readers\""},
    {"{\"colour_of_buttons\": 3}", "colour_of_buttons", "allowed: data, scripts, calendar"},
    {"{\n\"readers\": 3,\n}", "banfa.json:3", "is not JSON"},
    {"{\"readers\": 3, \"readers\": 4}", "banfa.json:1", "duplicate"},
    {"[]", "banfa.json", "holds no object"},
    {"", "banfa.json:1", "is not JSON"},
};

static void every_fault_names_key_and_remedy(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
    struct bf__config config;
    struct bf_error err = {0};
    assert_true(load_text(faults[i].text, &config, &err) < 0);
    if (!strstr(err.where, faults[i].where) || !strstr(err.message, faults[i].message))
      fail_msg("%s gave \"%s\": %s", faults[i].text, err.where, err.message);
  }
}

static void a_missing_file_is_named(void **state) {
  (void)state;
  struct bf__config config;
  struct bf_error err = {0};
  assert_int_equal(bf__config_load(&(struct bf__overrides){.config = "none.json"}, &config, &err), BF_EIO);
  assert_non_null(strstr(err.where, "none.json"));
  assert_non_null(strstr(err.message, "--config"));
}

static void paths_are_relative_to_the_file(void **state) {
  (void)state;
  struct bf__config config;
  struct bf_error err = {0};
  char expected[PATH_MAX];
  assert_int_equal(
      load_text("{\"data\": \"d\", \"scripts\": \"./s\", \"calendar\": \"/c\", \"plugin_dir\": \"p\"}", &config, &err), 0);
  (void)snprintf(expected, sizeof expected, "%s/d", folder);
  assert_string_equal(config.data, expected);
  (void)snprintf(expected, sizeof expected, "%s/s", folder);
  assert_string_equal(config.scripts, expected);
  assert_string_equal(config.calendar, "/c");
  bf__config_done(&config);
}

static void values_arrive(void **state) {
  (void)state;
  struct bf__config config;
  struct bf_error err = {0};
  assert_int_equal(load_text("{\"load\": [\"storage_x\", \"http\"], \"plugins\": {\"http\": {\"listen\": \"[::1]:1\"}}, "
                             "\"readers\": 16, \"batch\": 1,"
                             " \"queue\": 64, \"session_hours\": 720, \"document_bytes\": 17179869184, \"log_level\": \"debug\", "
                             "\"log_format\": \"json\"}",
                             &config, &err),
                   0);
  assert_int_equal(config.readers, 16);
  assert_int_equal(config.batch, 1);
  assert_int_equal(config.queue, 64);
  assert_int_equal(config.session_hours, 720);
  assert_int_equal(config.document_bytes, INT64_C(17179869184));
  assert_string_equal(config.log_level, "debug");
  assert_string_equal(config.log_format, "json");
  assert_int_equal(json_array_size(config.load), 2);
  assert_string_equal(json_string_value(json_object_get(json_object_get(config.plugins, "http"), "listen")), "[::1]:1");
  bf__config_done(&config);
}

static void overrides_win(void **state) {
  (void)state;
  struct bf__config config;
  struct bf_error err = {0};
  char expected[PATH_MAX];
  const struct bf__overrides overrides = {.data = "there", .scripts = "/s", .listen = "127.0.0.1:9", .clock = "2022-09-01T08:30"};
  assert_int_equal(bf__config_load(&overrides, &config, &err), 0);
  (void)snprintf(expected, sizeof expected, "%s/there", folder);
  assert_string_equal(config.data, expected);
  assert_string_equal(config.scripts, "/s");
  assert_string_equal(json_string_value(json_object_get(json_object_get(config.plugins, "http"), "listen")), "127.0.0.1:9");
  assert_true(config.clock_is_virtual);
  assert_int_equal(config.clock_at, INT64_C(1661992200000));
  bf__config_done(&config);
}

static void wrong_overrides_are_named(void **state) {
  (void)state;
  struct bf__config config;
  struct bf_error err = {0};
  assert_int_equal(bf__config_load(&(struct bf__overrides){.clock = "yesterday"}, &config, &err), BF_EINVAL);
  assert_string_equal(err.where, "--clock");
  assert_non_null(strstr(err.message, "2022-09-01"));
  assert_int_equal(load_text("{\"load\": [\"storage_sqlite\"]}", &config, &err), 0);
  bf__config_done(&config);
  assert_int_equal(bf__config_load(&(struct bf__overrides){.config = file, .listen = "127.0.0.1:9"}, &config, &err), BF_EINVAL);
  assert_string_equal(err.where, "--listen");
  assert_non_null(strstr(err.message, "\"load\""));
}

static void defaults_work_without_a_file(void **state) {
  (void)state;
  struct bf__config config;
  struct bf_error err = {0};
  char expected[PATH_MAX];
  assert_int_equal(load_text("{}", &config, &err), 0);
  (void)snprintf(expected, sizeof expected, "%s/data", folder);
  assert_string_equal(config.data, expected);
  assert_true(config.scripts[0] == '/' && config.calendar[0] == '/' && config.plugin_dir[0] == '/');
  assert_string_equal(config.log_level, "info");
  assert_string_equal(config.log_format, "auto");
  assert_string_equal(json_string_value(json_array_get(config.load, 0)), "storage_sqlite");
  assert_false(config.clock_is_virtual);
  bf__config_done(&config);
  bf__config_done(&config); /* twice is harmless */
}

static void the_shipped_file_loads(void **state) {
  (void)state;
  struct bf__config config;
  struct bf_error err = {0};
  if (bf__config_load(&(struct bf__overrides){.config = BF_SOURCE_DIR "/config/banfa.json"}, &config, &err) < 0)
    fail_msg("%s: %s", err.where, err.message);
  assert_int_equal(access(config.scripts, R_OK), 0);
  assert_int_equal(access(config.calendar, R_OK), 0);
  assert_string_equal(json_string_value(json_object_get(json_object_get(config.plugins, "http"), "listen")), "127.0.0.1:8080");
  bf__config_done(&config);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(every_fault_names_key_and_remedy),
      TEST(a_missing_file_is_named),
      TEST(paths_are_relative_to_the_file),
      TEST(values_arrive),
      TEST(overrides_win),
      TEST(wrong_overrides_are_named),
      TEST(defaults_work_without_a_file),
      TEST(the_shipped_file_loads),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
