#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "form.h"

#define SHARED 4
#define KNOWN 32

static const char shared_help[] =
    "\n"
    "  --config FILE   配置文件 · configuration (default: ./config/banfa.json, else the one beside the program)\n"
    "  --data DIR      数据目录 · data folder (default: ./data)\n"
    "  --scripts DIR   规则脚本 · folder of the rule scripts\n"
    "  --json          输出 JSON · print the answer as JSON\n"
    "  --help          本说明 · this text\n";

int bf__cli_usage(const struct bf__cli *cli, FILE *out, int code) {
  const struct bf__verb *verb = cli->verb;
  (void)fprintf(out, "banfa %s %s\n  %s\n", verb->name, verb->usage, verb->summary);
  if (code == BF__DONE)
    (void)fprintf(out, "%s%s%s", *verb->help ? "\n" : "", verb->help, shared_help);
  else
    (void)fprintf(out, "  详见 · more: banfa %s --help\n", verb->name);
  return code;
}

int bf__cli_fail(const struct bf_error *err) {
  (void)fprintf(stderr, "banfa: %s%s%s\n", err->where, *err->where ? ": " : "", err->message);
  return BF__FAILED;
}

int bf__cli_unknown(const struct bf__cli *cli, const char *what, const char *word, const char *const *known) {
  size_t count = 0;
  while (known[count]) count++;
  const char *near = bf__nearest(word, known, count);
  (void)fprintf(stderr, "banfa: %s \"%s\": 没有此项 · there is none%s%s%s\n", what, word, near ? "; 是否要 · did you mean " : "",
                near ? near : "", near ? " ?" : "");
  return bf__cli_usage(cli, stderr, BF__USAGE);
}

struct parsing {
  struct bf__cli *cli;
  struct bf__cli_option shared[SHARED + 1];
  const struct bf__cli_option *own;
  bool help;
};

/* NAME is LENGTH bytes long: it may end in "=value". */
static const struct bf__cli_option *find(const struct bf__cli_option *options, const char *name, size_t length) {
  for (; options && options->name; options++)
    if (strlen(options->name) == length && strncmp(options->name, name, length) == 0) return options;
  return NULL;
}

static int unknown_option(const struct parsing *parsing, const char *word) {
  const char *known[KNOWN + 1];
  int count = 0;
  for (const struct bf__cli_option *option = parsing->shared; option->name && count < KNOWN; option++)
    known[count++] = option->name;
  for (const struct bf__cli_option *option = parsing->own; option && option->name && count < KNOWN; option++)
    known[count++] = option->name;
  known[count] = NULL;
  return bf__cli_unknown(parsing->cli, "选项 · option", word, known);
}

/* "a,b" and no folder: the value of an option that may stand without one. */
static bool is_names(const char *word) {
  static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_,";
  return *word && word[strspn(word, allowed)] == 0 && access(word, F_OK) != 0;
}

/* Takes the option at argv[*at] and its value; -1 to go on. */
static int take_option(struct parsing *parsing, int argc, char **argv, int *at) {
  const char *word = argv[*at], *value = strchr(word, '=');
  size_t length = value ? (size_t)(value - word) : strlen(word);
  const struct bf__cli_option *option = find(parsing->shared, word, length);
  if (!option) option = find(parsing->own, word, length);
  if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
    parsing->help = true;
    return -1;
  }
  if (!option) return unknown_option(parsing, word);
  if (option->flag && !value) {
    *option->flag = true;
    if (option->text && *at + 1 < argc && is_names(argv[*at + 1])) *option->text = argv[++*at];
    return -1;
  }
  if (option->flag && option->text) *option->flag = true;
  if ((option->flag && !option->text) || (!value && *at + 1 >= argc)) {
    (void)fprintf(stderr, "banfa: %s %s\n", option->name, option->flag ? "不带值 · takes no value" : "缺少值 · needs a value");
    return bf__cli_usage(parsing->cli, stderr, BF__USAGE);
  }
  *option->text = value ? value + 1 : argv[++*at];
  return -1;
}

int bf__cli_parse(struct bf__cli *cli, int argc, char **argv, const struct bf__cli_option *own, int least, int most) {
  struct parsing parsing = {.cli = cli,
                            .own = own,
                            .shared = {{"--config", &cli->overrides.config, NULL},
                                       {"--data", &cli->overrides.data, NULL},
                                       {"--scripts", &cli->overrides.scripts, NULL},
                                       {"--json", NULL, &cli->json}}};
  bool words_only = false;
  for (int i = 0; i < argc; i++) {
    int code = -1;
    if (!words_only && strcmp(argv[i], "--") == 0) {
      words_only = true;
    } else if (!words_only && argv[i][0] == '-' && argv[i][1]) {
      code = take_option(&parsing, argc, argv, &i);
    } else if (cli->word_count == BF__CLI_WORDS || cli->word_count >= most) {
      (void)fprintf(stderr, "banfa: \"%s\": 多余的参数 · one word too many\n", argv[i]);
      code = bf__cli_usage(cli, stderr, BF__USAGE);
    } else {
      cli->words[cli->word_count++] = argv[i];
    }
    if (code >= 0) return code;
  }
  if (parsing.help) return bf__cli_usage(cli, stdout, BF__DONE);
  if (cli->word_count >= least) return -1;
  (void)fprintf(stderr, "banfa: 缺少参数 · an argument is missing\n");
  return bf__cli_usage(cli, stderr, BF__USAGE);
}
