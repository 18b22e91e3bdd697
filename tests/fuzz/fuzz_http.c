/* libFuzzer over what a stranger's bytes meet first: heads, bodies, targets. Each input is read twice, in one piece and cut where
 * its first two bytes say; both must come to the same. With BF_FUZZ_REPLAY it is a program that runs the files it is given. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http.h"

struct trace {
  char text[1 << 16];
  size_t length;
  struct bf__router router;
};

static void note(struct trace *trace, const char *bytes, size_t length) {
  if (length > sizeof trace->text - trace->length) length = sizeof trace->text - trace->length;
  memcpy(trace->text + trace->length, bytes, length);
  trace->length += length;
}

static enum bf__fault on_body(void *arg, const char *at, size_t length) {
  note(arg, at, length);
  return BF__FAULT_NONE;
}

static void on_head(struct trace *trace, const struct bf__head *head) {
  struct bf__match match = {.route = NULL};
  struct bf__text path, query;
  json_t *params = NULL;
  size_t cookies = 0;
  for (size_t i = 0; i < head->count; i++) {
    note(trace, head->fields[i].name.at, head->fields[i].name.length);
    note(trace, head->fields[i].value.at, head->fields[i].value.length);
    for (size_t j = 0; j < head->fields[i].value.length; j++) assert(!strchr("\r\n", head->fields[i].value.at[j]));
  }
  (void)bf__head_field(head, "cookie", &cookies);
  if (bf__target_split(&head->target, &path, &query) != BF__FAULT_NONE) return;
  bf__router_find(&trace->router, head->method, &path, &match);
  if (bf__target_params(&match, &query, &params) != BF__FAULT_NONE) return;
  json_decref(params);
}

/* Reads DATA as a connection would; what is seen at once ends at CUTS in turn. Memory is exact, so that a read past it is seen.
 */
static void read_all(struct trace *trace, const uint8_t *data, size_t size, const size_t cuts[3]) {
  static struct bf__head head;
  struct bf__parser parser;
  size_t at = 0;
  enum bf__parse outcome = BF__PARSE_MORE;
  bf__parser_init(&parser, 2048, on_body, trace);
  for (int i = 0; i < 3 && outcome != BF__PARSE_FAULT; i++) {
    size_t end = cuts[i] < size ? cuts[i] : size, used;
    char *seen = malloc(end - at + 1);
    size_t from = 0, length = end - at;
    assert(seen);
    memcpy(seen, data + at, length);
    do {
      bool body = parser.headed;
      outcome = body ? bf__parser_body(&parser, seen + from, length - from, &used)
                     : bf__parser_head(&parser, &head, seen + from, length - from, &used);
      assert(used <= length - from);
      if (!body && outcome == BF__PARSE_DONE) on_head(trace, &head);
      from += used;
      if (outcome == BF__PARSE_DONE && parser.complete) bf__parser_next(&parser);
    } while (outcome == BF__PARSE_DONE);
    at += from;
    free(seen);
  }
  note(trace, parser.fault == BF__FAULT_NONE ? "?" : "!", 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static struct trace whole, cut;
  size_t ends[3] = {SIZE_MAX, SIZE_MAX, SIZE_MAX};
  if (size < 2) return 0;
  if (whole.router.count == 0 && (bf__router_init(&whole.router) || bf__router_init(&cut.router))) abort();
  whole.length = cut.length = 0;
  ends[0] = data[0];
  ends[1] = ends[0] + data[1];
  read_all(&cut, data + 2, size - 2, ends);
  ends[0] = ends[1] = SIZE_MAX;
  read_all(&whole, data + 2, size - 2, ends);
  /* A limit may be met earlier in one piece than in another; short inputs meet none. */
  if (size < 2000 && (whole.length != cut.length || memcmp(whole.text, cut.text, cut.length) != 0)) abort();
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
