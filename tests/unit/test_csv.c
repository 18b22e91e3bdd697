/* Tables as text: what is read, what is refused and where, what is written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "csv.h"

static json_t *parse(const char *text) {
  struct bf_error err = {0};
  json_t *rows = NULL;
  int r = bf__csv_parse(text, strlen(text), &rows, &err);
  if (r < 0) fail_msg("%s: %s", err.where, err.message);
  return rows;
}

static void expect(const char *text, const char *want) {
  json_t *rows = parse(text), *wanted = json_loads(want, 0, NULL);
  assert_non_null(wanted);
  if (!json_equal(rows, wanted)) fail_msg("%s gave %s", text, json_dumps(rows, 0));
  json_decref(rows);
  json_decref(wanted);
}

static void reads(void **state) {
  (void)state;
  expect("", "[]");
  expect("a,b\n1,2\n", "[{\"line\":1,\"cells\":[\"a\",\"b\"]},{\"line\":2,\"cells\":[\"1\",\"2\"]}]");
  expect("\xef\xbb\xbf名称,b\r\n1,2", "[{\"line\":1,\"cells\":[\"名称\",\"b\"]},{\"line\":2,\"cells\":[\"1\",\"2\"]}]");
  expect("a\r\rb\r", "[{\"line\":1,\"cells\":[\"a\"]},{\"line\":3,\"cells\":[\"b\"]}]");
  expect("a,\n,\n", "[{\"line\":1,\"cells\":[\"a\",\"\"]}]");
  expect("\"a,\"\"b\"\"\",\" c \"\n", "[{\"line\":1,\"cells\":[\"a,\\\"b\\\"\",\" c \"]}]");
  expect("\"one\r\ntwo\"\nthree", "[{\"line\":1,\"cells\":[\"one\\ntwo\"]},{\"line\":3,\"cells\":[\"three\"]}]");
  expect("\"\"\n", "[{\"line\":1,\"cells\":[\"\"]}]");
}

static void expect_fault(const char *text, size_t length, const char *where) {
  struct bf_error err = {0};
  json_t *rows = NULL;
  assert_int_equal(bf__csv_parse(text, length, &rows, &err), BF_EINVAL);
  assert_null(rows);
  assert_string_equal(err.where, where);
  assert_true(strlen(err.message) > 0);
}

static void refuses(void **state) {
  (void)state;
  expect_fault("a\nb,\"c\nd\ne", 10, "line 2"); /* where the quote begins */
  expect_fault("a\nb\"c", 5, "line 2");
  expect_fault("\"a\"b", 4, "line 1");
  expect_fault("a\n\xff\n", 4, "line 2");
  expect_fault("a\0b", 3, "line 1");
  expect_fault("\"", 1, "line 1");
  expect_fault("\"a\"\0b", 5, "line 1");
}

static void limits(void **state) {
  (void)state;
  struct bf_error err = {0};
  json_t *rows = NULL;
  size_t length = BF__CSV_CELL + 1;
  char *text = malloc(length);
  assert_non_null(text);
  memset(text, 'x', length);
  assert_int_equal(bf__csv_parse(text, length, &rows, &err), BF_ELIMIT);
  assert_int_equal(bf__csv_parse(text, length - 1, &rows, &err), 0);
  json_decref(rows);
  memset(text, ',', length);
  assert_int_equal(bf__csv_parse(text, length, &rows, &err), BF_ELIMIT);
  free(text);
}

static void writes(void **state) {
  (void)state;
  struct bf__csv csv = {0};
  json_t *list = json_pack("[s i b]", "a", 1, 1);
  bf__csv_cell(&csv, "名称");
  bf__csv_cell(&csv, "a,\"b\"");
  bf__csv_cell(&csv, "=1+1");
  bf__csv_cell(&csv, "@x");
  bf__csv_cell(&csv, "\tx");
  bf__csv_cell(&csv, NULL);
  bf__csv_end_row(&csv);
  bf__csv_value(&csv, list);
  json_t *number = json_integer(-5);
  bf__csv_value(&csv, number);
  bf__csv_value(&csv, json_true());
  bf__csv_value(&csv, json_null());
  bf__csv_end_row(&csv);
  char *text = bf__csv_take(&csv);
  assert_string_equal(text, "\xef\xbb\xbf名称,\"a,\"\"b\"\"\",\"'=1+1\",\"'@x\",\"'\tx\",\r\na; 1; true,-5,true,\r\n");
  free(text);
  json_decref(number);
  json_decref(list);
  text = bf__csv_take(&csv);
  assert_string_equal(text, "\xef\xbb\xbf");
  free(text);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(reads), cmocka_unit_test(refuses), cmocka_unit_test(limits),
                                     cmocka_unit_test(writes)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
