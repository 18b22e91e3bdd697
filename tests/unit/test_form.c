/* Input against declared forms: each fault its own sentence in both languages, at its own place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "form.h"

static const char declared[] =
    "[{\"name\":\"title\",\"type\":\"text\",\"zh\":\"名称\",\"en\":\"Title\",\"max\":10},"
    "{\"name\":\"amount\",\"type\":\"money\",\"zh\":\"金额\",\"en\":\"Amount\",\"min\":1},"
    "{\"name\":\"on\",\"type\":\"date\",\"zh\":\"日期\",\"en\":\"On\",\"optional\":true},"
    "{\"name\":\"way\",\"type\":\"choice\",\"zh\":\"方式\",\"en\":\"Way\",\"optional\":true,\"choices\":[{\"value\":\"open\","
    "\"zh\":\"公开\",\"en\":\"Open\"},{\"value\":\"direct\",\"zh\":\"直接\",\"en\":\"Direct\"}]},"
    "{\"name\":\"share\",\"type\":\"percent\",\"zh\":\"比例\",\"en\":\"Share\",\"optional\":true},"
    "{\"name\":\"passed\",\"type\":\"bool\",\"zh\":\"通过\",\"en\":\"Passed\",\"optional\":true},"
    "{\"name\":\"rows\",\"type\":\"list\",\"zh\":\"明细\",\"en\":\"Rows\",\"optional\":true,\"min\":1,\"max\":3,\"of\":{\"type\":"
    "\"record\",\"fields\":[{\"name\":\"n\",\"type\":\"int\",\"zh\":\"数\",\"en\":\"N\"}]}}]";

/* Checks VALUE; the first refusal must have CODE and FIELD (NULL: none is expected), and both languages. */
static void check(const char *value, const char *code, const char *field) {
  json_t *form = json_loads(declared, 0, NULL), *given = json_loads(value, JSON_DECODE_ANY, NULL), *refusals = json_array();
  assert_non_null(form);
  assert_non_null(given);
  assert_int_equal(bf__form_check(form, given, 0, refusals), 0);
  const json_t *first = json_array_get(refusals, 0);
  if (!code) {
    if (first) print_error("%s: %s\n", value, json_string_value(json_object_get(first, "en")));
    assert_null(first);
  } else {
    assert_non_null(first);
    assert_string_equal(json_string_value(json_object_get(first, "code")), code);
    assert_string_equal(json_string_value(json_object_get(first, "field")), field);
    assert_non_null(json_string_value(json_object_get(first, "zh")));
    assert_non_null(json_string_value(json_object_get(first, "en")));
  }
  json_decref(form);
  json_decref(given);
  json_decref(refusals);
}

static void faults(void **state) {
  (void)state;
  check("{\"title\":\"网络\",\"amount\":1}", NULL, NULL);
  check("{\"amount\":1}", "form.required", "title");
  check("{\"title\":null,\"amount\":1}", "form.required", "title");
  check("{\"title\":\"\",\"amount\":1}", "form.length", "title");
  check("{\"title\":\"一二三四五六七八九十\",\"amount\":1}", NULL, NULL); /* ten characters, thirty bytes */
  check("{\"title\":\"一二三四五六七八九十一\",\"amount\":1}", "form.length", "title");
  check("{\"title\":\"a\\u0007b\",\"amount\":1}", "form.text", "title");
  check("{\"title\":7,\"amount\":1}", "form.type", "title");
  check("{\"title\":\"a\",\"amount\":0}", "form.range", "amount");
  check("{\"title\":\"a\",\"amount\":-1}", "form.range", "amount");
  check("{\"title\":\"a\",\"amount\":9000000000000000}", NULL, NULL);
  check("{\"title\":\"a\",\"amount\":9000000000000001}", "form.range", "amount");
  check("{\"title\":\"a\",\"amount\":1.0}", "form.type", "amount");
  check("{\"title\":\"a\",\"amount\":\"100\"}", "form.type", "amount");
  check("{\"title\":\"a\",\"amount\":1,\"on\":\"2023-02-29\"}", "form.date", "on");
  check("{\"title\":\"a\",\"amount\":1,\"on\":20230201}", "form.type", "on");
  check("{\"title\":\"a\",\"amount\":1,\"way\":\"opne\"}", "form.choice", "way");
  check("{\"title\":\"a\",\"amount\":1,\"share\":101}", "form.range", "share");
  check("{\"title\":\"a\",\"amount\":1,\"passed\":1}", "form.type", "passed");
  check("{\"title\":\"a\",\"amount\":1,\"amuont\":2}", "form.unknown", "amuont");
  check("{\"title\":\"a\",\"amount\":1,\"rows\":[]}", "form.count", "rows");
  check("{\"title\":\"a\",\"amount\":1,\"rows\":[{\"n\":1},{\"n\":\"x\"}]}", "form.type", "rows[1].n");
  check("{\"title\":\"a\",\"amount\":1,\"rows\":[{\"n\":1},{}]}", "form.required", "rows[1].n");
  check("{\"title\":\"a\",\"amount\":1,\"rows\":[{\"n\":1,\"m\":1}]}", "form.unknown", "rows[0].m");
  check("[]", "form.type", "");
}

/* A name that is long and not ASCII must still be a fault: its words are cut between characters. */
static void long_names_are_faults(void **state) {
  (void)state;
  char value[4096] = "{\"title\":\"a\",\"amount\":1,\"";
  for (int length = 80; length < 130; length++) {
    size_t at = strlen("{\"title\":\"a\",\"amount\":1,\"");
    value[at] = 0;
    for (int i = 0; i < length; i++) strncat(value, "项", sizeof value - strlen(value) - 1);
    strncat(value, "\":2}", sizeof value - strlen(value) - 1);
    json_t *form = json_loads(declared, 0, NULL), *given = json_loads(value, 0, NULL), *refusals = json_array();
    assert_non_null(given);
    assert_int_equal(bf__form_check(form, given, 0, refusals), 0);
    assert_int_equal(json_array_size(refusals), 1);
    json_decref(form);
    json_decref(given);
    json_decref(refusals);
  }
}

static void normalises(void **state) {
  (void)state;
  json_t *form = json_loads("[{\"name\":\"l\",\"type\":\"list\",\"of\":{\"type\":\"int\"}}]", 0, NULL),
         *given = json_loads("{\"l\":{}}", 0, NULL), *refusals = json_array();
  assert_int_equal(bf__form_check(form, given, 0, refusals), 0);
  assert_int_equal(json_array_size(refusals), 0);
  assert_true(json_is_array(json_object_get(given, "l")));
  json_decref(form);
  json_decref(given);
  json_decref(refusals);
}

static void invalid(const char *text, const char *part) {
  struct bf_error err = {0};
  json_t *form = json_loads(text, 0, NULL);
  assert_non_null(form);
  assert_int_not_equal(bf__form_valid(form, &err), 0);
  if (!strstr(err.message, part)) print_error("%s\n", err.message);
  assert_non_null(strstr(err.message, part));
  json_decref(form);
}

static void declarations(void **state) {
  struct bf_error err = {0};
  json_t *form = json_loads(declared, 0, NULL);
  (void)state;
  assert_int_equal(bf__form_valid(form, &err), 0);
  json_decref(form);
  invalid("[{\"name\":\"a\",\"type\":\"mony\"}]", "money");
  invalid("[{\"name\":\"a\",\"type\":\"int\"},{\"name\":\"a\",\"type\":\"int\"}]", "twice");
  invalid("[{\"name\":\"a\",\"type\":\"choice\"}]", "choices");
  invalid("[{\"type\":\"int\"}]", "name");
  invalid("[{\"name\":\"a\",\"type\":\"text\",\"pattern\":\"regex\"}]", "pattern");
}

static void nearest(void **state) {
  static const char *const known[] = {"retention", "operations", "approval"};
  (void)state;
  assert_string_equal(bf__nearest("aproval", known, 3), "approval");
  assert_string_equal(bf__nearest("operation", known, 3), "operations");
  assert_null(bf__nearest("xyz", known, 3));
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(faults), cmocka_unit_test(long_names_are_faults),
                                     cmocka_unit_test(normalises), cmocka_unit_test(declarations), cmocka_unit_test(nearest)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
