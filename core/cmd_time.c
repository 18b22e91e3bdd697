#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "commands.h"

#define FACTS_BYTES ((size_t)16 << 20)

static void print_clock(const json_t *body) {
  const json_t *fired = json_object_get(body, "fired"), *now = json_object_get(body, "now"),
               *is_virtual = json_object_get(body, "virtual");
  if (now) (void)printf("%s", json_string_value(now));
  if (fired) (void)printf("  触发期限 · deadlines fired: %lld", (long long)json_integer_value(fired));
  if (is_virtual) (void)printf("  %s", json_is_true(is_virtual) ? "虚拟 · virtual" : "真实 · real");
  (void)printf("\n");
}

int bf__cmd_clock(struct bf__cli *cli, int argc, char **argv) {
  int code = bf__cli_parse(cli, argc, argv, NULL, 0, 1);
  if (code >= 0) return code;
  if (cli->word_count == 0) return bf__cli_run(cli, "clock.show", json_object(), print_clock);
  struct bf_error err = {0};
  if (bf__cli_config(cli, &err) < 0) return bf__cli_fail(&err);
  if (!bf__cli_server(cli)) {
    (void)bf_fail(&err, BF_ESTATE, cli->config.data,
                  "没有服务在运行 · no server runs on this data folder: only a running one has a clock to move");
    return bf__cli_fail(&err);
  }
  return bf__cli_run(cli, "clock.advance", json_pack("{s:s}", "to", cli->words[0]), print_clock);
}

/* Parameters from a file: the facts of a case that does not exist, {"kind", "facts"}. NULL on failure. */
static json_t *facts_of(const char *path, struct bf_error *err) {
  char *text;
  size_t length;
  json_error_t fault;
  if (bf__read_whole(path, FACTS_BYTES, &text, &length, err) < 0) return NULL;
  json_t *value = json_loadb(text, length, JSON_REJECT_DUPLICATES, &fault);
  if (!value) (void)bf_fail(err, BF_EINVAL, path, "line %d: %s", fault.line, fault.text);
  free(text);
  if (!value || json_is_object(value)) return value;
  json_decref(value);
  (void)bf_fail(err, BF_EINVAL, path, "holds no object: write {\"kind\": \"…\", \"facts\": {…}}");
  return NULL;
}

/* One deadline: its date, how it was counted, then each day. */
static void print_why_one(const json_t *one) {
  const json_t *how = json_object_get(one, "how"), *title = json_object_get(one, "title");
  const char *due = json_string_value(json_object_get(one, "due")), *zh = json_string_value(json_object_get(title, "zh"));
  size_t i;
  json_t *day;
  (void)printf("%s.%s %s: %s\n  %s\n  %s\n", json_string_value(json_object_get(one, "stage")),
               json_string_value(json_object_get(one, "name")), zh ? zh : "", due ? due : "暂停 · paused",
               json_string_value(json_object_get(how, "zh")), json_string_value(json_object_get(how, "en")));
  json_array_foreach(json_object_get(one, "days"), i, day) {
    json_int_t number = json_integer_value(json_object_get(day, "number"));
    (void)printf("    %s  ", json_string_value(json_object_get(day, "date")));
    if (number)
      (void)printf("%3lld  ", (long long)number);
    else
      (void)printf("  -  ");
    (void)printf("%s · %s\n", json_string_value(json_object_get(day, "zh")), json_string_value(json_object_get(day, "en")));
  }
}

static void print_why(const json_t *body) {
  size_t i;
  json_t *one;
  if (!json_object_get(body, "deadlines")) print_why_one(body);
  json_array_foreach(json_object_get(body, "deadlines"), i, one) print_why_one(one);
}

int bf__cmd_why(struct bf__cli *cli, int argc, char **argv) {
  int code = bf__cli_parse(cli, argc, argv, NULL, 1, 2);
  if (code >= 0) return code;
  json_t *params = json_pack("{s:s, s:s*}", "id", cli->words[0], "deadline", cli->word_count > 1 ? cli->words[1] : NULL);
  return bf__cli_run(cli, "case.why", params, print_why);
}

int bf__cmd_simulate(struct bf__cli *cli, int argc, char **argv) {
  const char *until = NULL;
  const struct bf__cli_option own[] = {{"--until", &until, NULL}, {0}};
  struct bf_error err = {0};
  struct stat info;
  int code = bf__cli_parse(cli, argc, argv, own, 1, 1);
  if (code >= 0) return code;
  bool is_file = strcmp(cli->words[0], "-") == 0 || (stat(cli->words[0], &info) == 0 && S_ISREG(info.st_mode));
  json_t *params = is_file ? facts_of(cli->words[0], &err) : json_pack("{s:s}", "case", cli->words[0]);
  if (is_file && !params) return bf__cli_fail(&err);
  if (params && until && json_object_set_new(params, "until", json_string(until)) < 0) {
    json_decref(params);
    params = NULL;
  }
  return bf__cli_run(cli, "simulate", params, NULL);
}
