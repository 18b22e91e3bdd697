/* Any value against a form, and any form: each refusal is whole, putting in order is done once, a form that was found valid is
 * never broken, and what has a canonical text has one only. The input is a value, or a form and a value with an empty line
 * between.
 *
 * CC=clang cmake -S . -B build/fuzz -G Ninja -DBUILD_TESTING=OFF -DBF_SANITIZE=fuzzer-no-link,address,undefined && ninja -C
 * build/fuzz banfa_core
 * clang -g -fsanitize=fuzzer,address,undefined -D_GNU_SOURCE -Icore -Iinclude tests/fuzz/fuzz_form.c
 * build/fuzz/core/libbanfa_core.a \
 *   $(pkg-config --cflags --libs jansson libcrypto libsodium libuv lua5.4) -lm -o build/fuzz/fuzz_form
 * build/fuzz/fuzz_form -max_total_time=60 -dict=tests/fuzz/form.dict tests/fuzz/corpus/form */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chain.h"
#include "form.h"

static const char every_type[] = "[{\"name\":\"t\",\"type\":\"text\",\"zh\":\"名称\",\"en\":\"Title\",\"max\":10},{\"name\":"
                                 "\"m\",\"type\":\"money\",\"optional\":true,\"min\":1},"
                                 "{\"name\":\"i\",\"type\":\"int\",\"optional\":true},{\"name\":\"p\",\"type\":\"percent\","
                                 "\"optional\":true},{\"name\":\"b\",\"type\":\"bool\",\"optional\":true},"
                                 "{\"name\":\"d\",\"type\":\"date\",\"optional\":true},{\"name\":\"e\",\"type\":\"text\","
                                 "\"pattern\":\"email\",\"optional\":true},"
                                 "{\"name\":\"c\",\"type\":\"choice\",\"optional\":true,\"choices\":[{\"value\":\"open\",\"zh\":"
                                 "\"公开\"},{\"value\":\"direct\"}]},"
                                 "{\"name\":\"l\",\"type\":\"list\",\"optional\":true,\"max\":3,\"of\":{\"type\":\"record\","
                                 "\"fields\":[{\"name\":\"n\",\"type\":\"int\"},"
                                 "{\"name\":\"l\",\"type\":\"list\",\"of\":{\"type\":\"text\",\"pattern\":\"phone\"}}]}},{"
                                 "\"name\":\"u\",\"type\":\"user\",\"optional\":true}]";

static void must(bool holds) {
  if (!holds) abort();
}

static void check_refusals(const json_t *refusals, bool valid) {
  static const char *const parts[] = {"code", "zh", "en", "field"};
  size_t i;
  json_t *one;
  must(json_array_size(refusals) <= 100);
  json_array_foreach(refusals, i, one) {
    for (int k = 0; k < 4; k++) must(json_is_string(json_object_get(one, parts[k])));
    const char *code = json_string_value(json_object_get(one, "code"));
    must(strncmp(code, "form.", 5) == 0);
    must(!valid || strcmp(code, "form.broken") != 0);
  }
}

static void check_form(const json_t *form, json_t *value) {
  struct bf_error err = {0};
  json_t *first = json_array(), *second = json_array();
  must(first && second);
  bool valid = bf__form_valid(form, &err) == 0;
  must(valid || (*err.message && *err.where));
  for (int partial = 0; partial < 2; partial++) {
    must(bf__form_check(form, value, partial, first) == 0 && bf__form_check(form, value, partial, second) == 0);
    check_refusals(first, valid);
    must(json_equal(first, second)); /* it was put in order the first time */
    json_array_clear(first);
    json_array_clear(second);
  }
  json_decref(first);
  json_decref(second);
}

static void check_canonical(const json_t *value) {
  char *text, *again;
  size_t length, same;
  if (bf__canonical(value, &text, &length, NULL) < 0) return; /* a number with a fraction, or too deep */
  json_t *back = json_loadb(text, length, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
  must(back && json_equal(back, value));
  must(bf__canonical(back, &again, &same, NULL) == 0 && same == length && memcmp(text, again, length) == 0);
  json_decref(back);
  free(text);
  free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const uint8_t *gap = size ? memmem(data, size, "\n\n", 2) : NULL;
  size_t before = gap ? (size_t)(gap - data) : 0, from = gap ? before + 2 : 0;
  json_t *form = gap ? json_loadb((const char *)data, before, JSON_DECODE_ANY, NULL) : json_loads(every_type, 0, NULL);
  json_t *value = json_loadb((const char *)data + from, size - from, JSON_DECODE_ANY, NULL);
  if (form && value) {
    check_canonical(value);
    check_form(form, value);
    check_canonical(form);
  }
  json_decref(form);
  json_decref(value);
  return 0;
}

#ifdef BF_FUZZ_REPLAY
int main(int argc, char **argv) {
  static uint8_t data[1 << 20];
  for (int i = 1; i < argc; i++) {
    FILE *file = fopen(argv[i], "rb");
    size_t size;
    if (!file) return perror(argv[i]), 1;
    size = fread(data, 1, sizeof data, file);
    (void)fclose(file);
    (void)LLVMFuzzerTestOneInput(data, size);
  }
  return argc > 1 ? 0 : 2;
}
#endif
