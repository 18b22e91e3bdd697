/* What a clerk reads at each fault, word for word; and values and forms made to hurt. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "form.h"

static json_t *parse(const char *text) {
  json_error_t fault;
  json_t *value = json_loads(text, JSON_DECODE_ANY, &fault);
  if (!value) fail_msg("%s: %s", text, fault.text);
  return value;
}

static const char *said(const json_t *refusals, size_t index, const char *name) {
  const char *text = json_string_value(json_object_get(json_array_get(refusals, index), name));
  assert_non_null(text);
  return text;
}

/* One field F with its declaration, one value: the refusals. */
static json_t *refusals_of(const char *declaration, const char *value) {
  json_t *field = parse(declaration), *form = json_pack("[o]", field), *given = json_pack("{so}", "f", parse(value)),
         *refusals = json_array();
  assert_int_equal(0, json_object_set_new(field, "name", json_string("f")));
  assert_int_equal(0, bf__form_check(form, given, 0, refusals));
  json_decref(form);
  json_decref(given);
  return refusals;
}

static void fits(const char *declaration, const char *value) {
  json_t *refusals = refusals_of(declaration, value);
  if (json_array_size(refusals)) fail_msg("%s: %s", value, said(refusals, 0, "en"));
  json_decref(refusals);
}

static void tells(const char *declaration, const char *value, const char *code, const char *zh, const char *en) {
  json_t *refusals = refusals_of(declaration, value);
  assert_int_equal(1, json_array_size(refusals));
  assert_string_equal(code, said(refusals, 0, "code"));
  assert_string_equal(zh, said(refusals, 0, "zh"));
  assert_string_equal(en, said(refusals, 0, "en"));
  assert_string_equal("f", said(refusals, 0, "field"));
  json_decref(refusals);
}

static void broken_code(const char *declaration, const char *value, const char *code) {
  json_t *refusals = refusals_of(declaration, value);
  assert_int_equal(1, json_array_size(refusals));
  assert_string_equal(code, said(refusals, 0, "code"));
  json_decref(refusals);
}

#define MONEY "{\"type\":\"money\",\"zh\":\"金额\",\"en\":\"Amount\"}"

static void test_money(void **state) {
  (void)state;
  fits(MONEY, "0");
  fits(MONEY, "9000000000000000");
  tells(MONEY, "-1", "form.range", "“金额”不能为负数", "“Amount” must not be negative");
  tells(MONEY, "9000000000000001", "form.range", "“金额”超出范围:不能大于 9000000000000000 分",
        "“Amount” is out of range: at most 9000000000000000 fen");
  tells(MONEY, "9223372036854775807", "form.range", "“金额”超出范围:不能大于 9000000000000000 分",
        "“Amount” is out of range: at most 9000000000000000 fen");
  tells(MONEY, "1.0", "form.type", "“金额”应为整数,以分为单位,不带小数点", "“Amount” must be whole fen, without a decimal point");
  tells(MONEY, "\"100\"", "form.type", "“金额”应为数字,以分为单位,不加引号", "“Amount” must be a number of fen, without quotes");
  tells(MONEY, "true", "form.type", "“金额”应为金额,以分为单位的整数", "“Amount” must be an amount in whole fen");
  tells("{\"type\":\"money\",\"zh\":\"金额\",\"en\":\"Amount\",\"min\":1}", "0", "form.range", "“金额”超出范围:不能小于 1 分",
        "“Amount” is out of range: at least 1 fen");
  tells("{\"type\":\"percent\",\"zh\":\"比例\",\"en\":\"Share\"}", "101", "form.range", "“比例”超出范围:不能大于 100%",
        "“Share” is out of range: at most 100%");
  fits("{\"type\":\"percent\"}", "100");
  fits("{\"type\":\"int\"}", "-5");
  tells("{\"type\":\"int\",\"min\":-3}", "-4", "form.range", "“f”超出范围:不能小于 -3", "“f” is out of range: at least -3");
  tells("{\"type\":\"int\"}", "\"4\"", "form.type", "“f”应为数字,不加引号", "“f” must be a number, without quotes");
}

static void test_missing_and_unknown(void **state) {
  (void)state;
  json_t *form = parse("[{\"name\":\"title\",\"type\":\"text\",\"zh\":\"项目名称\",\"en\":\"Title\"},{\"name\":\"note\",\"type\":"
                       "\"text\",\"optional\":true}]");
  json_t *value = parse("{\"titel\":\"x\"}"), *refusals = json_array();
  assert_int_equal(0, bf__form_check(form, value, 0, refusals));
  assert_int_equal(2, json_array_size(refusals));
  assert_string_equal("form.unknown", said(refusals, 0, "code"));
  assert_string_equal("“titel”不是这里的字段,是不是“title”?", said(refusals, 0, "zh"));
  assert_string_equal("“titel” is not a field here, did you mean “title”?", said(refusals, 0, "en"));
  assert_string_equal("form.required", said(refusals, 1, "code"));
  assert_string_equal("缺少“项目名称”", said(refusals, 1, "zh"));
  assert_string_equal("“Title” is missing", said(refusals, 1, "en"));
  assert_string_equal("title", said(refusals, 1, "field"));
  json_array_clear(refusals);
  assert_int_equal(0, bf__form_check(form, value, 1, refusals)); /* piece by piece: absent is no fault, unknown is */
  assert_int_equal(1, json_array_size(refusals));
  json_decref(form);
  json_decref(value);
  json_decref(refusals);
}

static void test_text(void **state) {
  (void)state;
  const char *two = "{\"type\":\"text\",\"zh\":\"名称\",\"en\":\"Name\",\"min\":2,\"max\":3}";
  fits(two, "\"项目\"");
  fits(two, "\"😀😀😀\"");
  fits(two, "\"a\\n\\t\"");
  tells(two, "\"项\"", "form.length", "“名称”过短:至少 2 字,现有 1 字",
        "“Name” is too short: 2 characters at least, there are 1");
  tells(two, "\"项目名称\"", "form.length", "“名称”过长:最多 3 字,现有 4 字",
        "“Name” is too long: 3 characters at most, there are 4");
  tells(two, "\"\"", "form.length", "“名称”不能为空", "“Name” must not be empty");
  tells(two, "\"a\\u0085\"", "form.text", "“名称”含有不可见的控制字符", "“Name” has control characters"); /* C1 */
  tells(two, "\"a\\u001b\"", "form.text", "“名称”含有不可见的控制字符", "“Name” has control characters");
  fits(two, "\"a\\u00a0\"");
  tells(two, "7", "form.type", "“名称”应为文字", "“Name” must be text");
  fits("{\"type\":\"text\",\"optional\":true}", "\"\"");
  broken_code("{\"type\":\"text\"}", "\"\"", "form.length");
}

static void test_patterns(void **state) {
  (void)state;
  static const char *const good[][2] = {{"code6", "430900"},
                                        {"phone", "0737-4220000"},
                                        {"phone", "+86 138 0000 0000"},
                                        {"email", "a.b@example.gov.cn"},
                                        {"id", "station_1"}};
  static const char *const bad[][2] = {{"code6", "43090"},
                                       {"code6", "4309000"},
                                       {"code6", "43090x"},
                                       {"code6", "４３０９００"},
                                       {"phone", "-----"},
                                       {"phone", "12 34"},
                                       {"phone", "call me"},
                                       {"email", "a@b"},
                                       {"email", "@b.cn"},
                                       {"email", "a@.cn"},
                                       {"email", "a@b."},
                                       {"email", "a@b@c.cn"},
                                       {"email", "a b@c.cn"},
                                       {"email", "a@b..cn"},
                                       {"email", "a@b.cn,c@d.cn"},
                                       {"email", "a@b.cn\\nBcc: x@y.z"},
                                       {"id", "Station"},
                                       {"id", "站"},
                                       {"phone", "123456789012345678901"}};
  char declaration[100], value[200];
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    (void)snprintf(declaration, sizeof declaration, "{\"type\":\"text\",\"pattern\":\"%s\"}", good[i][0]);
    (void)snprintf(value, sizeof value, "\"%s\"", good[i][1]);
    fits(declaration, value);
  }
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    (void)snprintf(declaration, sizeof declaration, "{\"type\":\"text\",\"pattern\":\"%s\"}", bad[i][0]);
    (void)snprintf(value, sizeof value, "\"%s\"", bad[i][1]);
    broken_code(declaration, value, "form.pattern");
  }
  fits("{\"type\":\"text\",\"pattern\":\"email\",\"optional\":true}", "\"\""); /* left empty */
  tells("{\"type\":\"text\",\"pattern\":\"code6\",\"zh\":\"区划代码\",\"en\":\"Code\"}", "\"1\"", "form.pattern",
        "“区划代码”应为六位数字", "“Code” must be six digits");
}

static void test_others(void **state) {
  (void)state;
  const char *choice = "{\"type\":\"choice\",\"zh\":\"方式\",\"en\":\"Way\",\"choices\":[{\"value\":\"open\",\"zh\":\"公开\"},{"
                       "\"value\":\"direct\"}]}";
  fits(choice, "\"direct\"");
  tells(choice, "\"opne\"", "form.choice", "“方式”只能是:open(公开)、direct",
        "“Way” must be one of: open, direct (did you mean open?)");
  tells(choice, "7", "form.choice", "“方式”只能是:open(公开)、direct", "“Way” must be one of: open, direct");
  fits("{\"type\":\"date\"}", "\"2024-02-29\"");
  tells("{\"type\":\"date\",\"zh\":\"日期\",\"en\":\"On\"}", "\"2023-02-29\"", "form.date",
        "“日期”不是存在的日期:应写作 2022-09-30", "“On” is no date that exists: write 2022-09-30");
  broken_code("{\"type\":\"date\"}", "\"2024-02-29T00:00\"", "form.date");
  broken_code("{\"type\":\"date\"}", "20240229", "form.type");
  fits("{\"type\":\"bool\"}", "false");
  broken_code("{\"type\":\"bool\"}", "0", "form.type");
  broken_code("{\"type\":\"record\",\"fields\":[]}", "[]", "form.type");
  fits("{\"type\":\"user\"}", "\"u1\"");
}

static void test_lists(void **state) {
  (void)state;
  const char *list =
      "{\"type\":\"list\",\"zh\":\"年度\",\"en\":\"Years\",\"min\":1,\"max\":2,\"of\":{\"type\":\"int\",\"min\":2022}}";
  fits(list, "[2022,2023]");
  tells(list, "{}", "form.count", "“年度”至少应有 1 项,现有 0 项",
        "“Years” must have at least 1 entries, there are 0"); /* {} is [] */
  tells(list, "[2022,2023,2024]", "form.count", "“年度”最多 2 项,现有 3 项", "“Years” must have at most 2 entries, there are 3");
  tells(list, "{\"a\":1}", "form.type", "“年度”应为列表", "“Years” must be a list");
  json_t *refusals = refusals_of(list, "[2022,2021]"); /* an item goes by its list's name */
  assert_string_equal("f[1]", said(refusals, 0, "field"));
  assert_string_equal("“年度”超出范围:不能小于 2022", said(refusals, 0, "zh"));
  json_decref(refusals);
  json_t *form = parse("[{\"name\":\"l\",\"type\":\"list\",\"of\":{\"type\":\"list\",\"of\":{\"type\":\"record\",\"fields\":[{"
                       "\"name\":\"n\",\"type\":\"int\"}]}}}]");
  json_t *value = parse("{\"l\":[{},[{\"n\":1},{\"n\":null},null]]}");
  refusals = json_array();
  assert_int_equal(0, bf__form_check(form, value, 0, refusals));
  assert_int_equal(2, json_array_size(refusals));
  assert_true(json_is_array(json_array_get(json_object_get(value, "l"), 0)));
  assert_string_equal("l[1][1].n", said(refusals, 0, "field"));
  assert_string_equal("form.required", said(refusals, 0, "code"));
  assert_string_equal("l[1][2]", said(refusals, 1, "field"));
  json_decref(form);
  json_decref(value);
  json_decref(refusals);
}

/* Forms that no check at load has seen are faults of the form, not a crash. */
static void test_broken(void **state) {
  (void)state;
  static const char *const bad[] = {"{}",
                                    "{\"type\":7}",
                                    "{\"type\":\"mony\"}",
                                    "{\"type\":\"choice\"}",
                                    "{\"type\":\"choice\",\"choices\":[{}]}",
                                    "{\"type\":\"text\",\"pattern\":\"[a-z]+\"}"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) broken_code(bad[i], "\"x\"", "form.broken");
  broken_code("{\"type\":\"list\"}", "[1]", "form.broken");
  broken_code("{\"type\":\"mony\"}", "{\"x\":1}", "form.broken");
  broken_code("{\"type\":\"record\"}", "{\"x\":1}", "form.unknown");
}

/* Whatever is cut to a buffer is cut between characters: the refusal is told. */
static void test_long_words(void **state) {
  (void)state;
  char declaration[40000], word[2000];
  for (size_t shift = 0; shift < 4; shift++) {
    size_t at = (size_t)snprintf(declaration, sizeof declaration, "{\"type\":\"choice\",\"zh\":\"%.*s", (int)shift, "abc");
    for (int i = 0; i < 200; i++) at += (size_t)snprintf(declaration + at, sizeof declaration - at, "选");
    at += (size_t)snprintf(declaration + at, sizeof declaration - at, "\",\"choices\":[");
    for (int i = 0; i < 100; i++)
      at += (size_t)snprintf(declaration + at, sizeof declaration - at, "%s{\"value\":\"值%.*s%d\",\"zh\":\"选项一二三\"}",
                             i ? "," : "", (int)shift, "abc", i);
    (void)snprintf(declaration + at, sizeof declaration - at, "]}");
    json_t *refusals = refusals_of(declaration, "\"值\"");
    assert_int_equal(1, json_array_size(refusals));
    json_decref(refusals);
  }
  json_t *refusals = refusals_of("{\"type\":\"record\",\"fields\":[{\"name\":\"a\",\"type\":\"int\"}]}", "{}");
  assert_int_equal(1, json_array_size(refusals));
  json_decref(refusals);
  for (size_t length = 1; length < 600; length++) { /* a path that is cut */
    json_t *form = parse("[]"), *value = json_object();
    size_t n = 0;
    while (n + 3 < sizeof word && n < length) memcpy(word + n, "项", 3), n += 3;
    word[n] = 0;
    refusals = json_array();
    assert_int_equal(0, json_object_set_new(value, word, json_true()));
    assert_int_equal(0, bf__form_check(form, value, 0, refusals));
    assert_int_equal(1, json_array_size(refusals));
    json_decref(form);
    json_decref(value);
    json_decref(refusals);
  }
}

/* A million letters against every known word, ten thousand unknown names, a list of faults: all bounded. */
static void test_hostile(void **state) {
  (void)state;
  json_t *form = parse("[{\"name\":\"list\",\"type\":\"list\",\"max\":100000,\"of\":{\"type\":\"int\"}}]"),
         *value = json_object(), *list = json_array(), *refusals = json_array();
  char *word = malloc(1000001), name[32];
  assert_non_null(word);
  memset(word, 'a', 1000000);
  word[1000000] = 0;
  clock_t began = clock();
  assert_int_equal(0, json_object_set_new(value, word, json_true()));
  for (int i = 0; i < 20000; i++) {
    (void)snprintf(name, sizeof name, "lost_word_number_%d", i);
    assert_int_equal(0, json_object_set_new(value, name, json_true()));
    assert_int_equal(0, json_array_append_new(list, json_string("x")));
  }
  assert_int_equal(0, json_object_set_new(value, "list", list));
  assert_int_equal(0, bf__form_check(form, value, 0, refusals));
  assert_int_equal(100, json_array_size(refusals));
  json_array_clear(refusals);
  assert_int_equal(0, bf__form_check_one(json_array_get(form, 0), "list", list, refusals));
  assert_int_equal(100, json_array_size(refusals));
  assert_true(clock() - began < 2 * CLOCKS_PER_SEC);
  json_decref(form);
  json_decref(value);
  json_decref(refusals);
  free(word);
}

static void test_nearest(void **state) {
  (void)state;
  static const char *const known[] = {"approve", "reject", "id", NULL, "a", "correct"};
  const size_t count = sizeof known / sizeof *known;
  assert_string_equal("approve", bf__nearest("aprove", known, count));
  assert_string_equal("approve", bf__nearest("approved", known, count));
  assert_string_equal("reject", bf__nearest("rejcet", known, count));
  assert_string_equal("id", bf__nearest("ids", known, count));
  assert_string_equal("correct", bf__nearest("corect", known, count));
  assert_null(bf__nearest("z", known, count)); /* nothing of it is right */
  assert_null(bf__nearest("withdraw", known, count));
  assert_null(bf__nearest("", known, count));
  assert_null(bf__nearest(NULL, known, count));
  assert_null(bf__nearest("x", NULL, 0));
}

static void invalid(const char *text, const char *where, const char *part) {
  struct bf_error err = {0};
  json_t *form = parse(text);
  if (bf__form_valid(form, &err) == 0) fail_msg("%s is taken", text);
  if (!strstr(err.message, part) || strcmp(err.where, where) != 0)
    fail_msg("%s: %s (not %s, %s)", err.where, err.message, where, part);
  json_decref(form);
}

static void test_declarations(void **state) {
  (void)state;
  invalid("{}", "form", "a list of fields");
  invalid("[7]", "form", "field 1 has no name");
  invalid("[{\"name\":\"\",\"type\":\"int\"}]", "form", "no name");
  invalid("[{\"name\":\"a.b\",\"type\":\"int\"}]", "a.b", "none of . [ ]");
  invalid("[{\"name\":\"a\",\"type\":\"dat\"}]", "a", "did you mean 'date'");
  invalid("[{\"name\":\"a\",\"type\":\"text\",\"pattern\":\"emial\"}]", "a", "did you mean 'email'");
  invalid("[{\"name\":\"a\",\"type\":\"int\",\"pattern\":\"email\"}]", "a", "only text");
  invalid("[{\"name\":\"a\",\"type\":\"choice\",\"choices\":[{\"value\":\"x\"},{\"value\":\"x\"}]}]", "a", "'x' stands twice");
  invalid("[{\"name\":\"a\",\"type\":\"choice\",\"choices\":[{\"zh\":\"x\"}]}]", "a", "choice 1 has no value");
  invalid("[{\"name\":\"a\",\"type\":\"int\",\"min\":1.5}]", "a", "'min' must be a whole number");
  invalid("[{\"name\":\"a\",\"type\":\"money\",\"min\":-1}]", "a", "negative");
  invalid("[{\"name\":\"a\",\"type\":\"percent\",\"max\":101}]", "a", "100 percent");
  invalid("[{\"name\":\"a\",\"type\":\"date\",\"min\":1}]", "a", "says nothing");
  invalid("[{\"name\":\"a\",\"type\":\"text\",\"min\":3,\"max\":2}]", "a", "at least 3 and at most 2");
  invalid("[{\"name\":\"a\",\"type\":\"list\"}]", "a", "'of'");
  invalid("[{\"name\":\"a\",\"type\":\"record\"}]", "a", "'fields'");
  invalid("[{\"name\":\"a\",\"type\":\"list\",\"of\":{\"type\":\"record\",\"fields\":[{\"name\":\"b\",\"type\":\"itn\"}]}}]", "b",
          "did you mean 'int'");
  char deep[4000] = "[{\"name\":\"a\",";
  for (int i = 0; i < 20; i++) strncat(deep, "\"type\":\"record\",\"fields\":[{\"name\":\"a\",", sizeof deep - strlen(deep) - 1);
  strncat(deep, "\"type\":\"int\"}", sizeof deep - strlen(deep) - 1);
  for (int i = 0; i < 20; i++) strncat(deep, "]}", sizeof deep - strlen(deep) - 1);
  strncat(deep, "]", sizeof deep - strlen(deep) - 1);
  invalid(deep, "a", "nested deeper");
}

/* No memory at any one allocation: told as such or done as if nothing had been, never a fault lost. */
static int left;
static void *scarce(size_t size) {
  return left-- == 0 ? NULL : malloc(size);
}

static void test_no_memory(void **state) {
  (void)state;
  json_t *form = parse("[{\"name\":\"t\",\"type\":\"text\"},{\"name\":\"n\",\"type\":\"list\",\"of\":{\"type\":\"int\"}},{"
                       "\"name\":\"l\",\"type\":\"list\",\"of\":{\"type\":\"int\"}}]");
  int failures = 0;
  for (int after = 0; after < 200; after++) {
    json_t *value = parse("{\"x\":1,\"l\":[\"a\",2],\"n\":{}}"), *refusals = json_array();
    left = after;
    json_set_alloc_funcs(scarce, free);
    int r = bf__form_check(form, value, 0, refusals);
    json_set_alloc_funcs(malloc, free);
    if (r != BF_ENOMEM && (r != 0 || json_array_size(refusals) != 3))
      fail_msg("after %d: %d with %zu refusals", after, r, json_array_size(refusals));
    failures += r == BF_ENOMEM;
    json_decref(value);
    json_decref(refusals);
  }
  assert_in_range(failures, 5, 150);
  json_decref(form);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_money),        cmocka_unit_test(test_missing_and_unknown),
                                     cmocka_unit_test(test_text),         cmocka_unit_test(test_patterns),
                                     cmocka_unit_test(test_others),       cmocka_unit_test(test_lists),
                                     cmocka_unit_test(test_broken),       cmocka_unit_test(test_long_words),
                                     cmocka_unit_test(test_hostile),      cmocka_unit_test(test_nearest),
                                     cmocka_unit_test(test_declarations), cmocka_unit_test(test_no_memory)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
