/* Writing JSON: compared with jansson's own on many values; canonical text and the chain's links by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "chain.h"

static uint32_t seed = 7;
static uint32_t next(uint32_t below) {
  seed = seed * 1664525u + 1013904223u;
  return (seed >> 8) % below;
}

/* No control character with a letter in its number: jansson writes those in capitals, which the canonical text does not. */
static json_t *random_text(void) {
  static const char *const parts[] = {"a", "\"", "\\", "\n", "\t", "\r", "\b", "\f", "\x01", "\x19", "\x7f", "项目", "é", "😀", "/", " "};
  char text[256] = "";
  for (uint32_t i = next(12); i > 0; i--) (void)strncat(text, parts[next(sizeof parts / sizeof *parts)], sizeof text - strlen(text) - 1);
  return json_string(text);
}

static json_t *random_value(int depth) {
  static const json_int_t integers[] = {0, -1, 7, 10, 99, INT64_MAX, INT64_MIN, 900000000000000000};
  uint32_t kind = next(depth > 4 ? 5 : 8), count = next(depth == 0 ? 60 : 6);
  json_t *made = kind < 6 ? NULL : kind == 6 ? json_array() : json_object();
  if (kind == 0) return json_null();
  if (kind == 1) return json_boolean(next(2));
  if (kind == 2) return json_integer(integers[next(sizeof integers / sizeof *integers)]);
  if (kind < 6) return random_text();
  for (uint32_t i = 0; i < count; i++) {
    json_t *name = random_text();
    assert_int_equal(0, kind == 6 ? json_array_append_new(made, random_value(depth + 1))
                                  : json_object_set_new(made, json_string_value(name), random_value(depth + 1)));
    json_decref(name);
  }
  return made;
}

static void test_as_jansson_writes(void **state) {
  (void)state;
  for (int i = 0; i < 3000; i++) {
    json_t *value = random_value(0);
    char *ours, *plain = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY), *sorted = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_SORT_KEYS);
    size_t length;
    assert_int_equal(0, bf__compact(value, &ours, &length, NULL));
    assert_string_equal(plain, ours);
    assert_int_equal(strlen(plain), length);
    free(ours);
    assert_int_equal(0, bf__canonical(value, &ours, &length, NULL));
    assert_string_equal(sorted, ours);
    free(ours);
    free(sorted);
    free(plain);
    json_decref(value);
  }
}

static void test_reals(void **state) {
  (void)state;
  json_t *value = json_pack("[f]", 1.5);
  struct bf_error err = {0};
  char *text;
  size_t length;
  assert_int_equal(0, bf__compact(value, &text, &length, &err));
  assert_string_equal("[1.5]", text);
  free(text);
  assert_int_equal(BF_EINVAL, bf__canonical(value, &text, &length, &err));
  json_decref(value);
}

static void test_depth(void **state) {
  (void)state;
  json_t *value = json_array();
  struct bf_error err = {0};
  char *text;
  size_t length;
  for (int i = 0; i < 300; i++) value = json_pack("[o]", value);
  assert_int_equal(BF_ELIMIT, bf__canonical(value, &text, &length, &err));
  json_decref(value);
}

/* SM3 of "abc", as GB/T 32905 gives it; and a link is the digest of the link before and the text, one after the other. */
static void test_links(void **state) {
  (void)state;
  unsigned char hash[BF__HASH_BYTES], link[BF__HASH_BYTES], both[BF__HASH_BYTES + 3];
  char hex[2 * BF__HASH_BYTES + 1];
  assert_int_equal(0, bf__sm3("abc", 3, hash));
  bf__hex(hash, sizeof hash, hex);
  assert_string_equal("66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0", hex);
  memcpy(both, hash, sizeof hash);
  memcpy(both + sizeof hash, "abc", 3);
  assert_int_equal(0, bf__chain_next(hash, "abc", 3, link));
  assert_int_equal(0, bf__sm3(both, sizeof both, hash));
  assert_memory_equal(hash, link, sizeof hash);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_as_jansson_writes), cmocka_unit_test(test_reals), cmocka_unit_test(test_depth),
                                     cmocka_unit_test(test_links)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
