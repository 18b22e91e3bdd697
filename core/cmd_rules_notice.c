/* `banfa rules notice [NAME] [DIR]`: what a notice would say. Without a case from the folder alone, with made-up values; of a
 * case the running program is asked, which knows it. */
#include <string.h>

#include "cmd_rules.h"
#include "form.h"
#include "wording.h"

static const char *word(const json_t *object, const char *name) {
  const char *value = json_string_value(json_object_get(object, name));
  return value ? value : "";
}

static void print_said(const json_t *body) {
  static const char *const languages[] = {"zh", "en"};
  for (size_t i = 0; i < 2; i++) {
    const json_t *own = json_object_get(body, languages[i]);
    if (own) (void)printf("── %s ──\n%s\n", languages[i], word(own, "text"));
  }
  if (*word(body, "fault")) (void)printf("出错,改用朴素的话 · it fails, plain words stand in: %s\n", word(body, "fault"));
}

static void print_list(const json_t *items) {
  size_t i;
  json_t *one;
  json_array_foreach(items, i, one)(void) printf("%-18s%s · %s\n", word(one, "name"), word(json_object_get(one, "title"), "zh"),
                                                 word(json_object_get(one, "title"), "en"));
}

static int unknown(const json_t *all, const char *name) {
  const char *known[100];
  size_t i, count = 0;
  json_t *one;
  json_array_foreach(all, i, one) if (count < 100) known[count++] = word(one, "name");
  const char *near = bf__nearest(name, known, count);
  (void)fprintf(stderr, "banfa: %s: 没有这一种告知%s%s%s · no such notice%s%s%s\n", name, near ? ",是不是 " : "",
                near ? near : "", near ? "?" : "", near ? ", did you mean " : "", near ? near : "", near ? "?" : "");
  return BF__FAILED;
}

static int local(const struct bf__cli *cli, struct bf__rules *rules, const char *name, const char *lang, const char *county,
                 struct bf_error *err) {
  json_t *all = NULL, *said = NULL, *given = json_pack("{ss*}", "jurisdiction", county);
  int code = BF__DONE, r = given ? bf__wording_list(rules, county, &all, err) : bf_fail(err, BF_ENOMEM, "rules", "no memory");
  if (r >= 0 && name) r = bf__wording_preview(rules, name, given, &said, err);
  if (r >= 0 && name && !said) code = unknown(all, name);
  if (said && lang) (void)json_object_del(said, strcmp(lang, "en") == 0 ? "zh" : "en");
  if (r >= 0 && code == BF__DONE) {
    if (cli->json)
      bf__print_json(name ? said : all);
    else if (name)
      print_said(said);
    else
      print_list(all);
  }
  json_decref(given);
  json_decref(said);
  json_decref(all);
  return r < 0 ? bf__cli_fail(err) : code;
}

int bf__rules_notice(struct bf__cli *cli, struct bf__ruleset *set, bool folder, const char *name, const char *case_id,
                     const char *lang, const char *county) {
  struct bf_error err = {0};
  struct bf__rules *rules = NULL;
  if (case_id && name)
    return bf__cli_run(cli, "rules.notice",
                       json_pack("{ss ss ss* so*}", "notice", name, "case", case_id, "lang", lang, "bundle",
                                 folder ? bf__ruleset_bundle(set) : NULL),
                       print_said);
  if (bf__rules_new(set, &rules, &err) < 0) return bf__cli_fail(&err);
  int code = local(cli, rules, name, lang, county, &err);
  bf__rules_free(rules);
  return code;
}
