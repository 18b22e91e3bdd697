/* The command line's own parts: arguments, ledgers in other encodings, aligned tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"

static const struct bf__verb verb = {"try", NULL, "[--to X] [--now] WORD…", "试 · try", ""};

struct parsed {
  struct bf__cli cli;
  const char *to;
  bool now;
  int code;
};

static struct parsed parse(int least, int most, int argc, const char **argv) {
  struct parsed p = {.cli = {.verb = &verb, .server = -1}};
  const struct bf__cli_option own[] = {{"--to", &p.to, NULL}, {"--now", NULL, &p.now}, {0}};
  p.code = bf__cli_parse(&p.cli, argc, (char **)(uintptr_t)argv, own, least, most);
  return p;
}

#define PARSE(least, most, ...)                                                                                                  \
  parse(least, most, (int)(sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *)), (const char *[]){__VA_ARGS__})

static void options_and_words_mix(void **state) {
  (void)state;
  struct parsed p = PARSE(1, 3, "one", "--to", "x", "--now", "two", "--data=/d", "--", "--three");
  assert_int_equal(p.code, -1);
  assert_int_equal(p.cli.word_count, 3);
  assert_string_equal(p.cli.words[1], "two");
  assert_string_equal(p.cli.words[2], "--three");
  assert_string_equal(p.to, "x");
  assert_true(p.now);
  assert_string_equal(p.cli.overrides.data, "/d");
}

static void slips_are_usage_errors(void **state) {
  (void)state;
  assert_int_equal(PARSE(0, 1, "--tto", "x").code, BF__USAGE);
  assert_int_equal(PARSE(0, 1, "--to").code, BF__USAGE);
  assert_int_equal(PARSE(0, 1, "--now=1").code, BF__USAGE);
  assert_int_equal(PARSE(0, 1, "a", "b").code, BF__USAGE);
  assert_int_equal(PARSE(1, 1, "--now").code, BF__USAGE);
  assert_int_equal(PARSE(1, 1, "-").code, -1); /* standard input */
}

static void to_utf8(const char *in, size_t length, const char *expected) {
  struct bf_error err = {0};
  char *text = malloc(length + 1);
  assert_non_null(text);
  memcpy(text, in, length);
  text[length] = 0;
  int r = bf__to_utf8(&text, &length, &err);
  assert_int_equal(r, expected ? 0 : BF_EINVAL);
  if (expected) {
    assert_string_equal(text, expected);
    assert_int_equal(length, strlen(expected));
  } else {
    assert_non_null(strstr(err.message, "byte 2"));
  }
  free(text);
}

static void ledgers_become_utf8(void **state) {
  (void)state;
  to_utf8("名称,1\n", 9, "名称,1\n");
  to_utf8("\xEF\xBB\xBF"
          "a",
          4, "a");
  to_utf8("\xC3\xFB\xB3\xC6,1\n", 7, "名称,1\n"); /* as spreadsheets save it */
  to_utf8("\xB5\xCE\x82"
          "0"
          "\x9D"
          "8",
          6, "滴㗄");                           /* four bytes: rare characters of names */
  to_utf8("\x84\x31\x95\x33\xD6\xD0", 6, "中"); /* its own byte order mark */
  to_utf8("ab\xFF\xFF", 4, NULL);
  to_utf8("", 0, "");
}

static void print(const char *rows, const char *columns, const char *expected) {
  char path[] = "/tmp/banfa-cli-XXXXXX", text[1024];
  json_t *value = json_loads(rows, 0, NULL);
  int file = mkstemp(path), screen = dup(STDOUT_FILENO);
  assert_true(file >= 0 && screen >= 0 && value);
  (void)fflush(stdout);
  assert_true(dup2(file, STDOUT_FILENO) >= 0);
  if (columns)
    bf__print_table(value, columns);
  else
    bf__print_value(value);
  (void)fflush(stdout);
  assert_true(dup2(screen, STDOUT_FILENO) >= 0);
  ssize_t got = pread(file, text, sizeof text - 1, 0);
  text[got < 0 ? 0 : got] = 0;
  (void)close(file);
  (void)close(screen);
  (void)unlink(path);
  json_decref(value);
  assert_string_equal(text, expected);
}

static void columns_align(void **state) {
  (void)state;
  print("[{\"id\":\"甲\",\"n\":5},{\"id\":\"abcd\",\"n\":120,\"more\":true}]", NULL,
        "id      n  more\n甲      5  \nabcd  120  是 yes\n");
  print("[{\"id\":\"甲\",\"n\":5}]", "n:数 id", "数  id\n 5  甲\n");
  print("{\"name\":\"x\",\"roles\":[\"a\",\"b\"],\"title\":{\"zh\":\"项\",\"en\":\"It\"},\"items\":[{\"k\":1}]}", NULL,
        "name   x\nroles  a, b\ntitle  项 · It\n\nitems\nk\n1\n");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(options_and_words_mix),
      cmocka_unit_test(slips_are_usage_errors),
      cmocka_unit_test(ledgers_become_utf8),
      cmocka_unit_test(columns_align),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
