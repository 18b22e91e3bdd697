/* Writing JSON: compared with jansson's own on many values; canonical text and the chain's links by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <pthread.h>
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
  static const char *const parts[] = {"a",    "\"",   "\\",   "\n",   "\t", "\r", "\b", "\f",
                                      "\x01", "\x19", "\x7f", "项目", "é",  "😀",  "/",  " "};
  char text[256] = "";
  for (uint32_t i = next(12); i > 0; i--)
    (void)strncat(text, parts[next(sizeof parts / sizeof *parts)], sizeof text - strlen(text) - 1);
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
    char *ours, *plain = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY),
                *sorted = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_SORT_KEYS);
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

static void is_hash(const char *due, const unsigned char hash[BF__HASH_BYTES]) {
  char hex[BF__HASH_HEX];
  bf__hex(hash, BF__HASH_BYTES, hex);
  assert_string_equal(due, hex);
}

static const char sixteen_abcd[] = "abcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcd";

/* The second example of GB/T 32905: 64 bytes, a whole block; and the empty text. */
static void test_standard(void **state) {
  (void)state;
  unsigned char hash[BF__HASH_BYTES];
  assert_int_equal(0, bf__sm3(sixteen_abcd, 64, hash));
  is_hash("debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732", hash);
  assert_int_equal(0, bf__sm3("", 0, hash));
  is_hash("1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b", hash);
}

/* A stream gives what the whole gives, wherever it is cut. */
static void test_streams(void **state) {
  (void)state;
  struct bf_error err = {0};
  struct bf__digest *digest;
  unsigned char hash[BF__HASH_BYTES];
  for (size_t cut = 0; cut <= 64; cut++) {
    assert_int_equal(0, bf__digest_new("SM3", &digest, &err));
    assert_int_equal(0, bf__digest_add(digest, sixteen_abcd, cut));
    assert_int_equal(0, bf__digest_add(digest, sixteen_abcd + cut, 64 - cut));
    assert_int_equal(0, bf__digest_end(digest, hash));
    is_hash("debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732", hash);
    bf__digest_free(digest);
  }
  assert_int_equal(0, bf__digest_new("SHA256", &digest, &err));
  assert_int_equal(0, bf__digest_add(digest, "abc", 3));
  assert_int_equal(0, bf__digest_end(digest, hash));
  is_hash("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", hash);
  bf__digest_free(digest);
  static const char *const others[] = {"SHA512", "SHA1", "nothing"}; /* of another length, or not there */
  for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
    assert_int_equal(BF_EIO, bf__digest_new(others[i], &digest, &err));
    assert_string_equal(others[i], err.where);
  }
  bf__digest_free(NULL);
}

static void test_hex(void **state) {
  (void)state;
  unsigned char bytes[256], back[256];
  char text[513];
  for (int i = 0; i < 256; i++) bytes[i] = (unsigned char)i;
  bf__hex(bytes, sizeof bytes, text);
  assert_int_equal(512, strlen(text));
  assert_int_equal(0, bf__unhex(text, 512, back));
  assert_memory_equal(bytes, back, sizeof bytes);
  assert_int_equal(0, bf__unhex("aBCd", 4, back));
  assert_int_equal(0xab, back[0]);
  assert_int_equal(0xcd, back[1]);
  static const char *const bad[] = {"a", "abc", "0g", "g0", "0x", " 0", "-1", "/0", ":0", "@0", "`0"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_int_equal(BF_EINVAL, bf__unhex(bad[i], strlen(bad[i]), back));
}

/* Bytes decide the order, as unsigned: 'Z' before 'a' before the first Chinese character before what is beyond 16 bits. */
static void test_exact(void **state) {
  (void)state;
  json_t *value = json_loads(
      "{\"\\ud83d\\ude00\":1,\"项\":-0,\"a\":\"\\u000b\\u007f/\\u00e9\",\"Z\":[],\"\":{},\"aa\":[null,true,false]}", 0, NULL);
  char *text;
  size_t length;
  assert_non_null(value);
  assert_int_equal(0, bf__canonical(value, &text, &length, NULL));
  assert_string_equal("{\"\":{},\"Z\":[],\"a\":\"\\u000b\x7f/é\",\"aa\":[null,true,false],\"项\":0,\"😀\":1}", text);
  free(text);
  json_decref(value);
}

/* Each thread hashes with a context of its own. */
static void *hash_often(void *arg) {
  unsigned char hash[BF__HASH_BYTES] = {0};
  int r = 0;
  for (int i = 0; i < 5000 && r == 0; i++) r = bf__chain_next(hash, sixteen_abcd, 64, hash);
  memcpy(arg, hash, sizeof hash);
  return r == 0 ? arg : NULL;
}

static void test_threads(void **state) {
  (void)state;
  pthread_t threads[4];
  unsigned char hashes[5][BF__HASH_BYTES];
  for (int i = 0; i < 4; i++) assert_int_equal(0, pthread_create(&threads[i], NULL, hash_often, hashes[i]));
  assert_non_null(hash_often(hashes[4]));
  for (int i = 0; i < 4; i++) {
    void *done;
    assert_int_equal(0, pthread_join(threads[i], &done));
    assert_ptr_equal(hashes[i], done);
    assert_memory_equal(hashes[4], hashes[i], BF__HASH_BYTES);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_as_jansson_writes),
                                     cmocka_unit_test(test_reals),
                                     cmocka_unit_test(test_depth),
                                     cmocka_unit_test(test_links),
                                     cmocka_unit_test(test_standard),
                                     cmocka_unit_test(test_streams),
                                     cmocka_unit_test(test_hex),
                                     cmocka_unit_test(test_exact),
                                     cmocka_unit_test(test_threads)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
