/* Cells of ledgers: what each type takes, and what is refused rather than guessed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "ledger.h"

/* CELL under a field of JSON DECLARATION must become WANT (JSON), or be refused when WANT is NULL. */
static void expect(const char *declaration, const char *cell, int64_t fen, const char *want) {
  const char *zh = NULL, *en = NULL;
  json_t *field = json_loads(declaration, 0, NULL), *wanted = want ? json_loads(want, JSON_DECODE_ANY, NULL) : NULL;
  assert_non_null(field);
  json_t *got = bf__ledger_value(field, cell, fen, &zh, &en);
  if (want && !(got && json_equal(got, wanted))) fail_msg("\"%s\" did not become %s", cell, want);
  if (!want && got) fail_msg("\"%s\" should have been refused", cell);
  if (!want) assert_true(zh && en && *zh && *en);
  json_decref(got);
  json_decref(wanted);
  json_decref(field);
}

#define MONEY "{\"type\":\"money\"}"

static void sums(void **state) {
  (void)state;
  expect(MONEY, "120", 100, "12000");
  expect(MONEY, "1,200.50", 100, "120050");
  expect(MONEY, "0.07", 100, "7");
  expect(MONEY, "1.5", 1000000, "1500000");
  expect(MONEY, "1.500000000", 100, "150"); /* zeroes say nothing */
  expect(MONEY, "120万元", 0, "120000000");
  expect(MONEY, "120 万", 100, "120000000"); /* the cell's own word counts */
  expect(MONEY,
         "\xef\xbf\xa5"
         "12元",
         0, "1200");
  expect(MONEY, "7", 1, "7");
  static const char *const bad[] = {"", "-5", "1.005", "1e3", "12x", ".", "万元", "999999999999999999", "0x10", "1.2.3"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) expect(MONEY, bad[i], 100, NULL);
  expect(MONEY, "120", 0, NULL); /* no currency */
  expect(MONEY, "1.5", 1, NULL);
  expect(MONEY, "99999999999999", 1000000, NULL); /* past what fits */
}

static void headings(void **state) {
  (void)state;
  static const struct {
    const char *text, *name;
    int64_t fen;
  } all[] = {{"总投资(万元)", "总投资", 1000000},
             {"总投资\xef\xbc\x88元\xef\xbc\x89", "总投资", 100},
             {"x(分)", "x", 1},
             {"总投资", "总投资", 0},
             {"(其他)", "(其他)", 0},
             {"", "", 0}};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    char copy[100];
    int64_t fen = -1;
    (void)snprintf(copy, sizeof copy, "%s", all[i].text);
    bf__ledger_heading(copy, &fen);
    assert_string_equal(copy, all[i].name);
    assert_true(fen == all[i].fen);
  }
}

static void others(void **state) {
  (void)state;
  expect("{\"type\":\"int\"}", "2024年", 0, "2024");
  expect("{\"type\":\"int\"}", "2.5", 0, NULL);
  expect("{\"type\":\"percent\"}", "60%", 0, "60");
  expect("{\"type\":\"bool\"}", "是", 0, "true");
  expect("{\"type\":\"bool\"}", "No", 0, "false");
  expect("{\"type\":\"bool\"}", "也许", 0, NULL);
  expect("{\"type\":\"date\"}", "2022/9/30", 0, "\"2022-09-30\"");
  expect("{\"type\":\"date\"}", "2022年9月3日", 0, "\"2022-09-03\"");
  expect("{\"type\":\"date\"}", "2022-02-30", 0, "\"2022-02-30\""); /* the form refuses it */
  expect("{\"type\":\"choice\",\"choices\":[{\"value\":\"a\",\"zh\":\"甲\",\"en\":\"First\"}]}", "甲", 0, "\"a\"");
  expect("{\"type\":\"choice\",\"choices\":[{\"value\":\"a\",\"zh\":\"甲\",\"en\":\"First\"}]}", "first", 0, "\"a\"");
  expect("{\"type\":\"text\"}", "=1+1", 0, "\"=1+1\"");
}

static void nested(void **state) {
  (void)state;
#define PARTS                                                                                                                    \
  "{\"type\":\"list\",\"of\":{\"type\":\"record\",\"fields\":[{\"name\":\"who\",\"type\":\"text\"},{\"name\":\"sum\",\"type\":"  \
  "\"money\"}]}}"
  expect("{\"type\":\"list\",\"of\":{\"type\":\"text\"}}", "甲; 乙;", 0, "[\"甲\",\"乙\"]");
  expect("{\"type\":\"list\",\"of\":{\"type\":\"text\"}}", "甲\xef\xbc\x9b乙", 0, "[\"甲\",\"乙\"]");
  expect(PARTS,
         "甲:1;乙\xef\xbc\x9a"
         "2.5",
         100, "[{\"who\":\"甲\",\"sum\":100},{\"who\":\"乙\",\"sum\":250}]");
  expect(PARTS, "[{\"who\":\"甲\",\"sum\":7}]", 100, "[{\"who\":\"甲\",\"sum\":7}]");
  expect(PARTS, "甲:1:2", 100, NULL);
  expect(PARTS, "甲:x", 100, NULL);
  expect(PARTS, "[{", 100, NULL);
}

static void trims(void **state) {
  (void)state;
  char words[] = " \xe3\x80\x80 a b\t\xe3\x80\x80\n", none[] = "  ";
  assert_string_equal(bf__ledger_trim(words), "a b");
  assert_string_equal(bf__ledger_trim(none), "");
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(sums), cmocka_unit_test(headings), cmocka_unit_test(others),
                                     cmocka_unit_test(nested), cmocka_unit_test(trims)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
