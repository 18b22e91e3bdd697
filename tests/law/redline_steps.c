/* Asks the red lines directly, without a prover: SCRIPTS and CALENDAR are folders; each line of the standard input is a JSON
 * array, the name of a prelude entry and its arguments; each line of the output its answer, or { "error": … }. */
#include <stdio.h>
#include <stdlib.h>

#include "ruleset.h"

static int answer(struct bf__rules *rules, const char *line) {
  struct bf_error err = {0};
  json_t *args = json_loads(line, 0, NULL), *entry = json_incref(json_array_get(args, 0)), *said = NULL;
  if (json_array_remove(args, 0) < 0 || !json_is_string(entry)) {
    json_decref(args);
    json_decref(entry);
    return -1;
  }
  if (bf__rules_call(rules, json_string_value(entry), args, &said, &err) < 0)
    said = json_pack("{s:{ss ss}}", "error", "where", err.where, "message", err.message);
  int r = json_dumpf(said, stdout, JSON_COMPACT);
  (void)putchar('\n');
  (void)fflush(stdout);
  json_decref(said);
  json_decref(entry);
  return r;
}

int main(int argc, char **argv) {
  struct bf_error err = {0};
  struct bf__ruleset *set = NULL;
  struct bf__rules *rules = NULL;
  char *line = NULL;
  size_t size = 0;
  int r = 0;
  if (argc != 3) return 2;
  if (bf__ruleset_read(argv[1], argv[2], &set, &err) < 0 || bf__rules_new(set, &rules, &err) < 0) {
    (void)fprintf(stderr, "%s: %s\n", err.where, err.message);
    bf__ruleset_unref(set);
    return 1;
  }
  while (r == 0 && getline(&line, &size, stdin) > 0) r = answer(rules, line);
  free(line);
  bf__rules_free(rules);
  bf__ruleset_unref(set);
  return r < 0 ? 1 : 0;
}
