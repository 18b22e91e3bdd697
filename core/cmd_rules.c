#include <stdlib.h>
#include <string.h>

#include "cmd_rules.h"
#include "law.h"
#include "redlines.h"
#include "ruleset.h"

static const char *const verbs[] = {"check",  "test", "prove",     "plan",      "apply",      "rollback",
                                    "list",   "show", "diff",      "candidate", "candidates", "approve",
                                    "cancel", "new",  "reference", "notice",    NULL};

static int read_rules(struct bf__cli *cli, struct bf__ruleset **ret, struct bf_error *err) {
  int r = bf__cli_config(cli, err);
  if (r < 0) return r;
  return bf__ruleset_read(cli->word_count > 1 ? cli->words[1] : cli->config.scripts, cli->config.calendar, ret, err);
}

static json_t *summary_of(const struct bf__ruleset *set) {
  static const char *const parts[] = {"kinds", "stages", "registers", "reports", "papers", "roles", NULL};
  json_t *summary = json_pack("{s:b, s:s, s:I}", "ok", 1, "hash", set->hash, "files", (json_int_t)json_object_size(set->files));
  for (int i = 0; parts[i]; i++) {
    const json_t *part = json_object_get(set->base, parts[i]);
    size_t count = json_is_array(part) ? json_array_size(part) : json_object_size(part);
    (void)json_object_set_new(summary, parts[i], json_integer((json_int_t)count));
  }
  (void)json_object_set_new(summary, "amended", json_integer((json_int_t)json_object_size(set->views)));
  return summary;
}

static void print_fault(const struct bf__cli *cli, const struct bf_error *err) {
  json_t *fault =
      cli->json ? json_pack("{s:b, s:[{s:s, s:s}]}", "ok", 0, "errors", "where", err->where, "message", err->message) : NULL;
  if (fault)
    bf__print_json(fault);
  else
    (void)fprintf(stderr, "%s%s%s\n", err->where, *err->where ? ": " : "", err->message);
  json_decref(fault);
}

/* One line each: county, the red line, its article, what crosses it. */
static void print_crossed(const struct bf__cli *cli, const json_t *crossed) {
  json_t *body = cli->json ? json_pack("{s:b, s:O}", "ok", 0, "crossed", crossed) : NULL, *one;
  size_t i;
  if (body)
    bf__print_json(body);
  else
    json_array_foreach(crossed, i, one) {
      char text[1200];
      json_t *only = json_pack("[O]", one);
      bf__redlines_text(only, text, sizeof text);
      (void)fprintf(stderr, "%s\n", text);
      json_decref(only);
    }
  json_decref(body);
}

/* Without state: what `check` says does not hang on any data. */
static int check(struct bf__cli *cli) {
  struct bf_error err = {0};
  struct bf__ruleset *set = NULL;
  json_t *crossed = NULL;
  int64_t law_cases = 0;
  if (read_rules(cli, &set, &err) < 0 || bf__law_check(set, &law_cases, &err) < 0 ||
      bf__redlines_static(set, &crossed, &err) < 0) {
    print_fault(cli, &err);
    bf__ruleset_unref(set);
    return BF__FAILED;
  }
  bool in_order = json_array_size(crossed) == 0;
  json_t *summary = summary_of(set);
  (void)json_object_set_new(summary, "law_cases", json_integer(law_cases));
  if (!in_order)
    print_crossed(cli, crossed);
  else if (cli->json)
    bf__print_json(summary);
  else {
    (void)printf("通过 · in order\n");
    bf__print_value(summary);
  }
  json_decref(summary);
  json_decref(crossed);
  bf__ruleset_unref(set);
  return in_order ? BF__DONE : BF__FAILED;
}

static json_int_t number(const json_t *object, const char *name) {
  return json_integer_value(json_object_get(object, name));
}

/* One line for each article: how many cases of each sort, or why it asks nothing of a program. */
static void print_coverage(const json_t *articles) {
  (void)printf("%-6s%-8s%-8s%-8s%-8s%-8s%s\n", "条", "通常", "边界", "拒绝", "例外", "失败", "标题或不需程序办理的理由");
  (void)printf("%-5s%-6s%-6s%-6s%-6s%-6s%s\n", "art.", "plain", "bound", "refus", "excep", "fail",
               "title, or why it asks nothing of a program");
  for (int article = 1; article <= 200; article++) {
    char key[16];
    (void)snprintf(key, sizeof key, "%d", article);
    const json_t *entry = json_object_get(articles, key);
    if (!entry) continue;
    const char *zh = json_string_value(json_object_get(entry, "zh")), *en = json_string_value(json_object_get(entry, "en"));
    (void)printf("%-5d%-6lld%-6lld%-6lld%-6lld%-6lld%s%s%s\n", article, number(entry, "plain"), number(entry, "boundary"),
                 number(entry, "refusal"), number(entry, "exception"), number(entry, "failed"), zh ? zh : "", en ? " · " : "",
                 en ? en : "");
  }
}

/* Without state: law cases bring their own. */
/* What did not happen at a branch. */
static const char *branch_words(const char *kind) {
  static const struct {
    const char *kind, *words;
  } all[] = {{"then", "条件从未成立 · never holds"},
             {"else", "条件从未不成立 · never fails to hold"},
             {"and", "and 右边从未看到 · right of `and` never looked at"},
             {"or", "or 右边从未看到 · right of `or` never looked at"},
             {"loop", "循环体从未进入 · loop never entered"}};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    if (strcmp(all[i].kind, kind) == 0) return all[i].words;
  return kind;
}

static void print_lines(const json_t *coverage) {
  size_t i, k;
  json_t *file, *left;
  json_array_foreach(json_object_get(coverage, "files"), i, file) {
    json_array_foreach(json_object_get(file, "left"), k, left)(void)
        printf("没有判例走到 · no law case: %s:%lld: %s\n", json_string_value(json_object_get(file, "path")),
               number(left, "line"), json_string_value(json_object_get(left, "text")));
  }
  json_array_foreach(json_object_get(coverage, "files"), i, file) {
    json_array_foreach(json_object_get(file, "untaken"), k, left)(void)
        printf("no law case: %s:%lld: %s: %s\n", json_string_value(json_object_get(file, "path")), number(left, "line"),
               branch_words(json_string_value(json_object_get(left, "kind"))), json_string_value(json_object_get(left, "text")));
  }
  (void)printf("%lld of %lld branches taken by law cases\n", number(coverage, "taken"), number(coverage, "branches"));
  (void)printf("%lld of %lld lines run by law cases\n", number(coverage, "run"), number(coverage, "lines"));
}

static int test(struct bf__cli *cli, bool covered) {
  struct bf_error err = {0};
  struct bf__ruleset *set = NULL;
  json_t *report = NULL, *one;
  size_t i;
  int r = read_rules(cli, &set, &err);
  if (r >= 0) r = covered ? bf__law_cover(set, &report, &err) : bf__law_run(set, &report, &err);
  bf__ruleset_unref(set);
  if (r < 0) return bf__cli_fail(&err);
  json_int_t passed = number(report, "passed"), failed = number(report, "failed");
  if (cli->json)
    bf__print_json(report);
  else {
    json_array_foreach(json_object_get(report, "cases"), i, one) if (!json_is_true(json_object_get(one, "ok")))(void)
        printf("不符 · not as expected: %s: %s\n  %s\n", json_string_value(json_object_get(one, "path")),
               json_string_value(json_object_get(one, "name")) ? json_string_value(json_object_get(one, "name")) : "?",
               json_string_value(json_object_get(one, "why")));
    print_coverage(json_object_get(report, "articles"));
    if (covered) print_lines(json_object_get(report, "coverage"));
    (void)printf("%lld passed, %lld failed\n", passed, failed);
  }
  json_decref(report);
  return failed == 0 && passed > 0 ? BF__DONE : BF__FAILED;
}

static const char *word(const json_t *object, const char *name) {
  const char *value = json_string_value(json_object_get(object, name));
  return value ? value : "";
}

static void print_diff(const json_t *items) {
  size_t i;
  json_t *one;
  if (json_array_size(items) == 0) (void)printf("没有差别 · nothing differs\n");
  json_array_foreach(items, i, one) {
    const char *place = word(one, "place");
    (void)printf("  %s%s%s\n  %*s%s\n", place, *place ? " " : "", word(one, "zh"), (int)strlen(place) + (*place ? 1 : 0), "",
                 word(one, "en"));
  }
}

static void print_diff_answer(const json_t *body) {
  print_diff(json_object_get(body, "items"));
}

static void print_payments(const json_t *one) {
  size_t i;
  json_t *part;
  json_array_foreach(json_object_get(one, "payments"), i, part) {
    const json_t *before = json_object_get(part, "before"), *after = json_object_get(part, "after");
    (void)printf("    %s.%s: 付款 payment ", word(part, "stage"), word(part, "action"));
    if (before) (void)printf("%.2f", (double)json_integer_value(before) / 100);
    (void)printf("%s → ", before ? "" : "—");
    if (after) (void)printf("%.2f", (double)json_integer_value(after) / 100);
    (void)printf("%s\n", after ? "" : "—");
  }
}

static void print_counts(const char *zh, const char *en, const json_t *counts) {
  const char *name;
  json_t *count;
  if (json_object_size(counts) == 0) return;
  (void)printf("  %s · %s:", zh, en);
  json_object_foreach((json_t *)(uintptr_t)counts, name, count)(void) printf(" %s %lld", name, json_integer_value(count));
  (void)printf("\n");
}

static void print_changes(const json_t *one) {
  size_t i;
  json_t *part;
  json_array_foreach(json_object_get(one, "deadlines"), i, part)(void)
      printf("    %s.%s (第%lld条 art. %lld): %s → %s\n", word(part, "stage"), word(part, "name"), number(part, "article"),
             number(part, "article"), *word(part, "before") ? word(part, "before") : "—",
             *word(part, "after") ? word(part, "after") : "—");
  json_array_foreach(json_object_get(one, "actions"), i, part)(void)
      printf("    %s.%s: %s %s\n", word(part, "stage"), word(part, "action"), word(json_object_get(part, "title"), "zh"),
             word(part, "change"));
  json_array_foreach(json_object_get(one, "papers"), i, part)(void) printf(
      "    %s.%s: 材料 paper %s %s\n", word(part, "stage"), word(part, "action"), word(part, "paper"), word(part, "change"));
}

static void print_migration(const json_t *migrates) {
  const json_t *title = json_object_get(migrates, "title");
  if (migrates)
    (void)printf("    迁移 migrates: %s %s (%s → %s)\n", word(title, "zh"), word(title, "en"), word(migrates, "from"),
                 *word(migrates, "to") ? word(migrates, "to") : word(migrates, "from"));
}

/* One case of a plan: what moves, opens and closes, or would if the case did not stay. */
static void print_case(const json_t *one) {
  const json_t *stays = json_object_get(one, "stays"), *if_moved = json_object_get(one, "if_moved");
  (void)printf("  %s %s%s\n", word(one, "case"), word(one, "title"),
               json_is_true(json_object_get(one, "stranded")) ? "  没有出路 · no way out" : "");
  if (stays)
    (void)printf("    留在原规则 %.12s,若改用新规则则 · stays on %.12s; if it moved:\n", word(stays, "ruleset"),
                 word(stays, "ruleset"));
  print_migration(json_object_get(one, "migrates"));
  print_changes(stays ? if_moved : one);
  print_payments(stays ? if_moved : one);
}

static void print_reminders(const json_t *reminders) {
  const char *role;
  json_t *one;
  json_object_foreach((json_t *)(uintptr_t)reminders, role, one)(void)
      printf("  提醒 · reminders to %s: +%lld -%lld\n", role, number(one, "new"), number(one, "gone"));
}

static void print_summary(const json_t *summary) {
  (void)printf("在办 · open %lld,受影响 · affected %lld,没有出路 · no way out %lld\n", number(summary, "open_cases"),
               number(summary, "affected"), number(summary, "stranded"));
  if (number(summary, "staying")) (void)printf("  留在原规则 · staying on their rules: %lld\n", number(summary, "staying"));
  print_counts("时限", "deadlines", json_object_get(summary, "deadlines"));
  print_counts("操作", "actions", json_object_get(summary, "actions"));
  print_counts("材料", "papers", json_object_get(summary, "papers"));
  print_counts("付款", "payments", json_object_get(summary, "payments"));
  print_reminders(json_object_get(summary, "reminders"));
  print_counts("条文", "articles", json_object_get(summary, "articles"));
  print_counts("要告知的", "people told", json_object_get(summary, "told"));
}

static void print_plan(const json_t *body) {
  size_t i;
  json_t *one;
  (void)printf("规则的变动 · what changes in the rules\n");
  print_diff(json_object_get(body, "diff"));
  print_summary(json_object_get(body, "summary"));
  json_array_foreach(json_object_get(body, "cases"), i, one) if (i < 40) print_case(one);
  if (json_array_size(json_object_get(body, "cases")) > 40) (void)printf("  … 其余见 --json · the rest with --json\n");
  (void)printf("候选 · candidate %.12s\n", word(body, "candidate"));
}

static void print_applied(const json_t *body) {
  print_summary(json_object_get(body, "plan"));
  (void)printf("已启用 · in force: %.12s (此前 · before: %.12s)\n", word(body, "ruleset"), word(body, "before"));
}

/* "a,b" as a list; true for all when there is no name. */
static json_t *names(const char *list) {
  json_t *out = list ? json_array() : json_true();
  for (size_t length; list && *list; list += length + (list[length] == ',')) {
    length = strcspn(list, ",");
    if (length) (void)json_array_append_new(out, json_stringn(list, length));
  }
  return out;
}

static void print_handed_in(const json_t *body) {
  (void)printf("规则的变动 · what changes in the rules\n");
  print_diff(json_object_get(body, "diff"));
  (void)printf("已提交候选 · handed in: %.12s\n", word(body, "id"));
}

static void print_scheduled(const json_t *body) {
  print_summary(json_object_get(body, "plan"));
  (void)printf("将于 %s 施行 · comes into force on %s: %.12s\n", word(json_object_get(body, "schedule"), "on"),
               word(json_object_get(body, "schedule"), "on"), word(body, "candidate"));
}

static void print_candidates(const json_t *body) {
  size_t i;
  json_t *one;
  json_array_foreach(json_object_get(body, "items"), i, one) {
    const json_t *approval = json_object_get(one, "approval"), *schedule = json_object_get(one, "schedule");
    (void)printf("%.12s  %-10s %s  %s%s%s%s%s%s%s\n", word(one, "id"), word(one, "state"), word(one, "at"), word(one, "by"),
                 approval ? "  批准 · approved: " : "", word(approval, "by"), schedule ? "  施行 · on " : "",
                 word(schedule, "on"), *word(one, "why") ? "  " : "", word(one, "why"));
  }
}

/* What comes into force has passed its proof; where the server knows one already, or asks for none, nothing is done. */
static int prove_first(struct bf__cli *cli, json_t *bundle, struct bf_error *err) {
  json_t *answer = NULL;
  int r = bf__cli_call(cli, "rules.prove", json_pack("{sO sb}", "bundle", bundle, "needed", 1), &answer, err);
  const json_t *proof = json_object_get(answer, "body");
  if (r >= 0 && json_is_false(json_object_get(proof, "ok"))) {
    bf__print_proof(proof);
    r = bf_fail(err, BF_EREFUSED, "rules", "a red line can be crossed: not put into force");
  }
  json_decref(answer);
  return r;
}

/* The operations that look at a candidate get it whole: the server may run elsewhere and sees no folder of ours. Before rules are
 * put into force they are looked at once, and the folder must hold the same afterwards: what was edited meanwhile was not
 * checked. */
static int with_bundle(struct bf__cli *cli, const char *operation, json_t *params, void (*print)(const json_t *body)) {
  struct bf_error err = {0};
  struct bf__ruleset *set = NULL, *again = NULL;
  json_t *answer = NULL;
  bool applies = strcmp(operation, "rules.apply") == 0;
  if (!params || read_rules(cli, &set, &err) < 0) {
    json_decref(params);
    return bf__cli_fail(&err);
  }
  (void)json_object_set_new(params, "bundle", bf__ruleset_bundle(set));
  int r = 0;
  if (applies) {
    r = prove_first(cli, json_object_get(params, "bundle"), &err);
    if (r >= 0)
      r = bf__cli_call(cli, "rules.test", json_pack("{sO}", "bundle", json_object_get(params, "bundle")), &answer, &err);
    if (r >= 0) r = read_rules(cli, &again, &err);
    if (r >= 0) (void)json_object_set_new(params, "expect", json_string(again->hash));
  }
  json_decref(answer);
  bf__ruleset_unref(again);
  bf__ruleset_unref(set);
  if (r >= 0) return bf__cli_run(cli, operation, params, print);
  json_decref(params);
  return bf__cli_fail(&err);
}

/* Without state, like `check`: by a child process, since these may be rules that nobody has looked at. */
static int prove(struct bf__cli *cli, const char *county, const char *seconds, const char *states) {
  struct bf_error err = {0};
  struct bf__ruleset *set = NULL;
  double time = seconds ? strtod(seconds, NULL) : 0;
  long long most = states ? strtoll(states, NULL, 10) : 0;
  if ((seconds && !(time > 0 && time <= 86400)) || (states && (most < 1 || most > 100000000))) {
    (void)fprintf(stderr, "banfa: --seconds 1…86400, --states 1…100000000\n");
    return bf__cli_usage(cli, stderr, BF__USAGE);
  }
  if (read_rules(cli, &set, &err) < 0) return bf__cli_fail(&err);
  int code = bf__cmd_prove(cli, set, county, time, most);
  bf__ruleset_unref(set);
  return code;
}

/* `notice [NAME] [DIR]` */
static int notice(struct bf__cli *cli, const char *case_id, const char *lang, const char *county) {
  const char *name = cli->word_count > 1 ? cli->words[1] : NULL;
  bool folder = cli->word_count > 2;
  struct bf_error err = {0};
  struct bf__ruleset *set = NULL;
  if ((lang && strcmp(lang, "zh") != 0 && strcmp(lang, "en") != 0) || (case_id && !name)) {
    (void)fprintf(stderr, "banfa: --lang zh|en; --case ID 要写明告知的名字 · needs the notice's name\n");
    return bf__cli_usage(cli, stderr, BF__USAGE);
  }
  int r = bf__cli_config(cli, &err);
  if (r >= 0) r = bf__ruleset_read(folder ? cli->words[2] : cli->config.scripts, cli->config.calendar, &set, &err);
  if (r < 0) {
    print_fault(cli, &err);
    return BF__FAILED;
  }
  int code = bf__rules_notice(cli, set, folder, name, case_id, lang, county);
  bf__ruleset_unref(set);
  return code;
}

int bf__cmd_rules(struct bf__cli *cli, int argc, char **argv) {
  bool coverage = false, stay = false, move = false;
  const char *staying = NULL, *moving = NULL, *template_ = NULL, *county = NULL, *seconds = NULL, *states = NULL;
  char operation[32];
  const char *on = NULL, *note = NULL, *case_id = NULL, *lang = NULL;
  const struct bf__cli_option own[] = {
      {"--stay", &staying, &stay},      {"--move", &moving, &move},      {"--on", &on, NULL},
      {"--template", &template_, NULL}, {"--coverage", NULL, &coverage}, {"--note", &note, NULL},
      {"--case", &case_id, NULL},       {"--lang", &lang, NULL},         {"--county", &county, NULL},
      {"--seconds", &seconds, NULL},    {"--states", &states, NULL},     {0}};
  int code = bf__cli_parse(cli, argc, argv, own, 1, 3), at = 0;
  if (code >= 0) return code;
  const char *verb = cli->words[0];
  while (verbs[at] && strcmp(verbs[at], verb) != 0) at++;
  if (!verbs[at]) return bf__cli_unknown(cli, "rules", verb, verbs);
  if (stay && move && !staying && !moving) {
    (void)fprintf(stderr, "banfa: --stay --move: 只能选一个 · choose one\n");
    return bf__cli_usage(cli, stderr, BF__USAGE);
  }
  bool new = strcmp(verb, "new") == 0, notice_ = strcmp(verb, "notice") == 0;
  if (cli->word_count > (new || notice_ ? 3 : 2) || (new && cli->word_count < 2)) return bf__cli_usage(cli, stderr, BF__USAGE);
  if (new) return bf__rules_begin(cli, cli->words[1], cli->word_count > 2 ? cli->words[2] : NULL, template_);
  if (strcmp(verb, "reference") == 0) return bf__rules_tell(cli);
  if (notice_) return notice(cli, case_id, lang, county);
  (void)snprintf(operation, sizeof operation, "rules.%s", verb);
  if (strcmp(verb, "check") == 0) return check(cli);
  if (strcmp(verb, "test") == 0) return test(cli, coverage);
  if (strcmp(verb, "prove") == 0) return prove(cli, county, seconds, states);
  if (strcmp(verb, "list") == 0) return bf__cli_run(cli, operation, json_object(), NULL);
  if (strcmp(verb, "show") == 0)
    return bf__cli_run(cli, operation, json_pack("{s:s*}", "hash", cli->word_count > 1 ? cli->words[1] : NULL), NULL);
  if (strcmp(verb, "candidates") == 0) return bf__cli_run(cli, operation, json_object(), print_candidates);
  if (strcmp(verb, "approve") == 0 || strcmp(verb, "cancel") == 0) {
    if (cli->word_count > 1) return bf__cli_run(cli, operation, json_pack("{s:s}", "candidate", cli->words[1]), NULL);
    (void)fprintf(stderr, "banfa: 缺少候选规则的编号 · the candidate's hash is missing\n");
    return bf__cli_usage(cli, stderr, BF__USAGE);
  }
  json_t *policy =
      stay || move ? json_pack("{s:o*, s:o*}", "stay", stay ? names(staying) : NULL, "move", move ? names(moving) : NULL) : NULL;
  if (strcmp(verb, "rollback") == 0) return bf__cli_run(cli, operation, json_pack("{s:o*}", "policy", policy), print_applied);
  void (*print)(const json_t *body) = strcmp(verb, "plan") == 0    ? print_plan
                                      : strcmp(verb, "diff") == 0  ? print_diff_answer
                                      : strcmp(verb, "apply") == 0 ? print_applied
                                                                   : NULL;
  if (strcmp(verb, "candidate") == 0) print = print_handed_in;
  if (on) print = print_scheduled;
  return with_bundle(cli, operation, json_pack("{s:o*, s:s*, s:s*}", "policy", policy, "on", on, "note", note), print);
}
