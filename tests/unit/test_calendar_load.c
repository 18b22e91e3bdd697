/* Calendar files: what the program ships with, how notices are laid over one another, and what is refused, with file and date. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "calendar.h"

#define SHIPPED BF_SOURCE_DIR "/config/calendar"

static char folder[64];
static char names[8][64];
static int files;

static void put(const char *name, const char *text) {
  char path[160];
  (void)snprintf(names[files], sizeof names[files], "%s", name);
  (void)snprintf(path, sizeof path, "%s/%s", folder, names[files++]);
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  assert_int_equal(strlen(text), fwrite(text, 1, strlen(text), file));
  assert_int_equal(0, fclose(file));
}

static void clear(void) {
  char path[160];
  while (files > 0) {
    (void)snprintf(path, sizeof path, "%s/%s", folder, names[--files]);
    assert_int_equal(0, remove(path));
  }
}

static int make_folder(void **state) {
  (void)state;
  (void)snprintf(folder, sizeof folder, "/tmp/bf-calendar-XXXXXX");
  return mkdtemp(folder) ? 0 : -1;
}

static int drop_folder(void **state) {
  (void)state;
  clear();
  return rmdir(folder);
}

static struct bf__calendar *loaded(const char *from) {
  struct bf__calendar *calendar = NULL;
  struct bf_error err = {0};
  if (bf__calendar_load(from, &calendar, &err) < 0) fail_msg("%s: %s", err.where, err.message);
  return calendar;
}

static bool works(const struct bf__calendar *calendar, const char *text) {
  int32_t date = 0;
  assert_int_equal(0, bf__date_parse(text, strlen(text), &date));
  return bf__calendar_works(calendar, date);
}

static bool known(const struct bf__calendar *calendar, const char *text) {
  int32_t date = 0;
  assert_int_equal(0, bf__date_parse(text, strlen(text), &date));
  return bf__calendar_known(calendar, date);
}

/* The files in the folder are refused; both words stand in the place or the message. Leaves no file behind. */
static void refused(int code, const char *place, const char *word) {
  struct bf__calendar *calendar = NULL;
  struct bf_error err = {0};
  int r = bf__calendar_load(folder, &calendar, &err);
  if (r != code || !strstr(err.where, place) || !strstr(err.message, word))
    fail_msg("%d %s: %s (not %s, %s)", r, err.where, err.message, place, word);
  assert_null(calendar);
  clear();
}

/* The merged content gives the same calendar and the same content again. */
static void test_shipped(void **state) {
  (void)state;
  struct bf__calendar *calendar = loaded(SHIPPED), *again = NULL;
  json_t *first = bf__calendar_json(calendar);
  assert_int_equal(0, bf__calendar_from_json(first, &again, NULL));
  json_t *second = bf__calendar_json(again);
  assert_true(json_equal(first, second));
  assert_int_equal(6, json_object_size(first));
  for (int year = 2022; year <= 2027; year++) {
    char path[200], key[8];
    (void)snprintf(path, sizeof path, SHIPPED "/%d%s.json", year, year == 2027 ? "-statutory" : "");
    (void)snprintf(key, sizeof key, "%d", year);
    json_t *file = json_load_file(path, 0, NULL), *entry = json_object_get(first, key);
    assert_true(json_equal(json_object_get(file, "off"), json_object_get(entry, "off")));
    assert_true(json_equal(json_object_get(file, "work"), json_object_get(entry, "work")));
    assert_int_equal(year == 2027, json_is_true(json_object_get(entry, "provisional")));
    assert_non_null(json_string_value(json_object_get(json_object_get(file, "source"), "zh")));
    assert_non_null(json_string_value(json_object_get(json_object_get(file, "source"), "en")));
    json_decref(file);
  }
  assert_int_equal(13, json_array_size(json_object_get(json_object_get(first, "2027"), "off")));
  json_decref(first);
  json_decref(second);
  bf__calendar_free(calendar);
  bf__calendar_free(again);
}

/* 2023's notice named the last day of 2022: it stands under 2022, which is not known by that alone. */
static void test_neighbours(void **state) {
  (void)state;
  put("2023.json", "{\"year\":2023,\"off\":[\"2023-01-02\",\"2022-12-30\"],\"work\":[\"2023-01-07\"]}");
  struct bf__calendar *calendar = loaded(folder);
  assert_false(works(calendar, "2022-12-30"));
  assert_true(works(calendar, "2023-01-07"));
  assert_false(known(calendar, "2022-12-30"));
  assert_true(known(calendar, "2023-01-07"));
  json_t *own = bf__calendar_json(calendar),
         *due = json_loads("{\"2022\":{\"off\":[\"2022-12-30\"],\"work\":[],\"provisional\":true},"
                           "\"2023\":{\"off\":[\"2023-01-02\"],\"work\":[\"2023-01-07\"]}}",
                           0, NULL);
  assert_true(json_equal(due, own));
  json_decref(own);
  json_decref(due);
  bf__calendar_free(calendar);
  put("2022.json", "{\"year\":2022,\"off\":[\"2022-12-30\"]}"); /* says the same */
  calendar = loaded(folder);
  assert_true(known(calendar, "2022-12-30"));
  assert_false(works(calendar, "2022-12-30"));
  bf__calendar_free(calendar);
  clear();
  put("2022.json", "{\"year\":2022,\"off\":[],\"work\":[\"2022-12-31\"]}");
  put("2023.json", "{\"year\":2023,\"off\":[\"2022-12-31\"]}");
  refused(BF_EINVAL, "2023.json", "2022-12-31");
}

static void test_amends(void **state) {
  (void)state;
  const char *first = "{\"year\":2020,\"off\":[\"2020-01-24\",\"2020-01-30\"],\"work\":[\"2020-01-19\",\"2020-02-01\"]}";
  put("2020.json", first);
  put("2020b.json", "{\"year\":2020,\"off\":[\"2020-02-01\"]}");
  refused(BF_EINVAL, "2020b.json", "2020-02-01 is a day off here and a working day in 2020.json");
  put("2020.json", first);
  put("2020b.json", "{\"year\":2020,\"off\":[\"2020-01-31\",\"2020-02-01\"],\"work\":[\"2020-01-30\"],\"amends\":true}");
  struct bf__calendar *calendar = loaded(folder);
  assert_false(works(calendar, "2020-02-01")); /* the later says so */
  assert_true(works(calendar, "2020-01-30"));
  assert_false(works(calendar, "2020-01-24")); /* what it does not name stays */
  assert_false(works(calendar, "2020-01-31"));
  assert_true(works(calendar, "2020-01-19"));
  bf__calendar_free(calendar);
  clear();
  put("2020.json", "{\"year\":2020,\"off\":[\"2020-02-01\"],\"amends\":true}"); /* amending, but the earlier by its name */
  put("2020b.json", first);
  refused(BF_EINVAL, "2020b.json", "2020-02-01");
}

/* Statutory days stand until the year's notice is there, whichever name comes first. */
static void test_statutory(void **state) {
  (void)state;
  for (int i = 0; i < 2; i++) {
    put(i ? "2030-statutory.json" : "2030z.json",
        "{\"year\":2030,\"provisional\":true,\"off\":[\"2030-01-01\",\"2030-05-01\",\"2030-05-02\"]}");
    struct bf__calendar *calendar = loaded(folder);
    assert_false(known(calendar, "2030-01-01"));
    assert_false(works(calendar, "2030-05-02"));
    bf__calendar_free(calendar);
    put("2030.json", "{\"year\":2030,\"off\":[\"2030-01-01\",\"2030-05-01\"],\"work\":[\"2030-05-04\"]}");
    calendar = loaded(folder);
    assert_true(known(calendar, "2030-01-01"));
    assert_true(works(calendar, "2030-05-02")); /* the notice does not name it */
    assert_true(works(calendar, "2030-05-04"));
    bf__calendar_free(calendar);
    clear();
  }
  put("2030-statutory.json", "{\"year\":2030,\"provisional\":true,\"off\":[\"2030-01-01\"]}");
  put("2029.json", "{\"year\":2029,\"off\":[],\"work\":[\"2030-01-01\"]}"); /* a notice outranks the statute's guess */
  struct bf__calendar *calendar = loaded(folder);
  assert_true(works(calendar, "2030-01-01"));
  assert_false(known(calendar, "2030-01-01"));
  bf__calendar_free(calendar);
  clear();
}

static void test_bad_files(void **state) {
  (void)state;
  static const char *const bad[][2] = {
      {"{\"year\":2025,\"off\":[\"2025-05-01\"],\"work\":[\"2025-05-01\"]}", "2025-05-01 is named both"},
      {"{\"year\":2025,\"off\":[\"2025-02-29\"]}", "2025-02-29"},
      {"{\"year\":2025,\"off\":[\"2025-05-01\",\"5 May 2025\"]}", "'5 May 2025' in 'off'"},
      {"{\"year\":2025,\"off\":[\"2025-05-01\",20250502]}", "entry 2 of 'off'"},
      {"{\"year\":2025,\"off\":[],\"work\":\"2025-05-01\"}", "'work' must be a list"},
      {"{\"year\":2025,\"off\":\"2025-05-01\"}", "is due"},
      {"{\"off\":[\"2025-05-01\"]}", "is due"},
      {"{\"year\":\"2025\",\"off\":[]}", "is due"},
      {"{\"year\":20255,\"off\":[]}", "1990 to 2150"},
      {"{\"year\":2025,\"off\":[\"2052-05-01\"]}", "2052-05-01 in 'off' does not belong"},
      {"{\"year\":2025,\"off\":[],\"wrok\":[\"2025-05-01\"]}", "did you mean 'work'"},
      {"[\"2025-05-01\"]", "is due"},
      {"{\"year\":2025,\n\"off\":[\"2025-05-01\",]}", "line 2"},
      {"{\"year\":2025,\"off\":[],\"off\":[]}", "line 1"},
      {"not JSON", "line 1"},
      {"", "line 1"}};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    put("2024.json", "{\"year\":2024,\"off\":[\"2024-05-01\"]}");
    put("2025.json", bad[i][0]);
    refused(BF_EINVAL, "2025.json", bad[i][1]);
  }
}

static void test_bad_folders(void **state) {
  (void)state;
  struct bf__calendar *calendar = NULL;
  struct bf_error err = {0};
  assert_int_equal(BF_EIO, bf__calendar_load("/nowhere/calendar", &calendar, &err));
  refused(BF_ENOTFOUND, folder, "holds no calendar");
  put("notes.txt", "not a calendar");
  put(".2025.json", "hidden: an editor's copy");
  refused(BF_ENOTFOUND, folder, "holds no calendar");
}

static void test_bad_json(void **state) {
  (void)state;
  static const char *const bad[] = {"[]",
                                    "{\"2025\":[]}",
                                    "{\"202\":{}}",
                                    "{\"1989\":{}}",
                                    "{\"2151\":{}}",
                                    "{\"2025x\":{}}",
                                    "{\"2025\":{\"off\":{}}}",
                                    "{\"2025\":{\"work\":[7]}}",
                                    "{\"2025\":{\"off\":[\"2024-12-31\"]},\"2024\":{\"work\":[\"2024-12-31\"]}}"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    json_t *years = json_loads(bad[i], 0, NULL);
    struct bf__calendar *calendar = NULL;
    struct bf_error err = {0};
    assert_non_null(years);
    if (bf__calendar_from_json(years, &calendar, &err) != BF_EINVAL) fail_msg("%s is taken", bad[i]);
    assert_true(err.message[0]);
    assert_null(calendar);
    json_decref(years);
  }
  assert_int_equal(BF_EINVAL, bf__calendar_from_json(NULL, &(struct bf__calendar *){NULL}, NULL));
  bf__calendar_free(NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_shipped),   cmocka_unit_test(test_neighbours),
                                     cmocka_unit_test(test_amends),    cmocka_unit_test(test_statutory),
                                     cmocka_unit_test(test_bad_files), cmocka_unit_test(test_bad_folders),
                                     cmocka_unit_test(test_bad_json)};
  return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
